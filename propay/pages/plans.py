"""The pages of bonus plans: the list, one plan with its versions, and what a version would change."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from propay.models import (
    LIVE_STATUSES,
    PART_COLUMNS,
    BonusPlan,
    BonusTerms,
    PlanVersion,
    ProPay,
)
from propay.models.labels import DISTRIBUTIONS
from propay.rules.terms import Distribution
from propay.services import Effect
from propay.services.plans import FROZEN_STATUSES
from protiv.accounts.models import Company

LABELS = {
    "split_percent": "split",
    "crew_percent": "crew",
    "lead_percent": "lead",
    "manager_percent": "manager",
    "company_percent": "company",
    "other_percent": "others",
    "distribution": "crew's part",
    "lead_weight": "lead's weight",
    "lead_also_shares": "lead also gets a crew share",
    "include_travel": "drive time",
    "include_overtime_cost": "overtime premium in labor cost",
    "burden_percent": "burden",
    "pool_includes_overtime": "the pool includes its overtime",
    "labor_percent": "labor, % of contract price",
}
TRAVEL_WORDS = {True: "counts", False: "doesn't count", None: "follows the company default"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version of a plan in words; `open_count` and `frozen_count` are the ProPays that took it."""

    version: PlanVersion
    rules: tuple[str, ...]
    is_in_force: bool
    open_count: int
    frozen_count: int
    is_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A plan in the list: its current version, else its first future one."""

    plan: BonusPlan
    version: PlanVersion
    rules: tuple[str, ...]
    is_in_force: bool
    open_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """The effect on an open ProPay, in words."""

    effect: Effect
    changes: tuple[str, ...]
    difference: Decimal | None


def plan_lines(*, company: Company, today: date) -> list[PlanLine]:
    """The company's plans by name, active ones first; two queries."""
    versions: defaultdict[int, list[PlanVersion]] = defaultdict(list)
    for version in PlanVersion.objects.filter(company=company).order_by("start_date"):
        versions[version.plan_id].append(version)
    taken_by_open = Count("versions__propays", filter=Q(versions__propays__status__in=LIVE_STATUSES))
    plans = BonusPlan.objects.filter(company=company).annotate(open_count=taken_by_open)
    lines = []
    for plan in plans.order_by("-is_active", "name"):
        shown = in_force_of(versions[plan.pk], today) or versions[plan.pk][0]
        lines.append(
            PlanLine(
                plan=plan,
                version=shown,
                rules=rules_of(shown),
                is_in_force=shown.start_date <= today,
                open_count=plan.open_count,
            )
        )
    return lines


def version_lines(plan: BonusPlan, *, today: date) -> list[VersionLine]:
    """All versions of a plan, latest first; one query."""
    versions = PlanVersion.objects.filter(plan=plan).annotate(
        open_count=Count("propays", filter=Q(propays__status__in=LIVE_STATUSES)),
        frozen_count=Count("propays", filter=Q(propays__status__in=FROZEN_STATUSES)),
        all_count=Count("propays"),
    )
    found = list(versions.order_by("-start_date"))
    in_force = in_force_of(reversed(found), today)
    return [
        VersionLine(
            version=version,
            rules=rules_of(version),
            is_in_force=version == in_force,
            open_count=version.open_count,
            frozen_count=version.frozen_count,
            is_used=version.all_count > 0,
        )
        for version in found
    ]


def in_force_of(versions: Iterable[PlanVersion], day: date) -> PlanVersion | None:
    """The version, from these sorted by start date, that applies on that day."""
    started = [version for version in versions if version.start_date <= day]
    return started[-1] if started else None


def proposed_start(version: PlanVersion, today: date, *, corrects: bool) -> date | None:
    """The initial start date in the form; None: from the start.

    Rules that no ProPay uses yet are corrected in place: no one intends to exclude time before today.
    """
    if not corrects and ProPay.objects.filter(company=version.company_id, plan_version=version).exists():
        return max(today, version.start_date)
    return None if version.is_from_the_start else version.start_date


def propays_of(plan: BonusPlan) -> QuerySet[ProPay]:
    """The ProPays that took their numbers from this plan, latest first, for a list."""
    propays = ProPay.objects.filter(company=plan.company_id, plan_version__plan=plan)
    return propays.select_related("job", "company", "plan_version").order_by("-start_date", "-pk")


# In words


def rules_of(terms: PlanVersion) -> tuple[str, ...]:
    """A version's terms in words, without the defaults."""
    parts = [(LABELS[name], getattr(terms, name)) for name in PART_COLUMNS]
    rules = [
        f"{percent(terms.split_percent)} of the savings",
        ", ".join(f"{percent(value)} {label}" for label, value in parts if value),
        _distribution(terms),
    ]
    if terms.labor_percent is not None:
        rules.append(f"labor {percent(terms.labor_percent)} of the contract price")
    elif terms.budget_type:
        rules.append(f"budget in {terms.get_budget_type_display().lower()}")
    if terms.include_travel is not None:
        rules.append(f"drive time {TRAVEL_WORDS[terms.include_travel]}")
    if terms.include_overtime_cost:
        rules.append("overtime premium in labor cost")
    if terms.burden_percent:
        rules.append(f"labor burden {percent(terms.burden_percent)}")
    if terms.pool_includes_overtime:
        rules.append("the pool includes the overtime on the bonuses")
    return tuple(rules)


def effect_lines(effects: Iterable[Effect]) -> list[EffectLine]:
    """The effect on each ProPay."""
    return [
        EffectLine(
            effect=effect,
            changes=tuple(
                f"{LABELS[name].capitalize()}: {_value(name, before)} → {_value(name, after)}"
                for name, before, after in effect.changes
            ),
            difference=_difference(effect.pool_before, effect.pool_after),
        )
        for effect in effects
    ]


def percent(number: Decimal | None) -> str:
    """`50 %`, `12.5 %`."""
    return "—" if number is None else f"{number.normalize():f}%"


def _distribution(terms: BonusTerms) -> str:
    words = DISTRIBUTIONS[Distribution(terms.distribution)].lower()
    if terms.distribution != Distribution.MANUAL:
        words = f"divided {words}"
    if terms.distribution == Distribution.LEAD_WEIGHTED:
        words += f" ({terms.lead_weight.normalize():f})"
    return f"{words}, including the lead" if terms.lead_also_shares else words


def _value(name: str, value: Any) -> str:
    if name == "include_travel":
        return TRAVEL_WORDS[value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "distribution":
        return DISTRIBUTIONS[Distribution(value)].lower()
    return f"{value.normalize():f}" if name == "lead_weight" else percent(value)


def _difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before
