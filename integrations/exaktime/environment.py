"""The installation's settings for ExakTime, and what would make them unsafe (exaktime.md 2)."""

from integrations.exaktime.company_id import InvalidBaseUrl, build_base_url
from integrations.providers import environment
from integrations.providers.base import EnvironmentSetting, Problem

BASE_URL = EnvironmentSetting("EXAKTIME_BASE_URL", "https://{company_id}.exaktime.com")
ALLOW_INSECURE_BASE_URL = EnvironmentSetting("EXAKTIME_ALLOW_INSECURE_BASE_URL", False)


def base_url() -> str:
    """The address, with `{company_id}` in it, except for the sandbox's."""
    return environment.text(BASE_URL)


def allows_insecure() -> bool:
    return environment.flag(ALLOW_INSECURE_BASE_URL)


def check_base_url() -> list[Problem]:
    """The host must be determined by the Company ID alone."""
    try:
        build_base_url(base_url(), "acme", allow_insecure=allows_insecure())
    except InvalidBaseUrl as error:
        hint = "Leave EXAKTIME_BASE_URL unset, or set EXAKTIME_ALLOW_INSECURE_BASE_URL in development."
        return [Problem(str(error), hint, "integrations.E001")]
    return []
