"""What people at the contractor do to their time records (exaktime.md 5.5-5.9)."""

from datetime import date, datetime, timedelta
from typing import Any

from .approvals import take_sign_off_away, utc_now
from .rows import Record, Row, encode, record_of
from .store import Conflict, Store

TEXT, OPTIONAL_TEXT, WHOLE, FLAG = (str,), (str, type(None)), (int,), (bool,)
TYPES: dict[str, tuple[type, ...]] = {
    "PersonId": TEXT,
    "LocationId": OPTIONAL_TEXT,
    "CostCodeId": OPTIONAL_TEXT,
    "WorkDate": TEXT,
    "StartTime": OPTIONAL_TEXT,
    "StopTime": OPTIONAL_TEXT,
    "Minutes": WHOLE,
    "RegularMinutes": WHOLE,
    "Ot1Minutes": WHOLE,
    "Ot2Minutes": WHOLE,
    "RecordType": TEXT,
    "EntryMethod": TEXT,
    "IsOpen": FLAG,
    "Comment": TEXT,
    "LastModifiedUtc": TEXT,
}
BUCKETS = frozenset({"RegularMinutes", "Ot1Minutes", "Ot2Minutes"})


def checked(fields: Record) -> Record:
    """Only properties of the contract with their own types: wrong ones are a fault's business, not an edit's."""
    for name, value in fields.items():
        if name not in TYPES:
            raise ValueError(f"a time record has no property {name} that can be set")
        if type(value) not in TYPES[name]:
            raise ValueError(f"{name} can't be {value!r}")
    if "WorkDate" in fields and date.fromisoformat(fields["WorkDate"]).isoformat() != fields["WorkDate"]:
        raise ValueError("WorkDate must be YYYY-MM-DD")
    for name in ("StartTime", "StopTime"):
        if fields.get(name) is not None:
            datetime.fromisoformat(fields[name])
    return fields


def add_record(store: Store, fields: Record, *, force: bool = False) -> dict[str, Any]:
    """A new punch. In a closed or signed-off period it is quarantined, unless forced (exaktime.md 5.9)."""
    fields = dict(fields)
    record_id = fields.pop("TimeRecordId", None) or store.new_id()
    if record_id in store.days or record_id in store.quarantine:
        raise Conflict(f"time record {record_id} is there already: edit it, or delete it first")
    record = {"TimeRecordId": record_id, **_defaults(store, checked(fields)), **fields}
    is_quarantined = not force and store.is_final(record["PersonId"], record["WorkDate"])
    store.put(record)
    if is_quarantined:
        row = store.row(record_id)
        store.remove(row)
        store.quarantine[record_id] = row
    else:
        _rebucket(store, record, given=fields)
    return {"record": record_of(store.row(record_id)), "quarantined": is_quarantined}


def _defaults(store: Store, fields: Record) -> Record:
    """A morning's work, or whatever else the caller named."""
    if "PersonId" not in fields or "WorkDate" not in fields:
        raise ValueError("PersonId and WorkDate are needed")
    kind, minutes = fields.get("RecordType", "work"), fields.get("Minutes", 240)
    has_clock = minutes > 0 and kind in ("work", "travel", "meal_break")
    start = datetime.fromisoformat(fields["WorkDate"] + "T07:00:00")
    place = next(item["locationId"] for item in store.locations.values() if item["isActive"])
    code = next(item["costCodeId"] for item in store.cost_codes.values() if item["displayOption"] != "System")
    return {
        "PersonId": "",
        "LocationId": None if kind == "time_off" else place,
        "CostCodeId": None if kind == "time_off" else code,
        "WorkDate": "",
        "StartTime": start.isoformat() if has_clock else None,
        "StopTime": (start + timedelta(minutes=minutes)).isoformat() if has_clock else None,
        "Minutes": minutes,
        "RegularMinutes": minutes,
        "Ot1Minutes": 0,
        "Ot2Minutes": 0,
        "RecordType": kind,
        "EntryMethod": "timecard",
        "IsOpen": False,
        "Comment": "",
        "LastModifiedUtc": utc_now(),
    }


