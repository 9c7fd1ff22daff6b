"""Which time is final: the pay period is closed, or the person's period carries a SignOff (exaktime.md 5.10). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from protiv.timekeeping.records import PayPeriodRecord

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval of one pay period."""

    pay_period_id: str
    person_id: str
    is_sign_off: bool


@dataclass(frozen=True, slots=True)
class _FinalFor:
    """Whose time on one day is final."""

    everybody: bool
    people: frozenset[str]


class Finality:
    """Finality of a person's day, from the pay periods and the sign-offs read so far.

    Where pay periods overlap (several pay groups), we don't know which one is a person's own: time is final only if
    every period over the day says so. A day in no period is not final.
    """

    def __init__(self, periods: Iterable[PayPeriodRecord]) -> None:
        self._periods = list(periods)
        self._signed_off: dict[str, frozenset[str]] = {}
        self._days: dict[date, _FinalFor] = {}

    def periods_to_learn(self, start: date, end: date) -> list[str]:
        """Ids of the periods whose sign-offs matter from `start` until before `end`. A closed one needs none."""
        return [
            period.external_id
            for period in self._periods
            if not period.is_closed
            and period.start_date < end
            and period.end_date >= start
            and period.external_id not in self._signed_off
        ]

    def learn(self, period_id: str, people: Iterable[str]) -> None:
        """These people's time in the period is signed off, and no one else's."""
        self._signed_off[period_id] = frozenset(people)
        self._days.clear()

    def is_final(self, person_id: str, day: date) -> bool:
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = self._final_on(day)
        return known.everybody or person_id in known.people

    def _final_on(self, day: date) -> _FinalFor:
        over = [period for period in self._periods if period.start_date <= day <= period.end_date]
        signers = [self._signed_off.get(period.external_id, _NOBODY) for period in over if not period.is_closed]
        if signers:
            return _FinalFor(False, frozenset.intersection(*signers))
        return _FinalFor(bool(over), _NOBODY)
