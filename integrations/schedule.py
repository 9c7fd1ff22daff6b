"""What the tick does each minute: the heartbeat, the connections that are due, and the runs that were lost."""

from datetime import datetime, timedelta

from django.db.models import Q

from integrations import services
from integrations.models import SYNCING_STATES, Connection, Heartbeat, RunState, SyncRun, Trigger

TICK = "integrations.tasks.tick"
# A queued run that no worker took for this long has lost its task: its broker table was emptied, say.
LOST_TASK_AFTER = timedelta(minutes=10)
HEARTBEAT_MAX_AGE = timedelta(minutes=3)
TICK_BEAT = "tick"
FORGOTTEN_AFTER = timedelta(days=1)


def tick(*, now: datetime) -> None:
    """Safe to run twice at once: every step is a conditional update or joins what is open."""
    beat(TICK_BEAT, now=now)
    Heartbeat.objects.filter(beat_at__lt=now - FORGOTTEN_AFTER).delete()
    for run in lost_runs(now):
        requeue(run, now=now)
    for connection in due_connections(now):
        services.request_sync(connection=connection, trigger=Trigger.SCHEDULED, now=now)


def due_connections(now: datetime) -> list[Connection]:
    """Connections whose time has come and that have no open run."""
    due = Connection.objects.filter(state__in=SYNCING_STATES, next_sync_at__lte=now)
    return list(due.exclude(runs__state__in=(RunState.QUEUED, RunState.RUNNING)).order_by("next_sync_at"))


def lost_runs(now: datetime) -> list[SyncRun]:
    """Runs whose worker died (the lease ran out) or whose task was lost."""
    died = Q(state=RunState.RUNNING, lease_expires_at__lt=now)
    waits_too_long = Q(state=RunState.QUEUED, queued_at__lt=now - LOST_TASK_AFTER)
    return list(SyncRun.objects.filter(died | waits_too_long).order_by("pk"))


def requeue(run: SyncRun, *, now: datetime) -> None:
    """Give a lost run a new task. The claim makes sure that one worker gets it, however many tasks it has."""
    SyncRun.objects.filter(pk=run.pk, state=run.state, lease_token=run.lease_token).update(
        state=RunState.QUEUED, lease_expires_at=None, queued_at=now
    )
    services.enqueue(run)


def is_alive(now: datetime) -> bool:
    """Whether the tick ran lately, which takes a living cluster and its scheduler."""
    return Heartbeat.objects.filter(name=TICK_BEAT, beat_at__gte=now - HEARTBEAT_MAX_AGE).exists()


def beat(name: str, *, now: datetime) -> None:
    """Give a sign of life."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def last_beat(name: str) -> datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()
