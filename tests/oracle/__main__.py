"""Compare the product's what-if with the independent reading on random cases.

    python -m tests.oracle [--cases 20000] [--seed 0] [--processes 2] [--only FEATURE …] [--shown 10]

Prints how many cases of each feature were compared, and each difference as the smallest case that shows it; exits with
1 if there is one. Without `--only` a case can have every feature of `cases.WEIGHTS`; `--only today` means those that
`cases.TODAY` lists.
"""

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.oracle.cases import TODAY, WEIGHTS, make
from tests.oracle.comparing import by_product, by_reading, differing, smallest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--only", nargs="+", choices=["today", "basis", *WEIGHTS], help="only cases with these features"
    )
    parser.add_argument("--shown", type=int, default=10, help="differences that are made small and printed")
    options = parser.parse_args()
    only = options.only and [name for given in options.only for name in (TODAY if given == "today" else [given])]
    seeds = [(options.seed * 1_000_000 + number, only) for number in range(options.cases)]
    compared: Counter[str] = Counter()
    found: list[int] = []
    with ProcessPoolExecutor(options.processes) as pool:
        for (seed, _), (features, differs) in zip(seeds, pool.map(_compare, seeds, chunksize=50), strict=True):
            compared.update(features)
            found += [seed] if differs else []
    for name in WEIGHTS:
        _say(f"{compared[name]:7} {name}")
    _say(f"{options.cases:7} in all, {len(found)} different")
    for seed in found[: options.shown]:
        _show(seed, only)
    return 1 if found else 0


def _compare(given: tuple[int, list[str] | None]) -> tuple[list[str], bool]:
    case, features = make(*given)
    try:
        return features, bool(differing(case))
    except Exception as error:
        raise RuntimeError(f"the case of seed {given[0]} can't be compared: {error!r}") from error


def _show(seed: int, only: list[str] | None) -> None:
    case, features = make(seed, only)
    keys = differing(case)
    small = smallest(case, lambda smaller: differing(smaller) == keys)
    _say(f"\nseed {seed}: {', '.join(sorted(keys))} ({', '.join(features)})\n{json.dumps(small)}")
    product, reading = by_product(small), by_reading(small)
    for key in sorted(differing(small)):
        _say(f"  {key}\n    product {product.get(key)}\n    reading {reading.get(key)}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
