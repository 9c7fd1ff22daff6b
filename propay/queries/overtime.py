"""The overtime that a bonus makes due (bonus.md 6), and under which rules: today's, or those of the day it was paid.

Rules change: a company moves, or corrects its settings. What was paid under the old rules stays right, and so does what
a late edit of a paid week adds to it. So a statement keeps the rules in effect when it is locked or paid.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from django.db.models.functions import Coalesce

from propay.frozen.overtime import kept_policies
from propay.models import LineKind, StatementLine
from propay.queries.earlier_weeks import Dates, earlier_hours, earlier_weeks
from propay.queries.job_states import state_law
from propay.queries.known import known_dates, typed_hours
from propay.queries.workdays import hours_worked
from propay.rules.days import DayMinutes
from propay.rules.earning import away
from propay.rules.known import IncompleteWeek, KnownDates, TypedHours, incomplete_weeks
from propay.rules.overtime import OvertimeResult, true_ups
from propay.rules.people import PersonLinks
from propay.rules.policies import Divisor, OvertimePolicy, Policies, StateMethod
from propay.rules.terms import WorkerId
from propay.rules.worker_status import ExemptStatus, Statuses, WorkerStatus, WorkSchedule
from propay.rules.written_off import due_again
from protiv.accounts.models import Company, PayPolicy
from protiv.kit.money import ZERO
from protiv.timekeeping.models import OvertimeExemption, Worker, WorkerSchedule
from protiv.timekeeping.selectors import NAMELESS

# (ProPay id, worker id of one person)
PropayPayee = tuple[int, int]
# What earned the bonus (a ProPay or an adjustment), worker id of the person, first day of the workweek.
OwedKey = tuple[int, int, date]
# Federal, and state overtime premium.
Amounts = tuple[Decimal, Decimal]
KINDS = (LineKind.SHARE, LineKind.DRIFT, LineKind.TRUE_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What each worker gets of a ProPay in dollars, and their time on it by workday.

    `included` is the part of it that contains its overtime (bonus.md 11.6).
    """

    bonuses: Mapping[int, Decimal]
    counted: Sequence[DayMinutes]
    included: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllHours:
    """Everything that some people worked in some workweeks, by person, and what is known about it."""

    worked: Sequence[DayMinutes]
    by_person: Mapping[WorkerId, Sequence[DayMinutes]]
    statuses: Statuses
    names: Mapping[int, str]
    known: Mapping[int, KnownDates]
    typed: Sequence[TypedHours]


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeDue:
    """The true-ups of some ProPays by id, and their inputs: all hours, names, what is known. All of it by person."""

    results: Mapping[int, OvertimeResult]
    worked: Sequence[DayMinutes]
    names: Mapping[int, str]
    known: Mapping[int, KnownDates]
    typed: Sequence[TypedHours]

    def owed(
        self, settled: Mapping[OwedKey, Amounts], written_off: Mapping[PropayPayee, Decimal]
    ) -> dict[OwedKey, Amounts]:
        """What is due and not `settled`, that is on locked or paid statements; where there is a difference.

        Also (0.00, 0.00) where something is due again that these statements wrote off. A person who is exempt in a week
        now may not have been when it was paid: that stays unchanged.
        """
        weeks = {
            (earned_by, int(one.worker_id), one.week_start): one
            for earned_by, result in self.results.items()
            for one in result.true_ups
        }
        found: dict[OwedKey, Amounts] = {}
        for key in {*weeks, *settled}:
            week, before = weeks.get(key), settled.get(key, (ZERO, ZERO))
            now_due = (week.federal, week.state_extra) if week else (ZERO, ZERO)
            if now_due != before and not (week and week.is_exempt):
                found[key] = (now_due[0] - before[0], now_due[1] - before[1])
        again = due_again(written_off, found, settled)
        return found | {key: (ZERO, ZERO) for key in again if not (key in weeks and weeks[key].is_exempt)}

    def incomplete_weeks(self, propay_id: int) -> list[IncompleteWeek]:
        """The weeks of a ProPay that aren't wholly imported, of those who may be owed overtime (bonus.md 10.3)."""
        weeks = (one for one in self.results[propay_id].true_ups if not one.is_exempt)
        return incomplete_weeks(weeks, self.known, self.typed)


