"""What the states' own overtime laws add to the federal one, as dated data (bonus.md 11.11). Pure.

A state that adds nothing for construction crews has a row, too: it was looked at. For any other state no one looked;
the product then calculates federal overtime and says so. Engineering data from public sources, not legal advice.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache

HOUR = 60
# The straight-time part is in the bonus itself, so only the premium is owed on it (29 CFR 778.209).
HALF_TIME = Fraction(1, 2)
# On a flat sum the whole of it is owed, because the bonus pays straight time only (Alvarado v. Dart, 4 Cal.5th 542).
TIME_AND_A_HALF = Fraction(3, 2)
ALWAYS = date.min
CALIFORNIA = "CA"


class Base(StrEnum):
    """The hours by which a bonus is divided."""

    ALL_HOURS = "ALL_HOURS"
    NON_OVERTIME = "NON_OVERTIME"
    FORTY = "FORTY"


@dataclass(frozen=True, kw_only=True, eq=False)
class StateRule:
    """One state's overtime from `from_date` on. Minutes; `None` where the state has no such rule.

    Over `daily_over` (or `consecutive_over`) is overtime, over `daily_double_over` double time; every state has the
    week's 40 hours. Daily overtime is only for wages below `wage_ceiling` dollars an hour. With `is_for_salaried`, the
    rule is for salaried nonexempt people and everyone else has the state's 40 hours. `has_schedules`: a worker may have
    an alternative workweek.
    """

    code: str
    name: str
    from_date: date = ALWAYS
    daily_over: int | None = None
    daily_double_over: int | None = None
    consecutive_over: int | None = None
    has_seventh_day: bool = False
    has_schedules: bool = False
    base: Base = Base.ALL_HOURS
    factor: Fraction = HALF_TIME
    double_factor: Fraction = Fraction(1)
    wage_ceiling: Decimal | None = None
    is_for_salaried: bool = False
    source: str

    @property
    def adds_nothing(self) -> bool:
        """Whether the federal rule is all there is."""
        return self.daily_over is None and self.base == Base.ALL_HOURS

    @cached_property
    def weekly_only(self) -> "StateRule":
        """The state's own 40 hours a week, for those whom nothing else in it concerns."""
        return replace(self, daily_over=None, base=Base.ALL_HOURS, factor=HALF_TIME)


def _federal_only(code: str, name: str) -> StateRule:
    return StateRule(code=code, name=name, source="no overtime law of its own; 29 USC 207 applies")


STATE_RULES = (
    StateRule(
        code=CALIFORNIA,
        name="California",
        daily_over=8 * HOUR,
        daily_double_over=12 * HOUR,
        has_seventh_day=True,
        has_schedules=True,
        base=Base.NON_OVERTIME,
        factor=TIME_AND_A_HALF,
        double_factor=Fraction(2),
        source="Labor Code 510-511; Alvarado v. Dart, 4 Cal.5th 542",
    ),
    StateRule(code="AK", name="Alaska", daily_over=8 * HOUR, source="AS 23.10.060; 8 AAC 15.100"),
    StateRule(
        code="CO",
        name="Colorado",
        daily_over=12 * HOUR,
        consecutive_over=12 * HOUR,
        source="COMPS Order 7 CCR 1103-1, rule 4.1",
    ),
    StateRule(
        code="NV",
        name="Nevada",
        from_date=date(2024, 7, 1),
        daily_over=8 * HOUR,
        wage_ceiling=Decimal("18.00"),
        source="NRS 608.018, minimum wage 12.00 × 1.5",
    ),
    StateRule(
        code="PA",
        name="Pennsylvania",
        base=Base.FORTY,
        factor=TIME_AND_A_HALF,
        is_for_salaried=True,
        source="34 Pa. Code 231.43(g)",
    ),
    _federal_only("AL", "Alabama"),
    _federal_only("AZ", "Arizona"),
    _federal_only("FL", "Florida"),
    _federal_only("GA", "Georgia"),
    _federal_only("LA", "Louisiana"),
    _federal_only("MS", "Mississippi"),
    _federal_only("NE", "Nebraska"),
    _federal_only("SC", "South Carolina"),
    _federal_only("SD", "South Dakota"),
    _federal_only("TN", "Tennessee"),
    _federal_only("TX", "Texas"),
    _federal_only("UT", "Utah"),
)
COVERED_STATES = tuple(sorted({rule.code for rule in STATE_RULES}))


@lru_cache(maxsize=4096)
def state_rule(code: str | None, day: date) -> StateRule | None:
    """The state's rule in effect on this day; None if there is none, so that only federal law counts."""
    found = [rule for rule in STATE_RULES if rule.code == code and rule.from_date <= day]
    return max(found, key=lambda rule: rule.from_date, default=None)
