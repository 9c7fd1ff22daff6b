"""What it costs to close a pay period with one click: 10,000 approved shares on as many statements, paid by a pay run.

    python -m tests.benchmarks.pay_run [--statements 10000]

The limit is one bare UPDATE by the driver on as many rows of the same table, with the same constraints and triggers:
it marks statements paid and nothing else. Prints; asserts nothing.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.journeys.stack import ROOT, scratch_database

REPEATS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statements", type=int, default=10_000)
    parser.add_argument("--measure", action="store_true")
    options = parser.parse_args()
    if options.measure:
        measure(options.statements)
        return
    with tempfile.TemporaryDirectory() as folder, scratch_database(Path(folder)) as database_url:
        env = os.environ | {"DEBUG": "true", "LOG_LEVEL": "ERROR", "DATABASE_URL": database_url}
        command = [sys.executable, "-m", "tests.benchmarks.pay_run", f"--statements={options.statements}", "--measure"]
        subprocess.run(command, env=env, cwd=ROOT, check=True)


def measure(statements: int) -> None:
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "protiv.settings")
    django.setup()
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    from propay.services.shared import BATCH
    from tests.benchmarks import pay_run_steps as steps

    company = steps.build(statements, periods=2 * REPEATS + 1)
    client = steps.signed_in()
    spent: dict[str, list[float]] = {"click": [], "run": [], "poll": [], "bare": [], "list": [], "pseudo bonuses": []}
    for repeat in range(REPEATS):
        spent["bare"].append(timed(partial(steps.bare_update, company, 2 * repeat)))
        spent["list"].append(timed(partial(steps.get, client, "statement_list", 2 * repeat + 1)))
        spent["pseudo bonuses"].append(timed(partial(steps.get, client, "statement_pseudo_bonuses", 2 * repeat + 1)))
        spent["click"].append(timed(partial(steps.click, client, 2 * repeat + 1)))
        spent["run"].append(timed(steps.work))
        spent["poll"].append(timed(partial(steps.poll, client)))
    median = {name: statistics.median(values) for name, values in spent.items()}
    steps.click(client, 2 * REPEATS)
    queries, megabytes = watched(steps.work)
    batches = -(-statements // BATCH)
    say(f"{statements:,} shares on as many statements, median of {REPEATS}")
    say(f"  the list, first page     {1000 * median['list']:9.0f} ms")
    say(f"  the warnings above it    {1000 * median['pseudo bonuses']:9.0f} ms")
    say(f"  the click                {1000 * median['click']:9.0f} ms")
    say(f"  the pay run              {1000 * median['run']:9.0f} ms, {queries} queries in {batches} batches")
    say(f"  its memory               {megabytes:9.1f} MB at its peak")
    say(f"  one look at the progress {1000 * median['poll']:9.0f} ms")
    say(f"  one bare UPDATE          {1000 * median['bare']:9.0f} ms")
    say(f"  pay run to bare UPDATE   {median['run'] / median['bare']:9.1f}")


def watched(step: Callable[[], None]) -> tuple[int, float]:
    """How many queries a step takes, and how many MB of Python's memory at its peak."""
    from django.db import connection

    count = 0

    def counted(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    tracemalloc.start()
    with connection.execute_wrapper(counted):
        step()
    _now, peak = tracemalloc.get_traced_memory()
    return count, peak / 1_000_000


def timed(step: Callable[[], None]) -> float:
    """Seconds."""
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
