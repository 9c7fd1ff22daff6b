"""How ExakTime's two kinds of list are paged, and when a list that was read can be trusted (exaktime.md 4). Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from integrations.exaktime import failures

Query = dict[str, str | int]
Get = Callable[[str, Mapping[str, str | int]], dict[str, Any]]

REST_PAGE_SIZE = 100
ODATA_PAGE_SIZE = 1000


class Inconsistent(Exception):
    """The list changed while it was read, so something may be missing: read it again from its first page."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it came: `count` is ExakTime's count of the whole list."""

    items: list[Any]
    count: int


@dataclass(frozen=True, slots=True)
class RestList:
    """`page` from 1, `pageSize` up to 100; answers items and totalCount (S; the names A)."""

    path: str
    object_type: str
    key: tuple[str, ...]
    page_size: int = REST_PAGE_SIZE
    items_name: str = "items"
    count_name: str = "totalCount"

    def query(self, page_index: int) -> Query:
        return {"page": page_index + 1, "pageSize": self.page_size}


@dataclass(frozen=True, slots=True)
class ODataList:
    """`$top` up to 1000 and `$skip`, in the order of a unique key; answers value and @odata.count (S; the names A)."""

    path: str
    object_type: str
    key: tuple[str, ...]
    order_by: str
    where: str = ""
    page_size: int = ODATA_PAGE_SIZE
    items_name: str = "value"
    count_name: str = "@odata.count"

    def query(self, page_index: int) -> Query:
        query: Query = {"$filter": self.where} if self.where else {}
        return query | {
            "$orderby": self.order_by,
            "$top": self.page_size,
            "$skip": page_index * self.page_size,
            "$count": "true",
        }


def quoted(text: str) -> str:
    """A text literal of an OData filter: a quote inside is doubled, so an id can't change the filter."""
    return "'" + text.replace("'", "''") + "'"


def count_of(get: Get, listing: RestList | ODataList) -> int:
    """The number of items in the list, from its first page."""
    return _page(get, listing, 0).count


def ends_of(get: Get, listing: ODataList) -> tuple[int, list[Any]]:
    """The number of items in the list, and the first and last one; one item per request."""
    one_each = replace(listing, page_size=1)
    first = _page(get, one_each, 0)
    last = _page(get, one_each, first.count - 1) if first.count > 1 else first
    return first.count, [*first.items, *last.items]


def pages(get: Get, listing: RestList | ODataList, *, repeated: set[tuple[Any, ...]] | None = None) -> Iterator[Page]:
    """Every page up to one that is shorter than asked; Inconsistent as soon as the list can't be trusted anymore.

    Bounded: more items than the count, or a duplicate item, end it, so a page repeated forever can't loop forever.
    Where `repeated` is given, the keys of duplicate items are added to it instead: the caller must then not treat the
    list as whole.
    """
    seen: set[tuple[Any, ...]] = set()
    total = 0
    count: int | None = None
    while True:
        page = _page(get, listing, total // listing.page_size)
        count = page.count if count is None else count
        total += len(page.items)
        if page.count != count or total > count:
            raise Inconsistent
        again = _repeated(page.items, listing.key, seen)
        if again and repeated is None:
            raise Inconsistent
        if repeated is not None:
            repeated |= again
        yield page
        if len(page.items) < listing.page_size:
            break
    if total != count:
        raise Inconsistent


def _page(get: Get, listing: RestList | ODataList, page_index: int) -> Page:
    document = get(listing.path, listing.query(page_index))
    items, count = document.get(listing.items_name), document.get(listing.count_name)
    if not isinstance(items, list) or type(count) is not int or count < 0 or len(items) > listing.page_size:
        raise failures.unexpected("WRONG_SHAPE")
    return Page(items, count)


def _repeated(items: list[Any], key: tuple[str, ...], seen: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
    """The same item twice means that the pages shifted, and that another item was skipped (exaktime.md 4 and 6)."""
    again = set()
    for item in items:
        name = _key_of(item, key)
        if name is None:
            continue  # without an id, it is set aside later; it still counts
        if name in seen:
            again.add(name)
        seen.add(name)
    return again


def _key_of(item: Any, key: tuple[str, ...]) -> tuple[Any, ...] | None:
    if not isinstance(item, dict):
        return None
    values = tuple(item.get(name) for name in key)
    return values if all(isinstance(value, str) for value in values) else None
