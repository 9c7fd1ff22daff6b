"""What figures and pages cost as a company grows: refreshes of ProPays, and the pages with long lists.

    python -m tests.benchmarks.figures [--entries 10000 1000000]

Each size is one company in a database of its own: a hundred entries to a ProPay, so 10,000 ProPays at a million.
Prints; asserts nothing.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.journeys.stack import ROOT, scratch_database

REPEATS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--measure", type=int)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure)
        return
    for entries in options.entries:
        with tempfile.TemporaryDirectory() as folder, scratch_database(Path(folder)) as database_url:
            env = os.environ | {"DEBUG": "true", "LOG_LEVEL": "ERROR", "DATABASE_URL": database_url}
            command = [sys.executable, "-m", "tests.benchmarks.figures", f"--measure={entries}"]
            subprocess.run(command, env=env, cwd=ROOT, check=True)


def measure(entries: int) -> None:
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "protiv.settings")
    django.setup()
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    from tests.benchmarks import figures_steps

    company = figures_steps.build(entries)
    for name, step in figures_steps.steps(company).items():
        sys.stdout.write(f"{entries:>9,} entries  {name:45} {timed(step)}\n")
        sys.stdout.flush()


def timed(step: Callable[[], None]) -> str:
    """The median of some repeats, after one that warms the caches; and what the database had of it."""
    from django.db import connection

    spent: list[float] = []

    def watch(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - started)

    totals, queries, at_database = [], [], []
    for _ in range(REPEATS + 1):
        spent.clear()
        started = time.perf_counter()
        with connection.execute_wrapper(watch):
            step()
        totals.append(time.perf_counter() - started)
        queries.append(len(spent))
        at_database.append(sum(spent))
    return (
        f"{statistics.median(totals[1:]) * 1000:9.1f} ms, {statistics.median(at_database[1:]) * 1000:9.1f} ms of it at"
        f" the database in {queries[-1]} queries"
    )


if __name__ == "__main__":
    main()
