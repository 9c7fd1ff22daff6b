"""One trial: a first sync and three re-syncs with random faults, then a check that every minute is right.

    python -m tests.faults.trial --seed 7 --url http://127.0.0.1:1234

Runs on the database of DATABASE_URL, which must be migrated and empty. The seed decides what happens; the timing
depends on the machine. Exit code 1 and the reasons where something is wrong at the end.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from random import Random

from integrations.exaktime.sandbox.client import SandboxControl, SandboxRefused
from integrations.exaktime.sandbox.faults import ENDPOINTS, FaultKind
from tests.journeys.stack import ROOT, TODAY

START = TODAY - timedelta(days=28)
RE_SYNCS = 3
# In this round the sign-in sees only some of the people and places, from some moment on.
NARROWED = 2
LOGIN = "sync@acme.test"
WORKERS = 2
RATE = 0.1
ROUND_SECONDS = 3.5
LAST_SECONDS = 60
PAUSE_SECONDS = 2.5
PARAMETERS: dict[str, dict[str, object]] = {
    "read_timeout": {"seconds": 2},
    "huge_body": {"megabytes": 4},
    "slow": {"milliseconds": 100},
}


class Trial:
    """Drives the product as its people and its operators do, and breaks what it can."""

    def __init__(self, seed: int, url: str) -> None:
        self.random = Random(seed)
        self.seed = seed
        self.control = SandboxControl(url, timeout=10)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.touched: set[str] = set()
        self.kills = self.pauses = self.outages = 0

    def run(self) -> list[str]:
        """Everything that is wrong at the end; empty where nothing is."""
        from tests.faults import product

        self.product = product.Product(start=START)
        try:
            for number in range(1 + RE_SYNCS):
                if number:
                    self.product.make_propays(self.random)
                    self.edit_records()
                self.add_faults(number)
                if number == NARROWED:
                    self.go_through(self.random.uniform(0, ROUND_SECONDS))
                    self.narrow_the_view()
                self.go_through(ROUND_SECONDS)
                self.control.clear_faults()
                if number == NARROWED:
                    self.show_everything()
            self.wait_for_a_good_sync()
        finally:
            self.end_workers()
        return [*self.product.problems(self.control, self.touched)]

    # What goes wrong

    def add_faults(self, number: int) -> None:
        """Every fault in every endpoint, together at a tenth of the calls."""
        for endpoint in ENDPOINTS:
            for kind in FaultKind:
                self.control.add_fault(
                    kind,
                    endpoint=endpoint,
                    times=None,
                    rate=RATE / len(FaultKind),
                    seed=self.random.randrange(10**9) + number,
                    **PARAMETERS.get(kind, {}),
                )

    def go_through(self, seconds: float) -> None:
        """Let the product work; kill and pause workers and cut the database off in the meantime."""
        end = time.monotonic() + seconds
        for mishap in self.mishaps():
            self.start_workers()
            self.product.keep_going()
            time.sleep(self.random.uniform(0.1, 0.5))
            if time.monotonic() > end:
                return
            mishap()

    def mishaps(self) -> Iterator[Callable[[], None]]:
        while True:
            mishaps = [self.kill_a_worker, self.pause_a_worker, self.cut_the_database, lambda: None]
            yield self.random.choices(mishaps, [2, 2, 1, 4])[0]

    def kill_a_worker(self) -> None:
        worker = self.random.choice(self.workers)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        self.workers.remove(worker)
        self.kills += 1

    def pause_a_worker(self) -> None:
        """For longer than its lease: another one takes over, and this one must commit nothing when it wakes up."""
        worker = self.random.choice(self.workers)
        worker.send_signal(signal.SIGSTOP)
        # By a timer: it may hold SQLite's lock, on which this thread would wait in vain.
        threading.Timer(PAUSE_SECONDS, worker.send_signal, [signal.SIGCONT]).start()
        self.pauses += 1

    def cut_the_database(self) -> None:
        self.product.cut_the_database(seconds=self.random.uniform(0.3, 1.5))
        self.outages += 1

    def edit_records(self) -> None:
        """What people at the contractor do between two syncs, in closed periods too."""
        # The built-in codes mark a moment; with minutes on them a record is rightly set aside.
        marks = {code["costCodeId"] for code in self.control.cost_codes() if code["displayOption"] == "System"}
        records = self.control.records(START.isoformat(), TODAY.isoformat())
        records = [record for record in records if record["CostCodeId"] not in marks]
        people, places = self.control.employees(), self.control.locations()
        for record in self.random.sample(records, min(12, len(records))):
            record_id = record["TimeRecordId"]
            self.touched.add(record_id)
            changes = self.random.choice(
                [
                    {"Minutes": self.random.randrange(15, 600, 15)},
                    {"WorkDate": (START + timedelta(days=self.random.randrange(28))).isoformat()},
                    {"PersonId": self.random.choice(people)["personId"]},
                    {"LocationId": self.random.choice(places)["locationId"]},
                    None,
                ]
            )
            with suppress(SandboxRefused):
                if changes is None:
                    self.control.delete_record(record_id, force=True)
                else:
                    self.control.edit_record(record_id, force=True, **changes)
        for _ in range(3):
            self.add_record(self.random.choice(records))

    def add_record(self, like: dict[str, object]) -> None:
        fields = {name: like[name] for name in ("PersonId", "LocationId", "CostCodeId", "WorkDate", "RecordType")}
        with suppress(SandboxRefused):
            added = self.control.add_record(force=True, Minutes=self.random.randrange(15, 120, 15), **fields)
            self.touched.add(added["record"]["TimeRecordId"])

    def narrow_the_view(self) -> None:
        """Someone at the contractor changes what the sign-in may see: nothing is deleted, so nothing may be voided.

        At any moment of a run, between its lists and a window, too.
        """
        people = [person["personId"] for person in self.control.employees()]
        places = [place["locationId"] for place in self.control.locations()]
        self.control.set_view(
            LOGIN,
            people=self.random.choice([None, self.random.sample(people, max(1, len(people) // 2))]),
            locations=self.random.sample(places, max(1, len(places) // 2)),
        )

    def show_everything(self) -> None:
        """Between two runs: a view that is narrow only while one window is read is the one thing no list tells."""
        self.product.forget_runs()
        self.control.set_view(LOGIN)

    # The workers

    def start_workers(self) -> None:
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < WORKERS:
            command = [sys.executable, "-m", "tests.faults.worker"]
            self.workers.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL))

    def end_workers(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()

    def wait_for_a_good_sync(self) -> None:
        """No more faults: everything is read again."""
        self.product.forget_runs()
        end = time.monotonic() + LAST_SECONDS
        while time.monotonic() < end and not self.product.is_good():
            self.start_workers()
            self.product.keep_going()
            time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--url", required=True)
    options = parser.parse_args()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "protiv.settings")
    django.setup()
    trial = Trial(options.seed, options.url)
    problems = trial.run()
    sys.stdout.write(
        f"seed {options.seed}: {trial.product.summary()}, {trial.kills} kills, {trial.pauses} pauses, "
        f"{trial.outages} outages, {len(trial.touched)} records edited: {'wrong' if problems else 'right'}\n"
    )
    sys.stdout.writelines(f"  {problem}\n" for problem in problems)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
