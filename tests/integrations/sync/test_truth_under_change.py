"""Everything that can happen to imported time: after the next sync, pages, export, and bonuses are right.

Against the sandbox over HTTP. Each case changes something there and names the jobs whose figures may move by it.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from integrations import services
from integrations.exaktime.login import Login
from integrations.exaktime.sandbox.client import SandboxControl, start_sandbox
from integrations.models import Horizon, RunState, Trigger
from propay import services as propay_services
from propay.models import ProPay
from propay.rules.calculations import counted_kinds
from protiv.accounts.templatetags.formats import hours
from protiv.timekeeping.models import Job, TimeEntry, TimeEntryVersion, Worker
from tests.journeys.stack import TODAY
from tests.make.factories import make_wage
from tests.make.propays import make_propay
from tests.make.runs import work
from tests.reading import markup_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit", "same_thread", "noon")]
START = TODAY - timedelta(days=28)
Record = dict[str, Any]


@pytest.fixture(scope="module")
def sandbox():
    with start_sandbox(people=6, days=35, today=TODAY) as running:
        yield running


@pytest.fixture
def control(sandbox) -> SandboxControl:
    sandbox.control.reset()
    return sandbox.control


@pytest.fixture
def settle(settings, sandbox, company, as_admin, clock, monkeypatch):
    """Connects with a horizon, makes a ProPay for every job with time, and gives back a function that syncs again."""
    settings.EXAKTIME_BASE_URL = sandbox.base_url
    settings.EXAKTIME_ALLOW_INSECURE_BASE_URL = True
    monkeypatch.setattr(services, "async_task", lambda *_args: None)
    credentials = Login("acme", "sync@acme.test", "sandbox-password").credentials()

    def begin(horizon: str = Horizon.ALL) -> Callable[[], None]:
        connection = services.connect(
            company=company, provider="EXAKTIME", credentials=credentials, actor=None, now=clock()
        )
        services.start_sync(
            connection=connection,
            sync_start_date=START,
            horizon=horizon,
            provider_settings={"budget_hours_field": "Budget Hours", "contract_price_field": "Contract Price"},
            actor=None,
            now=clock(),
        )
        assert work(clock).state == RunState.SUCCEEDED
        for worker in Worker.objects.filter(company=company):
            make_wage(worker, "25.00", START)
        for job in Job.objects.filter(company=company):
            make_propay(job, start_date=START)
        propay_services.refresh(company=company, now=clock())
        return again

    def again() -> None:
        clock.advance(hours=2)
        connection = company.connections.get()
        services.request_sync(connection=connection, trigger=Trigger.COMMAND, since=START, now=clock())
        assert work(clock).state == RunState.SUCCEEDED
        assert propay_services.refresh(company=company, now=clock()) == [], "a sync leaves no figure behind"

    return begin


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def check(client, control, company, *, final_only: bool = False) -> None:
    """The export equals the truth, and so does every ProPay, stored and on its page."""
    truth = rows_of(control.truth_csv(START.isoformat(), final_only=final_only))
    exported = rows_of(client.get("/time/export.csv").getvalue().decode("utf-8-sig"))
    assert exported == truth
    minutes: defaultdict[str, int] = defaultdict(int)
    kinds = counted_kinds(include_travel=company.include_travel)
    for row in truth[1:]:
        line = dict(zip(truth[0], row, strict=True))
        if line["kind"] in kinds:
            minutes[line["job_external_id"]] += int(line["minutes"])
    for propay in ProPay.objects.filter(company=company).select_related("job"):
        expected = minutes[propay.job.external_id]
        assert propay.actual_minutes == expected, propay.job
        assert hours(expected, company) in markup_of(client.get(reverse("propay_detail", args=[propay.pk])))


def open_work(control: SandboxControl, *, final: bool = False) -> Record:
    """A record of work with a clock, in the open period or in a closed one."""
    codes = {code["costCodeId"] for code in control.cost_codes() if code["displayOption"] != "System"}
    for record in control.records(START.isoformat(), TODAY.isoformat()):
        is_work = record["RecordType"] == "work" and record["CostCodeId"] in codes and not record["IsOpen"]
        if is_work and record["StartTime"] and control.record(record["TimeRecordId"])["final"] is final:
            return record
    raise LookupError("the sandbox has none")


def other(items: list[Record], name: str, than: object) -> Any:
    return next(item[name] for item in items if item[name] != than and item.get("isActive", True))


def edit(**changes: object) -> Callable[[SandboxControl], set[str]]:
    def change(control: SandboxControl) -> set[str]:
        record = open_work(control)
        control.edit_record(record["TimeRecordId"], **changes)
        return {record["LocationId"]}

    return change


def move_to_another_job(control: SandboxControl) -> set[str]:
    record = open_work(control)
    there = other(control.locations(), "locationId", record["LocationId"])
    control.edit_record(record["TimeRecordId"], LocationId=there)
    return {record["LocationId"], there}


def move_to_another_worker(control: SandboxControl) -> set[str]:
    record = open_work(control)
    control.edit_record(record["TimeRecordId"], PersonId=other(control.employees(), "personId", record["PersonId"]))
    return {record["LocationId"]}


def move_to_another_cost_code(control: SandboxControl) -> set[str]:
    record = open_work(control)
    codes = [code for code in control.cost_codes() if code["displayOption"] != "System"]
    control.edit_record(record["TimeRecordId"], CostCodeId=other(codes, "costCodeId", record["CostCodeId"]))
    return {record["LocationId"]}


def move_to_another_day(control: SandboxControl) -> set[str]:
    record = open_work(control)
    day = date.fromisoformat(record["WorkDate"]) + timedelta(days=1)
    control.edit_record(record["TimeRecordId"], WorkDate=day.isoformat())
    return {record["LocationId"]}


def delete(control: SandboxControl) -> set[str]:
    record = open_work(control)
    control.delete_record(record["TimeRecordId"])
    return {record["LocationId"]}


def add_late(control: SandboxControl) -> set[str]:
    record = open_work(control)
    fields = {name: record[name] for name in ("PersonId", "LocationId", "CostCodeId")}
    control.add_record(force=True, WorkDate=(START + timedelta(days=1)).isoformat(), Minutes=95, **fields)
    return {record["LocationId"]}


def move_the_edge_of_neighbours(control: SandboxControl) -> set[str]:
    """A stop is the next record's start: one edit changes two records."""
    records = control.records(START.isoformat(), TODAY.isoformat())
    for record in records:
        after = [
            one
            for one in records
            if one["PersonId"] == record["PersonId"]
            and one["StartTime"] == record["StopTime"]
            and one["StopTime"] != one["StartTime"]
            and one["RecordType"] == "work"
        ]
        long = record["RecordType"] == "work" and record["Minutes"] > 60
        if after and long and record["StartTime"] and not control.record(record["TimeRecordId"])["final"]:
            stop = record["StopTime"][:11] + f"{int(record['StopTime'][11:13]) - 1:02d}" + record["StopTime"][13:]
            control.edit_record(record["TimeRecordId"], StopTime=stop)
            return {record["LocationId"], *(one["LocationId"] for one in after)}
    raise LookupError("the sandbox has none")


