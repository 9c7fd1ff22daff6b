"""Hours typed for days that aren't imported: stored once, audited, and only where a week is cut."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from propay import services
from propay.models import OutsideHours
from propay.services.outside_hours import incomplete_weeks_of, keep_outside_hours, shares_of
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import ImportedDates
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
THURSDAY = MONDAY + timedelta(3)


@pytest.fixture
def propay(company, ana):
    job = factories.make_job(company)
    for day in (3, 4):
        factories.make_entry(ana, job, 480, MONDAY + timedelta(day))
    propay = make_propay(job, start_date=MONDAY, fixed_amount=Decimal("900.00"))
    services.refresh(company=company, now=NOW)
    return propay


def imported_from(company, worker, start: date) -> None:
    ImportedDates.objects.create(company=company, connection_id=worker.connection_id, start_date=start)


def test_what_is_typed_again_replaces_what_was_typed(company, admin, ana):
    span = (ana.pk, MONDAY, MONDAY + timedelta(2))
    for minutes in (600, 720):
        keep_outside_hours(company=company, actor=admin, minutes={span: minutes}, now=NOW)
    assert list(OutsideHours.objects.values_list("minutes", "created_by")) == [(720, admin.pk)]
    first, last = AuditEvent.objects.order_by("pk")
    assert (first.actor, first.target) == (admin, f"worker:{ana.pk}")
    assert last.summary == "Entered 12 h of Ana Ruiz from Oct 5, 2026 to Oct 7, 2026, which isn't imported."


def test_a_cut_week_is_found_for_those_who_get_a_bonus(company, ana, propay, django_assert_max_num_queries):
    bonuses = shares_of([propay.pk])
    assert incomplete_weeks_of(company, bonuses, is_frozen=False) == {}
    imported_from(company, ana, THURSDAY)
    (weeks,) = incomplete_weeks_of(company, bonuses, is_frozen=False).values()
    assert [(week.worker_id, week.week_start, len(week.days)) for week in weeks] == [(ana.pk, MONDAY, 3)]


def test_where_no_week_is_cut_a_few_queries_say_so(company, ana, propay, django_assert_num_queries):
    imported_from(company, ana, MONDAY)
    bonuses = shares_of([propay.pk])
    company.refresh_from_db()
    with django_assert_num_queries(4):
        assert incomplete_weeks_of(company, bonuses, is_frozen=False) == {}
