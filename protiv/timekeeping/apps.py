from django.apps import AppConfig


class TimekeepingConfig(AppConfig):
    name = "protiv.timekeeping"
    verbose_name = "Hours"
