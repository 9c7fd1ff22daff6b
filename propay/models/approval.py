"""Decisions made at approval and the data it freezes: conditions, the snapshot, the entries it claims."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from propay.models.propay import ProPay
from protiv.accounts.models import Company, User
from protiv.kit.fields import WageField
from protiv.timekeeping.models import ENTRY_KIND_CHOICES, CostCode, TimeEntry, Worker


class ConditionKind(models.TextChoices):
    PENALTY = "PENALTY", "Penalty: subtracts an amount from the bonus pool"
    DISQUALIFIER = "DISQUALIFIER", "Disqualifier: no bonus if the condition fails"


class Condition(models.Model):
    """What a company checks before it approves: a callback, a safety rule. `amount` is a penalty's default."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="conditions", db_index=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=ConditionKind)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="condition_name_unique"),
            models.CheckConstraint(
                condition=Q(kind=ConditionKind.PENALTY) | Q(kind=ConditionKind.DISQUALIFIER, amount__isnull=True),
                name="condition_amount_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="condition_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AppliedCondition(models.Model):
    """A condition that a ProPay failed. A penalty takes `amount` from its pool, a disqualifier all of it."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    propay = models.ForeignKey(ProPay, on_delete=models.PROTECT, related_name="applied_conditions", db_index=False)
    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["propay", "condition"], name="condition_applied_once"),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="penalty_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.condition_id} on {self.propay_id}"


class SnapshotKind(models.TextChoices):
    APPROVAL = "APPROVAL", "Approved"
    ADJUSTMENT = "ADJUSTMENT", "Adjusted after approval"


class Snapshot(models.Model):
    """Everything behind an approved ProPay's figures, kept permanently (29 CFR 516: at least 3 years; ours: 4).

    `terms` are the frozen rules (`propay.frozen.terms`), `figures` the results: amounts as text, shares, tracing steps.
    The first one is the approval's; each adjusted drift adds another. The live one says what is owed now; an unapproved
    ProPay has none. `dismissed_digest` is the digest of today's figures at the moment someone dismissed a drift,
    `dismissed_reason` why.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    propay = models.ForeignKey(ProPay, on_delete=models.PROTECT, related_name="snapshots", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=SnapshotKind)
    is_live = models.BooleanField(default=True)
    terms = models.JSONField()
    figures = models.JSONField()
    digest = models.CharField(max_length=32)
    note = models.CharField(max_length=500, blank=True)
    dismissed_digest = models.CharField(max_length=32, blank=True)
    dismissed_reason = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_by_email = models.CharField(max_length=254)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["propay", "number"], name="snapshot_number_unique"),
            models.UniqueConstraint(fields=["propay"], condition=Q(is_live=True), name="one_live_snapshot"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number} of {self.propay_id}"

    @property
    def pool_amount(self) -> Decimal | None:
        """The frozen pool."""
        text = self.figures.get("pool_amount")
        return None if text is None else Decimal(text)


class SnapshotEntry(models.Model):
    """A time entry as it counted in a snapshot, with the wage used: the claim on it.

    No entry has two live claims: the database enforces what approval promises.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="entries")
    is_live = models.BooleanField(default=True)
    entry = models.ForeignKey(TimeEntry, on_delete=models.PROTECT, related_name="claims")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    cost_code = models.ForeignKey(CostCode, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    work_date = models.DateField()
    minutes = models.IntegerField()
    ot1_minutes = models.IntegerField()
    ot2_minutes = models.IntegerField()
    kind = models.CharField(max_length=10, choices=ENTRY_KIND_CHOICES)
    wage = WageField()

    class Meta:
        verbose_name_plural = "snapshot entries"
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(is_live=True), name="one_live_claim_per_entry")
        ]
        indexes = [
            models.Index(fields=["company", "work_date"], condition=Q(is_live=True), name="live_claim_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.snapshot_id}"
