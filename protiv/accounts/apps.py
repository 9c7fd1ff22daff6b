from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "protiv.accounts"
    verbose_name = "Companies and people"
