"""The dry run: what past ProPays would have paid under another plan. Writes nothing."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from propay.figures import percents_of, terms_of, work_out
from propay.frozen.terms import thaw
from propay.models import (
    FROZEN_STATUSES,
    PlanVersion,
    ProPay,
    Snapshot,
)
from propay.pages.change import Change
from propay.queries.bonus_overtime import bonus_overtime_of
from propay.queries.propays import with_terms
from propay.queries.settings import CrewRules, crew_rules
from propay.queries.time import WorkerTime, counted_entries, time_of
from propay.rules.bonus_overtime import BonusOvertime
from propay.rules.figures import Figures
from propay.rules.states import ProPayStatus
from propay.rules.terms import Distribution, Terms
from protiv.accounts.models import Company
from protiv.accounts.templatetags.formats import hours
from protiv.kit.csv import csv_lines, safe_cell
from protiv.kit.money import ZERO
from protiv.timekeeping.models import TimeEntry, Worker
from protiv.timekeeping.selectors import WORKED

# A longer page isn't useful; a shorter range shows the rest.
REPLAYED_AT_MOST = 1_000
CSV_HEADER = (
    "What",
    "Name",
    "Job",
    "Hours",
    "Pool before",
    "Pool after",
    "Bonuses before",
    "Bonuses after",
    "Difference",
    "Note",
)
NOBODY_NAMED = "The plan has an “Others” part, and no one is named for it on this ProPay."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """The time that counts on a ProPay under some terms, None without a budget, and the hours that they need."""

    time: list[WorkerTime]
    terms: Terms | None
    overtime: BonusOvertime | None

    def figures(self, propay: ProPay, names: Mapping[int, str], rules: CrewRules) -> Figures:
        return work_out(
            propay,
            self.time,
            names=names,
            rules=rules,
            terms=self.terms,
            overtime=self.overtime,
            explains=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedProPay:
    """One ProPay both ways. `minutes` is the time that counts under its own terms.

    `paid` is what people get from the pool, `workers` the same by worker id, before and after. `note` says why one of
    the two has no figure.
    """

    propay: ProPay
    minutes: int
    pool: Change[Decimal]
    paid: Change[Decimal]
    workers: tuple[dict[int, Decimal], dict[int, Decimal]]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedWorker:
    """What one worker gets from all of the ProPays, in any role."""

    worker: Worker
    paid: Change[Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The ProPays by start date, latest first; the workers by name; the totals. `is_cut`: there are more.

    A ProPay with a note is excluded from both totals.
    """

    propays: Sequence[ReplayedProPay]
    workers: Sequence[ReplayedWorker]
    pool: Change[Decimal]
    paid: Change[Decimal]
    is_cut: bool


def last_quarter(today: date) -> tuple[date, date]:
    """The first and the last day of the calendar quarter before today's."""
    start = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    end = start - timedelta(days=1)
    return date(end.year, end.month - 2, 1), end


def days_with_time(company: Company) -> tuple[date, date] | None:
    """The first and the last day with time; None if there is none."""
    entries = TimeEntry.objects.filter(WORKED, company=company).order_by("work_date", "pk")
    days = entries.values_list("work_date", flat=True)
    first, last = days.first(), days.last()
    return (first, last) if first and last else None


def usual_days(company: Company, today: date) -> tuple[date, date]:
    """The last quarter, or all days with time if none is in that quarter."""
    start, end = last_quarter(today)
    if TimeEntry.objects.filter(WORKED, company=company, work_date__range=(start, end)).exists():
        return start, end
    return days_with_time(company) or (start, end)


def replay(*, company: Company, version: PlanVersion, start: date, end: date) -> Replay:
    """The ProPays with counted time in the range, canceled ones left out: today's hours under their terms and the plan.

    All of a ProPay's time counts, because a bonus covers the whole ProPay. The same few queries for any number.
    """
    found = _with_time(company, start, end)
    ids = found[:REPLAYED_AT_MOST]
    propays = with_terms(ProPay.objects.filter(company=company, pk__in=ids).select_related("company"))
    replayed = list(propays.order_by("-start_date", "-pk"))
    frozen, rules = _frozen_terms(company, ids), crew_rules(company)
    counts_travel = company.include_travel if version.include_travel is None else version.include_travel
    before = time_of(ids)
    # Summing is slow, so time that counts on both sides is summed once.
    others = [propay.pk for propay in replayed if propay.counts_travel != counts_travel]
    after = {**before, **time_of(others, include_travel=counts_travel)} if others else before
    names = _names(itertools.chain(*before.values(), *after.values()))
    terms = {propay.pk: frozen.get(propay.pk) or terms_of(propay, rules=rules) for propay in replayed}
    under_plan = {pk: _under_plan(one, version) for pk, one in terms.items()}
    hours = bonus_overtime_of(company, terms)
    hours_under_plan = bonus_overtime_of(company, under_plan, include_travel=counts_travel)
    rows = []
    for propay in replayed:
        sides = (
            _Side(time=before[propay.pk], terms=terms[propay.pk], overtime=hours.get(propay.pk)),
            _Side(time=after[propay.pk], terms=under_plan[propay.pk], overtime=hours_under_plan.get(propay.pk)),
        )
        rows.append(_replayed(propay, sides, names=names, rules=rules))
    return Replay(
        propays=rows,
        workers=_workers([row for row in rows if not row.note]),
        pool=_sum(row.pool for row in rows if not row.note),
        paid=_sum(row.paid for row in rows if not row.note),
        is_cut=len(found) > REPLAYED_AT_MOST,
    )


