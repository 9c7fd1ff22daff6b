"""`manage.py propay_whatif [FILE]`: what would the bonus be? (bonus.md 9)."""

import json
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from propay.cases import solving
from propay.cases.limits import MAX_BYTES

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Calculate a bonus from a JSON case (one case or a list of at most 20,000). Doesn't use the database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", default="-", help="path to the case file; omit or use - for standard input"
        )
        parser.add_argument("--explain", action="store_true", help="print how each figure was calculated, as text")

    def handle(self, *, file: str, explain: bool, **options: object) -> None:
        try:
            data = solving.load(_read(file))
            text = solving.explain(data) if explain else json.dumps(solving.run(data), indent=2)
        except solving.CaseError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=BAD_INPUT) from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file}: is not UTF-8 text", returncode=BAD_INPUT) from error
        self.stdout.write(text)


def _read(file: str) -> str:
    """Read the case's text up to the allowed size, without a byte order mark."""
    with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise solving.CaseError("input", f"must be at most {MAX_BYTES:,} bytes. Split the list of cases")
    return content.decode("utf-8-sig")
