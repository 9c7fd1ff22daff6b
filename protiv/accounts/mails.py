"""Mails to people about their accounts. Links begin with SITE_URL, never with a request's host.

We don't know a worker's language, so workers get English and Spanish in one mail.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import override

from protiv.accounts.language import ENGLISH, SPANISH
from protiv.accounts.models import Membership, Role, User

SECONDS_A_DAY = 24 * 60 * 60
BETWEEN_LANGUAGES = "\n\n* * *\n\n"


def on_commit(send: Callable[[], None]) -> None:
    """Send after the change is stored. A mail failure is logged and undoes nothing."""
    transaction.on_commit(send, robust=True)


def invite(membership: Membership) -> None:
    """Invite someone: how to set a password or, if they have one, where to sign in."""
    template = "joined" if membership.user.has_usable_password() else "invitation"
    company = membership.company.name
    _send(
        membership.user,
        lambda: _("%(company)s invited you to Protiv") % {"company": company},
        template,
        languages=_languages(membership.role),
        membership=membership,
    )


def welcome(user: User) -> None:
    """Send someone without a company the link that sets their first password."""
    _send(user, lambda: "Your Protiv account", "account")


def send_password_link(user: User, language: str = "") -> None:
    """Send the link that sets a new password, in the language of the page or in those of the person's roles."""
    languages = (language,) if language else _languages_of(user)
    _send(user, lambda: _("Reset your Protiv password"), "password_link", languages=languages)


def tell_new_role(membership: Membership, *, was: str) -> None:
    """Tell someone their new role."""
    company = membership.company.name
    _send(
        membership.user,
        lambda: _("Your role at %(company)s") % {"company": company},
        "role_changed",
        languages=_languages(was, membership.role),
        membership=membership,
    )


def tell_removal(membership: Membership) -> None:
    """Tell someone that their membership ended."""
    company = membership.company.name
    _send(
        membership.user,
        lambda: _("You no longer have access to %(company)s in Protiv") % {"company": company},
        "removed",
        languages=_languages(membership.role),
        company=company,
    )


def tell_changes(user: User, changes: Iterable[Callable[[], str]], to: str) -> None:
    """Tell someone what support changed in their account, at their new or old address."""
    _send(
        user,
        lambda: _("Your Protiv account was changed"),
        "account_changed",
        languages=_languages_of(user),
        to=to,
        changes=changes,
    )


def _languages_of(user: User) -> tuple[str, ...]:
    """The languages for someone's mail, by their roles in all of their companies."""
    return _languages(*Membership.objects.filter(user=user).values_list("role", flat=True))


def _languages(*roles: str) -> tuple[str, ...]:
    return (ENGLISH, SPANISH) if Role.WORKER in roles else (ENGLISH,)


def _send(
    user: User,
    subject: Callable[[], str],
    template: str,
    *,
    languages: Sequence[str] = (ENGLISH,),
    to: str = "",
    **context: Any,
) -> None:
    link = {
        "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
        "token": default_token_generator.make_token(user),
    }
    shared = {
        "sign_in_url": settings.SITE_URL + reverse("login"),
        "password_url": settings.SITE_URL + reverse("password_reset_confirm", kwargs=link),
        "reset_url": settings.SITE_URL + reverse("password_reset"),
        "days": settings.PASSWORD_RESET_TIMEOUT // SECONDS_A_DAY,
    }
    subjects, bodies = [], []
    for language in languages:
        with override(language):
            subjects.append(" ".join(subject().split()))
            bodies.append(render_to_string(f"accounts/mail/{template}.txt", shared | context))
    send_mail(" / ".join(subjects), BETWEEN_LANGUAGES.join(bodies), None, [to or user.email])
