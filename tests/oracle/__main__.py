"""Compare the product's what-if with the independent reading on random cases.

    python -m tests.oracle [--cases N] [--seed N] [--processes 2] [--only FEATURE …] [--always FEATURE …] [--shown 9]

Prints how many cases of each feature were compared, and each difference as the smallest case that shows it; exits with
1 if there is one. A case can have every feature of `cases.WEIGHTS`, with `--only` no others than these (`supported`
means those of `cases.SUPPORTED`), and with `--always` these in any case.
"""

import argparse
import json
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.oracle.cases import SUPPORTED, WEIGHTS, make
from tests.oracle.comparing import by_product, by_reading, differing, smallest

# A seed, the features that its case can have, and those that it has in any case.
Chosen = tuple[int, list[str], list[str]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=["supported", *WEIGHTS], default=list(WEIGHTS))
    parser.add_argument("--always", nargs="+", choices=list(WEIGHTS), default=[])
    parser.add_argument("--shown", type=int, default=10, help="how many differences are made small and printed")
    options = parser.parse_args()
    only = [name for given in options.only for name in (SUPPORTED if given == "supported" else [given])]
    chosen = [(options.seed * 1_000_000 + number, only, options.always) for number in range(options.cases)]
    compared: Counter[str] = Counter()
    found: list[Chosen] = []
    with ProcessPoolExecutor(options.processes) as pool:
        for given, (features, differs) in zip(chosen, pool.map(_compare, chosen, chunksize=50), strict=True):
            compared.update(features)
            found += [given] if differs else []
    for name in WEIGHTS:
        _say(f"{compared[name]:7} {name}")
    _say(f"{options.cases:7} in all, {len(found)} different")
    for given in found[: options.shown]:
        _show(given)
    return 1 if found else 0


def _compare(given: Chosen) -> tuple[list[str], bool]:
    case, features = make(*given)
    try:
        return features, bool(differing(case))
    except Exception as error:
        raise RuntimeError(f"the reading fails on the case of seed {given[0]}: {error!r}") from error


def _show(given: Chosen) -> None:
    case, features = make(*given)
    keys = differing(case)
    small = smallest(case, lambda smaller: differing(smaller) == keys)
    _say(f"\nseed {given[0]}: {', '.join(sorted(keys))} ({', '.join(features)})\n{json.dumps(small)}")
    product, reading = by_product(small), by_reading(small)
    for key in sorted(keys):
        _say(f"  {key}\n    product {product.get(key)}\n    reading {reading.get(key)}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
