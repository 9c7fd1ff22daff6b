"""The first step of a new customer: the company and its first admin."""

import getpass
import os
import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from protiv.accounts import services
from protiv.accounts.models import Weekday

PASSWORD_VARIABLE = "PROTIV_ADMIN_PASSWORD"  # noqa: S105 - the name of the variable


class Command(BaseCommand):
    help = (
        f"Create a company with its first admin. The password is read from {PASSWORD_VARIABLE}, or you are prompted "
        "for it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help='the company\'s name, "Acme Roofing"')
        parser.add_argument("--slug", required=True, help="its short name for commands: acme")
        parser.add_argument("--time-zone", required=True, help="an IANA name: America/Denver")
        parser.add_argument("--admin-email", required=True, help="who signs in as its first admin")
        parser.add_argument("--workweek-start", default=Weekday.MONDAY.value, choices=Weekday.values)

    def handle(self, *args: Any, **options: Any) -> None:
        email: str = options["admin_email"]
        known = services.user_with(email=email) is not None
        try:
            company = services.create_company(
                name=options["name"],
                slug=options["slug"],
                time_zone=options["time_zone"],
                workweek_start=options["workweek_start"],
                admin_email=email,
                password=None if known else self._password(),
            )
        except ValidationError as error:
            raise CommandError(_in_one_line(error)) from error
        note = ", who keeps their current password" if known else ""
        self.stdout.write(f"Created {company.name} ({company.slug}) with the admin {email.strip().lower()}{note}.")

    def _password(self) -> str:
        if PASSWORD_VARIABLE in os.environ:
            return os.environ[PASSWORD_VARIABLE]
        if not sys.stdin.isatty():
            raise CommandError(f"Set {PASSWORD_VARIABLE}, or run this in a terminal to be asked for the password.")
        password = getpass.getpass("Password of the admin: ")
        if getpass.getpass("Again: ") != password:
            raise CommandError("The passwords don't match. Nothing was created.")
        return password


def _in_one_line(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(f"{field}: {' '.join(problems)}" for field, problems in error.message_dict.items())
