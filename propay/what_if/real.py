"""A real ProPay, or a job without one, as a what-if case: its terms, its time entry by entry, its people's weeks."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, tzinfo
from typing import Any

from django.db.models import QuerySet

from propay.cases import writing
from propay.cases.building import Case, Entry, build_case, counted_among, divided, overtime_terms
from propay.figures import terms_of
from propay.frozen.terms import thaw
from propay.models import FROZEN_STATUSES, ProPay, Snapshot, SnapshotEntry
from propay.queries.earlier_weeks import earlier_hours, earlier_weeks
from propay.queries.job_states import StateLaw
from propay.queries.overtime import days_by_person, policies_of, worker_statuses
from propay.queries.people import people_of
from propay.queries.settings import crew_rules
from propay.queries.time import ON_A_JOB, counted_entries, wage_in_force
from propay.queries.workdays import CLOCK, hours_worked
from propay.rules.days import DayMinutes
from propay.rules.earning import away
from propay.rules.people import PersonLinks
from propay.rules.policies import Policies
from propay.rules.terms import Terms, WorkerId
from propay.rules.worker_status import WorkerStatus
from protiv.accounts.models import Company
from protiv.timekeeping.clock import stretch
from protiv.timekeeping.models import Job, TimeEntry, Worker
from protiv.timekeeping.selectors import NAMELESS

# Worker id, workday, and where a part of it begins.
Place = tuple[WorkerId, date, time | None]
ENTRY_COLUMNS = ("worker_id", "work_date", "minutes", "wage", "kind", "ot1_minutes", "ot2_minutes", "cost_code_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The inputs of a calculation: the terms, None while there is no budget, and the time, entry by entry.

    Drive time is among the entries, whether it counts or not.
    """

    terms: Terms | None
    include_travel: bool
    entries: tuple[Entry, ...]

    @property
    def counted(self) -> tuple[Entry, ...]:
        return counted_among(self.entries, include_travel=self.include_travel)


@dataclass(frozen=True, slots=True, kw_only=True)
class RealCase(Basis):
    """The current facts. `elsewhere` is what the people worked besides `entries`; `names` are their names.

    `same_person` are linked workers, each with the person's primary one.
    """

    elsewhere: tuple[DayMinutes, ...]
    statuses: Mapping[WorkerId, WorkerStatus]
    same_person: Mapping[WorkerId, WorkerId]
    policies: Policies
    zone: tzinfo
    names: Mapping[WorkerId, str]

    def as_case(self) -> Case | None:
        """The case in the calculation's terms; None while there is no budget."""
        if self.terms is None:
            return None
        return case_of(
            self.terms,
            self.entries,
            include_travel=self.include_travel,
            statuses=self.statuses,
            policies=self.policies,
            elsewhere=self.elsewhere,
            zone=self.zone,
        )

    def as_json(self) -> dict[str, object] | None:
        """The same in the format of bonus.md 9, for export; None while there is no budget."""
        if self.terms is None:
            return None
        return writing.as_case(
            self.terms,
            self.entries,
            include_travel=self.include_travel,
            statuses=self.statuses,
            policies=self.policies,
            elsewhere=self.elsewhere,
        )


def case_of(
    terms: Terms,
    entries: Collection[Entry],
    *,
    include_travel: bool,
    statuses: Mapping[WorkerId, WorkerStatus],
    policies: Policies,
    elsewhere: Iterable[DayMinutes],
    zone: tzinfo | None,
) -> Case:
    """The case of these terms and this time; `elsewhere` is what the people worked beside it, by workday."""
    overtime = overtime_terms(
        policies, [*entries, *map(Entry.of_day, elsewhere)], entries, people=PersonLinks(terms.same_person), zone=zone
    )
    return build_case(terms, entries, include_travel=include_travel, statuses=statuses, overtime=overtime)


def basis_of(propay: ProPay) -> Basis:
    """The inputs of a ProPay, loaded by `queries.propays.with_terms`; once approved, what the approval froze."""
    if propay.status in FROZEN_STATUSES:
        snapshot = Snapshot.objects.get(propay=propay, is_live=True)
        rows = SnapshotEntry.objects.filter(snapshot=snapshot).exclude(minutes=0)
        return Basis(terms=thaw(snapshot.terms), include_travel=True, entries=_entries(rows, of_entry="entry__"))
    entries = counted_entries([propay.pk], include_travel=True).annotate(wage=wage_in_force())
    return Basis(
        terms=terms_of(propay, rules=crew_rules(propay.company)),
        include_travel=propay.counts_travel,
        entries=_entries(entries),
    )