def rebucket_overtime(control: SandboxControl) -> set[str]:
    """Twenty hours on one day make overtime of other days' records in that week."""
    record = open_work(control)
    fields = {name: record[name] for name in ("PersonId", "LocationId", "CostCodeId", "WorkDate")}
    control.add_record(Minutes=1200, **fields)
    return {record["LocationId"]}


def merge_locations(control: SandboxControl) -> set[str]:
    record = open_work(control)
    winner = other(control.locations(), "locationId", record["LocationId"])
    control.merge_locations(loser=record["LocationId"], winner=winner)
    return {record["LocationId"], winner}


def rename_a_location(control: SandboxControl) -> set[str]:
    control.rename_location(open_work(control)["LocationId"], "=Renamed & <b>bold</b>")
    return set()


def inactivate_a_location(control: SandboxControl) -> set[str]:
    control.edit_location(open_work(control)["LocationId"], isActive=False)
    return set()


def inactivate_an_employee(control: SandboxControl) -> set[str]:
    control.edit_employee(open_work(control)["PersonId"], isActive=False)
    return set()


def add_a_lunch_on_a_day_of_its_own(control: SandboxControl) -> set[str]:
    record = open_work(control)
    fields = {name: record[name] for name in ("PersonId", "LocationId", "CostCodeId")}
    day = (TODAY - timedelta(days=TODAY.weekday() + 1)).isoformat()
    control.add_record(force=True, WorkDate=day, Minutes=-30, RecordType="auto_lunch", **fields)
    return {record["LocationId"]}


def reuse_an_id(control: SandboxControl) -> set[str]:
    record = open_work(control)
    control.delete_record(record["TimeRecordId"])
    there = other(control.locations(), "locationId", record["LocationId"])
    control.add_record(
        TimeRecordId=record["TimeRecordId"],
        PersonId=other(control.employees(), "personId", record["PersonId"]),
        LocationId=there,
        CostCodeId=record["CostCodeId"],
        WorkDate=record["WorkDate"],
        Minutes=75,
    )
    return {record["LocationId"], there}


