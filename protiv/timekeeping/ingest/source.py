"""What is written: whose rows, of which days, and how many in one statement."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import models

T = TypeVar("T")

# Small enough for every database's limit on parameters, large enough that a round trip doesn't count.
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class RowSource:
    """Whose rows these are, and which connection brings them."""

    company_id: int
    connection_id: int


@dataclass(frozen=True, slots=True)
class Window:
    """The time that was read whole: work dates from `start` (included) to `end` (excluded).

    `is_final` is None where all time is imported; else it says whether a worker's time on a day is final, and only
    final time is imported.
    """

    start: date
    end: date
    run_id: int
    is_final: Callable[[str, date], bool] | None = None


def stored_of(model: type[models.Model], source: RowSource) -> "models.QuerySet[Any]":
    """All rows of this model that the connection brought."""
    return model._default_manager.filter(company_id=source.company_id, connection_id=source.connection_id)


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, as many at a time as one statement takes."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
