"""Records that a run set aside: noted with their reason, fixed by the next good read."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from integrations.models import SyncIssue, SyncRun
from integrations.sync.planning import Range
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.timekeeping.records import SetAside

TIME_RECORD = "time_record"
BATCH = 500


def replace_list_issues(run: SyncRun, set_aside: Iterable[SetAside], *, now: datetime) -> None:
    """The lists were read: objects set aside from them stay open, and all older issues about them are fixed."""
    _replace(run, _open(run).exclude(object_type=TIME_RECORD), set_aside, window_date=None, now=now)


def replace_window_issues(
    run: SyncRun, window: Range, set_aside: Iterable[SetAside], read_ids: set[str], *, now: datetime
) -> None:
    """A window was read whole: records set aside in it stay open, and the rest of its days and records is fixed."""
    start, end = window
    older = _open(run).filter(object_type=TIME_RECORD)
    elsewhere = older.exclude(window_date__gte=start, window_date__lt=end).values_list("external_id", "pk")
    read_elsewhere = [pk for external_id, pk in elsewhere if external_id in read_ids]
    concerned = older.filter(Q(window_date__gte=start, window_date__lt=end) | Q(pk__in=read_elsewhere))
    _replace(run, concerned, set_aside, window_date=start, now=now)


def open_count(run: SyncRun) -> int:
    """The number of objects set aside by this run that still are."""
    return _open(run).filter(run=run).count()


def _open(run: SyncRun) -> "QuerySet[SyncIssue]":
    return SyncIssue.objects.filter(connection_id=run.connection_id, mended_at__isnull=True)


def _replace(
    run: SyncRun,
    older: "QuerySet[SyncIssue]",
    set_aside: Iterable[SetAside],
    *,
    window_date: date | None,
    now: datetime,
) -> None:
    """Mark older issues that did not recur as fixed, and record the current ones."""
    reasons = {(one.object_type, one.external_id): one.reason[:500] for one in set_aside}
    mended = [issue.pk for issue in older if (issue.object_type, issue.external_id) not in reasons]
    for start in range(0, len(mended), BATCH):
        SyncIssue.objects.filter(pk__in=mended[start : start + BATCH]).update(mended_at=now)
    _note(run, reasons, window_date, now)


def _note(run: SyncRun, reasons: dict[tuple[str, str], str], window_date: date | None, now: datetime) -> None:
    """One open issue per object: an object that was already set aside now counts for this run."""
    if not reasons:
        return
    known = {(issue.object_type, issue.external_id): issue for issue in _open(run)}
    again = [known[key] for key in reasons if key in known]
    for issue in again:
        issue.run, issue.window_date = run, window_date
        issue.reason = reasons[issue.object_type, issue.external_id]
    BulkSyncQuerySet(SyncIssue).bulk_write(again, fields=["run", "window_date", "reason"])
    SyncIssue.objects.bulk_create(
        [
            SyncIssue(
                run=run,
                connection_id=run.connection_id,
                company_id=run.company_id,
                object_type=object_type,
                external_id=external_id,
                reason=reason,
                window_date=window_date,
                created_at=now,
            )
            for (object_type, external_id), reason in reasons.items()
            if (object_type, external_id) not in known
        ],
        batch_size=BATCH,
    )
