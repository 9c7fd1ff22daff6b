"""What the what-if costs: many cases in one process, by the command itself.

    python -m tests.benchmarks.whatif [--cases 1000] [--entries 40]

Each case has a crew of eight with as many entries as asked for, over two weeks, parts, a lead, and California's
true-up. Prints; asserts nothing.
"""

import argparse
import json
import subprocess
import sys
import time
from datetime import date, timedelta

from tests.journeys.stack import ROOT

CREW = "abcdefgh"
MONDAY = date(2026, 11, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--entries", type=int, default=40)
    options = parser.parse_args()
    text = json.dumps([case(place, options.entries) for place in range(options.cases)])
    for flags in ([], ["--explain"]):
        command = [sys.executable, "manage.py", "propay_whatif", *flags]
        started = time.perf_counter()
        done = subprocess.run(command, input=text, cwd=ROOT, capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - started
        what = " ".join(["propay_whatif", *flags])
        sys.stdout.write(
            f"{options.cases:,} cases of {options.entries} entries  {what:24} {seconds:6.2f} s,"
            f" {len(done.stdout) / 1_000_000:.1f} MB out\n"
        )


def case(place: int, entries: int) -> dict[str, object]:
    """One case; `place` makes each another one."""
    time_worked = [
        {
            "worker": CREW[number % len(CREW)],
            "date": str(MONDAY + timedelta(days=number // len(CREW) % 14)),
            "minutes": 480 + (number * 37 + place) % 180,
            "wage": f"{20 + number % len(CREW)}.{place % 100:02d}",
            "cost_code": "roof",
        }
        for number in range(entries)
    ]
    return {
        "budget": {"type": "PERCENT_OF_CONTRACT", "contract_amount": f"{40_000 + place}.00", "percent": "30"},
        "adjustment": {"type": "PERCENT", "value": "5"},
        "pool": {"crew": "70", "lead": "15", "manager": "10", "company": "5"},
        "distribution": "HOURS_TIMES_WAGE",
        "burden_percent": "18.5",
        "lead": "a",
        "manager": "m",
        "time": time_worked,
        "overtime": {"rule": "CALIFORNIA"},
    }


if __name__ == "__main__":
    main()
