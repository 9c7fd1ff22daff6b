"""What a company decided about its bonuses: settings, the plans in force, and who draws no crew share."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from propay.models import BonusSettings, PlanVersion
from protiv.accounts.models import Company
from protiv.timekeeping.models import Worker


def bonus_settings(company: Company) -> BonusSettings:
    """What the company decided about its bonuses; the defaults, not stored, where it decided nothing yet."""
    return BonusSettings.objects.filter(company=company).first() or BonusSettings(company=company)


def plan_versions_on(company: Company, day: date) -> QuerySet[PlanVersion]:
    """Of each plan that is in use, the version in force on that day."""
    earlier = PlanVersion.objects.filter(plan=OuterRef("plan"), start_date__lte=day).order_by("-start_date")
    return PlanVersion.objects.filter(company=company, plan__is_active=True, pk=Subquery(earlier.values("pk")[:1]))


def plan_versions_after(company: Company, day: date) -> QuerySet[PlanVersion]:
    """Of each plan that is in use and starts after that day, its first version."""
    first = PlanVersion.objects.filter(plan=OuterRef("plan")).order_by("start_date")
    return PlanVersion.objects.filter(
        company=company, plan__is_active=True, start_date__gt=day, pk=Subquery(first.values("pk")[:1])
    )


def workers_without_bonus(company: Company) -> frozenset[int]:
    """Who draws no crew share on any ProPay of the company."""
    return frozenset(Worker.objects.filter(company=company, no_bonus=True).values_list("pk", flat=True))
