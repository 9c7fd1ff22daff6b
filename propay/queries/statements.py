"""What statements pay, in the database's words; `Statement.payable_amounts` says the same of one (bonus.md 11.1)."""

from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least, Round

from propay.models import LineKind, StatementLine

# SQLite calculates with floats, so the sums are rounded back to cents.
DUE_BONUS = Round(F("bonus_amount") + F("written_off_amount"), 2)
_NOTHING = Value(Decimal("0.00"), output_field=DecimalField(max_digits=12, decimal_places=2))
PAYABLE_BONUS = Greatest(DUE_BONUS, _NOTHING)
PAYABLE_FEDERAL = Round(F("federal_amount") + F("written_off_federal"), 2)
PAYABLE_STATE_EXTRA = Round(F("state_extra_amount") + F("written_off_state_extra"), 2)
PAYABLE = Round(PAYABLE_BONUS + PAYABLE_FEDERAL + PAYABLE_STATE_EXTRA, 2)
# A deduction, or what was carried over of deductions; a correction of a ProPay is none (bonus.md 11.15).
IS_DEDUCTION = Q(amount__lt=0) & (Q(kind=LineKind.ADJUSTMENT) | Q(kind=LineKind.ROLLOVER, propay__isnull=True))
_DEDUCTIONS = Coalesce(
    Subquery(
        StatementLine.objects.filter(IS_DEDUCTION, statement=OuterRef("pk"))
        .order_by()
        .values("statement")
        .annotate(sum=-Sum(F("amount") + F("written_off_amount")))
        .values("sum")
    ),
    _NOTHING,
)
# What is deducted of the bonus column, which never goes below 0.
DEDUCTED = Round(Least(_DEDUCTIONS, Greatest(DUE_BONUS + _DEDUCTIONS, _NOTHING)), 2)
TOTAL = Round(F("bonus_amount") + F("federal_amount") + F("state_extra_amount"), 2)
