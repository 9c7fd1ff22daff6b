"""The company's settings: what is stored, what is refused, and what is recalculated."""

import pytest

from protiv.accounts import services
from protiv.accounts.forms import CompanyForm, time_zones
from protiv.accounts.models import AuditEvent, Company

CALLS = []


def note_refresh(**arguments):
    """Stands in for the product's refresh."""
    CALLS.append(arguments)


def note_true_ups(**arguments):
    """Stands in for the product's overtime."""
    CALLS.append(arguments)


@pytest.fixture(autouse=True)
def refreshed(settings):
    CALLS.clear()
    settings.REFRESH_BONUSES = f"{__name__}.note_refresh"
    settings.UPDATE_TRUE_UPS = f"{__name__}.note_true_ups"
    return CALLS


def typed(**changes):
    return {
        "name": "Acme Roofing",
        "time_zone": "America/Denver",
        "currency": "USD",
        "hours_format": "CLOCK",
    } | changes


def test_the_form_asks_for_what_the_service_stores():
    assert set(CompanyForm.base_fields) == set(services.SETTINGS)


def test_settings_are_stored_and_the_change_is_recorded(as_admin, admin, company, refreshed):
    post = typed(name="Acme & Sons", time_zone="America/Chicago", hours_format="DECIMAL")
    response = as_admin.post("/settings/", post, follow=True)
    assert "Settings saved." in response.text
    company.refresh_from_db()
    assert (company.name, company.time_zone, company.hours_format) == (
        "Acme & Sons",
        "America/Chicago",
        "DECIMAL",
    )
    event = AuditEvent.objects.get(company=company)
    assert (event.actor, event.action, event.target) == (admin, "company.updated", f"company:{company.pk}")
    assert event.summary == (
        "Changed name from “Acme Roofing” to “Acme & Sons”; time zone from “America/Denver” to “America/Chicago”; "
        "hours format from “7:30” to “7.50”."
    )
    (call,) = refreshed
    assert (call["company"], set(call)) == (company, {"company", "now"})


@pytest.mark.parametrize(
    ("changes", "summary"),
    [
        ({"time_zone": "America/Chicago"}, "Changed time zone from “America/Denver” to “America/Chicago”."),
    ],
)
def test_what_decides_the_workweek_of_an_hour_recalculates_overtime(as_admin, company, refreshed, changes, summary):
    as_admin.post("/settings/", typed(**changes))
    assert AuditEvent.objects.get().summary == summary
    (call,) = refreshed
    assert (call["company"], set(call)) == (company, {"company", "now"})


@pytest.mark.parametrize(("before", "after"), [(False, True), (True, False)])
def test_changing_drive_time_recalculates_all_bonuses(as_admin, company, refreshed, before, after):
    Company.objects.update(include_travel=before)
    as_admin.post("/settings/", typed(**({"include_travel": "on"} if after else {})))
    company.refresh_from_db()
    assert company.include_travel is after
    (call,) = refreshed
    assert (call["company"], set(call)) == (company, {"company", "now"})
    assert call["company"].include_travel is after
    assert "count drive time from" in AuditEvent.objects.get().summary


def test_saving_the_same_again_records_nothing(as_admin, company, refreshed):
    assert as_admin.post("/settings/", typed()).status_code == 302
    assert (AuditEvent.objects.count(), refreshed) == (0, [])


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 121},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": ""},
        {"currency": "EUR"},
        {"hours_format": "ROMAN"},
    ],
)
def test_wrong_input_is_refused_at_its_field(as_admin, company, wrong):
    (field,) = wrong
    response = as_admin.post("/settings/", typed(**wrong))
    assert response.status_code == 200
    assert f'id="id_{field}_error"' in response.text
    assert f'aria-describedby="id_{field}' in response.text
    assert AuditEvent.objects.count() == 0


def test_a_failing_refresh_keeps_the_old_settings(as_admin, company, settings):
    settings.REFRESH_BONUSES = f"{__name__}.fail"
    with pytest.raises(RuntimeError):
        as_admin.post("/settings/", typed(include_travel="on"))
    company.refresh_from_db()
    assert company.include_travel is False
    assert AuditEvent.objects.count() == 0


def fail(**_arguments):
    raise RuntimeError


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "EST5EDT", "UTC", "Europe/London"])
def test_each_time_zone_is_offered_once(zone):
    offered = [name for _, zones in time_zones() for name, _ in zones]
    assert offered.count(zone) == 1


def test_a_time_zone_is_a_place():
    offered = {name for _, zones in time_zones() for name, _ in zones}
    assert not offered & {"Factory", "localtime"}


def test_settings_are_of_the_users_own_company(as_stranger, company):
    as_stranger.post("/settings/", typed(name="Taken over"))
    company.refresh_from_db()
    assert company.name == "Acme Roofing"
