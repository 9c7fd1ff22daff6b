from django.apps import AppConfig


class ProPayConfig(AppConfig):
    name = "propay"
    verbose_name = "ProPays"
