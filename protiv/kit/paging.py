"""Pages over tables that are too long to count."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

COUNTED_AT_MOST = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # Django has no type arguments at runtime
    """Counts to `COUNTED_AT_MOST` and no further: a page costs the same in a table of a million rows.

    `found` is a count that the caller made already, itself one above the cap at most.
    """

    def __init__(
        self, object_list: "QuerySet[Any] | Sequence[Any]", per_page: int, *, found: int | None = None
    ) -> None:
        super().__init__(object_list, per_page)
        self._found = found

    @cached_property
    def found(self) -> int:
        """How many rows there are, counted to one above the cap."""
        if self._found is not None:
            return self._found
        if isinstance(self.object_list, QuerySet):
            return self.object_list.order_by()[: COUNTED_AT_MOST + 1].count()
        return len(self.object_list)

    @cached_property
    def count(self) -> int:
        return min(self.found, COUNTED_AT_MOST)

    @property
    def is_capped(self) -> bool:
        return self.found > COUNTED_AT_MOST


class CappedAdminPaginator(CappedPaginator):
    """The same for the Django admin, which passes arguments of its own."""

    def __init__(self, object_list: Any, per_page: int, *_arguments: Any, **_named: Any) -> None:
        super().__init__(object_list, per_page)
