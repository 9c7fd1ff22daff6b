"""What statements pay, in the database's words; `Statement.payable_amounts` says the same of one (bonus.md 11.1)."""

from decimal import Decimal

from django.db.models import DecimalField, F, Value
from django.db.models.functions import Greatest, Round

# SQLite calculates with floats, so the sums are rounded back to cents.
DUE_BONUS = Round(F("bonus_amount") + F("written_off_amount"), 2)
_NOTHING = Value(Decimal("0.00"), output_field=DecimalField(max_digits=12, decimal_places=2))
PAYABLE_BONUS = Greatest(DUE_BONUS, _NOTHING)
PAYABLE_FEDERAL = Round(F("federal_amount") + F("written_off_federal"), 2)
PAYABLE_STATE_EXTRA = Round(F("state_extra_amount") + F("written_off_state_extra"), 2)
PAYABLE = Round(PAYABLE_BONUS + PAYABLE_FEDERAL + PAYABLE_STATE_EXTRA, 2)
TOTAL = Round(F("bonus_amount") + F("federal_amount") + F("state_extra_amount"), 2)
