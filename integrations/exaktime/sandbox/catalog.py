"""Employees, locations and cost codes change; only locations ever vanish, by a merge (exaktime.md 5.8)."""

from typing import Any

from .store import Conflict, Store

Item = dict[str, Any]
NEW_ITEMS: dict[str, Item] = {
    "employees": {
        "personId": "",
        "employeeNumber": None,
        "firstName": "New",
        "middleName": None,
        "lastName": "Worker",
        "email": "",
        "isActive": True,
        "payType": "Hourly",
    },
    "locations": {
        "locationId": "",
        "identifier": None,
        "name": "New location",
        "isActive": True,
        "city": "Denver",
        "state": "CO",
        "latitude": 39.7,
        "longitude": -104.9,
        "customFields": {},
    },
    "cost_codes": {
        "costCodeId": "",
        "identifier": None,
        "name": "New cost code",
        "isActive": True,
        "displayOption": "Default",
    },
}
PREFIXES = {"employees": "p", "locations": "l", "cost_codes": "c"}


def items_of(store: Store, kind: str) -> dict[str, Item]:
    items: dict[str, Item] = getattr(store, kind)
    return items


def add_item(store: Store, kind: str, fields: Item) -> Item:
    """Add one; the id is the next free one unless given."""
    items, id_name = items_of(store, kind), next(iter(NEW_ITEMS[kind]))
    item_id = fields.get(id_name) or _next_id(items, PREFIXES[kind])
    if item_id in items:
        raise Conflict(f"{item_id} is there already")
    items[item_id] = NEW_ITEMS[kind] | {"customFields": {}} if kind == "locations" else dict(NEW_ITEMS[kind])
    items[item_id][id_name] = item_id
    return edit_item(store, kind, item_id, {name: value for name, value in fields.items() if name != id_name})


def edit_item(store: Store, kind: str, item_id: str, changes: Item) -> Item:
    """Set properties; custom fields are merged, null removes one."""
    items, id_name = items_of(store, kind), next(iter(NEW_ITEMS[kind]))
    if item_id not in items:
        raise LookupError(f"no {item_id} among the {kind}")
    if unknown := changes.keys() - (NEW_ITEMS[kind].keys() - {id_name}):
        raise ValueError(f"{kind} have no {', '.join(sorted(unknown))} that can be set")
    item = {**items[item_id], **changes}
    if "customFields" in changes:
        merged = {**items[item_id]["customFields"], **changes["customFields"]}
        item["customFields"] = {name: value for name, value in merged.items() if value is not None}
    items[item_id] = item
    return item


def _next_id(items: dict[str, Item], prefix: str) -> str:
    numbers = [int(item_id[2:]) for item_id in items if item_id[2:].isdecimal()]
    return f"{prefix}-{max(numbers, default=0) + 1}"
