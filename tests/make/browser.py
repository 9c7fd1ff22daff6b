"""A client that sends forms as a browser does."""

from typing import Any

from django.test import Client

from protiv.accounts.form_tokens import FIELD, new_token


class Browser(Client):
    """Every form that it sends has a one-time token of its own, as if its page had just been opened."""

    def post(self, path: Any, data: Any = None, *args: Any, **options: Any) -> Any:
        if data is None or isinstance(data, dict):
            data = {FIELD: new_token(), **(data or {})}
        return super().post(path, data, *args, **options)
