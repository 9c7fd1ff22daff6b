"""The settings of a provider, read from the environment where the settings module doesn't name them."""

import environ
from django.conf import settings

from integrations.providers.base import EnvironmentSetting


def text(setting: EnvironmentSetting) -> str:
    return str(_value(setting))


def flag(setting: EnvironmentSetting) -> bool:
    return bool(_value(setting))


def _value(setting: EnvironmentSetting) -> str | bool:
    if hasattr(settings, setting.name):
        value: str | bool = getattr(settings, setting.name)
        return value
    read: str | bool = environ.Env().get_value(setting.name, cast=type(setting.default), default=setting.default)
    return read
