"""Creates and retires the snapshots of approved ProPays: what was approved, and every entry behind it.

A snapshot is written once. All of it runs in the caller's transaction, under the company's lock.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, Q

from propay.figures import terms_of, work_out
from propay.frozen.evidence import ENTRY_COLUMNS, EntryFacts, WeekFacts, digest_of, weeks_as_data
from propay.frozen.figures import as_data
from propay.frozen.overtime import as_data as as_kept
from propay.frozen.overtime import kept_policies
from propay.frozen.terms import freeze, thaw
from propay.models import ProPay, Snapshot, SnapshotEntry, SnapshotKind
from propay.queries.bonus_overtime import bonus_overtime_of
from propay.queries.overtime import policies_of
from propay.queries.propays import with_terms
from propay.queries.settings import crew_rules
from propay.queries.time import WorkerTime, counted_entries, entries_of, time_of
from propay.rules.bonus_overtime import BonusOvertime
from propay.rules.figures import Figures
from propay.rules.terms import Distribution, Terms
from protiv.accounts.models import Company, User
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.timekeeping.models import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """A ProPay calculated now under its own terms or frozen ones, and its inputs. `terms` None: no budget.

    `frozen` are the terms as a snapshot keeps them; `digest` is made from them. `weeks` are the hours on all jobs that
    shares by total earnings follow from.
    """

    propay: ProPay
    terms: Terms | None
    frozen: Mapping[str, Any]
    figures: Figures
    entries: list[EntryFacts]
    names: dict[int, str]
    digest: str
    weeks: list[WeekFacts]


def work_out_all(company: Company, propay_ids: Collection[int]) -> dict[int, Calculation]:
    """These ProPays of the company under their current terms, by id; the same few queries for all."""
    propays = with_terms(ProPay.objects.filter(company=company, pk__in=propay_ids))
    rules = crew_rules(company)
    found = list(propays.select_related("company").prefetch_related("cost_codes").order_by("pk"))
    return work_out_under(found, {propay.pk: terms_of(propay, rules=rules) for propay in found})


def work_out_frozen(propay: ProPay, snapshot: Snapshot) -> Calculation:
    """Calculate an approved ProPay today under the terms of a snapshot, whatever version they are stored in."""
    return work_out_under([propay], {propay.pk: thaw(snapshot.terms)}, stored={propay.pk: snapshot.terms})[propay.pk]


def work_out_under(
    propays: Iterable[ProPay],
    terms_of_each: Mapping[int, Terms | None],
    *,
    stored: Mapping[int, Mapping[str, Any]] = MappingProxyType({}),
) -> dict[int, Calculation]:
    """Calculate the ProPays that have terms here, today, under these terms. Loaded by `with_terms`.

    `stored` are the terms as they were frozen: another version of the same terms would look like drift.
    """
    ids = list(terms_of_each)
    time = time_of(ids, by_day=True)
    entries = entries_of(ids)
    names = _names(terms_of_each.values(), time)
    worked = {}
    for propay in propays:
        if propay.pk not in terms_of_each:
            continue
        terms, rows = terms_of_each[propay.pk], time[propay.pk]
        frozen = stored.get(propay.pk) or ({} if terms is None else frozen_terms(propay.company, terms))
        overtime = overtime_under(propay.company, propay.pk, terms, frozen)
        weeks = hours_by_week(terms, overtime)
        figures = work_out(propay, rows, names=names, terms=terms, overtime=overtime)
        worked[propay.pk] = Calculation(
            propay=propay,
            terms=terms,
            frozen=frozen,
            figures=figures,
            entries=entries[propay.pk],
            names={worker_id: names.get(worker_id, "") for worker_id, _role in figures.shares},
            digest=digest_of(frozen, rows, weeks) if frozen else "",
            weeks=weeks,
        )
    return worked


def frozen_terms(company: Company, terms: Terms) -> dict[str, Any]:
    """What a snapshot keeps of these terms; with the company's overtime policies, where shares depend on them."""
    policies = {"overtime_policy": as_kept(policies_of(company))} if terms.needs_overtime else {}
    return freeze(terms) | policies


def overtime_under(
    company: Company, propay_id: int, terms: Terms | None, frozen: Mapping[str, Any]
) -> BonusOvertime | None:
    """The hours behind a ProPay's bonus today, under the policies that were frozen with its terms; None: not needed."""
    if terms is None or not terms.needs_overtime:
        return None
    policies = kept_policies(frozen["overtime_policy"])
    return bonus_overtime_of(company, {propay_id: terms}, policies=policies)[propay_id]


def hours_by_week(terms: Terms | None, overtime: BonusOvertime | None) -> list[WeekFacts]:
    """Everyone's hours of the weeks that shares by total earnings follow from; empty for other shares."""
    if terms is None or overtime is None or terms.distribution != Distribution.TOTAL_EARNINGS:
        return []
    return [
        WeekFacts(int(person), start, worked, overtime_minutes, double_time)
        for person, start, worked, overtime_minutes, double_time in overtime.weeks()
    ]


def _names(terms_of_each: Iterable[Terms | None], time: Mapping[int, Iterable[WorkerTime]]) -> dict[int, str]:
    ids = {row.worker_id for rows in time.values() for row in rows}
    for terms in terms_of_each:
        if terms is not None:
            ids |= {int(worker_id) for worker_id in (terms.lead, terms.manager, *terms.others) if worker_id is not None}
    return {worker.pk: worker.name for worker in Worker.objects.filter(pk__in=ids)}


