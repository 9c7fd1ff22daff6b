"""Warnings of pseudo-bonuses (`rules.pseudo_bonus`) over the weeks behind a pay period."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum

from propay.frozen.terms import thaw
from propay.models import FROZEN_STATUSES, Snapshot, SnapshotEntry, StatementLine
from propay.queries.overtime import overtime_policy
from propay.queries.people import people_of
from propay.queries.workdays import frozen_days, hours_worked
from propay.rules.labor import MINUTES_PER_HOUR
from propay.rules.overtime import (
    OvertimePolicy,
    by_week,
    overtime_pay,
    spread_bonus,
    week_start_of,
    whole_weeks,
)
from propay.rules.pay_periods import Period
from propay.rules.people import PersonLinks
from propay.rules.pseudo_bonus import (
    PSEUDO_BONUS_WEEKS,
    WEEK,
    WorkerWeek,
    pseudo_bonus_warnings,
    takes_all_of_fixed_budget,
)
from propay.services.true_ups import BONUS_KINDS
from protiv.accounts.models import Company
from protiv.kit.money import CENT, ZERO, exact
from protiv.timekeeping.models import Worker

# How far before a pay period a run of weeks that ends in it may begin.
LOOKS_BACK = 2 * PSEUDO_BONUS_WEEKS * WEEK
# (Primary worker id of the person, first day of the workweek).
Key = tuple[int, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudoBonusRow:
    """A warning about one worker, in words."""

    worker: Worker
    text: str


@dataclass(slots=True)
class _Week:
    """The facts about one person's workweek. `wages` is None if a wage is unknown."""

    days: defaultdict[date, int] = field(default_factory=lambda: defaultdict(int))
    wages: Fraction | None = Fraction(0)
    bonus: Fraction = Fraction(0)
    propay_minutes: int = 0
    takes_all: bool = True


def pseudo_bonuses_of(company: Company, period: Period) -> list[PseudoBonusRow]:
    """Warnings to check before these statements are paid, by worker; the same few queries for any number of them."""
    lines = StatementLine.objects.filter(company=company, kind__in=BONUS_KINDS)
    paid_here = lines.filter(statement__start_date=period.start_date, statement__end_date=period.end_date)
    people = people_of(company)
    ids = {int(one) for one in people.ids(paid_here.order_by().values_list("worker", flat=True).distinct())}
    every = {worker.pk: worker for worker in Worker.objects.filter(company=company, pk__in=ids).order_by("pk")}
    exempt = people.exempt({worker.pk for worker in every.values() if worker.is_exempt})
    workers = {pk: worker for pk, worker in every.items() if people.of(pk) not in exempt}
    if not workers:
        return []
    policy = overtime_policy(company)
    dates = whole_weeks((period.start_date - LOOKS_BACK, period.end_date), policy.first_weekday)
    weeks = _worked(company, people, workers, dates, policy)
    _add_bonuses(company, people, weeks, workers, dates, policy)
    return [
        PseudoBonusRow(worker=workers[int(one.worker_id)], text=one.message(workers[int(one.worker_id)].name))
        for one in pseudo_bonus_warnings(_rows(weeks, policy))
    ]


def _worked(
    company: Company,
    people: PersonLinks,
    worker_ids: Collection[int],
    dates: tuple[date, date],
    policy: OvertimePolicy,
) -> dict[Key, _Week]:
    """All time these people worked in these weeks, and its pay before overtime."""
    weeks: defaultdict[Key, _Week] = defaultdict(_Week)
    for day in hours_worked(company, worker_ids, dates, policy.workdays(company.zone), with_wages=True):
        week = weeks[int(people.of(day.worker_id)), week_start_of(day.work_date, policy.first_weekday)]
        week.days[day.work_date] += day.minutes
        if day.wage is None or week.wages is None:
            week.wages = None
        else:
            week.wages += Fraction(day.minutes, MINUTES_PER_HOUR) * exact(day.wage)
    return dict(weeks)


def _add_bonuses(
    company: Company,
    people: PersonLinks,
    weeks: Mapping[Key, _Week],
    worker_ids: Collection[int],
    dates: tuple[date, date],
    policy: OvertimePolicy,
) -> None:
    """Spread these people's amounts from approved ProPays of these dates over the weeks in which they earned them."""
    of_the_dates = SnapshotEntry.objects.filter(company=company, is_live=True, work_date__range=dates)
    lines = StatementLine.objects.filter(
        company=company,
        kind__in=BONUS_KINDS,
        worker__in=worker_ids,
        propay__in=of_the_dates.values("snapshot__propay"),
        propay__status__in=FROZEN_STATUSES,
    )
    bonuses = lines.order_by().values_list("propay", "worker").annotate(Sum("amount"))
    amounts: defaultdict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    for propay_id, worker_id, amount in bonuses:
        amounts[propay_id, int(people.of(worker_id))] += amount.quantize(CENT)
    propay_ids = {propay_id for propay_id, _person in amounts}
    frozen = frozen_days(propay_ids, policy.workdays(company.zone))
    counted = {pk: by_week(people.days(time), policy.first_weekday) for pk, time in frozen.items()}
    everybody = {pk: sum(map(Counter, by_worker.values()), Counter()) for pk, by_worker in counted.items()}
    takes_all = _takes_all(propay_ids)
    for (propay_id, person), amount in amounts.items():
        own = counted.get(propay_id, {}).get(person, {})
        for start, part in spread_bonus(amount, own, everybody.get(propay_id, {})).items():
            if week := weeks.get((person, start)):
                week.bonus += part
                week.propay_minutes += own.get(start, 0)
                week.takes_all &= takes_all[propay_id]


def _takes_all(propay_ids: Collection[int]) -> dict[int, bool]:
    """ProPays whose crew gets 100% of the saving of a fixed budget, by the terms that approval froze."""
    terms = Snapshot.objects.filter(is_live=True, propay__in=propay_ids).values_list("propay", "terms")
    return {propay_id: takes_all_of_fixed_budget(thaw(frozen)) for propay_id, frozen in terms}


def _rows(weeks: Mapping[Key, _Week], policy: OvertimePolicy) -> Iterator[WorkerWeek]:
    for (worker_id, start), week in weeks.items():
        wages = None if week.wages is None else week.wages + overtime_pay(policy, week.wages, week.days)
        yield WorkerWeek(
            worker_id=worker_id,
            week_start=start,
            worked_minutes=sum(week.days.values()),
            propay_minutes=week.propay_minutes,
            wages_amount=wages,
            bonus_amount=week.bonus,
            takes_all=week.takes_all,
        )
