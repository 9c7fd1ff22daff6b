"""Change the rules in many small ways, and check that the rules' own tests notice each change: `make mutants`.

    python -m tests.mutants [--sample 500] [--seed 11] [--jobs 2] [FILE …]

Prints the mutants that survive; exits with 1 if there is one that `equivalent.txt` doesn't explain, or if that list
explains what no longer exists. `--sample 0` tries every mutant.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.mutants import running
from tests.mutants.making import Mutant, mutants_of, mutate

RULES = Path("propay/rules")
RULES_SUITE = Path("tests/propay/rules")
# The two pure files outside of the rules, and their tests; the rules' own tests stand for the rounding of cents, too.
OTHERS = {
    "integrations/sync/planning.py": ["tests/integrations/sync/test_planning.py"],
    "protiv/kit/money.py": ["tests/kit/test_money.py", str(RULES_SUITE)],
}
EQUIVALENT = Path(__file__).with_name("equivalent.txt")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="only these files")
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    sources = {path: Path(path).read_text() for path in options.files or _all_files()}
    mutants = [mutant for path, source in sources.items() for mutant in mutants_of(path, source)]
    chosen = sorted(mutants, key=lambda mutant: mutant.rank(options.seed))[: options.sample or None]
    running.prepare()
    for path in sources:
        if not _passes(path):
            sys.stdout.write(f"The tests of {path} fail without any change. Fix them first.\n")
            return 2
    began = time.monotonic()
    survivors = sorted(_survivors(chosen, sources, options.jobs), key=lambda mutant: (mutant.path, mutant.line))
    reasons = _reasons()
    _report(chosen, survivors, reasons, time.monotonic() - began)
    stale = [] if options.files else sorted(set(reasons) - {mutant.name for mutant in mutants})
    for name in stale:
        sys.stdout.write(f"listed as equivalent, but no such mutant: {name}\n")
    return int(bool(stale) or any(mutant.name not in reasons for mutant in survivors))


def _reasons() -> dict[str, str]:
    """Why a mutant is equivalent, by its name: a line with the name, then an indented one with the reason."""
    lines = [line for line in EQUIVALENT.read_text().splitlines() if line and not line.startswith("#")]
    return dict(zip(lines[::2], (reason.strip() for reason in lines[1::2]), strict=True))


def _all_files() -> list[str]:
    return [*map(str, sorted(RULES.glob("*.py"))), *OTHERS]


def _suite(path: str) -> list[str]:
    """The tests of a file: its own first, the slow ones last."""
    if path in OTHERS:
        return OTHERS[path]
    own = RULES_SUITE / f"test_{Path(path).name}"
    tests = sorted(RULES_SUITE.glob("test_*.py"), key=lambda test: (test != own, "properties" in test.name))
    return [str(test) for test in tests]


def _passes(path: str) -> bool:
    _, status = os.waitpid(running.start(path, None, _suite(path)), 0)
    return not running.found(status)


def _survivors(mutants: Iterable[Mutant], sources: dict[str, str], jobs: int) -> Iterator[Mutant]:
    """The mutants of which no test notices anything; `jobs` of them are tried at the same time."""
    under_way: dict[int, Mutant] = {}
    for mutant in mutants:
        if len(under_way) == jobs:
            yield from _next_survivor(under_way)
        tree = mutate(sources[mutant.path], mutant)
        under_way[running.start(mutant.path, tree, _suite(mutant.path))] = mutant
    while under_way:
        yield from _next_survivor(under_way)


def _next_survivor(under_way: dict[int, Mutant]) -> Iterator[Mutant]:
    process, status = os.wait()
    mutant = under_way.pop(process)
    if not running.found(status):
        yield mutant


def _report(tried: list[Mutant], survivors: list[Mutant], reasons: dict[str, str], seconds: float) -> None:
    for mutant in survivors:
        known = mutant.name in reasons
        sys.stdout.write(f"{'equivalent' if known else 'SURVIVED'}, line {mutant.line}:\n{mutant.name}\n")
        if known:
            sys.stdout.write(f"    {reasons[mutant.name]}\n")
    equivalent = sum(mutant.name in reasons for mutant in survivors)
    sys.stdout.write(
        f"{len(tried)} mutants: {len(tried) - len(survivors)} noticed, {equivalent} equivalent, "
        f"{len(survivors) - equivalent} survived; {seconds:.0f} s.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