CHANGES = {
    "edited": edit(Minutes=17),
    "commented": edit(Comment='=HYPERLINK("http://x") <script>alert(1)</script>'),
    "moved to another day": move_to_another_day,
    "moved to another job": move_to_another_job,
    "moved to another worker": move_to_another_worker,
    "moved to another cost code": move_to_another_cost_code,
    "deleted": delete,
    "added late": add_late,
    "an edge that moves its neighbour": move_the_edge_of_neighbours,
    "overtime re-bucketed": rebucket_overtime,
    "locations merged": merge_locations,
    "a location renamed": rename_a_location,
    "a location inactivated": inactivate_a_location,
    "an employee inactivated": inactivate_an_employee,
    "a lunch on a day of its own": add_a_lunch_on_a_day_of_its_own,
    "an id reused": reuse_an_id,
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_next_sync_matches_the_truth(name, control, settle, as_admin, company):
    sync_again = settle()
    check(as_admin, control, company)
    before = dict(ProPay.objects.values_list("job__external_id", "refreshed_at"))
    touched = CHANGES[name](control)
    sync_again()
    check(as_admin, control, company)
    after = dict(ProPay.objects.values_list("job__external_id", "refreshed_at"))
    assert {job for job in after if after[job] != before.get(job)} <= touched


# Periods and sign-offs


def a_period(control: SandboxControl, *, closed: bool) -> str:
    periods = [one for one in control.periods() if one["IsClosed"] is closed and one["EndDate"] >= START.isoformat()]
    return str(periods[-1 if closed else 0]["PayPeriodId"])


def close(control: SandboxControl) -> None:
    control.close_period(a_period(control, closed=False))


def sign_off_and_take_it_away(control: SandboxControl) -> None:
    person = open_work(control)["PersonId"]
    control.sign_off(a_period(control, closed=False), person)
    control.take_sign_off_away(a_period(control, closed=False), person)


def sign_off(control: SandboxControl) -> None:
    control.sign_off(a_period(control, closed=False), open_work(control)["PersonId"])


def quarantine_and_let_in(control: SandboxControl) -> None:
    """Punches into a closed period wait, and arrive at once when it is reopened; then it is closed again."""
    record = open_work(control, final=True)
    fields = {name: record[name] for name in ("PersonId", "LocationId", "CostCodeId", "WorkDate")}
    for minutes in (15, 25, 35):
        assert control.add_record(Minutes=minutes, **fields)["quarantined"]
    period = next(
        one["PayPeriodId"] for one in control.periods() if one["StartDate"] <= record["WorkDate"] <= one["EndDate"]
    )
    control.reopen_period(period)
    control.close_period(period)


@pytest.mark.parametrize("change", [close, sign_off, sign_off_and_take_it_away, quarantine_and_let_in])
@pytest.mark.parametrize("horizon", [Horizon.ALL, Horizon.FINAL_ONLY])
def test_periods_and_sign_offs_decide_what_is_final(change, horizon, control, settle, as_admin, company):
    sync_again = settle(horizon)
    change(control)
    sync_again()
    check(as_admin, control, company, final_only=horizon == Horizon.FINAL_ONLY)


def test_a_reopened_period_keeps_what_was_final_until_it_closes_again(control, settle, as_admin, company):
    sync_again = settle(Horizon.FINAL_ONLY)
    before = rows_of(control.truth_csv(START.isoformat(), final_only=True))
    period = a_period(control, closed=True)
    record = open_work(control, final=True)
    control.reopen_period(period)
    sync_again()
    stored = TimeEntry.objects.filter(company=company, voided_at=None)
    assert stored.count() == len(before) - 1
    assert stored.filter(is_reopened=True).exists()
    for one in control.periods():
        if one["StartDate"] <= record["WorkDate"] <= one["EndDate"]:
            control.edit_record(record["TimeRecordId"], force=True, Minutes=5)
            control.close_period(one["PayPeriodId"])
    control.close_period(period)
    sync_again()
    check(as_admin, control, company, final_only=True)
    assert not stored.filter(is_reopened=True).exists()


def test_an_entry_says_when_and_in_which_sync_it_was_voided(control, settle, as_admin, company):
    sync_again = settle()
    record = open_work(control)
    control.delete_record(record["TimeRecordId"])
    sync_again()
    entry = TimeEntry.objects.get(external_id=record["TimeRecordId"])
    page = markup_of(as_admin.get(reverse("time_entry", args=[entry.pk])))
    assert f"sync {entry.voided_run_id}</a>" in page
    assert "Voided" in page
    assert TimeEntryVersion.objects.get(entry=entry).minutes == record["Minutes"]
