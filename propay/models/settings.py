"""A company's bonus settings."""

from django.db import models
from django.db.models import Q

from protiv.accounts.models import Company

LATEST_PAYDAY = 31


class BonusSettings(models.Model):
    """One row per company that changed a default; `propay.queries.settings.bonus_settings` gives the defaults.

    `period_anchor_date` is the first day of any pay period; None: from the synced pay periods, else the workweek.
    `payday_days`: how many days after the last day of a pay period it is paid.
    """

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="bonus_settings", primary_key=True)
    period_anchor_date = models.DateField(null=True, blank=True)
    payday_days = models.PositiveSmallIntegerField(default=7)
    managers_approve = models.BooleanField(default=True)
    nets_losses = models.BooleanField(default=False)
    rolls_over_negative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(payday_days__lte=LATEST_PAYDAY), name="payday_within_a_month")
        ]

    def __str__(self) -> str:
        return f"Bonus settings of {self.company}"


class OverdueCheck(models.Model):
    """When a company's bonuses were last looked at for being past their payday, and when its admins last got mail."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="overdue_check", primary_key=True)
    checked_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Overdue check of {self.company_id}"
