"""Many small companies on one installation, each connected to a company of its own in the sandbox.

    python -m tests.journeys.fleet create 200 | due | press SECONDS | report

Runs on the database of DATABASE_URL. `press` forces syncs at random, as impatient people do.
"""

import json
import os
import random
import sys
import time
from datetime import date
from typing import Any

PASSWORD = "fleet-password"
START = date(2026, 11, 2)


def name_of(number: int) -> str:
    return f"fleet-{number}"


def create(count: int) -> None:
    """Companies that are connected and due, most of their first sync before them."""
    from django.utils import timezone

    from integrations import credentials
    from integrations.exaktime.login import Login
    from integrations.models import Connection, ConnectionState, Horizon
    from protiv.accounts.models import Company, PayPolicy

    for number in range(count):
        name = name_of(number)
        company = Company.objects.create(name=name, slug=name, time_zone="America/Denver")
        PayPolicy.objects.create(company=company)
        connection = Connection.objects.create(
            company=company,
            provider="EXAKTIME",
            account_identifier=name,
            state=ConnectionState.INITIAL_SYNC,
            sync_start_date=START,
            first_sync_cursor_date=START,
            horizon=Horizon.ALL,
            next_sync_at=timezone.now(),
        )
        credentials.store(connection, Login(name, f"sync@{name}.test", PASSWORD).credentials())


def due() -> None:
    """Let all be due now, and a tick find that out at once."""
    from django.utils import timezone
    from django_q.tasks import async_task

    from integrations.models import Connection
    from integrations.worker.schedule import TICK

    Connection.objects.update(next_sync_at=timezone.now())
    async_task(TICK)


def press(seconds: float) -> None:
    from django.utils import timezone

    from integrations import services
    from integrations.models import Connection, Trigger

    end = time.monotonic() + seconds
    connections = list(Connection.objects.select_related("company"))
    while time.monotonic() < end:
        services.request_sync(connection=random.choice(connections), trigger=Trigger.MANUAL, now=timezone.now())
        time.sleep(0.02)


def report() -> dict[str, Any]:
    """Each run's company, claim count, times and state; and what the broker holds."""
    from django_q.models import OrmQ

    from integrations.models import SyncRun

    runs = SyncRun.objects.order_by("pk").values_list(
        "company__slug", "lease_token", "state", "queued_at", "started_at", "ended_at", "seen_count", "error_text"
    )
    return {"runs": list(runs), "tasks": OrmQ.objects.count()}


def overlaps(requests: list[dict[str, Any]]) -> list[str]:
    """Companies that two sign-ins worked on at once: a session that comes back after another one had begun."""
    found = []
    seen: dict[str, list[int]] = {}
    for request in requests:
        company, session = request["company"], request["session"]
        if company is None:
            continue
        sessions = seen.setdefault(company, [])
        if session not in sessions:
            sessions.append(session)
        elif session != sessions[-1]:
            found.append(company)
    return found


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "protiv.settings")
    django.setup()
    command, *arguments = sys.argv[1:]
    actions = {"create": lambda: create(int(arguments[0])), "due": due, "press": lambda: press(float(arguments[0]))}
    if command == "report":
        sys.stdout.write(json.dumps(report(), default=str))
    else:
        actions[command]()


if __name__ == "__main__":
    main()