def real_case(propay: ProPay, *, people: Collection[int] = ()) -> RealCase:
    """The facts of a ProPay; `people` are workers whom a scenario pays besides those already named."""
    return _case(propay.company, basis_of(propay), people)


def case_of_job(job: Job, *, people: Collection[int] = ()) -> RealCase:
    """All time on a job that has no terms yet."""
    time = TimeEntry.objects.filter(ON_A_JOB, company=job.company_id, job=job)
    entries = _entries(time.annotate(wage=wage_in_force()))
    return _case(job.company, Basis(terms=None, include_travel=job.company.include_travel, entries=entries), people)


def empty_case(company: Company, *, people: Collection[int] = ()) -> RealCase:
    """Nothing, for a case entered from scratch."""
    return _case(company, Basis(terms=None, include_travel=company.include_travel, entries=()), people)


def _case(company: Company, basis: Basis, others: Collection[int]) -> RealCase:
    policies = policies_of(company)
    linked = basis.terms.same_person if basis.terms else people_of(company).primary
    people = PersonLinks(linked)
    named = {entry.worker_id for entry in basis.entries} | named_in(basis.terms) | {*others}
    ids = {int(worker_id) for worker_id in people.ids(named)}
    workers = list(Worker.objects.filter(company=company, pk__in=ids))
    return RealCase(
        terms=basis.terms,
        include_travel=basis.include_travel,
        entries=basis.entries,
        elsewhere=_elsewhere(company, ids, basis, policies, people),
        statuses=worker_statuses(workers),
        same_person=linked,
        policies=policies,
        zone=company.zone,
        names={worker.pk: worker.name or NAMELESS for worker in workers},
    )


def named_in(terms: Terms | None) -> set[int]:
    """The workers who are paid without having to be on the crew."""
    people = (terms.lead, terms.manager, *terms.others) if terms else ()
    return {person for person in people if isinstance(person, int)}


def _entries(rows: "QuerySet[Any]", *, of_entry: str = "") -> tuple[Entry, ...]:
    """By day, so that hours that someone changes always come to the same days.

    `of_entry` leads from the rows to the entry that has the clock.
    """
    clock = [f"{of_entry}{name}" for name in CLOCK]
    columns = rows.order_by("work_date", "pk").values_list(*ENTRY_COLUMNS, *clock)
    return tuple(
        Entry(
            worker_id=worker_id,
            work_date=day,
            minutes=minutes,
            wage=wage,
            kind=kind,
            ot1_minutes=ot1_minutes,
            ot2_minutes=ot2_minutes,
            cost_code=cost_code_id,
            stretch=stretch(day, *times),
        )
        for worker_id, day, minutes, wage, kind, ot1_minutes, ot2_minutes, cost_code_id, *times in columns
    )


def _elsewhere(
    company: Company, worker_ids: Collection[int], basis: Basis, policies: Policies, people: PersonLinks
) -> tuple[DayMinutes, ...]:
    """All that these people worked in the weeks of the entries, less the entries themselves, by workday.

    For who worked in none of them, also the last week worked before (bonus.md 11.8).
    """
    entries = [entry for entry in basis.entries if entry.is_worked]
    if not entries:
        return ()
    dates = policies.whole_weeks([entry.work_date for entry in basis.entries])
    workdays = policies.workdays(dates, company.zone)
    own: Counter[Place] = Counter()
    for day in divided(entries, workdays):
        own[_place(day)] += day.minutes
    worked: Counter[Place] = Counter()
    hours = hours_worked(company, worker_ids, dates, workdays)
    counted = people.days(divided(basis.counted, workdays))
    persons = {people.of(worker_id) for worker_id in worker_ids}
    absent = away(policies.calendar(), persons, counted, days_by_person(people.days(hours)))
    weeks = earlier_weeks(company, policies, people, absent, dates[0])
    for day in [*hours, *earlier_hours(company, StateLaw(policies=policies), people, weeks, dates[0])]:
        worked[_place(day)] += day.minutes
    worked.subtract(own)
    return tuple(
        DayMinutes(worker_id=worker_id, work_date=day, begins=begins, minutes=minutes)
        for (worker_id, day, begins), minutes in sorted(worked.items(), key=str)
        if minutes
    )


def _place(day: DayMinutes) -> Place:
    return day.worker_id, day.work_date, day.begins
