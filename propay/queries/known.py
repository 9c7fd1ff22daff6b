"""What is imported of people's time, and what someone typed for the days that are not (bonus.md 10.3)."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from django.db.models import Max

from propay.models import OutsideHours
from propay.rules.known import KnownDates, TypedHours
from protiv.timekeeping.models import ImportedDates, PayPeriod, TimeEntry, Worker

ONE_DAY = timedelta(days=1)


def known_dates(workers: Collection[Worker]) -> dict[int, KnownDates]:
    """Each worker's imported work dates; none of those whose connection hasn't said yet what it imports."""
    rows = ImportedDates.objects.filter(connection_id__in={worker.connection_id for worker in workers})
    imported = {row.connection_id: row for row in rows}
    finals = _final_until([worker for worker in workers if _is_final_only(imported.get(worker.connection_id))])
    return {
        worker.pk: KnownDates(start=row.start_date, end=finals.get(worker.pk, row.end_date))
        for worker in workers
        if (row := imported.get(worker.connection_id))
    }


def _is_final_only(row: ImportedDates | None) -> bool:
    return row is not None and row.is_final_only


def _final_until(workers: Collection[Worker]) -> dict[int, date]:
    """The first day of each worker that isn't final: after the pay periods that are closed or have final time."""
    if not workers:
        return {}
    entries = TimeEntry.objects.filter(worker__in=workers, is_final=True, voided_at__isnull=True)
    latest = dict(entries.order_by().values_list("worker").annotate(Max("work_date")))
    periods = list(PayPeriod.objects.filter(connection_id__in={worker.connection_id for worker in workers}))
    return {
        worker.pk: ONE_DAY
        + max(
            (
                period.end_date
                for period in periods
                if period.connection_id == worker.connection_id
                and (period.is_closed or period.start_date <= latest.get(worker.pk, date.min))
            ),
            default=latest.get(worker.pk, date.min),
        )
        for worker in workers
    }


def typed_hours(known: Mapping[int, KnownDates], dates: tuple[date, date]) -> list[TypedHours]:
    """What was typed for days of these dates, the second included, of which none has been imported since."""
    rows = OutsideHours.objects.filter(worker__in=known, first_date__range=dates).order_by("worker", "first_date")
    typed = [
        TypedHours(worker_id=row.worker_id, first_date=row.first_date, last_date=row.last_date, minutes=row.minutes)
        for row in rows
    ]
    return [one for one in typed if one.is_outside(known[one.worker_id])]