def under(terms: Terms, version: PlanVersion) -> Terms:
    """The terms of a ProPay with the plan's rules. Its budget stays, except for the labor percentage of a price.

    A plan with a part for others needs named people.
    """
    budget = terms.budget
    if budget.percent is not None and version.labor_percent is not None:
        budget = replace(budget, percent=version.labor_percent)
    return replace(
        terms,
        budget=budget,
        split_percent=version.split_percent,
        pool=percents_of(version),
        distribution=Distribution(version.distribution),
        lead_weight=version.lead_weight,
        lead_also_shares=version.lead_also_shares,
        include_overtime_cost=version.include_overtime_cost,
        burden_percent=version.burden_percent,
        pool_includes_overtime=version.pool_includes_overtime,
    )


def replay_csv(found: Replay, company: Company) -> Iterator[str]:
    """The ProPays, then the workers, then the sums, as lines of a CSV file."""
    return csv_lines(_csv_rows(found, company), for_people=True)


def _csv_rows(found: Replay, company: Company) -> Iterator[Iterable[object]]:
    yield CSV_HEADER
    for row in found.propays:
        propay = row.propay
        names = ("ProPay", safe_cell(propay.title), safe_cell(str(propay.job)), hours(row.minutes, company))
        difference = "" if row.paid.difference is None else row.paid.difference
        yield *names, *_cells(row.pool), *_cells(row.paid), difference, row.note
    for one in found.workers:
        yield "Worker", safe_cell(one.worker.name), "", "", "", "", *_cells(one.paid), one.paid.difference, ""
    yield "Total", "", "", "", *_cells(found.pool), *_cells(found.paid), found.paid.difference, ""


def _cells(change: Change[Decimal]) -> list[object]:
    return ["" if amount is None else amount for amount in (change.before, change.after)]


def _with_time(company: Company, start: date, end: date) -> list[int]:
    """The latest ProPays with counted time in the range, by id, at most one more than the number replayed."""
    candidates = ProPay.objects.filter(
        Q(end_date__isnull=True) | Q(end_date__gte=start), company=company, start_date__lte=end
    ).exclude(status=ProPayStatus.CANCELED)
    ids = list(candidates.values_list("pk", flat=True))
    time = counted_entries(ids).filter(work_date__gte=start, work_date__lte=end)
    worked_on = set(time.order_by().values_list("job__propays", flat=True).distinct())
    latest = ProPay.objects.filter(company=company, pk__in=worked_on).order_by("-start_date", "-pk")
    return list(latest.values_list("pk", flat=True)[: REPLAYED_AT_MOST + 1])


def _frozen_terms(company: Company, ids: Collection[int]) -> dict[int, Terms]:
    """The terms of the approved ProPays."""
    snapshots = Snapshot.objects.filter(
        company=company, propay__in=ids, propay__status__in=FROZEN_STATUSES, is_live=True
    )
    return {propay_id: thaw(frozen) for propay_id, frozen in snapshots.values_list("propay_id", "terms")}


def _names(time: Iterable[WorkerTime]) -> dict[int, str]:
    """Names of workers whose wage is missing; notes name no one else."""
    ids = {row.worker_id for row in time if row.wage is None}
    return {worker.pk: worker.name for worker in Worker.objects.filter(pk__in=ids)} if ids else {}


def _replayed(
    propay: ProPay, sides: tuple[_Side, _Side], *, names: Mapping[int, str], rules: CrewRules
) -> ReplayedProPay:
    """A ProPay under its own terms and under the plan's."""
    was = sides[0].figures(propay, names, rules)
    if sides[0].terms is not None and sides[1].terms is None:
        return _row(propay, was, None, NOBODY_NAMED)
    becomes = sides[1].figures(propay, names, rules)
    return _row(propay, was, becomes, was.figure_note or becomes.figure_note)


def _under_plan(terms: Terms | None, version: PlanVersion) -> Terms | None:
    """None: there is no budget, or no one is named for the plan's part for others."""
    if terms is None or (version.other_percent and not terms.others):
        return None
    return under(terms, version)


def _row(propay: ProPay, was: Figures, becomes: Figures | None, note: str) -> ReplayedProPay:
    return ReplayedProPay(
        propay=propay,
        minutes=was.actual_minutes,
        pool=Change(before=was.pool_amount, after=becomes.pool_amount if becomes else None),
        paid=Change(before=_paid(was), after=_paid(becomes) if becomes else None),
        workers=(_by_worker(was), _by_worker(becomes) if becomes else {}),
        note=note,
    )


def _paid(figures: Figures) -> Decimal | None:
    return None if figures.pool_amount is None else sum(_by_worker(figures).values(), ZERO)


def _by_worker(figures: Figures) -> dict[int, Decimal]:
    """What each person gets, in all roles together."""
    paid: dict[int, Decimal] = {}
    for (worker_id, _role), share in figures.shares.items():
        paid[worker_id] = paid.get(worker_id, ZERO) + (share.amount or ZERO)
    return paid


def _workers(rows: Iterable[ReplayedProPay]) -> list[ReplayedWorker]:
    sums: tuple[dict[int, Decimal], dict[int, Decimal]] = ({}, {})
    for row in rows:
        for total, paid in zip(sums, row.workers, strict=True):
            for worker_id, amount in paid.items():
                total[worker_id] = total.get(worker_id, ZERO) + amount
    before, after = sums
    workers = Worker.objects.filter(pk__in={*before, *after}).order_by("last_name", "first_name", "pk")
    return [
        ReplayedWorker(worker=worker, paid=Change(before=before.get(worker.pk, ZERO), after=after.get(worker.pk, ZERO)))
        for worker in workers
    ]


def _sum(changes: Iterable[Change[Decimal]]) -> Change[Decimal]:
    listed = list(changes)
    return Change(
        before=sum((change.before or ZERO for change in listed), ZERO),
        after=sum((change.after or ZERO for change in listed), ZERO),
    )
