"""A company's bonus decisions: settings, the current plans, and what applies to workers on every ProPay."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import OuterRef, Q, QuerySet, Subquery

from propay.models import BonusSettings, PlanVersion
from propay.rules.terms import WorkerId
from protiv.accounts.models import Company
from protiv.timekeeping.models import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewRules:
    """Workers who get no crew share on any ProPay, and linked workers, each with the person's primary one."""

    no_bonus: frozenset[int] = frozenset()
    same_person: Mapping[WorkerId, WorkerId] = field(default_factory=dict)


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


def crew_rules(company: Company) -> CrewRules:
    """What applies to workers on every ProPay of the company."""
    workers = Worker.objects.filter(Q(no_bonus=True) | Q(same_person_as__isnull=False), company=company)
    rows = list(workers.values_list("pk", "no_bonus", "same_person_as").order_by("pk"))
    return CrewRules(
        no_bonus=frozenset(pk for pk, no_bonus, _primary in rows if no_bonus),
        same_person={pk: primary for pk, _no_bonus, primary in rows if primary is not None},
    )
