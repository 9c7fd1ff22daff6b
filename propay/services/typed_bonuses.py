"""Keeps the overtime on promised bonuses that were entered by hand right (bonus.md 10.4).

As for a ProPay: what is due per workweek, from all hours worked as of now, less what is on locked or paid statements.
The difference is a line on the statement of the bonus or, once that is locked or paid, on the next open one.

All of it runs in the caller's transaction, under the company's lock.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from propay.frozen.overtime import kept_policies
from propay.models import LineKind, StatementLine, StatementStatus
from propay.queries.overtime import Earned, OvertimeDue, overtime_due, policies_of
from propay.queries.people import people_of
from propay.queries.workdays import hours_worked
from propay.rules import statement_states
from propay.rules.days import DayMinutes
from propay.rules.pay_periods import Period
from propay.rules.people import PersonLinks
from propay.rules.policies import Policies
from propay.rules.terms import WorkerId
from propay.services import booking
from propay.services.true_up_steps import true_up_steps
from protiv.accounts.models import Company
from protiv.kit.money import ZERO

# (id of the bonus's line, worker id of the person, first day of the workweek) of a true-up.
Key = tuple[int, int, date]


def update_typed_true_ups(
    *,
    company: Company,
    now: datetime,
    worker_ids: Collection[WorkerId] | None = None,
    line_ids: Collection[int] | None = None,
    only_open: bool = False,
) -> None:
    """Update the true-ups of promised bonuses: of these workers, of these lines, or of those not locked or paid."""
    people = people_of(company)
    lines = StatementLine.objects.filter(company=company, is_promised=True)
    if worker_ids is not None:
        lines = lines.filter(worker__in={int(one) for one in people.ids(worker_ids)})
    if line_ids is not None:
        lines = lines.filter(pk__in=line_ids)
    if only_open:
        lines = lines.filter(statement__status=StatementStatus.OPEN)
    today = policies_of(company)
    groups: defaultdict[Policies, list[StatementLine]] = defaultdict(list)
    for line in lines.select_related("statement").order_by("pk"):
        kept = line.statement.overtime_policy
        groups[kept_policies(kept) if kept else today].append(line)
    for policies, group in groups.items():
        _book(company, people, _due(company, policies, people, group), group, now)


def promised_without_hours(company: Company, lines: Iterable[StatementLine]) -> list[StatementLine]:
    """Those of these lines that are promised bonuses of people without hours on their days: they earn no overtime."""
    promised = [line for line in lines if line.is_promised and line.amount]
    if not promised:
        return []
    counted = _counted(company, policies_of(company), people_of(company), promised)
    return [line for line in promised if not any(day.minutes > 0 for day in counted[line.pk])]


def _due(company: Company, policies: Policies, people: PersonLinks, lines: Sequence[StatementLine]) -> OvertimeDue:
    """The overtime on these bonuses, each spread by the person's hours on the days over which it was earned."""
    counted = _counted(company, policies, people, lines)
    earned = {line.pk: Earned(bonuses={line.worker_id: line.amount}, counted=counted[line.pk]) for line in lines}
    return overtime_due(company=company, policies=policies, people=people, earned=earned)


def _counted(
    company: Company, policies: Policies, people: PersonLinks, lines: Sequence[StatementLine]
) -> dict[int, list[DayMinutes]]:
    """The person's hours on the days of each of these bonuses."""
    first = min(line.first_day for line in lines if line.first_day)
    last = max(line.last_day for line in lines if line.last_day)
    by_person: defaultdict[WorkerId, list[DayMinutes]] = defaultdict(list)
    worker_ids = {int(one) for one in people.ids(line.worker_id for line in lines)}
    workdays = policies.workdays((first, last), company.zone)
    for day in people.days(hours_worked(company, worker_ids, (first, last), workdays)):
        by_person[day.worker_id].append(day)
    calendar = policies.calendar()
    return {
        line.pk: [
            day
            for day in by_person[people.of(line.worker_id)]
            if line.first_day and line.last_day and line.first_day <= calendar.week_and_day(day)[1] <= line.last_day
        ]
        for line in lines
    }


def _book(
    company: Company, people: PersonLinks, due: OvertimeDue, bonuses: Sequence[StatementLine], now: datetime
) -> None:
    """One line per bonus and week with what is due and not locked or paid; none if that is zero.

    A line of 0.00 pays what is due again.
    """
    written_off: defaultdict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    settled: dict[Key, tuple[Decimal, Decimal]] = {}
    stored: dict[Key, StatementLine] = {}
    surplus: list[int] = []
    true_ups = StatementLine.objects.filter(adjustment__in=[line.pk for line in bonuses], kind=LineKind.TRUE_UP)
    for line in true_ups.select_related("statement").order_by("pk"):
        if line.adjustment_id is None or line.week_start is None:
            continue
        key = (line.adjustment_id, int(people.of(line.worker_id)), line.week_start)
        if line.statement.status in statement_states.FROZEN:
            before = settled.get(key, (ZERO, ZERO))
            settled[key] = (before[0] + line.federal_amount, before[1] + line.state_extra_amount)
            written_off[key[:2]] += line.total_written_off
        elif key in stored or line.worker_id != key[1]:
            surplus.append(line.pk)
        else:
            stored[key] = line
    owed = due.owed(settled, written_off)
    booking.drop_lines([*surplus, *(line.pk for key, line in stored.items() if key not in owed)])
    homes = _homes(company, owed, {line.pk: line for line in bonuses}, now)
    lines = [
        booking.WeekOwed(
            propay_id=None,
            adjustment_id=key[0],
            worker_id=key[1],
            week_start=key[2],
            federal=federal,
            state_extra=extra,
            steps=true_up_steps(due, key, settled.get(key)),
            statement_id=homes[key],
            line=stored.get(key),
        )
        for key, (federal, extra) in owed.items()
    ]
    booking.book_true_ups(company=company, owed=lines, now=now)


def _homes(
    company: Company, owed: Collection[Key], bonuses: Mapping[int, StatementLine], now: datetime
) -> dict[Key, int]:
    """The person's open statement for the period of the bonus or, once that is locked or paid, for today's."""
    current = booking.current_period(company=company, day=company.local_date(now))
    by_period: defaultdict[Period, list[Key]] = defaultdict(list)
    for key in owed:
        statement = bonuses[key[0]].statement
        is_frozen = statement.status in statement_states.FROZEN
        by_period[current if is_frozen else Period(statement.start_date, statement.end_date)].append(key)
    homes: dict[Key, int] = {}
    for period, keys in by_period.items():
        worker_ids = {worker_id for _line, worker_id, _week in keys}
        opened = booking.open_statements(company=company, worker_ids=worker_ids, period=period)
        homes |= {key: opened[key[1]].pk for key in keys}
    return homes
