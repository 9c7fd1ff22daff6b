"""`manage.py exaktime_sandbox`: a local ExakTime for development and demos."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from integrations.exaktime.sandbox import cli


class Command(BaseCommand):
    help = "Serve a simulated ExakTime account on this machine until Ctrl+C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        cli.add_arguments(parser)
        # argparse parses a text default like user input.
        parser.set_defaults(today=settings.SANDBOX_TODAY or None)

    def handle(self, *args: Any, **options: Any) -> None:
        cli.run(argparse.Namespace(**options), self._write)

    def _write(self, line: str) -> None:
        self.stdout.write(line, ending="")
        self.stdout.flush()
