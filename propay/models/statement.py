"""Each worker's pay for each pay period, line by line."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from propay.models.approval import Snapshot
from propay.models.labels import DEDUCTION_CATEGORIES, SHARE_ROLES, STATEMENT_STATUSES, choices_of, values_of
from propay.models.propay import ProPay
from propay.rules.statement_states import StatementStatus
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import Worker


class PayRunState(models.TextChoices):
    QUEUED = "QUEUED", "Waiting"
    RUNNING = "RUNNING", "Paying"
    DONE = "DONE", "Done"
    FAILED = "FAILED", "Failed"


OPEN_PAY_RUNS = (PayRunState.QUEUED, PayRunState.RUNNING)


class PayRun(models.Model):
    """One click that marks all open statements of a pay period as paid; a task does it in batches, with progress.

    `worked_at` is its heartbeat, `attempt_count` how many task workers started it: if one dies, another continues.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="pay_runs")
    start_date = models.DateField()
    end_date = models.DateField()
    pay_date = models.DateField()
    state = models.CharField(max_length=7, choices=PayRunState, default=PayRunState.QUEUED)
    total_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    error_text = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=Q(state__in=OPEN_PAY_RUNS), name="one_open_pay_run_per_company"
            )
        ]

    def __str__(self) -> str:
        return f"{self.start_date} to {self.end_date}, paid {self.pay_date}"


class Statement(models.Model):
    """One worker's pay period, both dates included. Once locked (in a payroll file) or paid, it can't change.

    The three amounts are the sums of its lines, and so is what of each is written off (bonus.md 10.5). Each column is
    paid on its own (bonus.md 11.1): `payable_amount` now, `paid_amount` once it is paid, both never below 0.
    `overtime_policy`: the rules of the day it was locked or, if it never was, paid (`propay.frozen.overtime`).
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="statements", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="statements", db_index=False)
    start_date = models.DateField()
    end_date = models.DateField()
    status = models.CharField(max_length=6, choices=choices_of(STATEMENT_STATUSES), default=StatementStatus.OPEN.value)
    bonus_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    federal_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    state_extra_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    written_off_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    written_off_federal = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    written_off_state_extra = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    locked_at = models.DateTimeField(null=True)
    pay_date = models.DateField(null=True)
    paid_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    paid_at = models.DateTimeField(null=True)
    overtime_policy = models.JSONField(null=True)
    paid_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    pay_run = models.ForeignKey(PayRun, on_delete=models.PROTECT, null=True, related_name="statements")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "start_date", "end_date"], name="one_statement_per_period"),
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="statement_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status__in=["OPEN", "LOCKED"], pay_date__isnull=True, paid_amount__isnull=True)
                | Q(status="PAID", pay_date__isnull=False, paid_amount__gte=0),
                name="paid_statement_has_pay_date",
            ),
            models.CheckConstraint(
                condition=Q(status="OPEN", locked_at__isnull=True, overtime_policy__isnull=True)
                | Q(status="LOCKED", locked_at__isnull=False, overtime_policy__isnull=False)
                | Q(status="PAID"),
                name="locked_statement_has_rules",
            ),
        ]
        indexes = [models.Index(fields=["company", "start_date", "status"], name="statement_by_period")]

    def __str__(self) -> str:
        return f"{self.worker_id}, {self.start_date} to {self.end_date}"

    @property
    def total_amount(self) -> Decimal:
        return self.bonus_amount + self.federal_amount + self.state_extra_amount

    @property
    def due_bonus_amount(self) -> Decimal:
        """The bonus column less what isn't collected; below zero: what is carried over, or still to be written off."""
        return self.bonus_amount + self.written_off_amount

    @property
    def payable_amounts(self) -> tuple[Decimal, Decimal, Decimal]:
        """What each column pays: bonus, federal true-up, state overtime premium."""
        return (
            max(self.due_bonus_amount, Decimal("0.00")),
            self.federal_amount + self.written_off_federal,
            self.state_extra_amount + self.written_off_state_extra,
        )

    @property
    def payable_amount(self) -> Decimal:
        return sum(self.payable_amounts, Decimal("0.00"))

    @property
    def difference_amount(self) -> Decimal:
        """What it pays less the total of its lines: above zero, so much isn't collected; below, it is set against."""
        return self.payable_amount - self.total_amount


