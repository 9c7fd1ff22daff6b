"""What the cluster would do with the queue, here and now."""

from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.signing import SignedPackage


def work_queue() -> int:
    """Run every queued task and return how many there were."""
    tasks = list(OrmQ.objects.order_by("pk"))
    for row in tasks:
        task = SignedPackage.loads(row.payload)
        row.delete()
        import_string(task["func"])(*task["args"])
    return len(tasks)
