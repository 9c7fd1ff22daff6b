"""How many syncs an installation does, and what each of them costs, from real clusters on one PostgreSQL.

    DATABASE_URL=postgres://… python -m tests.benchmarks.fleet [--companies 100] [--people 4] [--days 30] [--clusters 1]

All companies become due at once, first for their first sync, then with nothing changed. The sandbox runs on the same
machine; its processor time is told apart. Prints; asserts nothing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.journeys import fleet
from tests.journeys.stack import ROOT, Stack, running_stack

COUNTERS = """
    SELECT xact_commit, tup_returned + tup_fetched, tup_inserted + tup_updated + tup_deleted,
           (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint
    FROM pg_stat_database WHERE datname = %s
"""
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=100)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--clusters", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="of each cluster")
    options = parser.parse_args()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        raise SystemExit("DATABASE_URL must name a PostgreSQL: several clusters need it.")
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), people=2, days=10) as stack:
        for number in range(options.companies):
            name = fleet.name_of(number)
            plan = {"people": options.people, "days": options.days}
            stack.sandbox.control.add_company(name, f"sync@{name}.test", fleet.PASSWORD, **plan)
        _steps(stack, "create", str(options.companies))
        for _ in range(options.clusters):
            stack.start_worker(Q_WORKERS=str(options.workers), SYNC_LEASE_SECONDS="240")
        for phase in ("first syncs", "nothing changed"):
            _measure(phase, stack, options)
            _steps(stack, "due")


def _measure(phase: str, stack: Stack, options: argparse.Namespace) -> None:
    before = _load(stack)
    known = len(_report(stack)["runs"]) if phase != "first syncs" else 0
    while len(runs := [run for run in _report(stack)["runs"][known:] if run[5]]) < options.companies:
        time.sleep(2)
    after = _load(stack)
    begun, ended = (sorted(datetime.fromisoformat(run[place]) for run in runs) for place in (4, 5))
    lags = sorted((datetime.fromisoformat(run[4]) - datetime.fromisoformat(run[3])).total_seconds() for run in runs)
    seconds = (ended[-1] - begun[0]).total_seconds()
    spent = [(later - earlier) / options.companies for earlier, later in zip(before, after, strict=True)]
    records = sum(run[6] for run in runs) / options.companies
    sys.stdout.write(
        f"{phase}: {options.companies} companies, {options.clusters} × {options.workers} workers, "
        f"{records:,.0f} records each: {options.companies / seconds:.2f} syncs/s; "
        f"waited {statistics.median(lags):.1f} s (median), {lags[int(len(lags) * 0.95)]:.1f} s (95 %), {lags[-1]:.1f} s"
        f" (most)\n  a sync: {spent[0]:.0f} transactions, {spent[1]:,.0f} rows read, {spent[2]:,.0f} written, "
        f"{spent[3] / 1024:,.0f} KB of log, {spent[4]:.2f} s of processor, {spent[5]:.2f} s more of the sandbox's\n"
    )
    sys.stdout.flush()


def _load(stack: Stack) -> tuple[float, ...]:
    """What the database has done so far, and the seconds that the machine and the sandbox have worked."""
    address = urlsplit(stack.env["DATABASE_URL"])
    with psycopg.connect(urlunsplit(address), autocommit=True) as database:
        row = database.execute(COUNTERS, [address.path.lstrip("/")]).fetchone()
    assert row
    sandbox = _worked(Path(f"/proc/{stack.sandbox.process.pid}/stat"))
    return (*map(float, row), _machine_worked() - sandbox, sandbox)


def _machine_worked() -> float:
    user, nice, system, *_ = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:])
    return (user + nice + system) / TICKS


def _worked(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _report(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_steps(stack, "report"))
    return found


def _steps(stack: Stack, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.journeys.fleet", *arguments]
    return subprocess.run(command, cwd=ROOT, env=stack.env, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
