"""`manage.py propay_whatif [FILE]`: what would the bonus be? (bonus-rules.md, 9)."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from propay import whatif

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Works out a bonus from a case in JSON: one case, or a list of them. Touches no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="the case; standard input where left out or -")
        parser.add_argument("--explain", action="store_true", help="print how each figure came about, as text")

    def handle(self, *, file: str, explain: bool, **options: object) -> None:
        try:
            data = whatif.load(_read(file))
            text = whatif.explain(data) if explain else json.dumps(whatif.run(data), indent=2)
        except whatif.CaseError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=BAD_INPUT) from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: is not UTF-8 text", returncode=BAD_INPUT) from error
        self.stdout.write(text)


def _read(file: str) -> str:
    """The case's text; a byte order mark, which some editors write, is no part of it."""
    content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    return content.decode("utf-8-sig")
