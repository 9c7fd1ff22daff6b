"""Hours outside of what is imported, as an approver typed them."""

from django.db import models
from django.db.models import F, Q

from protiv.accounts.models import Company, User
from protiv.timekeeping.models import Worker

ONE_WEEK_MINUTES = 7 * 24 * 60


class OutsideHours(models.Model):
    """What a worker worked on days of a workweek that aren't imported; both dates belong to it (bonus.md 10.3).

    What is imported later counts instead.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    first_date = models.DateField()
    last_date = models.DateField()
    minutes = models.PositiveIntegerField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "outside hours"
        constraints = [
            models.UniqueConstraint(fields=["worker", "first_date", "last_date"], name="one_number_per_outside_days"),
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date"), minutes__lte=ONE_WEEK_MINUTES),
                name="outside_hours_fit_a_week",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id}, {self.first_date} to {self.last_date}"
