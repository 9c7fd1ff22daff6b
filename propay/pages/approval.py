"""The approval pages: the amounts, their statements, and why a ProPay is refused."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from propay.frozen.figures import amounts_of
from propay.models import (
    FROZEN_STATUSES,
    AppliedCondition,
    Condition,
    ProPay,
    Snapshot,
    SnapshotKind,
)
from propay.models.labels import SHARE_ROLES
from propay.rules import states
from propay.rules.bonus_overtime import included_in
from propay.rules.pay_periods import Period
from propay.rules.terms import ShareRole
from propay.services import ApprovalQuestion, Failed, may_approve, preview_approval, unsettled_time
from propay.services.booking import next_open_periods
from propay.services.snapshots import Calculation
from propay.services.true_ups import preview_true_ups
from protiv.accounts.models import Company, Membership
from protiv.kit.money import ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeLine:
    """One person's amount in one role, and the pay period of its statement."""

    worker_id: int
    name: str
    role: str
    amount: Decimal
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalCheck:
    """One ProPay before approval, with its questions.

    `reason` says why it can't be approved now, whatever the answers; `seen` is what is being confirmed.
    """

    worked: Calculation
    questions: tuple[ApprovalQuestion, ...]
    reason: str
    seen: str
    payees: list[PayeeLine]
    true_up_amount: Decimal

    @property
    def amount(self) -> Decimal:
        return sum((line.amount for line in self.payees), ZERO)


def preview(*, company: Company, propay_id: int, now: datetime) -> ApprovalCheck:
    """The approval page of one ProPay."""
    preview = preview_approval(company=company, propay_ids=[propay_id], now=now)
    worked = preview.worked[propay_id]
    owed = {payee: amount for payee, amount in amounts_of(worked.figures).items() if amount}
    worker_ids = {worker_id for worker_id, _role in owed}
    periods = next_open_periods(company=company, worker_ids=worker_ids, day=company.local_date(now))
    bonuses = {
        worker_id: sum((amount for payee, amount in owed.items() if payee[0] == worker_id), ZERO)
        for worker_id in worker_ids
    }
    included = included_in(worked.propay.distribution, owed)
    true_ups = (
        preview_true_ups(company=company, bonuses=bonuses, included=included, propay_id=propay_id) if bonuses else {}
    )
    return ApprovalCheck(
        worked=worked,
        questions=preview.questions.get(propay_id, ()),
        reason="" if propay_id in preview.unanswered else preview.refusals.get(propay_id, ""),
        seen=preview.seen(propay_id),
        payees=[
            PayeeLine(
                worker_id=worker_id,
                name=worked.names[worker_id],
                role=SHARE_ROLES[ShareRole(role)],
                amount=amount,
                period=periods[worker_id],
            )
            for (worker_id, role), amount in owed.items()
        ],
        true_up_amount=sum(true_ups.values(), ZERO),
    )


def conditions_for(company: Company, stands: Collection[Failed]) -> list[Condition]:
    """The conditions for a ProPay: the active ones, and those applied to it."""
    offered = Q(is_active=True) | Q(pk__in=[one.condition_id for one in stands])
    return list(Condition.objects.filter(offered, company=company).order_by("kind", "name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyLine:
    """One of several ProPays before approval: its figures after netting, or why it is refused.

    `asks`: it can be approved on its own page, which asks something.
    """

    propay: ProPay
    saving: Decimal | None
    netted: Decimal
    pool: Decimal | None
    reason: str
    asks: bool
    seen: str


def many_lines(*, company: Company, propay_ids: Collection[int], now: datetime) -> list[ManyLine]:
    """The page for approving several, sorted by title."""
    preview = preview_approval(company=company, propay_ids=propay_ids, now=now)
    lines = [
        ManyLine(
            propay=one.propay,
            saving=one.figures.saving_amount,
            netted=preview.netted.get(pk, ZERO),
            pool=one.figures.pool_amount,
            reason=preview.refusals.get(pk, ""),
            asks=pk in preview.unanswered,
            seen=preview.seen(pk),
        )
        for pk, one in preview.worked.items()
    ]
    return sorted(lines, key=lambda line: (line.propay.title, line.propay.pk))


# The approval section of a ProPay's page


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """A ProPay's state and what the viewer can do with it.

    `live` is what is owed once approved; `history` is all snapshots, latest first, each with its outcome.
    `unsettled` says why its time can't be relied on now.
    """

    status: str
    may_approve: bool
    drift_size: Decimal
    live: Snapshot | None
    history: list[tuple[Snapshot, str]]
    partners: list[ProPay]
    failed: list[AppliedCondition]
    unsettled: str

    @property
    def is_frozen(self) -> bool:
        return self.status in FROZEN_STATUSES

    @property
    def can_complete(self) -> bool:
        return states.COMPLETE.starts_from(self.status)

    @property
    def can_reopen(self) -> bool:
        return states.REOPEN.starts_from(self.status)

    @property
    def can_unapprove(self) -> bool:
        return states.UNAPPROVE.starts_from(self.status)


def life_of(*, propay: ProPay, membership: Membership) -> Life:
    """A few queries: the snapshots, who can approve, and which ProPays were netted with it."""
    snapshots = list(Snapshot.objects.filter(propay=propay).order_by("-number"))
    live = next((one for one in snapshots if one.is_live), None)
    approval = next((one for one in snapshots if one.kind == SnapshotKind.APPROVAL), None) if live else None
    partner_ids = approval.figures.get("netted_with", []) if approval else []
    return Life(
        status=propay.status,
        may_approve=may_approve(company=propay.company, membership=membership),
        drift_size=abs(propay.drift_amount or ZERO),
        live=live,
        history=list(_with_fates(snapshots)),
        partners=list(ProPay.objects.filter(pk__in=partner_ids).order_by("title", "pk")) if partner_ids else [],
        failed=list(propay.applied_conditions.all()),
        unsettled=_unsettled(propay),
    )


def _unsettled(propay: ProPay) -> str:
    if not states.APPROVE.starts_from(propay.status):
        return ""
    return unsettled_time(company=propay.company, propay_ids=[propay.pk]).get(propay.pk, "")


def _with_fates(snapshots: Iterable[Snapshot]) -> Iterator[tuple[Snapshot, str]]:
    """A later adjustment replaces the snapshot before it; a snapshot without one was unapproved."""
    later = ""
    for one in snapshots:
        yield one, "" if one.is_live else "Replaced" if later == SnapshotKind.ADJUSTMENT else "Unapproved"
        later = one.kind
