"""Pay periods close and reopen; people are signed off, and an edit takes that away (exaktime.md 5.7, 5.9, 5.10)."""

from datetime import UTC, datetime
from typing import Any

from .periods import APPROVAL_TYPES
from .rows import Row, record_of
from .store import Store


def utc_now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def find_period(store: Store, period_id: str) -> dict[str, Any]:
    if period_id not in store.periods:
        raise LookupError(f"no pay period {period_id}")
    return store.periods[period_id]


def close_period(store: Store, period_id: str) -> dict[str, Any]:
    find_period(store, period_id)["IsClosed"] = True
    return {"period": store.periods[period_id]}


def reopen_period(store: Store, period_id: str, *, keep_approvals: bool = False) -> dict[str, Any]:
    """Reopen it: its sign-offs are removed, unless kept, and all quarantined records arrive (exaktime.md 5.9)."""
    period = find_period(store, period_id)
    period["IsClosed"] = False
    if not keep_approvals:
        for key in [key for key in store.approvals if key[0] == period_id]:
            del store.approvals[key]
    return {"period": period, "released": release(store, period)}


def sign_off(store: Store, period_id: str, person_id: str, kind: str = "SignOff") -> dict[str, Any]:
    find_period(store, period_id)
    if kind not in APPROVAL_TYPES:
        raise ValueError(f"type must be one of {', '.join(APPROVAL_TYPES)}")
    if person_id not in store.employees:
        raise LookupError(f"no employee {person_id}")
    approval = {"PayPeriodId": period_id, "PersonId": person_id, "ApprovalType": kind, "ApprovedAtUtc": utc_now()}
    store.approvals[period_id, person_id, kind] = approval
    return {"approval": approval}


def take_sign_off_away(store: Store, period_id: str, person_id: str) -> dict[str, Any]:
    """Every approval of this person's period, and with them the reason why new punches wait."""
    period = find_period(store, period_id)
    gone = [key for key in store.approvals if key[:2] == (period_id, person_id)]
    for key in gone:
        del store.approvals[key]
    released = [] if period["IsClosed"] else release(store, period, person_id)
    return {"removed": len(gone), "released": released}


def release(store: Store, period: dict[str, Any], person_id: str | None = None) -> list[str]:
    """Let the quarantined punches of a period in, of one person or of all."""
    rows = [row for row in store.quarantine.values() if _waits(row, period, person_id)]
    for row in rows:
        store.remove(row)
        store.put(record_of(row))
        store.rebucket(row.person_id, row.work_date)
    return [row.record_id for row in rows]


def _waits(row: Row, period: dict[str, Any], person_id: str | None) -> bool:
    in_period: bool = period["StartDate"] <= row.work_date <= period["EndDate"]
    return in_period and person_id in (None, row.person_id)
