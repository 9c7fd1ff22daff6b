"""The queue's broker: only our own tasks reach a worker."""

from typing import Any

import structlog
from django.conf import settings
from django.dispatch import receiver
from django_q.brokers.orm import ORM
from django_q.signals import pre_enqueue
from django_q.signing import BadSignature, SignedPackage

log = structlog.get_logger(__name__)


class OwnTasks(ORM):
    """Hand out the tasks that `settings.TASKS` names, and drop the rest.

    A worker runs whatever a task names. A row of the schedule's table is all it takes to name `os.system`, so a row
    from elsewhere must not be enough. Dropped tasks are logged as errors.
    """

    def dequeue(self) -> list[tuple[int, str]]:
        return [(pk, payload) for pk, payload in super().dequeue() or () if self._is_ours(pk, payload)]

    def _is_ours(self, pk: int, payload: str) -> bool:
        try:
            task = SignedPackage.loads(payload)
        except (TypeError, BadSignature):
            return True  # The pusher meets the same error, logs it, and drops the task.
        if task["func"] in settings.TASKS and not any(task.get(key) for key in ("hook", "chain")):
            return True
        log.error("task refused", func=str(task["func"]), name=task.get("name"))
        self.delete(pk)
        return False


@receiver(pre_enqueue)
def always_queue(task: dict[str, Any], **_: Any) -> None:
    """Remove the option to run a task synchronously in the scheduler, which would bypass `OwnTasks`."""
    task.pop("sync", None)
