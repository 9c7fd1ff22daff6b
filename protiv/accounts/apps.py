from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "protiv.accounts"
    verbose_name = "Companies and people"

    def ready(self) -> None:
        from protiv.accounts import checks  # noqa: F401 - registers the checks
