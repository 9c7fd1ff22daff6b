"""What the tick does each minute: the heartbeat, the connections that are due, and the runs that were lost."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django_q.models import OrmQ

from integrations import lease, services
from integrations.models import OPEN_STATES, SYNCING_STATES, Connection, Heartbeat, RunState, SyncRun, Trigger

TICK = "integrations.tasks.tick"
# A queued run that no worker took for this long has lost its task: its broker table was emptied, say.
LOST_TASK_AFTER = timedelta(minutes=10)
# Nothing waits for longer; a later moment means that the clock was ahead when it was written, and jumped back.
LONGEST_WAIT = timedelta(days=1)
# A tick is one task among many, and has to be done before the next one comes.
MOST_PER_TICK = 500
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
    """Connections whose time has come and that have no open run, the longest overdue first; the rest wait a minute."""
    is_due = Q(next_sync_at__lte=now) | Q(next_sync_at__gt=now + LONGEST_WAIT)
    due = Connection.objects.filter(is_due, state__in=SYNCING_STATES)
    without_run = ~Exists(SyncRun.objects.filter(connection=OuterRef("pk"), state__in=OPEN_STATES))
    return list(due.filter(without_run).order_by("next_sync_at", "pk")[:MOST_PER_TICK])


def lost_runs(now: datetime) -> list[SyncRun]:
    """Runs whose worker died (the lease ran out) or whose task was lost."""
    died = SyncRun.objects.filter(lease.is_over(now))
    return [*died.order_by("pk")[:MOST_PER_TICK], *_runs_without_task(now)]


def _runs_without_task(now: datetime) -> list[SyncRun]:
    """Runs that have waited for long, as far as there are fewer tasks in the queue than such runs.

    In a long queue runs rightly wait: another task for each of them would only make it longer.
    """
    too_long = Q(queued_at__lt=now - LOST_TASK_AFTER) | Q(queued_at__gt=now + LOST_TASK_AFTER)
    waiting = SyncRun.objects.filter(too_long, state=RunState.QUEUED).order_by("queued_at")
    missing = waiting.count() - OrmQ.objects.filter(lock__lte=now).count()
    return list(waiting[: min(missing, MOST_PER_TICK)]) if missing > 0 else []


def requeue(run: SyncRun, *, now: datetime) -> None:
    """Give a lost run a new task. The claim makes sure that one worker gets it, however many tasks it has."""
    SyncRun.objects.filter(pk=run.pk, state=run.state, lease_token=run.lease_token).update(
        state=RunState.QUEUED, lease_expires_at=None, queued_at=now
    )
    services.enqueue(run)


def is_alive(now: datetime) -> bool:
    """Whether the tick ran lately, which takes a living cluster and its scheduler."""
    lately = (now - HEARTBEAT_MAX_AGE, now + HEARTBEAT_MAX_AGE)
    return Heartbeat.objects.filter(name=TICK_BEAT, beat_at__range=lately).exists()


def beat(name: str, *, now: datetime) -> None:
    """Give a sign of life."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def last_beat(name: str) -> datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()
