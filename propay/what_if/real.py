"""A real ProPay, or a job without one, as a what-if case: its terms, its time entry by entry, its people's weeks."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from propay.cases.writing import Entry, as_case, cost_code_key, worker_key
from propay.figures import terms_of
from propay.frozen.terms import thaw
from propay.models import FROZEN_STATUSES, ProPay, Snapshot, SnapshotEntry
from propay.queries.overtime import overtime_policy
from propay.queries.settings import workers_without_bonus
from propay.queries.time import counted_entries, in_cents, wage_in_force
from propay.rules.overtime import DAYS_PER_WEEK, WORKED_KINDS, DayMinutes, OvertimePolicy, week_start_of
from propay.rules.terms import Terms
from protiv.accounts.models import Company
from protiv.timekeeping.models import CostCode, Job, TimeEntry, Worker
from protiv.timekeeping.selectors import COUNTED

WEEK = timedelta(days=DAYS_PER_WEEK)
ENTRY_COLUMNS = ("worker_id", "work_date", "minutes", "wage", "kind", "ot1_minutes", "ot2_minutes", "cost_code_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class RealCase:
    """What is. `terms` is None while there is no budget; `elsewhere` is what the people worked beside `entries`.

    Drive time is among the entries, whether it counts or not. `names` are by the keys of a case.
    """

    terms: Terms | None
    include_travel: bool
    entries: tuple[Entry, ...]
    elsewhere: tuple[DayMinutes, ...]
    exempt: frozenset[int]
    policy: OvertimePolicy
    names: Mapping[str, str]

    def as_json(self) -> dict[str, object] | None:
        """The case in the shape of bonus.md 9 that gives the same cents; None while there is no budget."""
        if self.terms is None:
            return None
        return as_case(
            self.terms,
            self.entries,
            include_travel=self.include_travel,
            exempt=self.exempt,
            policy=self.policy,
            elsewhere=self.elsewhere,
        )


def real_case(propay: ProPay, *, people: Collection[int] = ()) -> RealCase:
    """The ProPay as it stands, loaded by `selectors.with_terms`; once approved, what the approval froze.

    `people` are workers whom a scenario pays beside those that it names.
    """
    terms: Terms | None
    if propay.status in FROZEN_STATUSES:
        snapshot = Snapshot.objects.get(propay=propay, is_live=True)
        rows = SnapshotEntry.objects.filter(snapshot=snapshot).exclude(minutes=0)
        terms, include_travel = thaw(snapshot.terms), True
        entries = _entries(rows)
    else:
        terms = terms_of(propay, no_bonus=workers_without_bonus(propay.company))
        include_travel = propay.counts_travel
        entries = _entries(counted_entries([propay.pk], include_travel=True).annotate(wage=wage_in_force()))
    return _case(propay.company, terms, entries, people, include_travel=include_travel)


def case_of_job(job: Job, *, people: Collection[int] = ()) -> RealCase:
    """All time on a job that has no terms yet."""
    time = TimeEntry.objects.filter(COUNTED, company=job.company_id, job=job, kind__in=WORKED_KINDS)
    entries = _entries(time.exclude(minutes=0).annotate(wage=wage_in_force()))
    return _case(job.company, None, entries, people, include_travel=job.company.include_travel)


def empty_case(company: Company, *, people: Collection[int] = ()) -> RealCase:
    """Nothing yet, for a case that somebody types."""
    return _case(company, None, (), people, include_travel=company.include_travel)


def _case(
    company: Company,
    terms: Terms | None,
    entries: tuple[Entry, ...],
    people: Collection[int],
    *,
    include_travel: bool,
) -> RealCase:
    policy = overtime_policy(company)
    ids = {int(entry.worker_id) for entry in entries} | named_in(terms) | {*people}
    workers = list(Worker.objects.filter(company=company, pk__in=ids))
    codes = CostCode.objects.filter(company=company, pk__in={entry.cost_code for entry in entries if entry.cost_code})
    return RealCase(
        terms=terms,
        include_travel=include_travel,
        entries=entries,
        elsewhere=_elsewhere(company, ids, entries, policy.first_weekday),
        exempt=frozenset(worker.pk for worker in workers if worker.is_exempt),
        policy=policy,
        names={worker_key(worker.pk): worker.name or "Worker without a name" for worker in workers}
        | {cost_code_key(code.pk): str(code) for code in codes}
        | {cost_code_key(task.cost_code): task.label for task in (terms.budget.tasks if terms else ())},
    )


def named_in(terms: Terms | None) -> set[int]:
    """The workers who are paid without having to be on the crew."""
    people = (terms.lead, terms.manager, *terms.others) if terms else ()
    return {person for person in people if isinstance(person, int)}


def _entries(rows: "QuerySet[Any]") -> tuple[Entry, ...]:
    """By day, so that hours that somebody changes always come to the same days."""
    columns = rows.order_by("work_date", "pk").values_list(*ENTRY_COLUMNS)
    return tuple(
        Entry(
            worker_id=worker_id,
            work_date=day,
            minutes=minutes,
            wage=in_cents(wage),
            kind=kind,
            ot1_minutes=ot1_minutes,
            ot2_minutes=ot2_minutes,
            cost_code=cost_code_id,
        )
        for worker_id, day, minutes, wage, kind, ot1_minutes, ot2_minutes, cost_code_id in columns
    )


def _elsewhere(
    company: Company, worker_ids: Collection[int], entries: Iterable[Entry], first_weekday: int
) -> tuple[DayMinutes, ...]:
    """All that these people worked in the weeks of the entries, less the entries themselves."""
    own: Counter[tuple[int, Any]] = Counter()
    for entry in entries:
        if entry.kind in WORKED_KINDS:
            own[int(entry.worker_id), entry.work_date] += entry.minutes
    days = [day for _worker, day in own]
    if not days:
        return ()
    time = TimeEntry.objects.filter(
        COUNTED,
        company=company,
        worker__in=worker_ids,
        kind__in=WORKED_KINDS,
        work_date__gte=week_start_of(min(days), first_weekday),
        work_date__lt=week_start_of(max(days), first_weekday) + WEEK,
    )
    rows = time.order_by().values_list("worker_id", "work_date").annotate(Sum("minutes"))
    worked = {(worker_id, day): minutes for worker_id, day, minutes in rows}
    return tuple(
        DayMinutes(worker_id=worker_id, work_date=day, minutes=worked.get((worker_id, day), 0) - own[worker_id, day])
        for worker_id, day in sorted({*worked, *own})
        if worked.get((worker_id, day), 0) != own[worker_id, day]
    )
