"""Warnings of pseudo-bonuses (`rules.pseudo_bonus`) over the weeks behind a pay period."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum

from propay.frozen.terms import thaw
from propay.models import FROZEN_STATUSES, Snapshot, SnapshotEntry, StatementLine
from propay.queries.overtime import policies_of, worker_statuses
from propay.queries.people import people_of
from propay.queries.workdays import frozen_days, hours_worked
from propay.rules.earning import earning
from propay.rules.known import days_from
from propay.rules.pay_periods import Period
from propay.rules.people import PersonLinks
from propay.rules.policies import Calendar, Week
from propay.rules.pseudo_bonus import (
    PSEUDO_BONUS_WEEKS,
    WEEK,
    TermSigns,
    WorkerWeek,
    pay_of,
    pseudo_bonus_warnings,
    signs_of,
)
from propay.rules.week_hours import WeekHours, week_hours
from propay.services.true_ups import BONUS_KINDS
from protiv.accounts.models import Company
from protiv.kit.money import CENT, ZERO, exact
from protiv.timekeeping.models import Worker

# How far before a pay period a run of weeks that ends in it may begin.
LOOKS_BACK = 2 * PSEUDO_BONUS_WEEKS * WEEK
# (Primary worker id of the person, workweek).
Key = tuple[int, Week]


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudoBonusRow:
    """A warning about one worker, in words."""

    worker: Worker
    text: str


@dataclass(slots=True)
class _Week:
    """The facts about one person's workweek. `pay` is that of its hours, None if a wage is unknown."""

    hours: WeekHours
    pay: Fraction | None
    bonus: Fraction = Fraction(0)
    propay_minutes: int = 0
    fixed_budget: bool = True
    overtime_cost: bool = False


def pseudo_bonuses_of(company: Company, period: Period) -> list[PseudoBonusRow]:
    """Warnings to check before these statements are paid, by worker; the same few queries for any number of them."""
    lines = StatementLine.objects.filter(company=company, kind__in=BONUS_KINDS)
    paid_here = lines.filter(statement__start_date=period.start_date, statement__end_date=period.end_date)
    people = people_of(company)
    ids = {int(one) for one in people.ids(paid_here.order_by().values_list("worker", flat=True).distinct())}
    every = {worker.pk: worker for worker in Worker.objects.filter(company=company, pk__in=ids).order_by("pk")}
    statuses = people.statuses(worker_statuses(every.values()))
    policies = policies_of(company)
    dates = policies.whole_weeks((period.start_date - LOOKS_BACK, period.end_date))
    calendar = policies.calendar()
    workers = {
        pk: worker for pk, worker in every.items() if not all(statuses.exempt_in(people.of(pk), days_from(*dates)))
    }
    if not workers:
        return []
    weeks = _worked(company, people, workers, dates, calendar)
    _add_bonuses(company, people, weeks, workers, dates, calendar)
    return [
        PseudoBonusRow(worker=workers[int(one.worker_id)], text=one.message(workers[int(one.worker_id)].name))
        for one in pseudo_bonus_warnings(_rows(weeks))
    ]


def _worked(
    company: Company, people: PersonLinks, worker_ids: Collection[int], dates: tuple[date, date], calendar: Calendar
) -> dict[Key, _Week]:
    """All time these people worked in these weeks, and its pay before overtime."""
    workdays = calendar.policies.workdays(dates, company.zone)
    worked = people.days(hours_worked(company, worker_ids, dates, workdays, with_wages=True))
    weeks = {}
    for (person, week), days in calendar.by_week_and_day(worked).items():
        hours = week_hours(calendar.policy(week), days)
        weeks[int(person), week] = _Week(hours=hours, pay=pay_of(days, hours))
    return weeks


def _add_bonuses(
    company: Company,
    people: PersonLinks,
    weeks: Mapping[Key, _Week],
    worker_ids: Collection[int],
    dates: tuple[date, date],
    calendar: Calendar,
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
    frozen = frozen_days(propay_ids, calendar.policies.workdays(None, company.zone))
    counted = {pk: people.days(time) for pk, time in frozen.items()}
    signs = _signs(propay_ids)
    for (propay_id, person), amount in amounts.items():
        everyone = counted.get(propay_id, [])
        own = [day for day in everyone if day.worker_id == person]
        worked = {week: found.hours for (worker_id, week), found in weeks.items() if worker_id == person}
        earned = earning(calendar, own, everyone, worked)
        total = sum(earned.weights.values())
        for start, weight in earned.weights.items():
            if week := weeks.get((person, start)):
                week.bonus += exact(amount) * weight / total
                week.propay_minutes += max(earned.own.get(start, 0), 0)
                week.fixed_budget &= signs[propay_id].fixed_budget
                week.overtime_cost |= signs[propay_id].overtime_cost


def _signs(propay_ids: Collection[int]) -> dict[int, TermSigns]:
    """What the terms that approval froze say about whether these bonuses may be wages."""
    terms = Snapshot.objects.filter(is_live=True, propay__in=propay_ids).values_list("propay", "terms")
    return {propay_id: signs_of(thaw(frozen)) for propay_id, frozen in terms}


def _rows(weeks: Mapping[Key, _Week]) -> Iterator[WorkerWeek]:
    for (worker_id, week), facts in weeks.items():
        yield WorkerWeek(
            worker_id=worker_id,
            week_start=week.start,
            worked_minutes=facts.hours.worked,
            overtime_minutes=facts.hours.overtime + facts.hours.double_time,
            propay_minutes=facts.propay_minutes,
            wages_amount=facts.pay,
            bonus_amount=facts.bonus,
            fixed_budget=facts.fixed_budget,
            overtime_cost=facts.overtime_cost,
        )
