"""A company's bonus decisions: settings, the current plans, and who never gets a crew share."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from propay.models import BonusSettings, PlanVersion
from protiv.accounts.models import Company
from protiv.timekeeping.models import Worker


def bonus_settings(company: Company) -> BonusSettings:
    """The company's bonus settings, or unsaved defaults."""
    return BonusSettings.objects.filter(company=company).first() or BonusSettings(company=company)


def plan_versions_on(company: Company, day: date) -> QuerySet[PlanVersion]:
    """For each active plan, the version in effect on that day."""
    earlier = PlanVersion.objects.filter(plan=OuterRef("plan"), start_date__lte=day).order_by("-start_date")
    return PlanVersion.objects.filter(company=company, plan__is_active=True, pk=Subquery(earlier.values("pk")[:1]))


def plan_versions_after(company: Company, day: date) -> QuerySet[PlanVersion]:
    """For each active plan that starts after that day, its first version."""
    first = PlanVersion.objects.filter(plan=OuterRef("plan")).order_by("start_date")
    return PlanVersion.objects.filter(
        company=company, plan__is_active=True, start_date__gt=day, pk=Subquery(first.values("pk")[:1])
    )


def workers_without_bonus(company: Company) -> frozenset[int]:
    """Workers who get no crew share on any ProPay of the company."""
    return frozenset(Worker.objects.filter(company=company, no_bonus=True).values_list("pk", flat=True))
