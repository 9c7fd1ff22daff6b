"""No page, no action, and no sync reads all time entries: the plan of each query is checked at 200,000 of them."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from integrations import services as sync_services
from integrations.exaktime.provider import EXAKTIME
from integrations.providers import registry
from propay import services
from propay.models import LineMessage, ProPay, StatementLine
from protiv.timekeeping.models import Job, TimeEntry, Wage, Worker
from tests.make import factories
from tests.make.connections import make_run
from tests.make.fakes import FakeProvider
from tests.make.paid import make_open
from tests.make.payroll import create_file, save_layout
from tests.make.records import cost_code_record, job_record, worker_record
from tests.make.statement_rows import make_line, make_pay_run
from tests.plans import world
from tests.plans.doors import Cast, doors_of
from tests.plans.explaining import Explainer, accesses

# What may read all time of a company, as a pattern of the door and the fault, and why.
ALLOWED = {
    r"GET time/export\.csv ": "The file holds all that the filters find, written while it is read.",
    r"sync: .*work_date ?[<>].* < %s OR .* >= %s": "Whatever the settings leave out has one end only.",
}


@pytest.fixture
def cast(company, admin, worker_user, as_admin, as_worker, monkeypatch):
    stored = world.make_stored_connection(company)
    world.make_entries(company, stored)
    provider = FakeProvider(
        people=[worker_record(str(number)) for number in range(world.WORKERS)],
        sites=[job_record(str(number), name=f"Job {number}") for number in range(world.JOBS)],
        codes=[cost_code_record("1")],
    )
    monkeypatch.setattr(registry, "PROVIDERS", (replace(EXAKTIME, make=provider.make),))
    monkeypatch.setattr(sync_services, "async_task", lambda *_args: None)
    propays = list(ProPay.objects.select_related("job").order_by("pk")[:10])
    _approve_and_drift(company, admin, propays)
    Worker.objects.filter(external_id="63").update(membership=worker_user.memberships.get())
    ids = _things(company, admin, stored, propays)
    return Cast(company, admin, as_admin, as_worker, stored, provider, propays, ids)


def _approve_and_drift(company, admin, propays):
    """Give ten ProPays figures, approve four of them, and change the hours of the first."""
    now = timezone.now()
    services.refresh(company=company, job_ids=[one.job_id for one in propays], now=now)
    approved = [one.pk for one in propays[:4]]
    done = services.approve_propays(company=company, actor=admin, propay_ids=approved, now=now)
    assert not done.refusals, done.refusals
    entry = TimeEntry.objects.filter(job=propays[0].job).earliest("pk")
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=entry.minutes + 60)
    services.refresh(company=company, job_ids=[propays[0].job_id], now=now)


def _things(company, admin, stored, propays):
    """Make one thing of each kind that a page is about, by the beginning of its address."""
    plan = services.create_plan(company=company, actor=admin, name="Standard", start_date=world.FIRST_DAY)
    services.save_automation_rule(
        company=company, actor=admin, is_on=True, plan=plan, moment="FIRST_TIME", go_live_date=world.FIRST_DAY
    )
    services.add_exclusion(company=company, actor=admin, kind="NAME_PATTERN", pattern="TEST-*")
    job = Job.objects.create(company=company, connection_id=stored.pk, external_id="new", name="New")
    condition = services.save_condition(company=company, actor=admin, name="Accident", kind="DISQUALIFIER", amount=None)
    line = StatementLine.objects.filter(company=company).earliest("pk")
    LineMessage.objects.create(company=company, line=line, text="Why?", created_at=timezone.now())
    worker = Worker.objects.get(external_id="63")
    make_open(worker)
    adjustment = make_line(
        line.statement, "15.00", category=services.add_category(company=company, actor=admin, name="A")
    )
    return {
        "propays/": [propays[0].pk, propays[9].pk],
        "time/": [TimeEntry.objects.earliest("pk").pk],
        "team/": [worker.pk],
        "jobs/": [propays[9].job_id, job.pk],
        "wages": [Wage.objects.get(worker=worker).pk],
        "bonuses/lines/": [adjustment.pk],
        "bonuses/payroll/files/": [create_file(company, admin).pk],
        "bonuses/pay-runs/": [make_pay_run(company, state="DONE").pk],
        "bonuses/statements/": [line.statement_id],
        "settings/payroll/layouts/": [save_layout(company, admin).pk],
        "settings/automation/exclusions/": [services.exclusions_of(company)[0].pk],
        "settings/pay-rules/": [company.pay_policies.get().pk],
        "team/<int:pk>/exempt/": [factories.set_exempt(worker, date(2026, 11, 2), is_federal=False).pk],
        "team/<int:pk>/schedules/": [worker.schedules.create(company=company, monday=600).pk],
        "settings/plans/": [plan.pk],
        "settings/plans/versions/": [plan.versions.get().pk],
        "settings/conditions/": [condition.pk],
        "settings/categories/": [adjustment.category_id],
        "settings/people/": [company.memberships.earliest("pk").pk],
        "integrations/runs/": [make_run(stored).pk],
    }


@pytest.mark.django_db(transaction=True)
def test_nothing_reads_all_time_entries(cast):
    explainer, faults = Explainer(), []
    for name, go_in in doors_of(cast):
        with connection.execute_wrapper(explainer):
            go_in()
        faults += [f"{name}: {fault}" for fault in explainer.take_faults()]
    assert [fault for fault in faults if not any(re.match(allowed, fault) for allowed in ALLOWED)] == []


def test_a_query_without_an_index_is_found(db):
    """The plan counts, whatever the size of the table."""
    for bad in (
        TimeEntry.objects.filter(comment="x"),
        TimeEntry.objects.filter(pk__in=TimeEntry.objects.filter(minutes=1).values("pk")),
        TimeEntry.objects.order_by("comment")[:1],
    ):
        sql, params = bad.query.sql_with_params()
        assert any(access.reads_everything for access in accesses(sql, params))
