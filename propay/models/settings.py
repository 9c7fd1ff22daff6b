"""A company's bonus settings."""

from django.db import models

from protiv.accounts.models import Company


class BonusSettings(models.Model):
    """One row per company that changed a default; `propay.queries.settings.bonus_settings` gives the defaults.

    `period_anchor_date` is the first day of any pay period; None: from the synced pay periods, else the workweek.
    """

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="bonus_settings", primary_key=True)
    period_anchor_date = models.DateField(null=True, blank=True)
    managers_approve = models.BooleanField(default=True)
    nets_losses = models.BooleanField(default=False)
    rolls_over_negative = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"Bonus settings of {self.company}"