def overtime_due(
    *, company: Company, policies: Policies, people: PersonLinks, earned: Mapping[int, Earned]
) -> OvertimeDue:
    """The overtime these bonuses make due, by ProPay id, from all hours worked as of now.

    The page, the preview, and the statement all use it; a few queries for any number of ProPays. Hours are those of the
    ProPays' workweeks, and for who worked in none of them, of the last one worked before.
    """
    counted = {propay_id: one.counted for propay_id, one in earned.items()}
    payees = {propay_id: {pk for pk, amount in one.bonuses.items() if amount} for propay_id, one in earned.items()}
    everyone = {worker_id for one in earned.values() for worker_id in one.bonuses}
    hours = all_hours(company, policies, people, counted, payees, everyone)
    results = {}
    for propay_id, one in earned.items():
        bonuses = people.bonuses(dict(one.bonuses.items()))
        results[propay_id] = true_ups(
            policies,
            bonuses,
            included=people.bonuses(dict(one.included.items())),
            counted=people.days(one.counted),
            worked=[day for person in bonuses for day in hours.by_person[person]],
            statuses=hours.statuses,
            names=dict(hours.names.items()),
        )
    return OvertimeDue(results=results, worked=hours.worked, names=hours.names, known=hours.known, typed=hours.typed)


def all_hours(
    company: Company,
    policies: Policies,
    people: PersonLinks,
    counted: Mapping[int, Sequence[DayMinutes]],
    payees: Mapping[int, Collection[WorkerId]],
    everyone: Collection[WorkerId],
) -> AllHours:
    """What these people worked in the workweeks of these ProPays, by whose time and payees it goes.

    A few queries for any number of ProPays.
    """
    ids = people.ids(everyone)
    workers = list(Worker.objects.filter(company=company, pk__in=ids))
    names = {worker.pk: worker.name or NAMELESS for worker in workers}
    days = {day.work_date for one in counted.values() for day in one}
    weeks = policies.whole_weeks(days) if days else None
    law = state_law(company, policies)
    worked = hours_worked(company, names, weeks, policies.workdays(weeks, company.zone), law=law) if weeks else []
    known = _known_of_people(people, known_dates(workers))
    typed: list[TypedHours] = []
    if weeks:
        absent = _away(policies, people, counted, payees, people.days(worked))
        earlier = earlier_weeks(company, policies, people, absent, weeks[0])
        worked += earlier_hours(company, law, people, earlier, weeks[0])
        typed = _typed(people, known, weeks, earlier)
    worked += [DayMinutes(worker_id=one.worker_id, work_date=one.first_date, minutes=one.minutes) for one in typed]
    worked = people.days(worked)
    return AllHours(
        worked=worked,
        by_person=days_by_person(worked),
        statuses=people.statuses(worker_statuses(workers)),
        names=names,
        known=known,
        typed=typed,
    )


def _away(
    policies: Policies,
    people: PersonLinks,
    counted: Mapping[int, Sequence[DayMinutes]],
    payees: Mapping[int, Collection[WorkerId]],
    worked: Iterable[DayMinutes],
) -> set[WorkerId]:
    """Everyone who earned one of these bonuses in a week before it, as far as these hours tell (bonus.md 11.8)."""
    calendar, by_person = policies.calendar(), days_by_person(worked)
    return {
        person
        for propay_id, time in counted.items()
        for person in away(calendar, set(map(people.of, payees[propay_id])), people.days(time), by_person)
    }


def _typed(
    people: PersonLinks, known: Mapping[int, KnownDates], weeks: Dates, earlier: Mapping[WorkerId, Dates]
) -> list[TypedHours]:
    """What was typed for days of these weeks and of each person's earlier one, by person."""
    dates = (min([weeks[0], *(first for first, _last in earlier.values())]), weeks[1])
    found = [replace(one, worker_id=int(people.of(one.worker_id))) for one in typed_hours(known, dates)]
    return [
        one
        for one in found
        if any(first <= one.first_date <= last for first, last in (weeks, earlier.get(one.worker_id, weeks)))
    ]


