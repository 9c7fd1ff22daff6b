"""Create the one schedule that everything depends on. Safe to run at every deployment."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django_q.models import Schedule

from integrations.worker.schedule import TICK


class Command(BaseCommand):
    help = "Create or repair the tick schedule and remove all others."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        # One bad row blocks all schedules of a cluster, so there is exactly one, and it has no arguments.
        Schedule.objects.exclude(name="tick").delete()
        Schedule.objects.update_or_create(
            name="tick",
            defaults={
                "func": TICK,
                "args": None,
                "kwargs": None,
                "hook": None,
                "schedule_type": Schedule.MINUTES,
                "minutes": 1,
                "repeats": -1,
                "cluster": None,
            },
        )
        self.stdout.write("Schedule “tick”: every minute.")
