"""The overtime that a bonus makes due (bonus.md 6), and under which rules: today's, or those of the day it was paid.

Rules change: a company moves, or corrects its settings. What was paid under the old rules stays right, and so does what
a late edit of a paid week adds to it. So a statement keeps the rules in effect when it is locked or paid.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models.functions import Coalesce

from propay.frozen.overtime import policy_of
from propay.models import LineKind, StatementLine
from propay.queries.known import known_dates, typed_hours
from propay.queries.settings import bonus_settings
from propay.queries.workdays import hours_worked
from propay.rules.known import IncompleteWeek, KnownDates, TypedHours, incomplete_weeks
from propay.rules.overtime import (
    DayMinutes,
    OvertimePolicy,
    OvertimeResult,
    OvertimeRule,
    StateMethod,
    true_ups,
    whole_weeks,
)
from propay.rules.people import PersonLinks
from propay.rules.terms import WorkerId
from protiv.accounts.models import Company, Weekday
from protiv.timekeeping.models import Worker
from protiv.timekeeping.selectors import NAMELESS

# (ProPay id, worker id of one person)
PropayPayee = tuple[int, int]
KINDS = (LineKind.SHARE, LineKind.DRIFT, LineKind.TRUE_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What each worker gets of a ProPay in dollars, and their time on it by workday."""

    bonuses: Mapping[int, Decimal]
    counted: Sequence[DayMinutes]


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeDue:
    """The true-ups of some ProPays by id, and their inputs: all hours, who is exempt, names. All of it by person."""

    results: Mapping[int, OvertimeResult]
    worked: Sequence[DayMinutes]
    exempt: frozenset[WorkerId]
    names: Mapping[int, str]
    known: Mapping[int, KnownDates]
    typed: Sequence[TypedHours]

    def incomplete_weeks(self, propay_id: int) -> list[IncompleteWeek]:
        """The weeks of a ProPay that aren't wholly imported, of those who may be owed overtime (bonus.md 10.3)."""
        weeks = (one for one in self.results[propay_id].true_ups if one.worker_id not in self.exempt)
        return incomplete_weeks(weeks, self.known, self.typed)


def overtime_due(
    *, company: Company, policy: OvertimePolicy, people: PersonLinks, earned: Mapping[int, Earned]
) -> OvertimeDue:
    """The overtime these bonuses make due, by ProPay id, from all hours worked as of now.

    The page, the preview, and the statement all use it; a few queries for any number of ProPays.
    """
    ids = people.ids(worker_id for one in earned.values() for worker_id in one.bonuses)
    workers = list(Worker.objects.filter(company=company, pk__in=ids))
    names = {worker.pk: worker.name or NAMELESS for worker in workers}
    exempt = people.exempt({worker.pk for worker in workers if worker.is_exempt})
    days = {day.work_date for one in earned.values() for day in one.counted}
    weeks = whole_weeks(days, policy.first_weekday) if days else None
    worked: list[DayMinutes] = [*hours_worked(company, names, weeks, policy.workdays(company.zone))] if weeks else []
    known = _known_of_people(people, known_dates(workers))
    typed = (
        [replace(one, worker_id=int(people.of(one.worker_id))) for one in typed_hours(known, weeks)] if weeks else []
    )
    worked += [DayMinutes(worker_id=one.worker_id, work_date=one.first_date, minutes=one.minutes) for one in typed]
    worked = people.days(worked)
    by_person: defaultdict[WorkerId, list[DayMinutes]] = defaultdict(list)
    for day in worked:
        by_person[day.worker_id].append(day)
    results = {}
    for propay_id, one in earned.items():
        bonuses = people.bonuses(dict(one.bonuses.items()))
        results[propay_id] = true_ups(
            policy,
            bonuses,
            counted=people.days(one.counted),
            worked=[day for person in bonuses for day in by_person[person]],
            exempt=exempt,
            names=dict(names.items()),
        )
    return OvertimeDue(results=results, worked=worked, exempt=exempt, names=names, known=known, typed=typed)


def _known_of_people(people: PersonLinks, known: Mapping[int, KnownDates]) -> dict[int, KnownDates]:
    """The dates that are imported for every id of each worker's person."""
    found: dict[WorkerId, KnownDates] = {}
    for worker_id, dates in known.items():
        person = people.of(worker_id)
        found[person] = found[person].within(dates) if person in found else dates
    return {worker_id: found[people.of(worker_id)] for worker_id in known}


def overtime_policy(company: Company) -> OvertimePolicy:
    """The company's current overtime rules as the calculation takes them."""
    settings = bonus_settings(company)
    return OvertimePolicy(
        rule=OvertimeRule(settings.overtime_rule),
        method=StateMethod(settings.overtime_method),
        first_weekday=Weekday.values.index(company.workweek_start),
        workday_start=company.workday_start,
    )


def payees_by_policy(
    company: Company, people: PersonLinks, propay_ids: Collection[int], payees: frozenset[PropayPayee] | None = None
) -> dict[OvertimePolicy, frozenset[PropayPayee]]:
    """Every person with a line of these ProPays (or those of them in `payees`), by the rules that apply to them.

    Anyone with part of a ProPay's bonus on a locked or paid statement has its rules for all of it; the first counts.
    """
    lines = StatementLine.objects.filter(company=company, propay__in=propay_ids, kind__in=KINDS)
    columns = ("propay_id", "worker_id", "statement__overtime_policy")
    paid_by: dict[PropayPayee, OvertimePolicy | None] = {}
    kept_since = Coalesce("statement__locked_at", "statement__paid_at")
    for propay_id, worker_id, kept in lines.order_by(kept_since, "pk").values_list(*columns):
        payee = (propay_id, int(people.of(worker_id)))
        if propay_id is None or (payees is not None and payee not in payees):
            continue
        paid_by[payee] = paid_by.get(payee) or (policy_of(kept) if kept else None)
    today = overtime_policy(company)
    groups: defaultdict[OvertimePolicy, set[PropayPayee]] = defaultdict(set)
    for payee, policy in paid_by.items():
        groups[policy or today].add(payee)
    return {policy: frozenset(group) for policy, group in groups.items()}
