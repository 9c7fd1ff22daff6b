"""A figure before and after."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

Amount = TypeVar("Amount", Decimal, int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Generic[Amount]):
    """Dollars or minutes, current and proposed; None where there is nothing to show."""

    before: Amount | None
    after: Amount | None

    @property
    def difference(self) -> Amount | None:
        return None if self.before is None or self.after is None else self.after - self.before
