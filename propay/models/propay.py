"""The ProPay: a job's labor budget, and what the crew's saving on it comes to."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from protiv.accounts.models import Company, Membership
from protiv.timekeeping.models import CostCode, Job, Worker


class BudgetType(models.TextChoices):
    HOURS = "HOURS", "Hours"
    AMOUNT = "AMOUNT", "Dollar amount"
    PERCENT_OF_CONTRACT = "PERCENT_OF_CONTRACT", "Percentage of contract price"


class Distribution(models.TextChoices):
    PER_HOUR = "PER_HOUR", "By hours worked"


class ProPayStatus(models.TextChoices):
    PENDING = "PENDING", "Pending"
    STARTED = "STARTED", "Started"
    COMPLETE = "COMPLETE", "Complete"
    APPROVED = "APPROVED", "Approved"
    PAID = "PAID", "Paid"
    CANCELED = "CANCELED", "Canceled"


# Statuses in which a sync may change the figures; after approval they are frozen (bonus-rules.md, 7).
LIVE_STATUSES = (ProPayStatus.PENDING, ProPayStatus.STARTED, ProPayStatus.COMPLETE)


class ProPay(models.Model):
    """A job's labor budget and the bonus it yields.

    The budget is what was typed here: `budget_minutes` (HOURS), `fixed_amount` (AMOUNT), or `contract_amount` and
    `labor_percent` (PERCENT_OF_CONTRACT). `budget_minutes` or `contract_amount` left empty means: the job's, as it
    stands at each refresh. What was typed stays when a sync brings another one. The figures below are worked out by
    `propay.services.refresh`; they are None while there is none to show, for the reason in `figure_note`.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="propays", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="propays")
    title = models.CharField(max_length=255)
    manager = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=8, choices=ProPayStatus, default=ProPayStatus.PENDING)
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    cost_codes = models.ManyToManyField(CostCode, blank=True, related_name="+")
    include_travel = models.BooleanField(null=True, blank=True)

    budget_type = models.CharField(max_length=19, choices=BudgetType)
    budget_minutes = models.PositiveIntegerField(null=True, blank=True)
    fixed_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    contract_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    labor_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    split_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(50))
    crew_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))
    company_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    distribution = models.CharField(max_length=20, choices=Distribution, default=Distribution.PER_HOUR)

    budget_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    actual_minutes = models.IntegerField(default=0)
    actual_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    saving_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    pool_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    company_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    figure_note = models.CharField(max_length=500, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "ProPay"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    budget_type=BudgetType.HOURS,
                    fixed_amount__isnull=True,
                    contract_amount__isnull=True,
                    labor_percent__isnull=True,
                )
                | Q(
                    budget_type=BudgetType.AMOUNT,
                    fixed_amount__isnull=False,
                    budget_minutes__isnull=True,
                    contract_amount__isnull=True,
                    labor_percent__isnull=True,
                )
                | Q(
                    budget_type=BudgetType.PERCENT_OF_CONTRACT,
                    labor_percent__isnull=False,
                    budget_minutes__isnull=True,
                    fixed_amount__isnull=True,
                ),
                name="propay_budget_fits_type",
            ),
            models.CheckConstraint(
                condition=Q(crew_percent=Decimal(100) - F("company_percent")), name="propay_parts_add_up"
            ),
            models.CheckConstraint(
                condition=Q(split_percent__gte=0, split_percent__lte=100), name="propay_split_in_range"
            ),
            models.CheckConstraint(
                condition=Q(company_percent__gte=0, company_percent__lte=100), name="propay_company_part_in_range"
            ),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")), name="propay_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(pool_amount__gte=0), name="propay_pool_not_negative"),
            models.CheckConstraint(condition=Q(status__in=ProPayStatus.values), name="propay_status_known"),
        ]
        indexes = [models.Index(fields=["company", "status", "-id"], name="propay_by_status")]

    def __str__(self) -> str:
        return self.title

    @property
    def counts_travel(self) -> bool:
        """Whether drive time counts: this ProPay's own choice, else the company's."""
        return self.company.include_travel if self.include_travel is None else self.include_travel


class ShareRole(models.TextChoices):
    CREW = "CREW", "Crew"


class Share(models.Model):
    """One worker's part of one ProPay: counted minutes, what they cost, and the bonus (None while incomplete)."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    propay = models.ForeignKey(ProPay, on_delete=models.CASCADE, related_name="shares", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="shares")
    role = models.CharField(max_length=7, choices=ShareRole, default=ShareRole.CREW)
    minutes = models.IntegerField()
    cost_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["propay", "worker", "role"], name="one_share_per_worker_and_role"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="share_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id}: {self.amount}"
