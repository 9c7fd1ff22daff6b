"""Settings that would lose work silently if they were changed, or would let someone in."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from protiv import deployment


@register()
def sqlite_waits_for_its_lock(**_kwargs: Any) -> list[CheckMessage]:
    """Two writers on SQLite: only with IMMEDIATE does the second one wait instead of failing."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return []
    if database.get("OPTIONS", {}).get("transaction_mode") == "IMMEDIATE":
        return []
    return [
        Error(
            "SQLite begins its transactions without the write lock.",
            hint='Set "transaction_mode": "IMMEDIATE" in OPTIONS of DATABASES["default"].',
            id="protiv.E001",
        )
    ]


@register(Tags.security, deploy=True)
def check_deployment(**_kwargs: Any) -> list[CheckMessage]:
    """The checks of protiv/settings.py, for settings that come from elsewhere."""
    found = {
        "protiv.E002": (
            deployment.hosts_problem(settings.ALLOWED_HOSTS),
            "Set ALLOWED_HOSTS to the host names of your site.",
        ),
        "protiv.E003": (
            deployment.site_url_problem(settings.SITE_URL, settings.ALLOWED_HOSTS),
            "Set SITE_URL to the address people use, such as https://app.example.com.",
        ),
        "protiv.E004": (
            deployment.mail_problem(backend=settings.EMAIL_BACKEND, host=settings.EMAIL_HOST),
            "Set EMAIL_URL, such as smtp+tls://user:password@mail.example.com:587.",
        ),
        "protiv.E005": (
            deployment.sender_problem(settings.DEFAULT_FROM_EMAIL),
            "Set DEFAULT_FROM_EMAIL to an address that your mail server is allowed to send from.",
        ),
        "protiv.E006": (
            deployment.origins_problem(settings.CSRF_TRUSTED_ORIGINS),
            "List https origins in CSRF_TRUSTED_ORIGINS, or leave it unset.",
        ),
        "protiv.E007": (
            deployment.proxies_problem(trusted=settings.TRUSTED_PROXIES, behind_proxy=settings.BEHIND_PROXY),
            "Set TRUSTED_PROXIES to the number of proxies in front of Protiv.",
        ),
    }
    return [Error(problem, hint=hint, id=check_id) for check_id, (problem, hint) in found.items() if problem]


@register(Tags.security, deploy=True)
def check_mail_password(**_kwargs: Any) -> list[CheckMessage]:
    """A password without TLS can be read on its way to the mail server."""
    if not settings.EMAIL_HOST_PASSWORD or settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL:
        return []
    return [
        Warning(
            "EMAIL_URL sends the mail server's password without TLS.",
            hint="Use smtp+tls:// or smtp+ssl:// in EMAIL_URL.",
            id="protiv.W001",
        )
    ]
