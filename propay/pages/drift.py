"""The drift page: each entry before and after, and each person's amount."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise

from propay.frozen.evidence import EntryChange, EntryFacts
from propay.models import ProPay
from propay.models.labels import SHARE_ROLES
from propay.pages.take_back import reasons
from propay.rules.terms import ShareRole
from propay.services import Drift
from protiv.timekeeping.models import ENTRY_KINDS, CostCode, TimeEntry, Worker
from protiv.timekeeping.records import EntryKind

NO_CODE = "No cost code"
# A changed wage affects every entry of a worker; the amounts show the effect.
SHOWN_ENTRIES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """An entry before or after, formatted for the page."""

    worker: str
    work_date: date
    minutes: int
    cost_code: str
    kind: str
    wage: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One entry: how it counted, how it counts today (None: it doesn't), what happened, and which columns differ."""

    entry_id: int
    what: str
    before: Side | None
    after: Side | None
    differs: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountLine:
    """One person's share: approved, today, and the difference. `why_not`: why a minus isn't collected."""

    name: str
    role: str
    before: Decimal
    after: Decimal
    difference: Decimal
    worker_id: int
    why_not: Promise | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPage:
    """The whole page. `amounts` is empty if there is no bonus to calculate today; `note` says why.

    `more` counts the entries that are not shown.
    """

    drift: Drift
    seen: str
    entries: list[EntryLine]
    more: int
    amounts: list[AmountLine]
    before: Decimal
    after: Decimal
    note: str

    @property
    def has_plus(self) -> bool:
        return any(line.difference > 0 for line in self.amounts)


def drift_page(drift: Drift, *, today: date) -> DriftPage:
    """A fixed number of queries for the names, however many entries there are."""
    changed = [] if drift.note else drift.amounts
    names = _worker_names(drift)
    minuses = {one.worker_id for one in changed if one.difference < 0}
    why_not = reasons(drift.propay.company, minuses, today) if minuses else {}
    return DriftPage(
        drift=drift,
        seen=drift.worked.digest,
        entries=_entry_lines(drift.propay, drift.entries[:SHOWN_ENTRIES], names),
        more=max(len(drift.entries) - SHOWN_ENTRIES, 0),
        amounts=[
            AmountLine(
                name=names.get(one.worker_id, ""),
                role=SHARE_ROLES[ShareRole(one.role)],
                before=one.before,
                after=one.after,
                difference=one.difference,
                worker_id=one.worker_id,
                why_not=why_not.get(one.worker_id) if one.difference < 0 else None,
            )
            for one in changed
            if one.before or one.after
        ],
        before=sum((one.before for one in changed), Decimal("0.00")),
        after=sum((one.after for one in changed), Decimal("0.00")),
        note=drift.note,
    )


def _worker_names(drift: Drift) -> dict[int, str]:
    ids = {one.worker_id for one in drift.amounts} | {facts.worker_id for facts in _all_facts(drift.entries)}
    return {worker.pk: worker.name for worker in Worker.objects.filter(pk__in=ids)}


def _all_facts(changes: Iterable[EntryChange]) -> Iterable[EntryFacts]:
    return (facts for change in changes for facts in (change.before, change.after) if facts is not None)


def _entry_lines(propay: ProPay, changes: Sequence[EntryChange], names: Mapping[int, str]) -> list[EntryLine]:
    code_ids = {facts.cost_code_id for facts in _all_facts(changes) if facts.cost_code_id}
    codes = {code.pk: str(code) for code in CostCode.objects.filter(pk__in=code_ids)}
    today = TimeEntry.objects.select_related("job").in_bulk([one.entry_id for one in changes])
    return [
        EntryLine(
            entry_id=one.entry_id,
            what=_what(propay, one, today[one.entry_id]),
            before=_side(one.before, names, codes),
            after=_side(one.after, names, codes),
            differs=frozenset(
                name
                for name, column in (
                    ("worker", "worker_id"),
                    ("work_date", "work_date"),
                    ("minutes", "minutes"),
                    ("cost_code", "cost_code_id"),
                    ("kind", "kind"),
                    ("wage", "wage"),
                )
                if one.differs_in(column)
            ),
        )
        for one in changes
    ]


def _side(facts: EntryFacts | None, names: Mapping[int, str], codes: Mapping[int, str]) -> Side | None:
    if facts is None:
        return None
    return Side(
        worker=names.get(facts.worker_id, ""),
        work_date=facts.work_date,
        minutes=facts.minutes,
        cost_code=codes.get(facts.cost_code_id, NO_CODE) if facts.cost_code_id else NO_CODE,
        kind=ENTRY_KINDS[EntryKind(facts.kind)],
        wage=facts.wage,
    )


def _what(propay: ProPay, change: EntryChange, entry: TimeEntry) -> str:
    """What happened to the entry and, if it no longer counts, why."""
    if change.before is None:
        return "New"
    if change.after is not None:
        return "Changed"
    if entry.voided_at is not None:
        return "Voided: no longer in your time-tracking system"
    if entry.job_id != propay.job_id:
        return f"Moved to {entry.job}" if entry.job else "Moved off the job"
    if entry.is_open:
        return "Still on the clock"
    if entry.excluded_at is not None:
        return "Worked through lunch" if entry.kind == EntryKind.AUTO_LUNCH else "Marked as a commute"
    if entry.work_date < propay.start_date or (propay.end_date and entry.work_date > propay.end_date):
        return f"Moved to {entry.work_date:%b} {entry.work_date.day}, outside the ProPay's dates"
    if entry.kind != change.before.kind:
        return f"Now {entry.get_kind_display().lower()}, which doesn't count"
    return "On a cost code that doesn't count"
