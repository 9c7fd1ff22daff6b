"""A company's settings for payroll files."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from propay.models.statement import Statement
from propay.payroll.columns import DateFormat, LineMode
from propay.payroll.layouts import LayoutKey
from propay.payroll.rows import WorkerIdKind
from protiv.accounts.models import Company, User


def _choices(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """Values only: the labels are on the pages, where changing them needs no migration."""
    return [(one.value, one.value) for one in kind]


def layout_choices() -> list[tuple[str, str]]:
    """Migrations refer to this function, so that a new layout needs no migration."""
    return _choices(LayoutKey)


class CustomLayout(models.Model):
    """A custom layout. `columns` is text for `propay.payroll.custom`: one column per line, in order."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="custom_layouts", db_index=False)
    name = models.CharField(max_length=60)
    columns = models.TextField()
    mode = models.CharField(max_length=11, choices=_choices(LineMode))
    date_format = models.CharField(max_length=3, choices=_choices(DateFormat), default=DateFormat.US.value)
    has_header = models.BooleanField(default=True)
    zero_is_blank = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="custom_layout_name_unique")]

    def __str__(self) -> str:
        return self.name


class PayrollSettings(models.Model):
    """One row per company that changed a default; `propay.queries.payroll.payroll_settings` gives the defaults."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="payroll_settings", primary_key=True)
    layout = models.CharField(max_length=18, choices=layout_choices, default=LayoutKey.GENERIC.value)
    custom_layout = models.ForeignKey(CustomLayout, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    company_code = models.CharField(max_length=20, blank=True)
    bonus_code = models.CharField(max_length=60, blank=True, default="BONUS")
    federal_code = models.CharField(max_length=60, blank=True, default="OTFED")
    state_extra_code = models.CharField(max_length=60, blank=True, default="OTSTATE")
    deduction_code = models.CharField(max_length=60, blank=True, default="DEDUCT")
    worker_id_kind = models.CharField(max_length=11, choices=_choices(WorkerIdKind), default=WorkerIdKind.NUMBER.value)

    class Meta:
        verbose_name_plural = "payroll settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(layout=LayoutKey.CUSTOM.value, custom_layout__isnull=False)
                | ~Q(layout=LayoutKey.CUSTOM.value) & Q(custom_layout__isnull=True),
                name="custom_layout_is_named",
            )
        ]

    def __str__(self) -> str:
        return f"Payroll files of {self.company}"


class PayrollFile(models.Model):
    """A payroll file, kept exactly as it was created (bonus.md 10.7).

    It can't be rebuilt: names, IDs, codes, and layouts change after the import. Not `is_stored`: it was
    downloaded before files were kept.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="payroll_files", db_index=False)
    start_date = models.DateField()
    end_date = models.DateField()
    layout_label = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    is_stored = models.BooleanField(default=True)
    content = models.TextField(blank=True)
    statement_count = models.PositiveIntegerField()
    total_amount = models.DecimalField(max_digits=14, decimal_places=2)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "start_date"], name="payroll_file_by_period")]

    def __str__(self) -> str:
        return self.name


class FiledStatement(models.Model):
    """A statement in a payroll file; superseded since it was unlocked, so the next file contains it again."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    file = models.ForeignKey(PayrollFile, on_delete=models.PROTECT, related_name="filed")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="filed")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "statement"], name="statement_once_per_file")]

    def __str__(self) -> str:
        return f"{self.statement_id} in {self.file_id}"
