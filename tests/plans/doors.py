"""Every way into the product: all addresses, as an admin and as a worker, and what people and the sync do.

The addresses come from the URL configuration, so a new page is tested without being named here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations import runner
from integrations import services as sync_services
from integrations.models import Connection, SyncRun, Trigger
from propay import services
from propay.models import PayRun, ProPay, Statement
from propay.reports import REPORTS
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import OvertimeExemption, TimeEntry
from tests.make import factories
from tests.make.fakes import FakeProvider
from tests.make.records import time_record
from tests.plans import world
from tests.routes import routes

Door = tuple[str, Callable[[], object]]
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
# The Django admin has its own tests. The others need a token or end the session.
LEFT_OUT = ("admin/", "password-reset/<", "logout/")


@dataclass(frozen=True, slots=True)
class Cast:
    """Who opens the pages, and what the pages are about."""

    company: Company
    actor: User
    admin: Client
    worker: Client
    connection: Connection
    provider: FakeProvider
    propays: list[ProPay]
    ids: dict[str, list[int]]


def doors_of(cast: Cast) -> Iterator[Door]:
    yield from _pages(cast)
    yield from _searches(cast)
    yield from _actions(cast)


# Pages


def _pages(cast: Cast) -> Iterator[Door]:
    for route, _pattern in routes():
        if not route.startswith(LEFT_OUT):
            for path in sorted(set(_filled(route, cast.ids))):
                yield f"GET {route} (admin)", partial(_get, cast.admin, f"/{path}")
                yield f"GET {route} (worker)", partial(_get, cast.worker, f"/{path}")


def _filled(route: str, ids: dict[str, list[int]]) -> list[str]:
    """Return the addresses of a route, one for each thing in `ids` that it can be about."""
    known = {"slug": list(REPORTS), "provider": ["exaktime"], "wage_pk": ids["wages"]}
    paths = [route]
    for place in PLACE.finditer(route):
        before = route[: place.start()]
        values = known[place[1]] if place[1] in known else ids[max((k for k in ids if before.startswith(k)), key=len)]
        paths = [path.replace(place[0], str(value), 1) for path in paths for value in values]
    return paths


def _get(client: Client, path: str, **data: object) -> None:
    answer = client.get(path, data, secure=True)
    assert answer.status_code in (200, 302, 400, 403, 404, 405, 503), (path, answer.status_code)
    if answer.streaming:
        list(islice(answer.streaming_content, 3))  # the query is asked by then


def _searches(cast: Cast) -> Iterator[Door]:
    """Yield addresses that show something only with parameters."""
    propay, worker = cast.propays[-1], cast.ids["team/"][0]
    day = world.FIRST_DAY + timedelta(days=300)
    asked: dict[str, list[dict[str, object]]] = {
        "time_list": [
            {"page": 50},
            {"job": propay.job_id},
            {"worker": worker},
            {"from": day, "to": day},
            {"job": propay.job_id, "voided": 1},
        ],
        "time_export": [{"job": propay.job_id}, {"from": day, "to": day}],
        "propay_list": [{"tab": tab} for tab in ("approved", "drift", "missing", "all")] + [{"q": "job 1"}],
        "propay_create": [{"job": propay.job_id}],
        "propay_job_facts": [{"job": propay.job_id}],
        "propay_approve_many": [{"id": [one.pk for one in cast.propays]}],
        "what_if": [{"propay": cast.propays[0].pk}, {"propay": propay.pk}, {"job": cast.ids["jobs/"][-1]}],
        "dry_run": [{"version": cast.ids["settings/plans/versions/"][0], "start": day, "end": day}],
        "job_list": [{"q": "job 1"}],
        "worker_list": [{"q": "no1"}],
        "statement_pseudo_bonuses": [{"period": _period(cast)}],
        "statement_list": [{"period": _period(cast)}],
    }
    for name, questions in asked.items():
        for question in questions:
            words = ", ".join(question)
            yield f"GET {name} by {words}", partial(_get, cast.admin, reverse(name), **question)


def _period(cast: Cast) -> str:
    statement = Statement.objects.filter(company=cast.company).latest("pk")
    return f"{statement.start_date}_{statement.end_date}"


# What people and the sync do


def _actions(cast: Cast) -> Iterator[Door]:
    company, actor, now = cast.company, cast.actor, timezone.now()
    more, last = cast.propays[4:-1], cast.propays[-1]
    common: dict[str, Any] = {"company": company, "now": now}
    wage = {"start_date": world.LAST_DAY, "hourly_amount": "31.00"}
    set_wage, pay = reverse("wage_set", args=[cast.ids["team/"][0]]), reverse("pay_run_start")
    by_actor: dict[str, Any] = {"actor": actor, **common}
    yield "refresh of a job", partial(services.refresh, **common, job_ids=[last.job_id])
    yield "approve many", partial(services.approve_propays, **by_actor, propay_ids=[one.pk for one in more])
    yield "unapprove", partial(services.unapprove_propay, **by_actor, propay_id=more[0].pk, reason="Too early")
    yield "adjust a drift", partial(_adjust, cast)
    yield "cancel", partial(services.cancel_propay, company=company, actor=actor, propay_id=last.pk)
    yield "restore", partial(services.restore_propay, **by_actor, propay_id=last.pk)
    yield "automation", partial(services.automate, **common)
    yield "true-ups", partial(services.update_all_true_ups, **common)
    first_rules = {"from_date": None, **factories.policy_values(state="CA")}
    yield "review pay rules", partial(services.preview_pay_policy, **common, **first_rules)
    exempt = services.StatusRow(model=OvertimeExemption, from_date=None, values={"is_federal": True, "is_state": True})
    worker = {"worker_id": cast.ids["team/"][0], "row": exempt}
    yield "review an exempt status", partial(services.preview_worker_status, **common, **worker)
    yield "set a wage", partial(_post, cast.admin, set_wage, **wage)
    yield "sync: new time", partial(_sync, cast, minutes=300)
    yield "sync: changed time", partial(_sync, cast, minutes=240)
    yield "sync: time that vanished", partial(_sync, cast, minutes=None)
    yield "sync: a later start date", partial(_start_later, cast)
    yield "pay a period", partial(_post, cast.admin, f"{pay}?period={_period(cast)}", pay_date=now.date())
    yield "work on a pay run", partial(_work_on_pay_run, cast)


def _post(client: Client, path: str, **data: object) -> None:
    answer = client.post(path, data, secure=True)
    assert answer.status_code == 302, (path, answer.status_code)


def _adjust(cast: Cast) -> None:
    propay_id = cast.propays[0].pk
    drift = services.drift_of(company=cast.company, propay_id=propay_id)
    services.resolve_drift_by_adjusting(
        company=cast.company,
        propay_id=propay_id,
        actor=cast.actor,
        note="Late hours",
        seen=drift.worked.digest,
        now=timezone.now(),
    )


def _sync(cast: Cast, *, minutes: int | None) -> None:
    """Run a sync that finds a few recent hours on an approved ProPay and on an open one. None: they vanished."""
    now, day = timezone.now(), world.TODAY - timedelta(days=10)
    common = {"work_date": day, "cost_code_external_id": "1", "minutes": minutes or 0, "regular_minutes": minutes or 0}
    cast.provider.time = {}
    for job in (0, 9) if minutes else ():
        place = {"job_external_id": str(job), "worker_external_id": str(job * 7)}
        cast.provider.add(time_record(f"late-{job}", **place, **common))
    request = sync_services.request_sync(connection=cast.connection, trigger=Trigger.COMMAND, now=now)
    runner.run_sync(request.run.pk, clock=timezone.now)
    assert SyncRun.objects.get(pk=request.run.pk).state == "SUCCEEDED"


def _start_later(cast: Cast) -> None:
    """Move the start date, so that two entries of the first days are voided."""
    for propay in (cast.propays[0], cast.propays[-1]):
        worker = propay.shares.earliest("pk").worker
        early = world.FIRST_DAY + timedelta(days=1)
        factories.make_entry(worker, propay.job, 60, early, connection_id=cast.connection.pk)
    Connection.objects.filter(pk=cast.connection.pk).update(sync_start_date=early + timedelta(days=1))
    cast.connection.refresh_from_db()
    _sync(cast, minutes=None)
    assert TimeEntry.objects.filter(work_date=early, voided_at=None).count() == 0


def _work_on_pay_run(cast: Cast) -> None:
    run = PayRun.objects.filter(company=cast.company).latest("pk")
    services.work_pay_run(pay_run_id=run.pk, clock=timezone.now)
    assert PayRun.objects.get(pk=run.pk).state == "DONE"
