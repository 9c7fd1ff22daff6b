"""Drift: today's figures compared with the approved ones (bonus.md 7).

Approval froze the figures; a sync, a wage, or a correction at the provider may change the time behind them. The frozen
rules stay, so figures can differ only where the time does: one grouped query finds those ProPays.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.figures import NO_TIME, work_out
from propay.frozen.evidence import (
    AmountChange,
    EntryChange,
    WeekFacts,
    changed_amounts,
    changed_entries,
    digest_of,
)
from propay.frozen.figures import amounts_of, shares_of
from propay.frozen.terms import thaw
from propay.models import FROZEN_STATUSES, ProPay, Snapshot, SnapshotKind
from propay.queries.propays import with_terms
from propay.queries.time import WorkerTime, time_of
from propay.rules.figures import Figures
from propay.rules.terms import Distribution
from propay.rules.trace import dollars
from propay.services import booking, snapshots
from propay.services.shared import batches, get_propay, lock, record, refuse_unless_approver
from propay.services.snapshots import Calculation
from propay.services.true_ups import update_true_ups
from protiv.accounts.models import Company, User
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.kit.money import ZERO

CHANGED = "Time changed again while you were reviewing. Nothing was saved. Review the new difference."
TERMS_STAND = (
    "The amounts entered per person stay as approved. Unapprove this ProPay. If part of it is already paid, dismiss "
    "the change and add adjustments to the workers' statements instead."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The result of an approved ProPay today, and what is different. `worked` is today's figures."""

    propay: ProPay
    snapshot: Snapshot
    worked: Calculation
    entries: list[EntryChange]
    amounts: list[AmountChange]

    @property
    def exists(self) -> bool:
        return self.worked.digest != self.snapshot.digest

    @property
    def is_dismissed(self) -> bool:
        return self.exists and self.worked.digest == self.snapshot.dismissed_digest

    @property
    def note(self) -> str:
        """Why there is no bonus to calculate today, so that nothing can be adjusted, and what to do; else empty."""
        figures = self.worked.figures
        if _is_comparable(figures):
            return ""
        return f"{figures.figure_note} {TERMS_STAND}" if figures.problems else figures.figure_note

    @property
    def amount(self) -> Decimal | None:
        """The total change of all shares; None if there is no bonus to calculate today."""
        if self.note:
            return None
        return sum((one.difference for one in self.amounts), ZERO)


# Finding it


def mark_drift(*, propay_ids: Collection[int], now: datetime) -> None:
    """Set or clear the drift of these approved ProPays. The caller holds the company's lock."""
    for batch in batches(sorted(propay_ids)):
        _mark_batch(batch, now)


def _mark_batch(ids: Sequence[int], now: datetime) -> None:
    live = Snapshot.objects.filter(propay__in=ids, is_live=True).defer("figures")
    live_of = {one.propay_id: one for one in live}
    time = time_of(list(live_of), by_day=True)
    drifted = {
        pk: snapshot
        for pk, snapshot in live_of.items()
        if digest_of(snapshot.terms, time[pk], _weeks(snapshot)) not in (snapshot.digest, snapshot.dismissed_digest)
    }
    amounts = _drift_amounts(drifted, time)
    changed = []
    for propay in ProPay.objects.filter(pk__in=list(live_of)).only("drifted_at", "drift_amount").order_by("pk"):
        before = (propay.drifted_at, propay.drift_amount)
        if propay.pk not in drifted:
            propay.drifted_at, propay.drift_amount = None, None
        else:
            propay.drifted_at, propay.drift_amount = propay.drifted_at or now, amounts[propay.pk]
        if before != (propay.drifted_at, propay.drift_amount):
            changed.append(propay)
    BulkSyncQuerySet(ProPay).bulk_write(changed, fields=["drifted_at", "drift_amount"])


def _weeks(snapshot: Snapshot) -> list[WeekFacts]:
    """Today's hours of the weeks behind shares by total earnings; no query for other shares."""
    if snapshot.terms.get("distribution") != Distribution.TOTAL_EARNINGS:
        return []
    terms = thaw(snapshot.terms)
    overtime = snapshots.overtime_under(snapshot.company, snapshot.propay_id, terms, snapshot.terms)
    return snapshots.hours_by_week(terms, overtime)


