"""What the cluster runs: ids in, nothing out. Each task is one service call, after a heartbeat."""

from django.conf import settings
from django.utils import timezone

from integrations import runner
from integrations.worker import schedule


def run_sync(run_id: int) -> None:
    """Work on a run for at most SYNC_TASK_SECONDS."""
    ping()
    runner.run_sync(run_id, clock=timezone.now)


def tick() -> None:
    """Once a minute: record a heartbeat, queue what is due, and recover what was lost."""
    ping()
    schedule.tick(now=timezone.now())


def ping() -> None:
    """Say that this host's cluster takes tasks; its supervisor listens."""
    schedule.beat(settings.WORKER_NAME, now=timezone.now())
