"""A start date in the middle of a workweek: its overtime is marked, and asked for (bonus.md 10.3)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from integrations.models import Horizon, RunState
from propay import services
from propay.models import LineKind, StatementLine
from propay.queries.known import known_dates
from propay.services.outside_hours import keep_outside_hours
from propay.services.true_ups import update_all_true_ups
from protiv.timekeeping.models import ImportedDates, Job, Worker
from tests.integrations.conftest import start, who_can
from tests.make.factories import make_member, make_wage, set_exempt
from tests.make.propays import make_propay
from tests.make.records import pay_period_record
from tests.make.runs import ask, on, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]
# Where the connection starts; the workweek starts on Monday.
THURSDAY = date(2026, 10, 1)
MONDAY = THURSDAY - timedelta(3)


@pytest.fixture
def admin(connection):
    return make_member(connection.company, "ADMIN").user


@pytest.fixture
def synced(connection, provider, clock, tasks):
    provider.add(*(on(THURSDAY + timedelta(day), minutes=480) for day in range(2)))
    assert work(clock).state == RunState.SUCCEEDED
    return connection


@pytest.fixture
def propay(synced):
    make_wage(Worker.objects.get(external_id="p-1"), "20.00", MONDAY)
    return make_propay(Job.objects.get(external_id="l-1"), start_date=MONDAY, fixed_amount=Decimal("480.00"))


@pytest.fixture
def page(client, admin, propay):
    services.refresh(company=propay.company, now=propay.created_at)

    def page() -> str:
        client.force_login(admin)
        return client.get(reverse("propay_overtime", args=[propay.pk])).content.decode()

    return page


def keep(connection, admin, clock, minutes: int) -> None:
    worker = Worker.objects.get(external_id="p-1")
    span = (worker.pk, MONDAY, MONDAY + timedelta(2))
    keep_outside_hours(company=connection.company, actor=admin, minutes={span: minutes}, now=clock())
    update_all_true_ups(company=connection.company, now=clock())


def test_case_n8_the_first_week_is_marked_and_counts_what_is_entered(synced, propay, admin, clock, page):
    assert "Incomplete week of Sep 28, 2026" in page()
    assert "0.00" not in page()
    keep(synced, admin, clock, 1800)
    assert "30 h." in page()
    assert "5.22" in page()


def test_a_week_that_is_wholly_imported_is_not_marked(synced, provider, clock, page):
    synced.refresh_from_db()
    synced.sync_start_date = MONDAY
    synced.save()
    ask(synced, clock)
    work(clock)
    assert "Incomplete week" not in page()


def test_what_is_imported_later_counts_instead_of_what_was_entered(synced, provider, propay, admin, clock, page):
    keep(synced, admin, clock, 1800)
    synced.refresh_from_db()
    synced.sync_start_date = MONDAY
    synced.save()
    clock.advance(hours=3)
    provider.add(on(MONDAY, minutes=600))
    ask(synced, clock, since=MONDAY)
    work(clock)
    assert "Incomplete week" not in page()
    assert "5.22" not in page()


def test_an_exempt_worker_is_not_asked_about(synced, page):
    for worker in Worker.objects.all():
        set_exempt(worker)
    assert "Incomplete week" not in page()


@pytest.mark.parametrize(("horizon", "end"), [(Horizon.ALL, None), (Horizon.LEAVE_OUT_CURRENT_WEEK, date(2026, 11, 9))])
def test_a_run_keeps_which_dates_it_imports(tested, clock, tasks, horizon, end):
    start(tested, clock, horizon=horizon)
    work(clock)
    found = ImportedDates.objects.get()
    assert (found.start_date, found.end_date, found.is_final_only) == (THURSDAY, end, False)


@who_can("finality")
def test_final_time_ends_with_the_pay_period_that_is_closed_or_has_some(tested, provider, clock, tasks):
    """Pay periods that end within a workweek cut it; whose time was signed off is known for longer."""
    provider.periods = [
        pay_period_record("pp-1", date(2026, 9, 28), date(2026, 10, 14), is_closed=True),
        pay_period_record("pp-2", date(2026, 10, 15), date(2026, 10, 31)),
    ]
    provider.add(
        on(date(2026, 10, 5), "t-1", is_final=True),
        on(date(2026, 10, 20), "t-2", is_final=True, worker_external_id="p-2"),
    )
    start(tested, clock, horizon=Horizon.FINAL_ONLY)
    work(clock)
    assert ImportedDates.objects.get().is_final_only
    known = known_dates(list(Worker.objects.filter(external_id__in=("p-1", "p-2"))))
    ends = {worker.external_id: known[worker.pk].end for worker in Worker.objects.all() if worker.pk in known}
    assert ends == {"p-1": date(2026, 10, 15), "p-2": date(2026, 11, 1)}


def test_the_statement_says_so_too(synced, propay, admin, clock, client):
    services.approve_propays(company=synced.company, actor=admin, propay_ids=[propay.pk], now=clock())
    line = StatementLine.objects.get(kind=LineKind.SHARE)
    client.force_login(admin)
    text = client.get(reverse("statement_detail", args=[line.statement_id])).content.decode()
    assert "Incomplete week" in text
