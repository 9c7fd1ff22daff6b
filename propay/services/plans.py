"""Bonus plans: named terms in versions, each in effect from its start date until the next one starts.

A ProPay takes the version in effect on its start date and keeps its numbers: nothing here changes a ProPay.
"""

from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack, cast

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.figures import plan_day as in_words
from propay.models import (
    BONUS_TERMS,
    FROM_THE_START,
    FROZEN_STATUSES,
    PART_COLUMNS,
    AutomationRule,
    BonusPlan,
    PlanVersion,
    ProPay,
)
from propay.rules.budgets import types_with
from propay.services.checks import budget_needs, number_problems, overtime_problems
from propay.services.shared import lock, record_event
from propay.services.terms import ProPayInput
from protiv.accounts.models import Company, User

HUNDRED = Decimal(100)


class PlanTerms(TypedDict, total=False):
    """The terms of a version. Omitted: the model's default; for the crew's part, the rest.

    `budget_type` (empty: each ProPay sets its own) and `labor_percent` are the initial values of a new ProPay's budget.
    """

    budget_type: str
    labor_percent: Decimal | None
    split_percent: Decimal
    crew_percent: Decimal
    lead_percent: Decimal
    manager_percent: Decimal
    company_percent: Decimal
    other_percent: Decimal
    distribution: str
    lead_weight: Decimal
    lead_also_shares: bool
    include_travel: bool | None
    include_overtime_cost: bool
    burden_percent: Decimal
    pool_includes_overtime: bool


# For creating ProPays


def version_in_force(*, company: Company, plan: BonusPlan, day: date) -> PlanVersion | None:
    """The version of the plan in effect on `day`; None before the first one starts."""
    versions = PlanVersion.objects.filter(company=company, plan=plan, start_date__lte=day)
    return versions.select_related("plan").order_by("-start_date").first()


def terms_of_version(version: PlanVersion) -> ProPayInput:
    """What a new ProPay takes from the plan, as arguments of `create_propay`; the budget only if the plan sets it."""
    terms: dict[str, Any] = {name: getattr(version, name) for name in BONUS_TERMS}
    terms["plan_version"] = version
    if version.budget_type:
        terms["budget_type"] = version.budget_type
    if version.labor_percent is not None:
        terms["labor_percent"] = version.labor_percent
    return cast(ProPayInput, terms)


# Changed by admins


def create_plan(
    *,
    company: Company,
    actor: User | None,
    name: str,
    start_date: date = FROM_THE_START,
    **terms: Unpack[PlanTerms],
) -> BonusPlan:
    """Create a plan with its first version. Refused (ValidationError): a name that is taken, or invalid terms."""
    with transaction.atomic():
        company = lock(company)
        _check_name(company, name)
        plan = BonusPlan.objects.create(company=company, name=name)
        version = _with_terms(PlanVersion(company=company, plan=plan, start_date=start_date, created_by=actor), terms)
        version.save()
        _record(
            plan,
            actor,
            "plan.created",
            f"Created the bonus plan “{name}”, with rules effective {in_words(start_date)}.",
        )
        return plan


def set_plan_terms(
    *, company: Company, plan_id: int, start_date: date, actor: User, **terms: Unpack[PlanTerms]
) -> PlanVersion:
    """Set the plan's terms from `start_date` on: a new version, or a correction of the one that starts that day.

    A version that an approved ProPay used can't be corrected (ValidationError): it explains that bonus.
    """
    with transaction.atomic():
        company = lock(company)
        plan = BonusPlan.objects.get(company=company, pk=plan_id)
        version = PlanVersion.objects.filter(plan=plan, start_date=start_date).first()
        is_new = version is None
        if version is None:
            version = PlanVersion(company=company, plan=plan, start_date=start_date, created_by=actor)
        before = {name: getattr(version, name) for name in _VERSION_TERMS}
        _with_terms(version, terms)
        if not is_new and before == {name: getattr(version, name) for name in _VERSION_TERMS}:
            return version
        if not is_new:
            _refuse_if_frozen(version)
        version.save()
        did = "Added a version of" if is_new else "Corrected the version of"
        summary = f"{did} the bonus plan “{plan.name}” with rules effective {in_words(start_date)}."
        _record(plan, actor, "plan.version_added" if is_new else "plan.version_corrected", summary)
        return version