def take(
    worked: Calculation, *, kind: SnapshotKind, actor: User, now: datetime, note: str = "", more: Mapping[str, Any]
) -> Snapshot:
    """Freeze a ProPay, and claim the entries that it counts. `more` is stored with the figures.

    Its claims must be free or available to take over (`refuse_claimed`), and there may be no other live snapshot of the
    ProPay.
    """
    propay = worked.propay
    if worked.terms is None:
        raise ValueError("A ProPay without a budget can't be approved.")
    last = Snapshot.objects.filter(propay=propay).aggregate(last=Max("number"))["last"] or 0
    snapshot = Snapshot.objects.create(
        company_id=propay.company_id,
        propay=propay,
        number=last + 1,
        kind=kind,
        terms=worked.frozen,
        figures={
            **as_data(worked.figures, names=worked.names),
            "rules": _rules(propay),
            **({"weeks": weeks_as_data(worked.weeks)} if worked.weeks else {}),
            **more,
        },
        digest=worked.digest,
        note=note,
        created_by=actor,
        created_by_email=actor.email,
        created_at=now,
    )
    counted = counted_entries([propay.pk])
    SnapshotEntry.objects.filter(is_live=True, entry__in=counted.values("pk")).update(is_live=False)
    same = {"company": propay.company_id, "snapshot": snapshot.pk, "is_live": True}
    BulkSyncQuerySet(SnapshotEntry).bulk_load(
        {name: map(attrgetter(name), worked.entries) for name in ("entry_id", *ENTRY_COLUMNS, "wage")}
        | {name: repeat(value, len(worked.entries)) for name, value in same.items()}
    )
    return snapshot


def _rules(propay: ProPay) -> dict[str, Any]:
    """The time that counted and the failed conditions, in words and numbers that can be read on their own."""
    return {
        "title": propay.title,
        "job": str(propay.job),
        "start_date": propay.start_date.isoformat(),
        "end_date": propay.end_date.isoformat() if propay.end_date else None,
        "cost_codes": [str(code) for code in propay.cost_codes.all()],
        "include_travel": propay.counts_travel,
        "conditions": [
            {
                "name": applied.condition.name,
                "kind": applied.condition.kind,
                "amount": None if applied.amount is None else str(applied.amount),
                "note": applied.note,
            }
            for applied in propay.applied_conditions.all()
        ],
    }


def live_snapshot(propay: ProPay) -> Snapshot:
    """The live snapshot of an approved ProPay; DoesNotExist if there is none."""
    return Snapshot.objects.get(propay=propay, is_live=True)


def frozen_entries(snapshot: Snapshot) -> list[EntryFacts]:
    """The entries of a snapshot as they counted at the time."""
    rows = SnapshotEntry.objects.filter(snapshot=snapshot).order_by("work_date", "entry_id")
    return [EntryFacts(*row) for row in rows.values_list("entry_id", *ENTRY_COLUMNS, "wage")]


def retire(snapshot: Snapshot) -> None:
    """Release the entries and the ProPay; the frozen data stays readable."""
    SnapshotEntry.objects.filter(snapshot=snapshot, is_live=True).update(is_live=False)
    Snapshot.objects.filter(pk=snapshot.pk).update(is_live=False)


def claimed_elsewhere(entries: Mapping[int, Iterable[EntryFacts]]) -> dict[int, dict[int, str]]:
    """The approved ProPays that counted an entry that one of these counts now: by its id, id → title.

    It happens where an entry moved to another job after approval. Both can't pay for the same hours. A ProPay without
    drift lost no hours, because others took their place, so its claim blocks no one.
    """
    wanted = {one.entry_id: propay_id for propay_id, facts in entries.items() for one in facts}
    has_no_drift = Q(snapshot__propay__drifted_at=None, snapshot__dismissed_digest="")
    claims = SnapshotEntry.objects.filter(~has_no_drift, is_live=True, entry__job__propays__in=list(entries))
    found: dict[int, dict[int, str]] = {}
    columns = ("entry_id", "snapshot__propay", "snapshot__propay__title")
    for entry_id, propay_id, title in claims.order_by().values_list(*columns):
        if entry_id in wanted and wanted[entry_id] != propay_id:
            found.setdefault(wanted[entry_id], {})[propay_id] = title
    return found


def refuse_claimed(worked: Calculation) -> None:
    """Refuse (ValidationError) if an entry still counts on another approved ProPay.

    If that one can't be adjusted first because it waits for another in the same way (their entries were swapped), this
    one goes first and takes over the entry.
    """
    others = claimed_elsewhere({worked.propay.pk: worked.entries}).get(worked.propay.pk, {})
    waiting = claimed_elsewhere(entries_of(list(others)))
    for propay_id, title in others.items():
        if propay_id not in waiting:
            raise ValidationError(claimed_text(title), code="claimed")


def refuse_taken_over(snapshot: Snapshot) -> None:
    """Refuse (ValidationError) to keep a ProPay as approved if another one took over some of its entries."""
    if SnapshotEntry.objects.filter(snapshot=snapshot, is_live=False).exists():
        raise ValidationError(
            "Some hours approved here are now on another approved ProPay. Each hour counts only once, so adjust this "
            "change instead of dismissing it.",
            code="taken_over",
        )


def claimed_text(title: str) -> str:
    return (
        f"Some of its time was already approved on ProPay “{title}” and then moved here. Each hour counts only once. "
        f"Adjust the change on “{title}” first, or unapprove it."
    )
