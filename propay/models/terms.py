"""The terms a ProPay copies from a bonus plan: the split, the parts, the distribution, and the cost of time."""

from decimal import Decimal
from functools import reduce
from operator import add

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import GreaterThan, LessThan

from propay.models.labels import DISTRIBUTIONS, choices_of, values_of
from propay.rules.terms import Distribution

# SQLite sums decimals as floats: two-decimal percentages that sum to within this of 100 add up to exactly 100.
NEARLY_100 = (Decimal("99.995"), Decimal("100.005"))
PART_COLUMNS = ("crew_percent", "lead_percent", "manager_percent", "company_percent", "other_percent")


def percent_field(default: int) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(default))


class BonusTerms(models.Model):
    """The rules of a bonus. Percentages run from 0 to 100; the five parts of the pool add up to 100.

    `include_travel` None means the company default. `burden_percent` is added to wages. With `pool_includes_overtime`,
    the overtime on the bonuses comes out of the pool (bonus.md 11.7).
    """

    split_percent = percent_field(50)
    crew_percent = percent_field(100)
    lead_percent = percent_field(0)
    manager_percent = percent_field(0)
    company_percent = percent_field(0)
    other_percent = percent_field(0)
    distribution = models.CharField(
        max_length=20, choices=choices_of(DISTRIBUTIONS), default=Distribution.PER_HOUR.value
    )
    lead_weight = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal("1.5"))
    lead_also_shares = models.BooleanField(default=False)
    include_travel = models.BooleanField(null=True, blank=True)
    include_overtime_cost = models.BooleanField(default=False)
    pool_includes_overtime = models.BooleanField(default=False)
    burden_percent = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(0))

    class Meta:
        abstract = True


BONUS_TERMS = tuple(field.name for field in BonusTerms._meta.local_fields)


def bonus_terms_constraints(prefix: str) -> list[models.CheckConstraint]:
    """The constraints of the columns of `BonusTerms`, each named with the prefix."""
    parts = reduce(add, map(F, PART_COLUMNS))
    return [
        models.CheckConstraint(
            condition=Q(**{f"{name}__gte": 0, f"{name}__lte": 100}), name=f"{prefix}_{name}_in_range"
        )
        for name in ("split_percent", *PART_COLUMNS)
    ] + [
        models.CheckConstraint(
            condition=GreaterThan(parts, NEARLY_100[0]) & LessThan(parts, NEARLY_100[1]),
            name=f"{prefix}_parts_add_up",
        ),
        models.CheckConstraint(
            condition=Q(distribution__in=values_of(DISTRIBUTIONS)), name=f"{prefix}_distribution_known"
        ),
        models.CheckConstraint(condition=Q(lead_weight__gt=0), name=f"{prefix}_lead_weight_positive"),
        models.CheckConstraint(condition=Q(burden_percent__gte=0), name=f"{prefix}_burden_not_negative"),
    ]
