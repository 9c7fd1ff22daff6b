"""Approving and unapproving: turns figures that follow the time into final pay (bonus.md 7)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.figures import in_force
from propay.frozen.figures import amounts_of
from propay.models import ProPay, Snapshot, SnapshotKind
from propay.queries.holds import HeldTime, being_reread, has_unsettled_time, held_time
from propay.queries.take_back import nets_losses
from propay.rules import states
from propay.rules.budgets import definition_of
from propay.rules.netting import net_losses
from propay.rules.pay_periods import Period
from propay.rules.trace import dollars
from propay.services import booking, snapshots
from propay.services.approval_questions import (
    Answers,
    ApprovalQuestion,
    answers_by,
    approval_questions,
    seen_with,
    unanswered_text,
)
from propay.services.outside_hours import keep_outside_hours, typed_in
from propay.services.refreshing import refreshed, store_figures
from propay.services.shared import batches, get_propay, lock, record, refuse_unless_approver
from propay.services.snapshots import Calculation
from propay.services.true_ups import update_true_ups
from protiv.accounts.models import Company, User
from protiv.accounts.templatetags.formats import hours
from protiv.kit.money import ZERO

WHOLE = Decimal(100)
CHANGED = (
    "The figures changed while you were reviewing them, so nothing was approved. Review the new figures, then approve "
    "again."
)
BEING_REREAD = (
    "The last sync found that something is no longer listed in your time-tracking system, and is reading its hours "
    "again. They may belong to this ProPay. Approve it after the next completed sync."
)
ONE_REFUSED = (
    "These ProPays offset losses against savings and must be approved together, but at least one couldn't be "
    "approved. Review the new result, then approve again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPreview:
    """A preview of approving these ProPays: figures by id, refusals with reasons, and netting.

    `worked` is what would be frozen, with netting; `seen` is what an approver confirms. `alone` has each without
    netting. `unanswered` are those refused only because their `questions` lack answers.
    """

    worked: dict[int, Calculation]
    alone: dict[int, Calculation]
    questions: Mapping[int, tuple[ApprovalQuestion, ...]]
    refusals: dict[int, str]
    unanswered: frozenset[int]
    netted: dict[int, Decimal]

    def seen(self, propay_id: int) -> str:
        """What approving this ProPay confirms: its figures, and the questions shown with them."""
        return seen_with(self.worked[propay_id].digest, self.questions.get(propay_id, ()))

    @property
    def netting_group(self) -> list[int]:
        """Sets of ProPays that are approved or refused together: losses, and the savings that cover them."""
        losses = [pk for pk, one in self.worked.items() if (one.figures.saving_amount or ZERO) < 0]
        return sorted({*self.netted, *(pk for pk in losses if pk not in self.refusals)}) if self.netted else []


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalOutcome:
    """The result: the ids that were approved, and the reason for each of the others."""

    approved: tuple[int, ...]
    refusals: dict[int, str]


def preview_approval(
    *,
    company: Company,
    propay_ids: Collection[int],
    seen: Mapping[int, str] | None = None,
    answers: Mapping[int, Answers] = MappingProxyType({}),
    now: datetime,
) -> ApprovalPreview:
    """Preview approving these together right now. Changes nothing.

    `seen` are the marks (`ApprovalPreview.seen`) that the approver saw: a ProPay that differs is refused. `answers` are
    the answers to each one's questions.
    """
    worked: dict[int, Calculation] = {}
    for batch in batches(sorted(propay_ids)):
        worked |= snapshots.work_out_all(company, batch)
    claimed = snapshots.claimed_elsewhere({pk: one.entries for pk, one in worked.items()})
    by_whom = _approvers(pk for pk, one in worked.items() if not states.APPROVE.starts_from(one.propay.status))
    refusals = dict.fromkeys(set(propay_ids) - worked.keys(), "There is no such ProPay.")
    unsettled = unsettled_time(company=company, propay_ids=list(worked))
    reasons = {
        pk: _reason(one, claimed.get(pk, {}), by_whom.get(pk)) or unsettled.get(pk, "") for pk, one in worked.items()
    }
    refusals |= {pk: reason for pk, reason in reasons.items() if reason}
    asked = approval_questions(
        company=company,
        propays=[one.propay for pk, one in worked.items() if pk not in refusals],
        today=company.local_date(now),
    )
    missing = {pk: unanswered_text(questions, answers.get(pk, {})) for pk, questions in asked.items()}
    unanswered = {pk: text for pk, text in missing.items() if text}
    preview = ApprovalPreview(
        worked=worked,
        alone=worked,
        questions=asked,
        refusals=refusals | unanswered,
        unanswered=frozenset(unanswered),
        netted={},
    )
    preview = _net(company, preview, now)
    return preview if seen is None else _as_seen(preview, seen)


def _as_seen(preview: ApprovalPreview, seen: Mapping[int, str]) -> ApprovalPreview:
    """Add a refusal for each that differs from what was seen, and for all netted with it."""
    approvable = [pk for pk in preview.worked if pk not in preview.refusals]
    changed = {pk: CHANGED for pk in approvable if seen.get(pk) != preview.seen(pk)}
    group = preview.netting_group
    if changed.keys().isdisjoint(group):
        return replace(preview, refusals=preview.refusals | changed)
    return replace(preview, refusals=preview.refusals | dict.fromkeys(group, ONE_REFUSED) | changed, netted={})


def _reason(worked: Calculation, claimed_by: Mapping[int, str], approved_by: str | None) -> str:
    """Why this ProPay can't be approved now; empty if it can."""
    propay = worked.propay
    if not states.APPROVE.starts_from(propay.status):
        by_whom = f" ({approved_by})" if approved_by else ""
        return f"It's already {propay.get_status_display().lower()}{by_whom}."
    if worked.figures.figure_note:
        return worked.figures.figure_note
    if propay.completion_percent != WHOLE:
        return f"It's {propay.completion_percent.normalize():f}% complete. You can approve a ProPay only at 100%."
    return snapshots.claimed_text(next(iter(claimed_by.values()))) if claimed_by else ""


