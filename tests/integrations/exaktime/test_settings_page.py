"""ExakTime's own settings: the custom fields of a Location that hold the budgets."""

import pytest

from integrations.models import Connection, ConnectionState, SyncRun
from tests.make.connections import make_connection
from tests.make.fakes import FakeProvider
from tests.reading import markup_of

pytestmark = pytest.mark.usefixtures("noon")

DETAIL = "/integrations/exaktime/"
SETUP = f"{DETAIL}setup/"
SETTINGS = f"{DETAIL}settings/"
FIELDS = {"budget_hours_field": "Hours", "contract_price_field": "Price"}
CHOSEN = {"sync_start_date": "2026-10-01", "horizon": "FINAL_ONLY"} | FIELDS


@pytest.fixture
def tested(company, tasks, monkeypatch) -> Connection:
    monkeypatch.setattr("integrations.services.open_connector", lambda _connection: FakeProvider())
    return make_connection(company, ConnectionState.TESTING)


def test_the_fields_have_default_names(as_admin, tested):
    page = markup_of(as_admin.get(SETUP))
    assert 'value="Budget Hours"' in page
    assert 'value="Contract Price"' in page
    assert "<dd>Budget Hours</dd>" in markup_of(as_admin.get(DETAIL))


def test_the_fields_are_chosen_with_the_setup_and_shown(as_admin, tested):
    as_admin.post(SETUP, CHOSEN)
    tested.refresh_from_db()
    assert (tested.horizon, tested.provider_settings) == ("FINAL_ONLY", FIELDS)
    page = markup_of(as_admin.get(DETAIL))
    assert "<dt>Budget hours from</dt><dd>Hours</dd>" in page
    assert "<dt>Contract price from</dt><dd>Price</dd>" in page


def test_the_fields_may_be_empty_and_the_page_says_what_that_means(as_admin, tested):
    without = CHOSEN | {"budget_hours_field": "", "contract_price_field": "  "}
    assert as_admin.post(SETUP, without).url == DETAIL
    tested.refresh_from_db()
    assert set(tested.provider_settings.values()) == {""}
    assert markup_of(as_admin.get(DETAIL)).count("<dd>not imported</dd>") == 2
    assert as_admin.post(SETTINGS, without | {"budget_hours_field": "Hours"}).url == DETAIL
    assert as_admin.post(SETTINGS, without).url == DETAIL
    tested.refresh_from_db()
    assert set(tested.provider_settings.values()) == {""}


@pytest.mark.parametrize("address", [SETUP, SETTINGS])
@pytest.mark.parametrize(
    ("field", "typed", "text"),
    [
        ("budget_hours_field", "x" * 101, "at most 100 characters"),
        ("contract_price_field", "Hours", "This field is already used for budget hours."),
    ],
)
def test_an_invalid_field_is_reported_and_changes_nothing(as_admin, tested, address, field, typed, text):
    if address == SETTINGS:
        as_admin.post(SETUP, CHOSEN)
    before, runs = Connection.objects.values("state", "provider_settings").get(), SyncRun.objects.count()
    response = as_admin.post(address, CHOSEN | {field: typed})
    assert response.context["form"].errors.keys() == {field}
    assert text in markup_of(response)
    assert (Connection.objects.values("state", "provider_settings").get(), SyncRun.objects.count()) == (before, runs)
