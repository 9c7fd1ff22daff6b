"""What a person decided about overtime that today's rules would add to a locked or paid bonus (bonus.md 11.18)."""

from django.db import models
from django.db.models import Q

from propay.models.propay import ProPay
from propay.models.statement import StatementLine
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import Worker


class ReviewAnswer(models.TextChoices):
    PAID = "PAID", "Paid"
    DISMISSED = "DISMISSED", "Dismissed"


class ReviewDecision(models.Model):
    """One decision about the difference for one person and ProPay; `amount` is what was shown.

    `line` pays it; a decision whose line was removed decides nothing any more.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    propay = models.ForeignKey(ProPay, on_delete=models.PROTECT, related_name="review_decisions")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=9, choices=ReviewAnswer)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    reason = models.CharField(max_length=500)
    line = models.ForeignKey(StatementLine, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(answer__in=ReviewAnswer.values), name="review_answer_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="review_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()}: {self.amount} of {self.propay_id} for {self.worker_id}"
