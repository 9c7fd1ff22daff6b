import datetime

import pytest
from django.urls import reverse

from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import TimeEntry, Wage
from tests.make import factories

SYNCED = ("worker", "job", "costcode", "payperiod", "timeentry")


@pytest.fixture
def as_staff(db, sign_in):
    return sign_in(factories.make_user("support@example.com", is_staff=True, is_superuser=True))


@pytest.fixture
def rows(company, ana, job):
    code = factories.make_cost_code(company)
    period = factories.make_pay_period(company, datetime.date(2026, 11, 2), datetime.date(2026, 11, 15))
    entry = factories.make_entry(ana, job, cost_code=code, external_id="t-1")
    return dict(zip(SYNCED, (ana, job, code, period, entry), strict=True))


@pytest.mark.parametrize("name", SYNCED)
def test_synced_rows_are_shown_and_neither_changed_nor_deleted(as_staff, rows, name):
    pk = rows[name].pk
    assert as_staff.get(reverse(f"admin:timekeeping_{name}_changelist")).status_code == 200
    assert as_staff.get(reverse(f"admin:timekeeping_{name}_changelist"), {"q": "t-1"}).status_code == 200
    change = reverse(f"admin:timekeeping_{name}_change", args=[pk])
    assert as_staff.get(change).status_code == 200
    assert as_staff.post(change, {}).status_code == 403
    assert as_staff.get(reverse(f"admin:timekeeping_{name}_add")).status_code == 403
    assert as_staff.post(reverse(f"admin:timekeeping_{name}_delete", args=[pk]), {"post": "yes"}).status_code == 403


def test_an_entry_is_found_by_the_providers_id(as_staff, rows, ana, job):
    for _ in range(3):
        factories.make_entry(ana, job)
    response = as_staff.get(reverse("admin:timekeeping_timeentry_changelist"), {"q": "t-1"})
    assert [entry.external_id for entry in response.context["cl"].result_list] == ["t-1"]


def test_the_list_of_entries_takes_the_same_queries_for_one_and_for_many(
    as_staff, rows, ana, django_assert_max_num_queries
):
    for _ in range(30):
        factories.make_entry(factories.make_worker(ana.company), factories.make_job(ana.company))
    with django_assert_max_num_queries(8):
        as_staff.get(reverse("admin:timekeeping_timeentry_changelist"))
    assert TimeEntry.objects.count() == 31


def test_support_changes_a_wage_as_an_admin_does(as_staff, ana, refreshed):
    add = reverse("admin:timekeeping_wage_add")
    day = datetime.date(2026, 11, 2)
    response = as_staff.post(add, {"worker": ana.pk, "start_date": day, "hourly_amount": "25.00"}, follow=True)
    assert "was added successfully" in response.content.decode()
    wage = Wage.objects.get()
    assert (wage.company, str(wage.hourly_amount)) == (ana.company, "25.00")
    change = reverse("admin:timekeeping_wage_change", args=[wage.pk])
    assert as_staff.post(change, {"start_date": day, "hourly_amount": "26.00"}).status_code == 302
    assert as_staff.post(reverse("admin:timekeeping_wage_delete", args=[wage.pk]), {"post": "yes"}).status_code == 302
    assert not Wage.objects.exists()
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", "actor__email"))
    assert actions == [(action, "support@example.com") for action in ("wage.set", "wage.corrected", "wage.removed")]
    assert len(refreshed) == 3


def test_support_sees_why_a_wage_is_refused(as_staff, ana, bo, refreshed):
    add = reverse("admin:timekeeping_wage_add")
    for values, says in (
        ({"start_date": "1990-01-01", "hourly_amount": "25.00"}, "Check the year"),
        ({"start_date": "2026-11-02", "hourly_amount": "2500.00"}, "at most 1,000.00"),
        ({"start_date": "2026-11-02", "hourly_amount": "0"}, "more than 0"),
    ):
        response = as_staff.post(add, {"worker": ana.pk, **values})
        assert response.status_code == 200
        assert says in response.content.decode()
    factories.make_wage(ana, "20.00", datetime.date(2026, 11, 2))
    response = as_staff.post(add, {"worker": ana.pk, "start_date": "2026-11-02", "hourly_amount": "25.00"})
    assert "already exists" in response.content.decode()
    wage = factories.make_wage(ana, "20.00", datetime.date(2026, 11, 3))
    change = reverse("admin:timekeeping_wage_change", args=[wage.pk])
    response = as_staff.post(change, {"start_date": "2026-11-02", "hourly_amount": "25.00"})
    assert response.status_code == 200
    assert [str(one.hourly_amount) for one in Wage.objects.all()] == ["20.00", "20.00"]
    assert not refreshed