def remove_plan_version(*, company: Company, version_id: int, actor: User) -> None:
    """Delete a version that no ProPay has used; the one before it then stays in effect until the next."""
    with transaction.atomic():
        company = lock(company)
        version = PlanVersion.objects.select_related("plan").get(company=company, pk=version_id)
        if ProPay.objects.filter(company=company, plan_version=version).exists():
            raise ValidationError("A ProPay uses this version, so it can't be removed. Add a new version instead.")
        if not PlanVersion.objects.filter(plan=version.plan).exclude(pk=version.pk).exists():
            raise ValidationError("This is the plan's only version. Archive the plan instead.")
        version.delete()
        summary = f"Removed the version of “{version.plan.name}” with rules effective {in_words(version.start_date)}."
        _record(version.plan, actor, "plan.version_removed", summary)


def rename_plan(*, company: Company, plan_id: int, name: str, actor: User) -> BonusPlan:
    """Rename a plan. Approved ProPays and statements keep the old name."""
    with transaction.atomic():
        company = lock(company)
        plan = BonusPlan.objects.get(company=company, pk=plan_id)
        if plan.name == name:
            return plan
        _check_name(company, name)
        was, plan.name = plan.name, name
        plan.save(update_fields=["name"])
        _record(plan, actor, "plan.renamed", f"Renamed the bonus plan “{was}” to “{name}”.")
        return plan


def set_plan_active(*, company: Company, plan_id: int, is_active: bool, actor: User) -> BonusPlan:
    """Archive a plan, or restore it for new ProPays. ProPays that use it keep their numbers."""
    with transaction.atomic():
        company = lock(company)
        plan = BonusPlan.objects.get(company=company, pk=plan_id)
        if plan.is_active == is_active:
            return plan
        if not is_active and AutomationRule.objects.filter(company=company, plan=plan, is_on=True).exists():
            raise ValidationError("Automation uses this plan. Choose another plan in Settings → Automation first.")
        plan.is_active = is_active
        plan.save(update_fields=["is_active"])
        action, did = ("plan.activated", "Restored") if is_active else ("plan.deactivated", "Archived")
        _record(plan, actor, action, f"{did} the bonus plan “{plan.name}”.")
        return plan


# Setting terms and checking them

_VERSION_TERMS = (*BONUS_TERMS, "budget_type", "labor_percent")


def _with_terms(version: PlanVersion, terms: PlanTerms) -> PlanVersion:
    for name, value in terms.items():
        setattr(version, name, value)
    others = sum(getattr(version, name) for name in PART_COLUMNS[1:])
    if "crew_percent" not in terms:
        version.crew_percent = HUNDRED - others
    if version.crew_percent + others != HUNDRED or min(getattr(version, name) for name in PART_COLUMNS) < 0:
        raise ValidationError(
            {"crew_percent": f"The five parts total {version.crew_percent + others:f}%. They must total 100%."}
        )
    if version.labor_percent is None and version.budget_type in types_with("labor_percent"):
        raise ValidationError({"labor_percent": budget_needs(version.budget_type)["labor_percent"]})
    if problems := number_problems(version) | overtime_problems(version):
        raise ValidationError(problems)
    return version


def _check_name(company: Company, name: str) -> None:
    if BonusPlan.objects.filter(company=company, name=name).exists():
        raise ValidationError({"name": "A plan with this name already exists. Choose another name."})


def _refuse_if_frozen(version: PlanVersion) -> None:
    frozen = ProPay.objects.filter(plan_version=version, status__in=FROZEN_STATUSES).count()
    if frozen:
        used = "1 approved ProPay" if frozen == 1 else f"{frozen} approved ProPays"
        raise ValidationError(
            {
                "start_date": f"{used} used the version from this day, so it stays as it is. "
                "Choose a later day: from then on the new rules hold."
            }
        )


def _record(plan: BonusPlan, actor: User | None, action: str, summary: str) -> None:
    record_event(plan.company_id, actor, action, f"plan:{plan.pk}", summary)
