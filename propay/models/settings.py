"""What a company decides about its bonuses as a whole."""

from django.db import models

from protiv.accounts.models import Company


class OvertimeRule(models.TextChoices):
    FEDERAL = "FEDERAL", "Federal: over 40 hours in the workweek"
    CALIFORNIA = "CALIFORNIA", "California: by day, seventh day and workweek"


class StateMethod(models.TextChoices):
    """How California's true-up is worked out (bonus.md 6.4)."""

    FLAT_SUM = "FLAT_SUM", "Flat sum (divided by the hours without overtime)"
    PRODUCTION = "PRODUCTION", "Production (divided by all hours)"


class BonusSettings(models.Model):
    """One row per company that changed any of it; `propay.queries.time.bonus_settings` gives the defaults otherwise.

    `period_anchor_date` is the first day of any pay period; None: as the synced pay periods say, else the workweek.
    """

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="bonus_settings", primary_key=True)
    overtime_rule = models.CharField(max_length=10, choices=OvertimeRule, default=OvertimeRule.FEDERAL)
    overtime_method = models.CharField(max_length=10, choices=StateMethod, default=StateMethod.FLAT_SUM)
    period_anchor_date = models.DateField(null=True, blank=True)
    managers_approve = models.BooleanField(default=True)
    nets_losses = models.BooleanField(default=False)
    rolls_over_negative = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Bonus settings of {self.company}"
