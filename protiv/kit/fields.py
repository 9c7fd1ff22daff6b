"""Columns of our own."""

from decimal import Decimal
from typing import Any

from django.db import models

from protiv.kit.money import WAGE_PLACES, normal_wage


class WageField(models.DecimalField):  # type: ignore[type-arg]  # Django has no type arguments at runtime
    """Dollars per hour, as many as any amount has, read as `normal_wage` writes them (bonus.md 10.6)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_digits": 10 + WAGE_PLACES, "decimal_places": WAGE_PLACES, **kwargs})

    def get_internal_type(self) -> str:
        return "DecimalField"

    def from_db_value(self, value: Decimal | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else normal_wage(value)
