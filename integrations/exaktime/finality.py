"""Which time is final: the pay period is closed, or the person's period carries a SignOff (contract 5.10). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from protiv.timekeeping.records import PayPeriodRecord

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval of one pay period."""

    pay_period_id: str
    person_id: str
    is_sign_off: bool


class Finality:
    """Answers for the days of one window, from two small tables.

    Where pay periods overlap (several pay groups), nobody tells us which one is a person's own: time is final only if
    every period over the day says so. A day in no period is not final.
    """

    def __init__(
        self,
        *,
        start: date,
        end: date,
        periods: Iterable[PayPeriodRecord],
        signed_off: Mapping[str, frozenset[str]],
    ) -> None:
        self._closed_days: set[date] = set()
        self._signed_by: dict[date, frozenset[str]] = {}
        periods = list(periods)
        for offset in range((end - start).days):
            day = start + timedelta(days=offset)
            self._learn(day, [period for period in periods if period.start_date <= day <= period.end_date], signed_off)

    def _learn(self, day: date, over: list[PayPeriodRecord], signed_off: Mapping[str, frozenset[str]]) -> None:
        signers = [signed_off.get(period.external_id, _NOBODY) for period in over if not period.is_closed]
        if signers:
            self._signed_by[day] = frozenset.intersection(*signers)
        elif over:
            self._closed_days.add(day)

    def is_final(self, person_id: str, day: date) -> bool:
        return day in self._closed_days or person_id in self._signed_by.get(day, _NOBODY)


def open_periods(periods: Iterable[PayPeriodRecord], start: date, end: date) -> list[PayPeriodRecord]:
    """Those whose sign-offs matter for a window from `start` to before `end`: a closed one is final for everybody."""
    return [
        period for period in periods if not period.is_closed and period.start_date < end and period.end_date >= start
    ]
