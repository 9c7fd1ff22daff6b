"""A worker's view of a ProPay: their own hours and shares, and how these were calculated; nothing about others."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from propay.frozen.evidence import Payee
from propay.models import FROZEN_STATUSES, ProPay, Share
from propay.models.labels import SHARE_ROLES
from propay.pages.propays import worked_out
from propay.pages.steps import entries_url
from propay.rules.figures import Figures, ShareFigures
from propay.rules.states import ProPayStatus
from propay.rules.terms import Distribution, ShareRole
from protiv.accounts.models import Membership
from protiv.kit.money import ZERO
from protiv.timekeeping.selectors import own_workers

CREW_RULES: dict[str, Promise] = {
    Distribution.PER_HOUR: gettext_lazy("The crew's part × your minutes ÷ the minutes of all who share it."),
    Distribution.EQUAL: gettext_lazy("The crew's part in equal shares."),
    Distribution.HOURS_TIMES_WAGE: gettext_lazy("The crew's part by each worker's hours × wage."),
    Distribution.WAGE: gettext_lazy("The crew's part by each worker's wage."),
    Distribution.LEAD_WEIGHTED: gettext_lazy("The crew's part in equal shares, with more weight for the lead."),
    Distribution.FIXED_PERCENT: gettext_lazy("The crew's part by percentages that your manager set."),
    Distribution.MANUAL: gettext_lazy("The amount that your manager set."),
    Distribution.TOTAL_EARNINGS: gettext_lazy("The crew's part by each worker's earnings, overtime included."),
}
ROLE_RULES: dict[str, Promise] = {
    ShareRole.LEAD: gettext_lazy("The part of the pool for the crew lead."),
    ShareRole.MANAGER: gettext_lazy("The part of the pool for the manager."),
    ShareRole.OTHER: gettext_lazy("The part of the pool for others, in equal shares."),
}
# A worker who knows their own wage could calculate a coworker's from these formulas, so show the rule without numbers.
TELLS_WAGES = (Distribution.HOURS_TIMES_WAGE, Distribution.WAGE, Distribution.TOTAL_EARNINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStep:
    """How one of the worker's shares was calculated. `formula` has its numbers; empty if they would reveal too much."""

    role: str
    rule: Promise
    formula: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPropay:
    """A worker's own part of a ProPay; `amount` is None while there is no figure."""

    propay: ProPay
    minutes: int
    amount: Decimal | None
    steps: list[OwnStep]
    entries_url: str


def own_propay(membership: Membership, propay: ProPay) -> OwnPropay | None:
    """The ProPay as the signed-in worker sees it, loaded by `company_propays`; None without any share.

    Once approved, it shows what is owed: adjusting a drift leaves the stored shares as approved.
    """
    worker_ids = set(own_workers(membership).values_list("pk", flat=True))
    figures = worked_out(propay) if propay.status in FROZEN_STATUSES else None
    shares = _stored(propay, worker_ids) if figures is None else _owed(figures, propay, worker_ids)
    if not shares:
        return None
    known = [share.amount for share in shares.values() if share.amount is not None]
    shows_steps = bool(known) and propay.status != ProPayStatus.CANCELED
    return OwnPropay(
        propay=propay,
        minutes=sum(share.minutes for share in shares.values()),
        amount=sum(known, ZERO) if known else None,
        steps=_steps(propay, shares, figures or worked_out(propay)) if shows_steps else [],
        entries_url=entries_url(propay),
    )


def _stored(propay: ProPay, worker_ids: Collection[int]) -> dict[Payee, ShareFigures]:
    return {
        (share.worker_id, share.role): ShareFigures(
            minutes=share.minutes, cost_amount=share.cost_amount, amount=share.amount
        )
        for share in Share.objects.filter(propay=propay, worker__in=worker_ids)
    }


def _owed(figures: Figures, propay: ProPay, worker_ids: Collection[int]) -> dict[Payee, ShareFigures]:
    """What the live approval gives them: 0.00 if they had a share until a drift was adjusted."""
    owed = {payee: share for payee, share in figures.shares.items() if payee[0] in worker_ids}
    nothing = ShareFigures(minutes=0, cost_amount=ZERO, amount=ZERO)
    return owed or dict.fromkeys(_stored(propay, worker_ids), nothing)


def _steps(propay: ProPay, shares: Mapping[Payee, ShareFigures], figures: Figures) -> list[OwnStep]:
    order = list(ShareRole)
    formulas = {step.key: step.formula for step in figures.trace}
    steps = []
    for (worker_id, role), share in sorted(shares.items(), key=lambda one: order.index(ShareRole(one[0][1]))):
        is_crew = role == ShareRole.CREW
        formula = formulas.get(f"share.{role}.{worker_id}", "")
        tells_too_much = is_crew and propay.distribution in (*TELLS_WAGES, Distribution.MANUAL)
        if share.amount is not None and (formula or not is_crew):
            steps.append(
                OwnStep(
                    role=SHARE_ROLES[ShareRole(role)],
                    rule=CREW_RULES[propay.distribution] if is_crew else ROLE_RULES[role],
                    formula="" if tells_too_much else formula,
                    amount=share.amount,
                )
            )
    return steps
