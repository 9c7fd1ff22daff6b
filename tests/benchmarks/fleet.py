"""How many syncs an installation does, and what each of them costs, from real clusters on one PostgreSQL.

    DATABASE_URL=postgres://… python -m tests.benchmarks.fleet [--companies 100] [--people 4] [--days 30] [--clusters 1]

All companies become due at once, first for their first sync, then with nothing changed. The sandbox runs on the same
machine; its processor time is measured separately, as is that of the workers and the database. Prints; asserts nothing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
        clusters = [
            stack.start_worker(Q_WORKERS=str(options.workers), SYNC_LEASE_SECONDS="240", WORKER_PING_SECONDS="2")
            for _ in range(options.clusters)
        ]
        with psycopg.connect(stack.env["DATABASE_URL"], autocommit=True) as database:
            bench = Bench(stack, database, [cluster.pid for cluster in clusters], options)
            bench.wait_for("SELECT count(*) FROM integrations_heartbeat WHERE name <> 'tick'", options.clusters)
            _steps(stack, "create", str(options.companies))
            for phase in ("first syncs", "nothing changed"):
                bench.measure(phase)


@dataclass
class Bench:
    stack: Stack
    database: psycopg.Connection[Any]
    clusters: list[int]
    options: argparse.Namespace

    def measure(self, phase: str) -> None:
        """Let all companies become due, wait until all are synced, and print what that took."""
        known = len(_report(self.stack)["runs"])
        before = self._load()
        _steps(self.stack, "due")
        self.wait_for("SELECT count(ended_at) FROM integrations_syncrun", known + self.options.companies)
        spent = [
            (later - earlier) / self.options.companies for earlier, later in zip(before, self._load(), strict=True)
        ]
        _show(phase, _report(self.stack)["runs"][known:], spent, self.options)

    def wait_for(self, count: str, expected: int) -> None:
        while self.database.execute(count).fetchone()[0] < expected:
            time.sleep(0.2)

    def _load(self) -> tuple[float, ...]:
        """What the database has done so far, and the seconds that workers, database and sandbox have worked."""
        name = urlsplit(self.stack.env["DATABASE_URL"]).path.lstrip("/")
        row = self.database.execute(COUNTERS, [name]).fetchone()
        backends = {
            pid for (pid,) in self.database.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [name])
        }
        families = (set(self.clusters), backends, {self.stack.sandbox.process.pid})
        return (*map(float, row), *(_worked(family) for family in families))


def _show(phase: str, runs: list[Any], spent: list[float], options: argparse.Namespace) -> None:
    begun, ended = (sorted(datetime.fromisoformat(run[place]) for run in runs) for place in (4, 5))
    lags = sorted((datetime.fromisoformat(run[4]) - datetime.fromisoformat(run[3])).total_seconds() for run in runs)
    seconds = (ended[-1] - begun[0]).total_seconds()
    sys.stdout.write(
        f"{phase}: {options.companies} companies, {options.clusters} × {options.workers} workers, "
        f"{sum(run[6] for run in runs) / len(runs):,.0f} records each: {len(runs) / seconds:.2f} syncs/s; "
        f"waited {statistics.median(lags):.1f} s (median), {lags[int(len(lags) * 0.95)]:.1f} s (95 %), {lags[-1]:.1f} s"
        f" (most)\n  a sync: {spent[0]:.0f} transactions, {spent[1]:,.0f} rows read, {spent[2]:,.0f} written, "
        f"{spent[3] / 1024:,.0f} KB of log; processor {spent[4] * 1000:.0f} ms in workers, {spent[5] * 1000:.0f} ms in "
        f"the database, {spent[6] * 1000:.0f} ms in the sandbox\n"
    )
    sys.stdout.flush()


def _worked(pids: set[int]) -> float:
    """Seconds of processor time of these processes, their children, theirs, and all those that have ended."""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_text().rpartition(")")[2].split()
            pid = int(stat.parent.name)
            parents[pid], ticks[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    return sum(ticks[pid] for pid in ticks if _ancestry(pid, parents) & pids) / TICKS


def _ancestry(pid: int, parents: dict[int, int]) -> set[int]:
    found = set()
    while pid in parents:
        found.add(pid)
        pid = parents[pid]
    return found


def _report(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_steps(stack, "report"))
    return found


def _steps(stack: Stack, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.journeys.fleet", *arguments]
    return subprocess.run(command, cwd=ROOT, env=stack.env, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
