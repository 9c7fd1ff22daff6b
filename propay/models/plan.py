"""Bonus plans: named terms, in versions that each apply from a start date."""

import datetime

from django.db import models
from django.db.models import Q

from propay.models.labels import BUDGET_TYPES, choices_of
from propay.models.terms import BonusTerms, bonus_terms_constraints
from protiv.accounts.models import Company, User

# The earliest start date of a ProPay, so rules that start on it always apply.
FROM_THE_START = datetime.date(2000, 1, 1)


class BonusPlan(models.Model):
    """A company's named set of rules. A new ProPay takes the current version and keeps its numbers."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="bonus_plans", db_index=False)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="plan_name_unique")]

    def __str__(self) -> str:
        return self.name


class PlanVersion(BonusTerms):
    """The rules of a plan from `start_date` on, until its next version starts.

    `budget_type` and `labor_percent` are a new ProPay's initial values; None: each ProPay sets its own.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.ForeignKey(BonusPlan, on_delete=models.PROTECT, related_name="versions", db_index=False)
    start_date = models.DateField()
    budget_type = models.CharField(max_length=19, choices=choices_of(BUDGET_TYPES), blank=True)
    labor_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *bonus_terms_constraints("plan"),
            models.UniqueConstraint(fields=["plan", "start_date"], name="one_plan_version_per_day"),
            models.CheckConstraint(
                condition=Q(labor_percent__isnull=True) | Q(labor_percent__gt=0, labor_percent__lte=100),
                name="plan_labor_percent_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} from {self.start_date}"

    @property
    def is_from_the_start(self) -> bool:
        return self.start_date == FROM_THE_START
