"""Who can work on a run: a claim by conditional UPDATE, and a lease with a fencing token.

Whoever claims a run gets a new token. Each batch renews the lease in its own transaction and only with the newest
token: a worker that comes back after too long notices before it can commit anything.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q

from integrations.models import RunState, SyncRun


class LeaseLost(Exception):
    """Another worker now has this run, or it was canceled: stop, and commit nothing."""


def claim(run_id: int, *, now: datetime) -> SyncRun | None:
    """Claim a queued run, or one whose worker is gone. Counts the start before any work is done."""
    taken = SyncRun.objects.filter(Q(state=RunState.QUEUED) | is_over(now), pk=run_id).update(
        state=RunState.RUNNING,
        lease_token=F("lease_token") + 1,
        lease_expires_at=_expiry(now),
        starts_without_end=F("starts_without_end") + 1,
    )
    if not taken:
        return None
    run = SyncRun.objects.select_related("connection__company").get(pk=run_id)
    if run.started_at is None:
        run.started_at = now
        run.save(update_fields=["started_at"])
    return run


def is_over(now: datetime) -> Q:
    """Runs whose worker is gone: the lease ran out, or ends so late that the clock must have jumped back since."""
    gone = Q(lease_expires_at__lt=now) | Q(lease_expires_at__gt=_expiry(now) + timedelta(minutes=5))
    return Q(state=RunState.RUNNING) & gone


def renew(run: SyncRun, *, now: datetime) -> None:
    """Renew the lease on the run. Raises LeaseLost. Inside a transaction this is the fence: call it first."""
    held = SyncRun.objects.filter(pk=run.pk, lease_token=run.lease_token, state=RunState.RUNNING)
    if not held.update(lease_expires_at=_expiry(now)):
        raise LeaseLost(f"run {run.pk}, token {run.lease_token}")


def _expiry(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.SYNC_LEASE_SECONDS)
