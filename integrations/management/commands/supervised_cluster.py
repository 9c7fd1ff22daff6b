"""The django-q cluster as `run_worker` starts it: none of its processes outlives its parent."""

from typing import Any

from django_q.management.commands import qcluster

from integrations.worker import parentage


class Command(qcluster.Command):
    help = "Internal: started by run_worker. Run that instead."

    def handle(self, *args: Any, **options: Any) -> None:
        parentage.bind_forks()
        super().handle(*args, **options)
