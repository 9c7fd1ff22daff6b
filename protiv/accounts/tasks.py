"""Tasks that the cluster runs for accounts: ids in, nothing out. Each task is one service call."""

from protiv.accounts import services


def send_password_link(request_id: int, language: str) -> None:
    """Mail the link that someone requested, if the address belongs to anyone."""
    services.send_password_link(request_id=request_id, language=language)
