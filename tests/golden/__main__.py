"""Write what the product calculates to text files, to compare before and after a refactoring: `make golden`.

    python -m tests.golden FOLDER [--cases 2000]

`whatif.txt`: generated what-if cases. `demo.txt`: every figure, step, share and statement line of the demo company.
`payroll.txt` and `reports.txt`: every payroll file and report of it. Step keys, numbers, file headings, and JSON keys
are written, texts for people are not: two folders of the same behavior are equal (`diff -r`).
"""

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import django
import time_machine

from tests.journeys.stack import free_port

NOW = datetime(2026, 11, 27, 18, 30, tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=int, default=2_000)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, time_machine.travel(NOW, tick=True):
        _set_up(Path(scratch))
        from tests.golden import demo, what_if

        parts = {
            "whatif": what_if.lines(options.cases),
            "demo": demo.figure_lines(),
            "payroll": demo.payroll_lines(),
            "reports": demo.report_lines(),
        }
        for name, lines in parts.items():
            written = list(lines)
            (options.folder / f"{name}.txt").write_text("\n".join(written) + "\n")
            sys.stdout.write(f"{name}.txt: {len(written):,} lines\n")


def _set_up(scratch: Path) -> None:
    """Fill the demo, on a day that stays the same, in a database of its own."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "protiv.settings",
        "DEBUG": "true",
        "DATABASE_URL": f"sqlite:///{scratch / 'golden.sqlite3'}",
        "EXAKTIME_BASE_URL": f"http://127.0.0.1:{free_port()}",
        "EXAKTIME_ALLOW_INSECURE_BASE_URL": "true",
        "SANDBOX_TODAY": NOW.date().isoformat(),
        "LOG_LEVEL": "ERROR",
    }
    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    call_command("make_demo", stdout=sys.stderr)


if __name__ == "__main__":
    main()
