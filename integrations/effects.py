"""The entries that a change of the sync settings would void, counted before it is confirmed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, Sum

from integrations.models import Connection, Horizon
from integrations.sync.source import source_of
from integrations.sync.windows import left_out_from
from propay import services as propay_services
from protiv.timekeeping import ingest
from protiv.timekeeping.models import TimeEntry

NEVER_FINAL = Q(is_final=False, is_reopened=False)


@dataclass(frozen=True, slots=True)
class Effects:
    """Live entries that would be voided, their minutes, and the open ProPays whose figures would change."""

    entries: int
    minutes: int
    propays: list[propay_services.OpenProPay]


def effects_of(connection: Connection, *, sync_start_date: date, horizon: str, now: datetime) -> Effects:
    """Counted as of now. Approved ProPays are never among them: their figures stay as approved."""
    source, end = source_of(connection), left_out_from(connection, horizon, now)
    out = ingest.live_outside(source, start=sync_start_date, end=end)
    if horizon == Horizon.FINAL_ONLY:
        live = TimeEntry.objects.filter(company_id=source.company_id, connection_id=source.connection_id)
        out = out | live.filter(NEVER_FINAL, voided_run_id__isnull=True)
    totals = out.aggregate(entries=Count("pk"), minutes=Sum("minutes"))
    propays = propay_services.open_on_jobs(company=connection.company, jobs=out.order_by().values("job"))
    return Effects(totals["entries"], totals["minutes"] or 0, propays)
