"""What the cluster runs: ids in, nothing out. Each task is one call of a service."""

from django.utils import timezone

from integrations import runner, schedule


def run_sync(run_id: int) -> None:
    """Work on a run for at most SYNC_TASK_SECONDS."""
    runner.run_sync(run_id, clock=timezone.now)


def tick() -> None:
    """Once a minute: say that the cluster lives, queue what is due, pick up what was lost."""
    schedule.tick(now=timezone.now())
