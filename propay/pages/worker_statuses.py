"""A worker's exempt status and schedule with their dates, and who has a status without a date."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Q

from protiv.accounts.models import Company
from protiv.timekeeping.models import OvertimeExemption, Worker, WorkerSchedule

Row = TypeVar("Row", OvertimeExemption, WorkerSchedule)
SHOWN_AT_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatuses:
    """The rows, the latest first, and which exempt status is in effect today."""

    exemptions: list[OvertimeExemption]
    schedules: list[WorkerSchedule]
    exemption_today: OvertimeExemption | None

    @property
    def is_exempt(self) -> bool:
        today = self.exemption_today
        return today is not None and (today.is_federal or today.is_state)


def statuses_of(worker: Worker, today: date) -> WorkerStatuses:
    """Two queries."""
    exemptions = _latest_first(list(worker.exemptions.all()))
    begun = [one for one in exemptions if (one.from_date or date.min) <= today]
    return WorkerStatuses(
        exemptions=exemptions,
        schedules=_latest_first(list(worker.schedules.all())),
        exemption_today=begun[0] if begun else None,
    )


def _latest_first(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda one: one.from_date or date.min, reverse=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutDate:
    """Workers with an exempt status that says no date: the first of them, and how many more."""

    shown: list[Worker]
    more: int


def exempt_without_date(company: Company) -> WithoutDate:
    """For the Team page: since when they are exempt decides which weeks have no overtime."""
    rows = OvertimeExemption.objects.filter(Q(is_federal=True) | Q(is_state=True), company=company, from_date=None)
    rows = rows.select_related("worker").order_by("worker__last_name", "worker__first_name", "worker")
    workers = [row.worker for row in rows]
    return WithoutDate(shown=workers[:SHOWN_AT_MOST], more=len(workers[SHOWN_AT_MOST:]))
