"""The ProPay: a job's labor budget and the bonus from the crew's savings."""

from decimal import Decimal
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q

from propay.models.labels import ADJUSTMENT_TYPES, BUDGET_TYPES, SHARE_ROLES, STATUSES, choices_of, values_of
from propay.models.plan import PlanVersion
from propay.models.terms import BonusTerms, bonus_terms_constraints
from propay.rules import states
from propay.rules.budgets import DEFINITIONS, all_columns
from propay.rules.states import ProPayStatus
from propay.rules.terms import ShareRole
from protiv.accounts.models import Company, Membership
from protiv.timekeeping.models import CostCode, Job, Worker

LIVE_STATUSES = states.LIVE
FROZEN_STATUSES = states.FROZEN


def _budget_fits_type() -> Q:
    """Each type of budget has its own columns filled, unless the job can fill them, and no others."""
    columns = [column.column for column in all_columns()]
    fitting = []
    for one in DEFINITIONS.values():
        own = [column.column for column in one.columns]
        empty = {f"{name}__isnull": True for name in columns if name not in own}
        filled = {f"{column.column}__isnull": False for column in one.columns if not column.from_job}
        fitting.append(Q(budget_type=str(one.type), **empty, **filled))
    return reduce(or_, fitting)


class ProPay(BonusTerms):
    """A job's labor budget and the bonus it yields.

    The budget is what was entered here, in the columns of its type (`propay.rules.budgets`) or in `tasks`. A blank
    `budget_minutes` or `contract_amount` means the job's current value at each refresh. An entered value stays when a
    sync brings another one; the adjustment changes the result and can be removed.

    The lead and the manager's payee (`paid_manager`) are workers, because they are paid; `manager` is the member who
    runs the job. The figures are calculated by `propay.services.refresh`; they are None while there are none to show,
    and `figure_note` says why. Once approved, everything is frozen except the drift: how much today's shares differ.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="propays", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="propays")
    title = models.CharField(max_length=255)
    manager = models.ForeignKey(Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=8, choices=choices_of(STATUSES), default=ProPayStatus.PENDING.value)
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    cost_codes = models.ManyToManyField(CostCode, blank=True, related_name="+")
    lead = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    paid_manager = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    others = models.ManyToManyField(Worker, blank=True, related_name="+")
    plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="propays"
    )
    is_automatic = models.BooleanField(default=False)

    budget_type = models.CharField(max_length=19, choices=choices_of(BUDGET_TYPES))
    budget_minutes = models.PositiveIntegerField(null=True, blank=True)
    fixed_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    contract_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    labor_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    rate_amount = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    adjustment_type = models.CharField(max_length=8, choices=choices_of(ADJUSTMENT_TYPES), blank=True)
    adjustment_value = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    completion_percent = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(100))
    netted_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))

    budget_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    earned_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    actual_minutes = models.IntegerField(default=0)
    actual_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    saving_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # In hours if a wage is missing and there is no saving yet: `figures.is_over_budget`.
    is_over_budget = models.BooleanField(default=False)
    pool_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    crew_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    lead_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    manager_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    company_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    other_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    figure_note = models.CharField(max_length=500, blank=True)
    refreshed_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    drifted_at = models.DateTimeField(null=True, blank=True)
    drift_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "ProPay"
        constraints = [
            *bonus_terms_constraints("propay"),
            models.CheckConstraint(condition=_budget_fits_type(), name="propay_budget_fits_type"),
            models.CheckConstraint(
                condition=Q(adjustment_type="", adjustment_value__isnull=True)
                | Q(adjustment_type__in=values_of(ADJUSTMENT_TYPES), adjustment_value__isnull=False),
                name="propay_adjustment_has_value",
            ),
            models.CheckConstraint(
                condition=Q(completion_percent__gte=0, completion_percent__lte=100), name="propay_completion_in_range"
            ),
            models.CheckConstraint(condition=Q(netted_amount__gte=0), name="propay_netted_not_negative"),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")), name="propay_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(pool_amount__gte=0), name="propay_pool_not_negative"),
            models.CheckConstraint(condition=Q(status__in=values_of(STATUSES)), name="propay_status_known"),
        ]
        indexes = [models.Index(fields=["company", "status", "-id"], name="propay_by_status")]

    def __str__(self) -> str:
        return self.title

    @property
    def counts_travel(self) -> bool:
        """Whether drive time counts: the ProPay's choice, else the company's."""
        return self.company.include_travel if self.include_travel is None else self.include_travel


class BudgetTask(models.Model):
    """One line of a TASKS budget: either hours or dollars for a cost code."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    propay = models.ForeignKey(ProPay, on_delete=models.CASCADE, related_name="tasks", db_index=False)
    cost_code = models.ForeignKey(CostCode, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField(null=True, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["propay", "cost_code"], name="one_task_per_cost_code"),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True, amount__isnull=False) | Q(minutes__isnull=False, amount__isnull=True),
                name="task_in_hours_or_dollars",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cost_code_id} of {self.propay_id}"


class CrewTerm(models.Model):
    """A ProPay's terms for one worker: no bonus, a fixed percentage, an amount. Without a row, the defaults apply."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    propay = models.ForeignKey(ProPay, on_delete=models.CASCADE, related_name="crew_terms", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    no_bonus = models.BooleanField(default=False)
    fixed_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    manual_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["propay", "worker"], name="one_crew_term_per_worker"),
            models.CheckConstraint(
                condition=Q(fixed_percent__isnull=True) | Q(fixed_percent__gte=0, fixed_percent__lte=100),
                name="fixed_percent_in_range",
            ),
            models.CheckConstraint(
                condition=Q(manual_amount__isnull=True) | Q(manual_amount__gte=0), name="manual_amount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id} on {self.propay_id}"


class Share(models.Model):
    """One worker's part of one ProPay: counted minutes, what they cost, and the bonus (None while incomplete).

    Everyone with time has a CREW share, of 0.00 if they aren't eligible. It holds the minutes and the cost; a share in
    another role has 0 minutes and no cost, so that sums count nothing twice.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    propay = models.ForeignKey(ProPay, on_delete=models.CASCADE, related_name="shares", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="shares")
    role = models.CharField(max_length=7, choices=choices_of(SHARE_ROLES), default=ShareRole.CREW.value)
    minutes = models.IntegerField()
    cost_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["propay", "worker", "role"], name="one_share_per_worker_and_role"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gte=0), name="share_not_negative"),
            models.CheckConstraint(condition=Q(role__in=values_of(SHARE_ROLES)), name="share_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.worker_id}: {self.amount}"
