"""Limits on the size of a what-if, checked before the work that they bound (bonus.md 9). Pure.

They are for cases that come from outside. A real ProPay has no limit: its size comes from the time that was worked.
"""

from dataclasses import dataclass

# Of one input together: bytes, cases in a list, and workweeks of people in the results.
MAX_BYTES = 64_000_000
MAX_CASES = 20_000
MAX_TRUE_UPS = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one case may have; None is no limit.

    `entries`: of `time`, and of `all_time`. `lines`: of a budget by cost code, and penalties. `weeks`: workweeks with
    time.
    """

    entries: int | None = 20_000
    people: int | None = 2_000
    weeks: int | None = 1_040
    lines: int | None = 1_000


CASE_LIMITS = Limits()
UNLIMITED = Limits(entries=None, people=None, weeks=None, lines=None)
