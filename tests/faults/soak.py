"""Many trials, for as long as there is time: `make soak`.

    python -m tests.faults.soak [--seeds 50] [--minutes 20] [--first 1]

One line a trial. Exit code 1 where one of them was wrong, 2 where the time was over before all had run.
"""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.running import run_trial

AT_ONCE = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    end = time.monotonic() + options.minutes * 60
    seeds = range(options.first, options.first + options.seeds)
    with ThreadPoolExecutor(AT_ONCE) as trials:
        results = list(trials.map(lambda seed: one(seed, end), seeds))
    wrong = [seed for seed, is_right in zip(seeds, results, strict=True) if is_right is False]
    left = results.count(None)
    sys.stdout.write(f"{len(seeds) - left - len(wrong)} right, wrong: {wrong or 'none'}, not run: {left}\n")
    sys.exit(1 if wrong else 2 if left else 0)


def one(seed: int, end: float) -> bool | None:
    """Whether it was right; None where there was no time left."""
    if time.monotonic() > end:
        return None
    with tempfile.TemporaryDirectory() as folder:
        done = run_trial(seed, Path(folder))
    sys.stdout.write(done.stdout or f"seed {seed}: broken\n{done.stderr[-2000:]}\n")
    sys.stdout.flush()
    return done.returncode == 0


if __name__ == "__main__":
    main()
