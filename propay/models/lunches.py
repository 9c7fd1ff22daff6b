"""What a worker says about an automatic lunch, and what the office answers (bonus.md 11.9)."""

from django.db import models
from django.db.models import Q

from protiv.accounts.models import Company, User
from protiv.timekeeping.models import TimeEntry


class LunchStatus(models.TextChoices):
    WAITING = "WAITING", "Waiting for a manager"
    CONFIRMED = "CONFIRMED", "Confirmed"
    DECLINED = "DECLINED", "Declined"


class WorkedLunch(models.Model):
    """A worker's word that the lunch which the time tracking took away was worked through.

    Confirmed, the entry is `excluded_at` and takes nothing away, until its record changes.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(TimeEntry, on_delete=models.PROTECT, related_name="worked_lunches")
    status = models.CharField(max_length=9, choices=LunchStatus, default=LunchStatus.WAITING)
    told_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    told_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "worked lunches"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=LunchStatus.values), name="worked_lunch_status_known"),
            models.CheckConstraint(
                condition=Q(status=LunchStatus.WAITING, decided_at__isnull=True)
                | (~Q(status=LunchStatus.WAITING) & Q(decided_at__isnull=False)),
                name="worked_lunch_decided_when",
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(status=LunchStatus.WAITING), name="one_waiting_lunch_per_entry"
            ),
        ]
        indexes = [
            models.Index(fields=["company"], condition=Q(status=LunchStatus.WAITING), name="worked_lunch_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.get_status_display()}"