def days_by_person(days: Iterable[DayMinutes]) -> defaultdict[WorkerId, list[DayMinutes]]:
    found: defaultdict[WorkerId, list[DayMinutes]] = defaultdict(list)
    for day in days:
        found[day.worker_id].append(day)
    return found


def _known_of_people(people: PersonLinks, known: Mapping[int, KnownDates]) -> dict[int, KnownDates]:
    """The dates that are imported for every id of each worker's person."""
    found: dict[WorkerId, KnownDates] = {}
    for worker_id, dates in known.items():
        person = people.of(worker_id)
        found[person] = found[person].within(dates) if person in found else dates
    return {worker_id: found[people.of(worker_id)] for worker_id in known}


def policies_of(company: Company) -> Policies:
    """The company's overtime rules as the calculation takes them, as stored now; one query."""
    rows = sorted(PayPolicy.objects.filter(company=company), key=lambda row: row.first_day)
    return Policies(tuple(map(_policy_of, rows)))


def _policy_of(row: PayPolicy) -> OvertimePolicy:
    return OvertimePolicy(
        from_date=row.from_date,
        state=row.state or None,
        method=StateMethod(row.method),
        divisor=Divisor(row.divisor),
        first_weekday=row.first_weekday,
        workday_start=row.workday_start,
    )


def worker_statuses(workers: Iterable[Worker]) -> dict[WorkerId, WorkerStatus]:
    """What overtime law asks about these workers; those with nothing special are left out. Two queries."""
    salaried = {worker.pk: worker.is_salaried for worker in workers}
    if not salaried:
        return {}
    exempt: defaultdict[int, list[ExemptStatus]] = defaultdict(list)
    for one in OvertimeExemption.objects.filter(worker__in=salaried):
        status = ExemptStatus(from_date=one.from_date, federal=one.is_federal, state=one.is_state)
        exempt[one.worker_id].append(status)
    schedules: defaultdict[int, list[WorkSchedule]] = defaultdict(list)
    for row in WorkerSchedule.objects.filter(worker__in=salaried):
        schedule = WorkSchedule(from_date=row.from_date, minutes=row.minutes, is_under_agreement=row.is_under_agreement)
        schedules[row.worker_id].append(schedule)
    special = {pk for pk, is_salaried in salaried.items() if is_salaried} | {*exempt} | {*schedules}
    return {
        pk: WorkerStatus(
            exempt=tuple(sorted(exempt[pk], key=_first_day)),
            schedules=tuple(sorted(schedules[pk], key=_first_day)),
            is_salaried=salaried[pk],
        )
        for pk in special
    }


def _first_day(row: ExemptStatus | WorkSchedule) -> date:
    return row.from_date or date.min


def payees_by_policy(
    company: Company, people: PersonLinks, propay_ids: Collection[int], payees: frozenset[PropayPayee] | None = None
) -> dict[Policies, frozenset[PropayPayee]]:
    """Every person with a line of these ProPays (or those of them in `payees`), by the rules that apply to them.

    Anyone with part of a ProPay's bonus on a locked or paid statement has its rules for all of it; the first counts.
    """
    lines = StatementLine.objects.filter(company=company, propay__in=propay_ids, kind__in=KINDS)
    columns = ("propay_id", "worker_id", "statement__overtime_policy")
    paid_by: dict[PropayPayee, Policies | None] = {}
    kept_since = Coalesce("statement__locked_at", "statement__paid_at")
    for propay_id, worker_id, kept in lines.order_by(kept_since, "pk").values_list(*columns):
        payee = (propay_id, int(people.of(worker_id)))
        if propay_id is None or (payees is not None and payee not in payees):
            continue
        paid_by[payee] = paid_by.get(payee) or (kept_policies(kept) if kept else None)
    today = policies_of(company)
    groups: defaultdict[Policies, set[PropayPayee]] = defaultdict(set)
    for payee, policies in paid_by.items():
        groups[policies or today].add(payee)
    return {policies: frozenset(group) for policies, group in groups.items()}