def unsettled_time(*, company: Company, propay_ids: Collection[int]) -> dict[int, str]:
    """Why the time of these ProPays can't be relied on now, by id: it is held, or it is being read again."""
    if not has_unsettled_time(company):
        return {}
    reread = dict.fromkeys(being_reread(company, propay_ids), BEING_REREAD)
    return reread | {pk: _held_text(held, company) for pk, held in held_time(propay_ids).items()}


def _held_text(held: HeldTime, company: Company) -> str:
    """What to tell about a ProPay with held time."""
    entries = "1 of its time entries" if held.entries == 1 else f"{held.entries:,} of its time entries"
    return (
        f"{entries} ({hours(held.minutes, company)} hours) can no longer be found in your time-tracking system. They "
        "still count. Decide under Integrations whether they were deleted or the sign-in lost access, then approve."
    )


def _approvers(propay_ids: Iterable[int]) -> dict[int, str]:
    live = Snapshot.objects.filter(propay__in=list(propay_ids), is_live=True)
    return dict(live.values_list("propay_id", "created_by_email"))


def _net(company: Company, preview: ApprovalPreview, now: datetime) -> ApprovalPreview:
    """The figures after each saving covers the losses approved with it, if the company nets them and takes money back.

    A ProPay is refused if it then has no shares, because its fixed amounts don't match what is left.
    """
    worked = preview.alone
    if not nets_losses(company, company.local_date(now)):
        return preview
    while True:
        approvable = {pk: one.figures.saving_amount for pk, one in worked.items() if pk not in preview.refusals}
        netting = net_losses({pk: saving for pk, saving in approvable.items() if saving is not None})
        netted = {pk: amount for pk, amount in netting.items() if amount}
        results = _less(worked, netted)
        unfit = {pk: results[pk].figures.figure_note for pk in netted if results[pk].figures.figure_note}
        if not unfit:
            return replace(preview, worked=worked | results, netted=netted)
        texts = {pk: f"After its offset for losses: {note}" for pk, note in unfit.items()}
        preview = replace(preview, refusals=preview.refusals | texts)


def _less(worked: Mapping[int, Calculation], netted: Mapping[int, Decimal]) -> dict[int, Calculation]:
    """The ProPays that cover losses, calculated with what is left."""
    terms = {
        pk: replace(one.terms, netted_amount=netted[pk]) for pk, one in worked.items() if pk in netted and one.terms
    }
    return snapshots.work_out_under([worked[pk].propay for pk in terms], terms) if terms else {}


def approve_propays(
    *,
    company: Company,
    actor: User,
    propay_ids: Collection[int],
    seen: Mapping[int, str] | None = None,
    answers: Mapping[int, Answers] = MappingProxyType({}),
    now: datetime,
) -> ApprovalOutcome:
    """Freeze these ProPays and put the shares on the workers' statements for today's pay period.

    Each is approved or refused with its reason. `seen` are the marks (`ApprovalPreview.seen`), by id, that the person
    approved; without them, the current figures are approved. `answers`, by id, are kept with the approval.
    ValidationError if the actor can't approve at all.
    """
    with transaction.atomic():
        company = lock(company)
        refuse_unless_approver(company, actor)
        answers = answers_by(company, actor, answers)
        preview = preview_approval(company=company, propay_ids=propay_ids, seen=seen, answers=answers, now=now)
        approved = [pk for pk in preview.worked if pk not in preview.refusals]
        _store(company, preview, now)
        group = preview.netting_group
        period = booking.current_period(company=company, day=company.local_date(now))
        for pk in approved:
            more = {
                "netted_with": [other for other in group if other != pk] if pk in group else [],
                "confirmed": [one.evidence(answers.get(pk, {})) for one in preview.questions.get(pk, ())],
            }
            _approve(company, preview.worked[pk], more, period, actor, now)
            keep_outside_hours(company=company, actor=actor, minutes=typed_in(answers.get(pk, {})), now=now)
        update_true_ups(company=company, propay_ids=approved, now=now)
        return ApprovalOutcome(approved=tuple(approved), refusals=preview.refusals)


