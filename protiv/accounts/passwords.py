"""How long a password may be."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

# No password manager creates longer ones; a megabyte of text isn't a password.
LONGEST_PASSWORD = 1_000
_MOST = {"most": f"{LONGEST_PASSWORD:,}"}


class MaximumLengthValidator:
    """Refuse a new password that the sign-in page wouldn't take."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST_PASSWORD:
            raise ValidationError(
                gettext("This password is longer than %(most)s characters. Choose a shorter one.") % _MOST,
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return gettext("Your password can have at most %(most)s characters.") % _MOST
