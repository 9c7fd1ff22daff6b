"""Keeps the overtime true-ups on statements right (bonus.md 6).

For each ProPay, worker and workweek: what is due, from the bonus on statements, the entries that approval froze, and
all hours worked that week as of today; less what is on locked or paid statements. The difference is one line on the
worker's open statement. So a later change of such a week goes to the next open one, and nothing locked or paid is
rewritten.

All of it runs in the caller's transaction, under the company's lock.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from propay.models import FROZEN_STATUSES, LineKind, SnapshotEntry, Statement, StatementLine, StatementStatus
from propay.queries.overtime import (
    Amounts,
    Earned,
    OvertimeDue,
    OwedKey,
    PropayPayee,
    overtime_due,
    payees_by_policy,
    policies_of,
)
from propay.queries.people import people_of
from propay.queries.workdays import CLOCK, FURTHEST, counted_days, frozen_days
from propay.rules import statement_states
from propay.rules.bonus_overtime import included_in
from propay.rules.pay_periods import Period
from propay.rules.people import PersonLinks
from propay.rules.policies import DAYS_PER_WEEK, Policies
from propay.rules.terms import WorkerId
from propay.services import booking
from propay.services.shared import batches, lock
from propay.services.true_up_steps import true_up_steps
from propay.services.typed_bonuses import update_typed_true_ups
from protiv.accounts.models import Company
from protiv.kit.money import ZERO
from protiv.timekeeping.models import TimeEntry, TimeEntryVersion
from protiv.timekeeping.records import is_worked

BONUS_KINDS = (LineKind.SHARE, LineKind.DRIFT)
# (worker id, work date, minutes that count as hours worked, the clock that says on which workdays) of an entry.
Worked = tuple[int, date, int, tuple[Any, ...]]
DAYS_AROUND = DAYS_PER_WEEK - 1 + 2 * FURTHEST.days


def update_true_ups(*, company: Company, propay_ids: Collection[int], now: datetime) -> None:
    """Update the true-ups of these approved or paid ProPays on the open statements."""
    for batch in batches(sorted(propay_ids)):
        _update_batch(company, batch, None, now)


def update_true_ups_of_payees(*, company: Company, payees: Collection[PropayPayee], now: datetime) -> None:
    """The same for the people of these (ProPay id, worker id) only.

    The others' lines were right under the rules of their day.
    """
    for batch in batches(sorted({propay_id for propay_id, _worker in payees})):
        _update_batch(company, batch, frozenset(payees), now)


def update_all_true_ups(*, company: Company, now: datetime) -> None:
    """The same for all unpaid shares, after the company changed its overtime rules or its workweek.

    Paid shares were paid under the rules of that day and stay; so do locked ones.
    """
    update_true_ups_of_payees(company=company, payees=unpaid_payees(company), now=now)
    update_typed_true_ups(company=company, now=now, only_open=True)


def update_open_true_ups_of(*, company: Company, worker_id: int, now: datetime) -> None:
    """The same for the unpaid bonuses of one person, after something about a worker changed."""
    ids = people_of(company).ids([worker_id])
    payees = {payee for payee in unpaid_payees(company) if payee[1] in ids}
    update_true_ups_of_payees(company=company, payees=payees, now=now)
    update_typed_true_ups(company=company, worker_ids=[worker_id], only_open=True, now=now)


def unpaid_payees(company: Company) -> set[PropayPayee]:
    """The workers and ProPays with some bonus still on an open statement."""
    lines = StatementLine.objects.filter(company=company, kind__in=BONUS_KINDS, statement__status=StatementStatus.OPEN)
    rows = lines.exclude(amount=0).order_by().values_list("propay_id", "worker_id").distinct()
    return {(propay_id, worker_id) for propay_id, worker_id in rows if propay_id is not None}


def update_true_ups_of_run(*, company: Company, run_id: int, dates: tuple[date, date], now: datetime) -> set[int]:
    """Update the weeks whose hours a sync run changed within `dates`, the second excluded; return the ProPays' ids.

    The hours from before the change count, too: an entry may have moved to another worker or week.
    """
    if not StatementLine.objects.filter(Q(kind__in=BONUS_KINDS) | Q(is_promised=True), company=company).exists():
        return set()
    company = lock(company)
    in_dates = TimeEntry.objects.filter(company=company, work_date__gte=dates[0], work_date__lt=dates[1])
    changed = in_dates.filter(changed_run_id=run_id)
    return update_true_ups_of(company=company, worker_days=_changed_days(changed, run_id), now=now)


def _changed_days(changed: "QuerySet[TimeEntry]", run_id: int) -> set[tuple[int, date]]:
    """(Worker id, work date) of the hours that the run changed.

    A comment or a closed period, which rewrites every entry, changes no hours.
    """
    columns = ("worker_id", "kind", "is_open", "voided_at", "minutes", "work_date", *CLOCK)
    versions = TimeEntryVersion.objects.filter(replaced_run_id=run_id, entry__in=changed).order_by()
    before: defaultdict[int, set[Worked]] = defaultdict(set)
    for pk, *values in versions.values_list("entry_id", *columns):
        before[pk].add(_as_worked(*values))
    found: set[Worked] = set()
    for pk, *values in changed.order_by().values_list("pk", *columns):
        today = _as_worked(*values)
        if before[pk] != {today}:
            found |= {today, *before[pk]}
    return {(worker_id, day) for worker_id, day, minutes, _clock in found if minutes}


def _as_worked(
    worker_id: int, kind: str, is_open: bool, voided_at: datetime | None, minutes: int, day: date, *clock: Any
) -> Worked:
    """Until 0.1 no dates were kept with the clock, and overtime went by work dates: a clock that gets them is new.

    So is another kind: a trip that was a commute may be work now (`ingest.exclusions`).
    """
    counts = is_worked(kind, minutes) and not is_open and voided_at is None
    return worker_id, day, minutes if counts else 0, (kind, *clock) if counts else ()


def update_true_ups_of(*, company: Company, worker_days: Collection[tuple[int, date]], now: datetime) -> set[int]:
    """Update the true-ups that the hours of these workers on these days may change; return their ProPays' ids.

    Those are in the same workweeks. A work date touches all weeks that it may be in: not everyone's week begins on the
    same day (`overtime_rules`), and a shift may be on the workdays beside it.
    """
    if not worker_days:
        return set()
    people = people_of(company)
    near: defaultdict[WorkerId, set[date]] = defaultdict(set)
    for worker_id, day in worker_days:
        near[people.of(worker_id)] |= {day + timedelta(days=offset) for offset in range(-DAYS_AROUND, DAYS_AROUND + 1)}
    booked = StatementLine.objects.filter(
        company=company, kind__in=BONUS_KINDS, worker__in={int(one) for one in people.ids(near)}
    )
    rows = booked.order_by().values_list("propay_id", "worker_id").distinct()
    payees = {(propay_id, worker_id) for propay_id, worker_id in rows if propay_id is not None}
    days = _counted_days({propay_id for propay_id, _worker in payees})
    touched = {payee for payee in payees if days.get(payee[0], set()) & near[people.of(payee[1])]}
    touched |= _earned_before(people, payees - touched, days, near)
    update_true_ups_of_payees(company=company, payees=touched, now=now)
    update_typed_true_ups(company=company, now=now, worker_ids=near.keys())
    return {propay_id for propay_id, _worker in touched}


def _earned_before(
    people: PersonLinks,
    payees: Collection[PropayPayee],
    days: Mapping[int, set[date]],
    near: Mapping[WorkerId, set[date]],
) -> set[PropayPayee]:
    """Those of these payees who may have earned the bonus on these days, before their ProPay (bonus.md 11.8)."""
    found = {(pk, one) for pk, one in payees if pk in days and min(near[people.of(one)]) <= max(days[pk])}
    if not found:
        return found
    own = _live_entries({propay_id for propay_id, _worker in found}).filter(minutes__gt=0).order_by()
    rows = own.values_list("snapshot__propay", "worker_id").distinct()
    present = {(propay_id, people.of(worker_id)) for propay_id, worker_id in rows}
    return {payee for payee in found if (payee[0], people.of(payee[1])) not in present}


def _counted_days(propay_ids: Iterable[int]) -> dict[int, set[date]]:
    """The work dates on which these ProPays have counted time."""
    days: defaultdict[int, set[date]] = defaultdict(set)
    for propay_id, day in _live_entries(propay_ids).order_by().values_list("snapshot__propay", "work_date").distinct():
        days[propay_id].add(day)
    return dict(days)


def _live_entries(propay_ids: Iterable[int]) -> "QuerySet[SnapshotEntry]":
    """From the live snapshot, with entries that another ProPay took over: this one is still calculated from them."""
    return SnapshotEntry.objects.filter(snapshot__is_live=True, snapshot__propay__in=list(propay_ids))


def _update_batch(
    company: Company, propay_ids: Collection[int], payees: frozenset[PropayPayee] | None, now: datetime
) -> None:
    """`payees`: nothing changes for anyone else. Each person under the rules that apply to them."""
    people = people_of(company)
    if payees is not None:
        payees = frozenset((propay_id, int(people.of(worker_id))) for propay_id, worker_id in payees)
    for policies, group in payees_by_policy(company, people, propay_ids, payees).items():
        _update_group(company, policies, people, group, now)


def _update_group(
    company: Company, policies: Policies, people: PersonLinks, payees: frozenset[PropayPayee], now: datetime
) -> None:
    propay_ids = {propay_id for propay_id, _person in payees}
    bonuses, included, statements = _bonuses(company, people, propay_ids, payees)
    counted = frozen_days(bonuses, policies.workdays(None, company.zone))
    earned = {
        pk: Earned(bonuses=bonuses[pk], included=included.get(pk, {}), counted=counted.get(pk, ())) for pk in bonuses
    }
    due = overtime_due(company=company, policies=policies, people=people, earned=earned)
    settled, written_off, stored = _settled_and_stored(company, people, propay_ids, payees)
    _book(company, due, settled, written_off, stored, statements, now)


def preview_true_ups(
    *, company: Company, bonuses: Mapping[int, Decimal], included: Mapping[int, Decimal], propay_id: int
) -> dict[int, Decimal]:
    """What the true-ups of a ProPay would come to per person, were these bonuses approved now. Writes nothing.

    `included` is the part of the bonuses that contains its overtime (bonus.md 11.6).
    """
    policies = policies_of(company)
    counted = counted_days([propay_id], policies.workdays(None, company.zone)).get(propay_id, ())
    earned = {propay_id: Earned(bonuses=bonuses, included=included, counted=counted)}
    due = overtime_due(company=company, policies=policies, people=people_of(company), earned=earned)
    owed: dict[int, Decimal] = {}
    for one in due.results[propay_id].true_ups:
        worker_id = int(one.worker_id)
        owed[worker_id] = owed.get(worker_id, ZERO) + one.federal + one.state_extra
    return owed


# The facts


def _bonuses(
    company: Company, people: PersonLinks, propay_ids: Collection[int], payees: frozenset[PropayPayee]
) -> tuple[dict[int, dict[int, Decimal]], dict[int, dict[int, Decimal]], dict[PropayPayee, Statement]]:
    """What each worker id gets from each approved ProPay, what of it contains its overtime (bonus.md 11.6), and by
    person the open statement that pays (the rest of) it.

    A statement of the primary id goes first.
    """
    lines = StatementLine.objects.filter(
        company=company, propay__in=propay_ids, propay__status__in=FROZEN_STATUSES, kind__in=BONUS_KINDS
    )
    bonuses: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    included: defaultdict[int, dict[int, Decimal]] = defaultdict(dict)
    statements: dict[PropayPayee, Statement] = {}
    lines = lines.annotate(distribution=F("propay__distribution"))
    for line in lines.select_related("statement").order_by("pk"):
        person = int(people.of(line.worker_id))
        if line.propay_id is None or (line.propay_id, person) not in payees:
            continue
        _add(bonuses[line.propay_id], {line.worker_id: line.amount})
        _add(included[line.propay_id], included_in(line.distribution, {(line.worker_id, line.role): line.amount}))
        if line.statement.status == StatementStatus.OPEN and line.amount:
            known = statements.get((line.propay_id, person))
            if known is None or known.worker_id != person or line.worker_id == person:
                statements[line.propay_id, person] = line.statement
    return dict(bonuses), dict(included), statements


def _add(amounts: dict[int, Decimal], more: Mapping[int, Decimal]) -> None:
    for worker_id, amount in more.items():
        amounts[worker_id] = amounts.get(worker_id, ZERO) + amount


# The lines


def _book(
    company: Company,
    due: OvertimeDue,
    settled: Mapping[OwedKey, Amounts],
    written_off: Mapping[PropayPayee, Decimal],
    stored: Mapping[OwedKey, list[StatementLine]],
    statements: Mapping[PropayPayee, Statement],
    now: datetime,
) -> None:
    """One line per key with what is due and not locked or paid; none if that is zero, unless something is due again.

    A key can have several open lines after a statement was unlocked: one of them takes the whole amount. What an id got
    before it was linked to another as its primary one moves there.
    """
    owed = due.owed(settled, written_off)
    own = {key: [line for line in lines if line.worker_id == key[1]] for key, lines in stored.items()}
    homes = _statements_for(company, owed, own, statements, now)
    kept = {key: _line_for(own[key], homes[key]) for key in owed if own.get(key)}
    kept_ids = {line.pk for line in kept.values()}
    gone = [line.pk for lines in stored.values() for line in lines if line.pk not in kept_ids]
    if gone:
        booking.drop_lines(gone)
    lines = [
        booking.WeekOwed(
            propay_id=key[0],
            worker_id=key[1],
            week_start=key[2],
            federal=federal,
            state_extra=extra,
            steps=true_up_steps(due, key, settled.get(key)),
            statement_id=homes[key],
            line=kept.get(key),
        )
        for key, (federal, extra) in owed.items()
    ]
    booking.book_true_ups(company=company, owed=lines, now=now)


def _line_for(lines: Sequence[StatementLine], statement_id: int) -> StatementLine:
    """The open line of a key that takes what is owed: the one on its statement or, if there is none, the first."""
    return next((line for line in lines if line.statement_id == statement_id), lines[0])


def _settled_and_stored(
    company: Company, people: PersonLinks, propay_ids: Collection[int], payees: frozenset[PropayPayee]
) -> tuple[dict[OwedKey, Amounts], dict[PropayPayee, Decimal], dict[OwedKey, list[StatementLine]]]:
    """What is on locked and paid statements per key, and what they wrote off per person; the lines on open ones.

    Those of any of the person's ids count.
    """
    settled: dict[OwedKey, Amounts] = {}
    written_off: defaultdict[PropayPayee, Decimal] = defaultdict(lambda: ZERO)
    stored: defaultdict[OwedKey, list[StatementLine]] = defaultdict(list)
    lines = StatementLine.objects.filter(company=company, propay__in=propay_ids, kind=LineKind.TRUE_UP)
    for line in lines.select_related("statement").order_by("pk"):
        if line.propay_id is None or line.week_start is None:
            continue
        key = (line.propay_id, int(people.of(line.worker_id)), line.week_start)
        if key[:2] not in payees:
            continue
        if line.statement.status in statement_states.FROZEN:
            before = settled.get(key, (ZERO, ZERO))
            settled[key] = (before[0] + line.federal_amount, before[1] + line.state_extra_amount)
            written_off[key[:2]] += line.total_written_off
        else:
            stored[key].append(line)
    return settled, written_off, dict(stored)


def _statements_for(
    company: Company,
    owed: Iterable[OwedKey],
    stored: Mapping[OwedKey, list[StatementLine]],
    statements: Mapping[PropayPayee, Statement],
    now: datetime,
) -> dict[OwedKey, int]:
    """The statement of the existing line, else the one that pays the bonus, else the worker's next open one.

    Where another id of the person has the bonus, it is the primary id's statement for that period. A line that was
    removed and kept for its question doesn't count: it goes where a new one would.
    """
    found: dict[OwedKey, int] = {}
    homeless: defaultdict[Period, list[OwedKey]] = defaultdict(list)
    for key in owed:
        standing = [
            line
            for line in stored.get(key, ())
            if line.federal_amount or line.state_extra_amount or line.total_written_off
        ]
        paying = statements.get(key[:2])
        if standing:
            found[key] = standing[0].statement_id
        elif paying is None:
            homeless[booking.current_period(company=company, day=company.local_date(now))].append(key)
        elif paying.worker_id == key[1]:
            found[key] = paying.pk
        else:
            homeless[Period(paying.start_date, paying.end_date)].append(key)
    for period, keys in homeless.items():
        worker_ids = {person for _propay, person, _week in keys}
        opened = booking.open_statements(company=company, worker_ids=worker_ids, period=period)
        found |= {key: opened[key[1]].pk for key in keys}
    return found
