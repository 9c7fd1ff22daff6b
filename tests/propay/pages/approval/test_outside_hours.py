"""Weeks that aren't wholly imported: approval asks for the hours outside (bonus.md 10.3)."""

from datetime import timedelta

import pytest

from propay.models import LineKind, OutsideHours, Snapshot, StatementLine
from protiv.timekeeping.models import ImportedDates
from tests.make import factories
from tests.propay.pages.approval.reading import MONDAY, at, seen_of, status_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db
THURSDAY = MONDAY + timedelta(3)
FIRST, LAST = MONDAY, MONDAY + timedelta(2)


@pytest.fixture
def propay(make):
    """Ten hours on Thursday for each of two, 250.00 for each."""
    return make(day=THURSDAY)


@pytest.fixture(autouse=True)
def imported(company, crew):
    return ImportedDates.objects.create(company=company, connection_id=crew[0].connection_id, start_date=THURSDAY)


def fields_of(crew, first=FIRST, last=LAST) -> list[str]:
    return [f"outside_{worker.pk}_{first}_{last}" for worker in crew]


def post(client, propay, answers):
    seen = seen_of(client.get(at("propay_approve", propay)))
    return client.post(at("propay_approve", propay), {"seen": seen, **answers})


def test_the_page_asks_for_one_number_of_each_person(as_manager, crew, propay):
    page = as_manager.get(at("propay_approve", propay)).content.decode()
    for name in fields_of(crew):
        assert f'name="{name}"' in page
    assert "Ana Ruiz, from Oct 5, 2026 to Oct 7, 2026" in page


def test_where_days_have_overtime_it_asks_for_one_number_a_day(as_manager, company, crew, propay):
    factories.set_policy(company, state="CA")
    page = as_manager.get(at("propay_approve", propay)).content.decode()
    for offset in range(3):
        day = MONDAY + timedelta(offset)
        for name in fields_of(crew, day, day):
            assert f'name="{name}"' in page


def test_what_is_entered_counts_in_overtime_and_is_kept(as_manager, manager, crew, propay):
    ana, bob = fields_of(crew)
    post(as_manager, propay, {ana: "40", bob: "0"})
    assert status_of(propay) == "APPROVED"
    # 0.5 × 250 / 50 × 10
    (line,) = StatementLine.objects.filter(kind=LineKind.TRUE_UP)
    assert (line.worker, str(line.federal_amount)) == (crew[0], "25.00")
    assert set(OutsideHours.objects.values_list("worker", "minutes", "created_by")) == {
        (crew[0].pk, 2400, manager.pk),
        (crew[1].pk, 0, manager.pk),
    }
    (confirmed,) = Snapshot.objects.get().figures["confirmed"]
    assert confirmed["answers"] == {ana: 2400, bob: 0}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Enter the hours worked on these days"),
        ("many", "isn&#x27;t a number of hours"),
        ("73", "Enter at most 72 hours: these days have no more."),
        ("-1", "isn&#x27;t a number of hours"),
    ],
)
def test_an_answer_that_makes_no_sense_is_told_at_its_field(as_manager, crew, propay, typed, told):
    ana, bob = fields_of(crew)
    page = post(as_manager, propay, {ana: typed, bob: "0"}).content.decode()
    assert told in page
    assert f'id="id_{ana}_error"' in page
    assert (status_of(propay), OutsideHours.objects.count()) == ("STARTED", 0)


def test_many_at_a_time_skip_it_and_name_it(as_manager, make, propay):
    other = make("Shed", day=MONDAY + timedelta(7))
    text = text_of(as_manager.get(at("propay_approve_many"), {"id": [propay.pk, other.pk]}))
    assert "Approve 1 of 2" in text
    assert "Some of its workweeks aren't wholly imported" in text


def test_once_answered_it_is_not_asked_again(as_manager, admin, crew, propay, make):
    ana, bob = fields_of(crew)
    post(as_manager, propay, {ana: "40", bob: "0"})
    other = make("Shed", day=MONDAY + timedelta(4))
    assert "outside_" not in as_manager.get(at("propay_approve", other)).content.decode()


def test_a_week_that_is_wholly_imported_asks_nothing(as_manager, imported, propay):
    ImportedDates.objects.update(start_date=MONDAY)
    assert "outside_" not in as_manager.get(at("propay_approve", propay)).content.decode()