def edit_record(
    store: Store, record_id: str, changes: Record, *, keep_approvals: bool = False, force: bool = False
) -> dict[str, Any]:
    """Change a record. The stop implies the minutes and the neighbor's start; the week's overtime is recalculated;
    every approval of the person's period comes off, unless kept (exaktime.md 5.5, 5.6, 5.9)."""
    row = store.row(record_id)
    before = record_of(row)
    _refuse_closed(store, before["WorkDate"], force=force)
    after = {**before, "LastModifiedUtc": utc_now(), **checked(changes)}
    _refuse_closed(store, after["WorkDate"], force=force)
    if {"StartTime", "StopTime"} & changes.keys() and "Minutes" not in changes:
        after["Minutes"] = _clocked(after)
        if (before["PersonId"], before["WorkDate"]) == (after["PersonId"], after["WorkDate"]):
            _move_neighbours(store, before, after)
    store.replace(row, after)
    if record_id not in store.quarantine:
        for record in (before, after):
            _settle(store, record, keep_approvals=keep_approvals, given=changes)
    return {"record": record_of(store.row(record_id)), "quarantined": record_id in store.quarantine}


def delete_record(store: Store, record_id: str, *, keep_approvals: bool = False, force: bool = False) -> dict[str, Any]:
    """It vanishes without a trace (exaktime.md 5.7)."""
    row = store.row(record_id)
    record = record_of(row)
    _refuse_closed(store, record["WorkDate"], force=force)
    was_quarantined = record_id in store.quarantine
    store.remove(row)
    if not was_quarantined:
        _settle(store, record, keep_approvals=keep_approvals)
    return {"deleted": record_id}


def merge_locations(store: Store, loser_id: str, winner_id: str) -> dict[str, Any]:
    """The loser vanishes, its records point to the winner, closed periods included (exaktime.md 5.8)."""
    if loser_id == winner_id:
        raise ValueError("a location can't be merged with itself")
    for location_id in (loser_id, winner_id):
        if location_id not in store.locations:
            raise LookupError(f"no location {location_id}")
    del store.locations[loser_id]
    needle = encode(loser_id)
    rows = [row for row in (*store.rows, *store.quarantine.values()) if needle in row.raw]
    moved = [(row, record) for row in rows if (record := record_of(row))["LocationId"] == loser_id]
    for row, record in moved:
        store.replace(row, record | {"LocationId": winner_id})
    return {"moved": len(moved)}


def _refuse_closed(store: Store, work_date: str, *, force: bool) -> None:
    """Records can be edited until their period closes (exaktime.md 5.7)."""
    period = store.period_of(work_date)
    if period is not None and period["IsClosed"] and not force:
        raise Conflict(f"pay period {period['PayPeriodId']} is closed: reopen it, or send force")


def _settle(store: Store, record: Record, *, keep_approvals: bool, given: Record | None = None) -> None:
    """What follows from a change at this record's person and week."""
    period = store.period_of(record["WorkDate"])
    if period is not None and not keep_approvals:
        take_sign_off_away(store, period["PayPeriodId"], record["PersonId"])
    _rebucket(store, record, given=given or {})


def _rebucket(store: Store, record: Record, *, given: Record) -> None:
    """Overtime of the whole week (exaktime.md 5.6), unless the caller named buckets: then they are left as named."""
    if BUCKETS & given.keys():
        return
    store.rebucket(record["PersonId"], record["WorkDate"])


def _clocked(record: Record) -> int:
    """The minutes that the clock says."""
    if record["StartTime"] is None or record["StopTime"] is None:
        return int(record["Minutes"])
    span = datetime.fromisoformat(record["StopTime"]) - datetime.fromisoformat(record["StartTime"])
    minutes = int(span.total_seconds()) // 60
    if minutes < 0:
        raise Conflict(f"time record {record['TimeRecordId']} would stop before it starts")
    return minutes


def _move_neighbours(store: Store, before: Record, after: Record) -> None:
    """A stop is the next record's start, so who moves one moves both (exaktime.md 5.5)."""
    rows = _day_of(store, before)
    moved = [_with_edges(record_of(row), before, after) for row in rows]
    for row, record in zip(rows, moved, strict=True):
        if record != record_of(row):
            store.replace(row, record)


def _with_edges(neighbour: Record, before: Record, after: Record) -> Record:
    """The neighbor with the edge that it shares. An In or Out punch starts and stops there, so it moves whole."""
    is_punch = neighbour["StartTime"] == neighbour["StopTime"]
    for edge, other in (("StopTime", "StartTime"), ("StartTime", "StopTime")):
        if before[edge] is not None and neighbour[other] == before[edge] != after[edge]:
            moved = neighbour | {other: after[edge]} | ({edge: after[edge]} if is_punch else {})
            return moved | {"Minutes": _clocked(moved), "LastModifiedUtc": utc_now()}
    return neighbour


def _day_of(store: Store, record: Record) -> list[Row]:
    """The person's other records of that day."""
    day = date.fromisoformat(record["WorkDate"])
    rows = store.person_rows(record["PersonId"], day, day + timedelta(days=1))
    return [row for row in rows if row.record_id != record["TimeRecordId"]]
