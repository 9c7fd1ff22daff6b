"""How long a password may be."""

from django.core.exceptions import ValidationError

# No password manager makes longer ones; a megabyte of text is no password.
LONGEST_PASSWORD = 1_000


class MaximumLengthValidator:
    """Refuse a new password that the sign-in page wouldn't take."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST_PASSWORD:
            raise ValidationError(
                f"This password is longer than {LONGEST_PASSWORD:,} characters. Choose a shorter one.",
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        return f"Your password can have at most {LONGEST_PASSWORD:,} characters."
