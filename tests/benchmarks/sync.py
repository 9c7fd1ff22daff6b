"""How fast syncs are, as ratios to the bare driver loading the same records into the same table.

    python -m tests.benchmarks.sync [--people 260] [--days 180] [--delay 50]

All steps fetch from the same sandbox and parse with the same connector; `--delay` makes each page of time records wait
for so many milliseconds, as a provider across the internet does. Each step runs in a process of its own, so that memory
and caches don't mix; the two loaders that it is compared with get databases of their own. Prints; asserts nothing.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from integrations.exaktime.sandbox.client import start_sandbox
from tests.journeys.stack import ROOT, TODAY, scratch_database

DATABASES = (["limit"], ["bulk_create"], ["first", "again", "percent"])
MEANINGS = {
    "limit": "the bare driver: COPY and upsert, or executemany",
    "bulk_create": "Django's bulk_create(update_conflicts=True)",
    "first": "first sync",
    "again": "everything read again, nothing changed",
    "percent": "everything read again, 1 % changed",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=260)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--delay", type=int, default=0, help="milliseconds that each page of time records takes more")
    parser.add_argument("--step", choices=MEANINGS)
    options = parser.parse_args()
    if options.step:
        sys.stdout.write(json.dumps(measure(options.step, options.days)))
        return
    results: dict[str, dict[str, Any]] = {}
    with start_sandbox(people=options.people, days=options.days, today=TODAY) as sandbox:
        if options.delay:
            sandbox.control.add_fault("slow", endpoint="time_records", times=None, milliseconds=options.delay)
        for steps in DATABASES:
            with tempfile.TemporaryDirectory() as folder, scratch_database(Path(folder)) as database_url:
                env = environment(database_url, sandbox.base_url)
                for step in steps:
                    results[step] = run_step(step, options.days, env)
                    report(step, results)


def environment(database_url: str, base_url: str) -> dict[str, str]:
    return os.environ | {
        "DEBUG": "true",
        "LOG_LEVEL": "ERROR",
        "DATABASE_URL": database_url,
        "EXAKTIME_BASE_URL": base_url,
        "EXAKTIME_ALLOW_INSECURE_BASE_URL": "true",
    }


def run_step(step: str, days: int, env: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.sync", f"--days={days}", f"--step={step}"]
    done = subprocess.run(command, env=env, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def measure(step: str, days: int) -> dict[str, Any]:
    """Run one step: its seconds, its records, the write-ahead log it cost, and this process's peak memory."""
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "protiv.settings")
    django.setup()
    settings.DEBUG = False  # it would keep every statement
    from tests.benchmarks import sync_steps

    sync_steps.prepare(step)
    base, wal = peak_memory(), sync_steps.write_ahead_log()
    started = time.perf_counter()
    result: dict[str, Any] = getattr(sync_steps, step)(TODAY - timedelta(days=days))
    return result | {
        "seconds": time.perf_counter() - started,
        "wal": sync_steps.write_ahead_log() - wal,
        "memory": peak_memory(),
        "above": peak_memory() - base,
    }


def peak_memory() -> int:
    """Kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def report(step: str, results: dict[str, dict[str, Any]]) -> None:
    one, limit, first = results[step], results["limit"], results.get("first")
    ratio = f"{one['seconds'] / limit['seconds']:5.2f} x limit"
    if first and first is not one:
        ratio += f", {one['seconds'] / first['seconds']:5.2f} x first"
        if first["wal"]:
            ratio += f", {one['wal'] / first['wal']:6.2%} of its log"
    sys.stdout.write(
        f"{step:12} {one['records']:>9,} records {one['written']:>9,} written {one['seconds']:8.2f} s  {ratio}"
        f"  log {one['wal'] / 2**20:,.1f} MB  memory {one['memory'] / 1024:.0f} MB, {one['above'] / 1024:.0f} above"
        f" Django  ({MEANINGS[step]})\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
