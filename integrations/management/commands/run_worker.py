"""Run the background work of this host, watched."""

import os
import socket
import sys
from typing import Any

from django.core.management.base import BaseCommand

from integrations.worker.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run the background worker: a django-q cluster that is monitored and restarted if it stops or hangs."

    def handle(self, *args: Any, **options: Any) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"
        Supervisor(name=name, command=[sys.executable, sys.argv[0], "supervised_cluster"]).run()
