"""What the tick does each minute: the heartbeat, due connections, lost runs and pay runs, and used form tokens."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, Min, OuterRef, Q
from django_q.models import OrmQ, Schedule

from integrations import services
from integrations.models import OPEN_STATES, SYNCING_STATES, Connection, Heartbeat, RunState, SyncRun, Trigger
from integrations.sync import lease
from propay import services as propay_services
from protiv.accounts.form_tokens import forget_old_tokens
from protiv.kit.refused import Refused

TICK = "integrations.tasks.tick"
# A queued run that no worker took for this long has lost its task: for example, its broker table was emptied.
LOST_TASK_AFTER = timedelta(minutes=10)
# The task of a queued run is made this soon after `queued_at`.
TASK_MADE_WITHIN = timedelta(minutes=1)
# django-q sets the next tick a minute ahead.
LATEST_TICK = timedelta(minutes=5)
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
    propay_services.resume_pay_runs(now=now)
    propay_services.queue_overdue_checks(now=now)
    forget_old_tokens(now=now)
    for connection in due_connections(now):
        # Someone may have paused it since it was read.
        with suppress(Refused):
            services.request_sync(connection=connection, trigger=Trigger.SCHEDULED, now=now)


def due_connections(now: datetime) -> list[Connection]:
    """Due connections without an open run, longest overdue first; the rest wait a minute."""
    is_due = Q(next_sync_at__lte=now) | Q(next_sync_at__gt=now + _longest_wait())
    due = Connection.objects.filter(is_due, state__in=SYNCING_STATES)
    without_run = ~Exists(SyncRun.objects.filter(connection=OuterRef("pk"), state__in=OPEN_STATES))
    return list(due.filter(without_run).order_by("next_sync_at", "pk")[:MOST_PER_TICK])


def lost_runs(now: datetime) -> list[SyncRun]:
    """Runs whose worker died (the lease ran out) or whose task was lost."""
    died = SyncRun.objects.filter(lease.is_over(now))
    return [*died.order_by("pk")[:MOST_PER_TICK], *_runs_without_task(now)]


def _runs_without_task(now: datetime) -> list[SyncRun]:
    """Runs that have waited for long, since before the oldest task in the queue was created: none of those is theirs.

    In a long queue it is right that runs wait: another task for each of them would only make it longer. A waiting
    task's `lock` is the moment it was created (django_q/brokers/orm.py); the broker keeps no strict order, so no run
    waits forever. A future moment was written before the clock jumped back.
    """
    oldest = OrmQ.objects.filter(lock__lte=now).aggregate(lock=Min("lock"))["lock"]
    before = now - LOST_TASK_AFTER
    if oldest is not None:
        before = max(min(before, oldest - TASK_MADE_WITHIN), now - _longest_wait())
    lost = Q(queued_at__lt=before) | Q(queued_at__gt=now + LOST_TASK_AFTER)
    return list(SyncRun.objects.filter(lost, state=RunState.QUEUED).order_by("queued_at")[:MOST_PER_TICK])


def _longest_wait() -> timedelta:
    """Nothing waits for longer; a later moment means that the clock was ahead then and jumped back."""
    return max(timedelta(days=1), 2 * timedelta(seconds=settings.SYNC_INTERVAL_SECONDS))


def wake_tick(*, now: datetime) -> None:
    """After a clock that was ahead jumped back, django-q would skip the tick until that moment comes again."""
    Schedule.objects.filter(func=TICK, next_run__gt=now + LATEST_TICK).update(next_run=now)


def requeue(run: SyncRun, *, now: datetime) -> None:
    """Give a lost run a new task. The claim ensures that one worker gets it, however many tasks it has."""
    SyncRun.objects.filter(pk=run.pk, state=run.state, lease_token=run.lease_token).update(
        state=RunState.QUEUED, lease_expires_at=None, queued_at=now
    )
    services.enqueue(run)


def is_alive(now: datetime) -> bool:
    """Whether the tick ran lately, which requires a live cluster and scheduler."""
    lately = (now - HEARTBEAT_MAX_AGE, now + HEARTBEAT_MAX_AGE)
    return Heartbeat.objects.filter(name=TICK_BEAT, beat_at__range=lately).exists()


def beat(name: str, *, now: datetime) -> None:
    """Record a heartbeat."""
    Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def last_beat(name: str) -> datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()
