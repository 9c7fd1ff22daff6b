"""The overtime that a bonus makes due (bonus.md 6), and under which rules: today's, or those of the day it was paid.

Rules change: a company moves, or corrects its settings. What was paid under the old rules stays right, and so does what
a late edit of a paid week adds to it. So a statement keeps the rules in effect when it is locked or paid.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models.functions import Coalesce

from propay.frozen.overtime import policy_of
from propay.models import LineKind, StatementLine
from propay.queries.known import known_dates, typed_hours
from propay.queries.settings import bonus_settings
from propay.queries.workdays import WorkedDay, hours_worked
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
from propay.rules.terms import WorkerId
from protiv.accounts.models import Company, Weekday
from protiv.timekeeping.models import Worker

# (ProPay id, worker id)
PropayPayee = tuple[int, int]
NAMELESS = "Worker without a name"
KINDS = (LineKind.SHARE, LineKind.DRIFT, LineKind.TRUE_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What each worker gets of a ProPay in dollars, and their time on it by workday."""

    bonuses: Mapping[int, Decimal]
    counted: Sequence[DayMinutes]


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeDue:
    """The true-ups of some ProPays by id, and their inputs: all hours, who is exempt, names by worker."""

    results: Mapping[int, OvertimeResult]
    worked: Sequence[WorkedDay]
    exempt: frozenset[int]
    names: Mapping[int, str]
    known: Mapping[int, KnownDates]
    typed: Sequence[TypedHours]

    def incomplete_weeks(self, propay_id: int) -> list[IncompleteWeek]:
        """The weeks of a ProPay that aren't wholly imported, of those who may be owed overtime (bonus.md 10.3)."""
        weeks = (one for one in self.results[propay_id].true_ups if one.worker_id not in self.exempt)
        return incomplete_weeks(weeks, self.known, self.typed)


def overtime_due(*, company: Company, policy: OvertimePolicy, earned: Mapping[int, Earned]) -> OvertimeDue:
    """The overtime these bonuses make due, by ProPay id, from all hours worked as of now.

    The page, the preview, and the statement all use it; a few queries for any number of ProPays.
    """
    workers = list(Worker.objects.filter(pk__in={worker_id for one in earned.values() for worker_id in one.bonuses}))
    names = {worker.pk: worker.name or NAMELESS for worker in workers}
    exempt = frozenset(worker.pk for worker in workers if worker.is_exempt)
    days = {day.work_date for one in earned.values() for day in one.counted}
    weeks = whole_weeks(days, policy.first_weekday) if days else None
    worked = hours_worked(company, names, weeks, policy.workdays(company.zone)) if weeks else []
    known = known_dates(workers)
    typed = typed_hours(known, weeks) if weeks else []
    worked += [WorkedDay(worker_id=one.worker_id, work_date=one.first_date, minutes=one.minutes) for one in typed]
    by_worker: defaultdict[WorkerId, list[WorkedDay]] = defaultdict(list)
    for day in worked:
        by_worker[day.worker_id].append(day)
    results = {
        propay_id: true_ups(
            policy,
            dict(one.bonuses.items()),
            counted=one.counted,
            worked=[day for worker_id in one.bonuses for day in by_worker[worker_id]],
            exempt=exempt,
            names=dict(names.items()),
        )
        for propay_id, one in earned.items()
    }
    return OvertimeDue(results=results, worked=worked, exempt=exempt, names=names, known=known, typed=typed)


def names_of(worker_ids: Iterable[int]) -> dict[int, str]:
    """What these workers are called."""
    workers = Worker.objects.filter(pk__in=set(worker_ids))
    return {worker.pk: worker.name or NAMELESS for worker in workers}


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
    company: Company, propay_ids: Collection[int], payees: frozenset[PropayPayee] | None = None
) -> dict[OvertimePolicy, frozenset[PropayPayee]]:
    """Everyone with a line of these ProPays (or those of them in `payees`), by the rules that apply to them.

    Anyone with part of a ProPay's bonus on a locked or paid statement has its rules for all of it; the first counts.
    """
    lines = StatementLine.objects.filter(company=company, propay__in=propay_ids, kind__in=KINDS)
    columns = ("propay_id", "worker_id", "statement__overtime_policy")
    paid_by: dict[PropayPayee, OvertimePolicy | None] = {}
    kept_since = Coalesce("statement__locked_at", "statement__paid_at")
    for propay_id, worker_id, kept in lines.order_by(kept_since, "pk").values_list(*columns):
        if propay_id is None or (payees is not None and (propay_id, worker_id) not in payees):
            continue
        paid_by[propay_id, worker_id] = paid_by.get((propay_id, worker_id)) or (policy_of(kept) if kept else None)
    today = overtime_policy(company)
    groups: defaultdict[OvertimePolicy, set[PropayPayee]] = defaultdict(set)
    for payee, policy in paid_by.items():
        groups[policy or today].add(payee)
    return {policy: frozenset(group) for policy, group in groups.items()}