def _store(company: Company, preview: ApprovalPreview, now: datetime) -> None:
    """Store the calculated figures, also for refused ProPays; with netting for approved ones."""
    for pk, amount in preview.netted.items():
        preview.worked[pk].propay.netted_amount = amount
        ProPay.objects.filter(pk=pk).update(netted_amount=amount)
    stored = preview.alone | {pk: preview.worked[pk] for pk in preview.netted}
    live = [one for one in stored.values() if states.APPROVE.starts_from(one.propay.status)]
    for batch in batches(live):
        store_figures(company, [(one.propay, one.figures) for one in batch], now)


def _approve(
    company: Company, worked: Calculation, more: Mapping[str, Any], period: Period, actor: User, now: datetime
) -> None:
    """`more` is kept with the snapshot: the ProPays netted with it, and what was confirmed."""
    propay = worked.propay
    pinned = _from_elsewhere(propay)
    snapshot = snapshots.take(
        worked,
        kind=SnapshotKind.APPROVAL,
        actor=actor,
        now=now,
        more={"before": _before(propay, pinned), **more},
    )
    ProPay.objects.filter(pk=propay.pk).update(status=states.APPROVE.target, **pinned)
    booking.book_shares(
        company=company,
        snapshot=snapshot,
        shares=amounts_of(worked.figures),
        period=period,
        actor=actor,
        now=now,
    )
    netted = f" Minus {dollars(propay.netted_amount)}, offset for losses." if propay.netted_amount else ""
    confirmed = "".join(f" Confirmed: {one['text']}" for one in more["confirmed"] if one["answers"])
    detail = f"Pool {dollars(worked.figures.pool_amount)}.{netted}{confirmed}"
    record(propay, actor, "propay.approved", "Approved", detail)


def _from_elsewhere(propay: ProPay) -> dict[str, Any]:
    """Copy what the ProPay takes from the job and the company, so that later changes there don't affect it."""
    found: dict[str, Any] = {"include_travel": propay.counts_travel}
    if column := definition_of(propay.budget_type).job_column:
        found[column.column] = in_force(propay, column.column)
    return found


def _before(propay: ProPay, pinned: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that approval sets, with their earlier values, for unapproving."""
    values = {name: getattr(propay, name) for name in ("status", *pinned)}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def unapprove_propay(*, company: Company, propay_id: int, actor: User, reason: str, now: datetime) -> ProPay:
    """Unapprove while nothing is paid: remove the shares from statements, and let the figures follow the time again.

    ProPays whose savings covered losses approved with them are unapproved together. Refused (ValidationError) if any of
    it was paid, or without a reason.
    """
    with transaction.atomic():
        company = lock(company)
        refuse_unless_approver(company, actor)
        if not reason.strip():
            raise ValidationError({"reason": "Enter a reason for unapproving."})
        propay = get_propay(company, propay_id)
        for pk in (propay_id, *_netted_with(propay)):
            _unapprove(company, get_propay(company, pk), actor, reason.strip(), now)
        return get_propay(company, propay_id)


def _netted_with(propay: ProPay) -> list[int]:
    return _first_snapshot(propay).figures.get("netted_with", []) if states.UNAPPROVE.starts_from(propay.status) else []


def _first_snapshot(propay: ProPay) -> Snapshot:
    """The current approval; the live snapshot may be a later adjustment."""
    approvals = Snapshot.objects.filter(propay=propay, kind=SnapshotKind.APPROVAL)
    return approvals.latest("number")


def _unapprove(company: Company, propay: ProPay, actor: User, reason: str, now: datetime) -> None:
    if not states.UNAPPROVE.starts_from(propay.status):
        raise ValidationError(f"“{propay.title}” is {propay.get_status_display().lower()}, so it can't be unapproved.")
    booking.unbook(company=company, propay=propay)
    before = _first_snapshot(propay).figures["before"]
    snapshots.retire(snapshots.live_snapshot(propay))
    ProPay.objects.filter(pk=propay.pk).update(**before, netted_amount=ZERO, drifted_at=None, drift_amount=None)
    record(propay, actor, "propay.unapproved", "Unapproved", reason)
    refreshed(company, propay, now)
