"""The hours behind a bonus, where overtime decides how much everyone gets of it (bonus.md 11.6 and 11.7). Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import chain

from propay.rules.days import DayMinutes
from propay.rules.overtime import OvertimeResult, true_ups
from propay.rules.people import PersonLinks
from propay.rules.policies import Calendar, Policies
from propay.rules.state_overtime import HALF_TIME
from propay.rules.terms import Distribution, DrawnShare, ShareRole, Terms, WorkerId
from propay.rules.week_hours import WeekHours, week_hours
from propay.rules.worker_status import Statuses
from protiv.kit.money import ZERO, exact, round_cents

# Large enough for its cents not to decide which of two ways is the greater.
A_BONUS = Decimal(10_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class BonusOvertime:
    """The hours behind one ProPay's bonus and the law that they come under.

    `counted` is the ProPay's time by worker id, with its wages; `worked` is everything that its people worked in the
    weeks concerned, by person.
    """

    policies: Policies
    counted: Sequence[DayMinutes]
    worked: Sequence[DayMinutes]
    statuses: Statuses = field(default_factory=Statuses)
    people: PersonLinks = field(default_factory=PersonLinks)

    def true_ups(
        self,
        terms: Terms,
        shares: Iterable[DrawnShare],
        *,
        names: Mapping[WorkerId, str] | None = None,
        explains: bool = True,
    ) -> OvertimeResult:
        """The overtime due on these shares."""
        shares = list(shares)
        return true_ups(
            self.policies,
            self._by_person(shares),
            included=self._by_person(share for share in shares if contains_overtime(terms, share)),
            counted=self.people.days(self.counted),
            worked=self.worked,
            statuses=self.statuses,
            names=names,
            explains=explains,
        )

    def per_dollar(self, persons: Iterable[WorkerId]) -> dict[WorkerId, list[Fraction]]:
        """The overtime that one dollar of bonus makes due for each of these people, unrounded, by week."""
        found: dict[WorkerId, list[Fraction]] = {person: [] for person in persons}
        result = true_ups(
            self.policies,
            dict.fromkeys(found, A_BONUS),
            counted=self.people.days(self.counted),
            worked=self.worked,
            statuses=self.statuses,
            explains=False,
        )
        for one in result.true_ups:
            found[one.worker_id].append(one.exact_total / exact(A_BONUS))
        return found

    def at_least(
        self, terms: Terms, shares: Iterable[DrawnShare], rates: Mapping[WorkerId, Sequence[Fraction]]
    ) -> Decimal:
        """The overtime due on these shares at `rates` per dollar, to the cent: `true_ups` never finds less."""
        owing = self._by_person(share for share in shares if not contains_overtime(terms, share))
        cents = (round_cents(exact(owing[person]) * rate) for person in owing for rate in rates.get(person, ()))
        return sum(cents, ZERO)

    def earnings(self) -> dict[WorkerId, Fraction]:
        """What each worker earned on the ProPay, overtime premium included (29 CFR 778.210; FLSA2026-6).

        Minutes × wage, with half as much again for the part of each week's hours that was overtime and twice as much
        for double time: every percentage of it is the same percentage of total earnings.
        """
        own: defaultdict[WorkerId, list[DayMinutes]] = defaultdict(list)
        worked: defaultdict[WorkerId, list[DayMinutes]] = defaultdict(list)
        for part in self.counted:
            own[self.people.of(part.worker_id)].append(part)
        for part in self.worked:
            worked[part.worker_id].append(part)
        found: dict[WorkerId, Fraction] = {}
        for person, parts in own.items():
            time = worked[person]
            outcome = partial(self._earnings_of, person=person, own=parts, worked=time)
            best = self.policies.greatest(chain(parts, time), outcome, _total)
            found |= best
        return found

    def weeks(self) -> list[tuple[WorkerId, date, int, int, int]]:
        """Everyone's first day, minutes worked, overtime, and double time of each week with time on the ProPay."""
        calendar = self.policies.calendar()
        own = {(self.people.of(part.worker_id), calendar.week_and_day(part)[0]) for part in self.counted}
        found = []
        for (person, week), days in calendar.by_week_and_day(self.worked).items():
            if (person, week) in own:
                hours = week_hours(calendar.policy(week), days, self.statuses.of(person))
                found.append((person, week.start, hours.worked, hours.overtime, hours.double_time))
        return found

    def _earnings_of(
        self, calendar: Calendar, *, person: WorkerId, own: Sequence[DayMinutes], worked: Sequence[DayMinutes]
    ) -> dict[WorkerId, Fraction]:
        """One person's earnings by worker id, with workweeks divided in this way."""
        premiums = {
            week: _premium(
                week_hours(calendar.policy(week), days, self.statuses.of(person)),
                self.statuses.exempt_in(person, calendar.days_of(week)),
            )
            for (_person, week), days in calendar.by_week_and_day(worked).items()
        }
        found: defaultdict[WorkerId, Fraction] = defaultdict(Fraction)
        for part in own:
            premium = premiums.get(calendar.week_and_day(part)[0], Fraction(0))
            found[part.worker_id] += exact(part.wage or 0) * part.minutes * (1 + premium)
        return dict(found)

    def _by_person(self, shares: Iterable[DrawnShare]) -> dict[WorkerId, Decimal]:
        found: dict[WorkerId, Decimal] = {}
        for share in shares:
            person = self.people.of(share.worker_id)
            found[person] = found.get(person, ZERO) + share.amount
        return found


def _total(amounts: Mapping[WorkerId, Fraction]) -> Fraction:
    return sum(amounts.values(), Fraction(0))


def contains_overtime(terms: Terms, share: DrawnShare) -> bool:
    """Whether a share is a percentage of total earnings, on which no overtime is due."""
    return terms.distribution == Distribution.TOTAL_EARNINGS and share.role == ShareRole.CREW


def included_in(distribution: str, amounts: Mapping[tuple[int, str], Decimal]) -> dict[int, Decimal]:
    """What each worker gets that contains its overtime, of these shares by worker and role."""
    if distribution != Distribution.TOTAL_EARNINGS:
        return {}
    return {worker_id: amount for (worker_id, role), amount in amounts.items() if role == ShareRole.CREW}


def _premium(hours: WeekHours, exempt: tuple[bool, bool]) -> Fraction:
    """The overtime premium of a week over its straight-time wages; none for who is exempt."""
    federal_exempt, state_exempt = exempt
    if hours.worked <= 0 or (federal_exempt and (state_exempt or hours.is_federal)):
        return Fraction(0)
    if state_exempt:
        return HALF_TIME * hours.over_forty / hours.worked
    return (HALF_TIME * hours.overtime + hours.double_time) / hours.worked