def _drift_amounts(drifted: dict[int, Snapshot], time: dict[int, list[WorkerTime]]) -> dict[int, Decimal | None]:
    """How much the shares of each would change; None if there is no bonus to calculate today."""
    if not drifted:
        return {}
    figures = dict(
        Snapshot.objects.filter(pk__in=[one.pk for one in drifted.values()]).values_list("propay", "figures")
    )
    amounts: dict[int, Decimal | None] = {}
    for propay in with_terms(ProPay.objects.filter(pk__in=list(drifted)).select_related("company")):
        terms = thaw(drifted[propay.pk].terms)
        overtime = snapshots.overtime_under(propay.company, propay.pk, terms, drifted[propay.pk].terms)
        today = work_out(propay, time[propay.pk], names={}, terms=terms, overtime=overtime, explains=False)
        before = sum(shares_of(figures[propay.pk]).values(), ZERO)
        amounts[propay.pk] = sum(amounts_of(today).values(), ZERO) - before if _is_comparable(today) else None
    return amounts


def _is_comparable(today: Figures) -> bool:
    """Whether today's shares are known. If all the time moved elsewhere, they are known to be zero."""
    return today.figure_note in ("", NO_TIME)


def drift_of(*, company: Company, propay_id: int) -> Drift:
    """The current drift of an approved ProPay. DoesNotExist if it isn't approved or is another company's."""
    propays = ProPay.objects.filter(company=company, status__in=FROZEN_STATUSES).select_related("company")
    propay = with_terms(propays).prefetch_related("cost_codes").get(pk=propay_id)
    snapshot = snapshots.live_snapshot(propay)
    worked = snapshots.work_out_frozen(propay, snapshot)
    return Drift(
        propay=propay,
        snapshot=snapshot,
        worked=worked,
        entries=changed_entries(snapshots.frozen_entries(snapshot), worked.entries),
        amounts=changed_amounts(shares_of(snapshot.figures), amounts_of(worked.figures)),
    )


# Deciding about it


def resolve_drift_by_adjusting(
    *, company: Company, propay_id: int, actor: User, note: str, seen: str, now: datetime
) -> ProPay:
    """Adopt today's figures, and add each person's difference to the next open statement.

    `seen` is the digest of the figures that the person decided about (`Drift.worked`). Refused (ValidationError) if
    they changed, if there is no difference, or if there is no bonus to calculate today.
    """
    with transaction.atomic():
        company = lock(company)
        drift = _seen_drift(company, propay_id, actor, seen)
        if drift.note:
            raise ValidationError(f"No bonus can be calculated from today's time. {drift.note}")
        snapshots.refuse_claimed(drift.worked)
        snapshots.retire(drift.snapshot)
        snapshot = snapshots.take(
            drift.worked, kind=SnapshotKind.ADJUSTMENT, actor=actor, now=now, note=note.strip(), more={}
        )
        _clear(propay_id)
        booking.book_drift(
            company=company,
            snapshot=snapshot,
            differences={(one.worker_id, one.role): one.difference for one in drift.amounts},
            period=booking.current_period(company=company, day=company.local_date(now)),
            actor=actor,
            now=now,
        )
        update_true_ups(company=company, propay_ids=[propay_id], now=now)
        detail = f"Shares change by {dollars(drift.amount)} in total. {note.strip()}".strip()
        record(drift.propay, actor, "propay.adjusted", "Adjusted the change after approval on", detail)
        return get_propay(company, propay_id)


def dismiss_drift(*, company: Company, propay_id: int, actor: User, reason: str, seen: str, now: datetime) -> ProPay:
    """Keep the approved figures, with a reason. The drift comes back if the time changes again."""
    with transaction.atomic():
        company = lock(company)
        if not reason.strip():
            raise ValidationError({"reason": "Enter a reason for dismissing the change."})
        drift = _seen_drift(company, propay_id, actor, seen)
        snapshots.refuse_taken_over(drift.snapshot)
        Snapshot.objects.filter(pk=drift.snapshot.pk).update(
            dismissed_digest=drift.worked.digest, dismissed_reason=reason.strip()
        )
        _clear(propay_id)
        detail = f"It would change the shares by {dollars(drift.amount)}. {reason.strip()}"
        record(drift.propay, actor, "propay.drift_dismissed", "Dismissed the change after approval on", detail)
        return get_propay(company, propay_id)


def _seen_drift(company: Company, propay_id: int, actor: User, seen: str) -> Drift:
    """The drift that the person saw, else a refusal."""
    refuse_unless_approver(company, actor)
    propay = get_propay(company, propay_id)
    if propay.status not in FROZEN_STATUSES:
        raise ValidationError(
            f"This ProPay is {propay.get_status_display().lower()}, so its figures still follow time."
        )
    drift = drift_of(company=company, propay_id=propay_id)
    if not drift.exists:
        raise ValidationError("There's no longer a difference. Today's figures match the approved ones.", code="none")
    if drift.worked.digest != seen:
        raise ValidationError(CHANGED, code="stale")
    return drift


def _clear(propay_id: int) -> None:
    ProPay.objects.filter(pk=propay_id).update(drifted_at=None, drift_amount=None)