class AdjustmentCategory(models.Model):
    """A company's category for manual bonuses and deductions."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="adjustment_categories", db_index=False)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "adjustment categories"
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="adjustment_category_name_unique")]

    def __str__(self) -> str:
        return self.name


class LineKind(models.TextChoices):
    SHARE = "SHARE", "ProPay share"
    TRUE_UP = "TRUE_UP", "Overtime true-up"
    DRIFT = "DRIFT", "ProPay correction"
    ADJUSTMENT = "ADJUSTMENT", "Adjustment"
    ROLLOVER = "ROLLOVER", "Carried over"


class StatementLine(models.Model):
    """One amount on a statement and where it comes from.

    SHARE: a ProPay's share in one role (0.00 if it was unapproved and kept for a question). DRIFT: the change from an
    adjusted drift. TRUE_UP: a workweek's overtime on all that the worker gets from a ProPay; later changes of that week
    become a line on the next open statement, so the true-up of a week is the sum of its lines. ADJUSTMENT: entered by
    hand, negative for a deduction. ROLLOVER: of another statement's negative bonus column, the part of a ProPay or of
    all that has none, once. `amount` is the bonus column, 0 for a true-up. `steps` show how it was calculated
    (`propay.frozen.steps`).

    A deduction has a `deduction_category` of its own list (bonus.md 11.2); one that was entered before that keeps the
    company's `category` beside it. A bonus entered by hand is promised, earned from `first_day` to `last_day`, or
    discretionary (bonus.md 10.4); None: not answered yet. A true-up belongs to a ProPay or to the `adjustment` that was
    promised.

    What is written off of each amount (bonus.md 10.5): above zero on a negative line, what isn't collected; below zero
    on a positive one, what is set against that. Their sum for a ProPay and person is what others use up.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="statement_lines")
    kind = models.CharField(max_length=10, choices=LineKind)
    propay = models.ForeignKey(ProPay, on_delete=models.PROTECT, null=True, related_name="statement_lines")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=7, choices=choices_of(SHARE_ROLES), blank=True)
    week_start = models.DateField(null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    federal_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    state_extra_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    written_off_amount = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    written_off_federal = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    written_off_state_extra = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal("0.00"))
    category = models.ForeignKey(AdjustmentCategory, on_delete=models.PROTECT, null=True, related_name="+")
    deduction_category = models.CharField(max_length=11, choices=choices_of(DEDUCTION_CATEGORIES), blank=True)
    is_promised = models.BooleanField(null=True)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    adjustment = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="true_ups")
    rolled_from = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="rollovers")
    note = models.CharField(max_length=500, blank=True)
    steps = models.JSONField(default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["propay", "worker", "role"],
                condition=Q(kind=LineKind.SHARE) & ~Q(amount=0),
                name="one_line_per_share",
            ),
            models.UniqueConstraint(
                fields=["snapshot", "worker", "role"], condition=Q(kind=LineKind.DRIFT), name="one_line_per_drift"
            ),
            models.UniqueConstraint(fields=["rolled_from", "propay"], name="one_rollover_per_propay"),
            models.UniqueConstraint(
                fields=["rolled_from"],
                condition=Q(kind=LineKind.ROLLOVER, propay__isnull=True),
                name="one_rollover_of_the_rest",
            ),
            models.UniqueConstraint(
                fields=["statement", "propay", "week_start"],
                condition=Q(kind=LineKind.TRUE_UP),
                name="one_true_up_line_per_week",
            ),
            models.UniqueConstraint(
                fields=["statement", "adjustment", "week_start"],
                condition=Q(kind=LineKind.TRUE_UP),
                name="one_typed_true_up_per_week",
            ),
            models.CheckConstraint(
                condition=Q(
                    is_promised=True,
                    kind=LineKind.ADJUSTMENT,
                    first_day__isnull=False,
                    last_day__isnull=False,
                    last_day__gte=F("first_day"),
                )
                | (
                    (Q(is_promised=False, kind=LineKind.ADJUSTMENT) | Q(is_promised__isnull=True))
                    & Q(first_day__isnull=True, last_day__isnull=True)
                ),
                name="promised_line_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=(LineKind.SHARE, LineKind.DRIFT), propay__isnull=False, snapshot__isnull=False)
                | Q(
                    Q(propay__isnull=False, adjustment__isnull=True) | Q(propay__isnull=True, adjustment__isnull=False),
                    kind=LineKind.TRUE_UP,
                    week_start__isnull=False,
                    amount=0,
                )
                | Q(kind=LineKind.ADJUSTMENT, category__isnull=False, propay__isnull=True)
                | Q(
                    kind=LineKind.ADJUSTMENT,
                    deduction_category__in=values_of(DEDUCTION_CATEGORIES),
                    propay__isnull=True,
                )
                | Q(kind=LineKind.ROLLOVER, rolled_from__isnull=False),
                name="line_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(deduction_category="") & ~Q(kind=LineKind.ADJUSTMENT, amount__lt=0)
                | Q(deduction_category__in=values_of(DEDUCTION_CATEGORIES), kind=LineKind.ADJUSTMENT, amount__lte=0),
                name="deduction_has_category",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=(LineKind.TRUE_UP, LineKind.ROLLOVER)) | Q(federal_amount=0, state_extra_amount=0),
                name="only_true_ups_are_overtime",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.total_amount}"

    @property
    def total_amount(self) -> Decimal:
        return self.amount + self.federal_amount + self.state_extra_amount

    @property
    def total_written_off(self) -> Decimal:
        return self.written_off_amount + self.written_off_federal + self.written_off_state_extra


class LineMessage(models.Model):
    """A question about a line, or its answer. It stays with the line."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    is_answer = models.BooleanField(default=False)
    text = models.CharField(max_length=2000)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:80]
