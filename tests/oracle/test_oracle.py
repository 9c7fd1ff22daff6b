"""The product against the independent reading, on random cases; many more with `python -m tests.oracle`."""

from typing import Any

import pytest

from tests.oracle.cases import SUPPORTED, make
from tests.oracle.comparing import differing, smallest

SEEDS = range(1, 301)


@pytest.mark.embedded
def test_agrees_with_the_reading_on_random_cases() -> None:
    cases = {seed: make(seed, SUPPORTED)[0] for seed in SEEDS}
    different = {seed: differing(case) for seed, case in cases.items()}
    assert {seed: keys for seed, keys in different.items() if keys} == {}


def test_makes_a_case_small() -> None:
    case, _ = make(3, SUPPORTED)

    def has_work(smaller: dict[str, Any]) -> bool:
        return any(entry["kind"] == "work" for entry in smaller["time"])

    small = smallest(case, has_work)
    assert (len(small["time"]), set(small)) == (1, {"budget", "time"})
