"""The what-if's crew: other hours, other wages, people taken off and added."""

from datetime import timedelta

import pytest

from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.propay.pages.what_if.scenario import HTMX, MONDAY, address, filled, terms, tried, zoe
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_hours_of_a_real_worker_are_stretched_over_their_days(as_manager, propay):
    text = tried(as_manager, address(propay), crew_hours=["40:00", "20:00"])
    assert "Hours Ana Ruiz 40 h + Ben Ode 20 h 70:00 60:00 −10:00" in text
    assert "Labor cost 800.00 + 600.00 $1,600.00 $1,400.00 −$200.00" in text
    assert "Overtime true-up $0.00 −$35.71" in text


def test_uncounted_drive_time_stays_in_the_week_when_hours_change(as_manager, crew, job, propay):
    factories.make_entry(crew[0], job, minutes=600, work_date=MONDAY, kind=EntryKind.TRAVEL)
    text = tried(as_manager, address(propay), include_travel="no", crew_hours=["40", "20:00"])
    assert "0.5 × 400.00 / 50 h × 10 h" in text


def test_hours_are_written_as_the_company_writes_them(as_manager, company, propay):
    company.hours_format = "DECIMAL"
    company.save()
    assert filled(as_manager.get(address(propay)))["crew_hours"] == ["50.00", "20.00"]
    assert "Bonus pool $500.00 no change" in tried(as_manager, address(propay))


def test_wage_of_a_real_worker_is_tried(as_manager, propay):
    assert "Labor cost 1,250.00 + 600.00" in tried(as_manager, address(propay), crew_wage=["25.00", "30.00"])


def test_a_worker_is_removed_and_someone_is_added(as_manager, propay):
    page = as_manager.get(address(propay))
    data = filled(page)
    columns = {f"crew_{part}": data[f"crew_{part}"][:1] for part in ("key", "name", "hours", "wage", "bonus", "share")}
    for part, value in {"key": "", "name": "Zoe", "hours": "30", "wage": "10", "bonus": "", "share": ""}.items():
        columns[f"crew_{part}"].append(value)
    text = text_of(as_manager.post(address(propay), data | columns, headers=HTMX))
    assert "Hours Ana Ruiz 50 h + Zoe 30 h" in text
    assert "Ben Ode $142.86 $0.00 −$142.86" in text
    assert "Zoe 650.00 × 1800 / 4800" in text


def test_added_people_work_the_given_weekly_hours(as_manager):
    data = terms([zoe("100"), {}], week_hours="50")
    text = text_of(as_manager.post(address(), data, headers=HTMX))
    assert "Bonus pool $200.00" in text
    assert "Overtime true-up $20.00" in text
    assert "Zoe, week of Nov 2, 2026" in text
    assert "As it is" not in text


def test_no_bonus_and_fixed_shares_can_be_tried(as_manager, propay):
    assert "Ben Ode 500.00 × 1200 / 1200 $142.86 $500.00 +$357.14" in tried(
        as_manager, address(propay), crew_bonus=["no", ""]
    )
    shares = {"distribution": "FIXED_PERCENT", "crew_share": ["75", "25"]}
    text = tried(as_manager, address(propay), **shares)
    assert "Ana Ruiz 500.00 × 75 / 100 $357.14 true-up $35.71 $375.00 true-up $37.50 +$17.86" in text
    shares = {"distribution": "MANUAL", "crew_share": ["300", "200.00"]}
    text = tried(as_manager, address(propay), **shares)
    assert "Ana Ruiz typed $357.14 true-up $35.71 $300.00 true-up $30.00 −$57.14" in text


def test_fixed_shares_that_do_not_add_up_are_reported(as_manager, propay):
    shares = {"distribution": "FIXED_PERCENT", "crew_share": ["75", "20"]}
    assert "total 95, not 100" in tried(as_manager, address(propay), **shares)


def test_worker_whose_wage_is_missing_can_be_given_one(as_manager, company, job, propay):
    factories.make_entry(factories.make_worker(company, "Cy Poe"), job, minutes=600, work_date=MONDAY)
    assert "no wage for Cy Poe" in tried(as_manager, address(propay))
    text = tried(as_manager, address(propay), crew_wage=["20.00", "30.00", "10"])
    assert "Savings 2,600.00 - 1,700.00" in text


def test_wage_that_changed_in_the_meantime_stays_exact_where_it_is_left_alone(as_manager, crew, propay):
    factories.make_wage(crew[0], "21.11", MONDAY + timedelta(3))
    assert "Labor cost 1,022.20 + 600.00 $1,622.20 $1,622.20 no change" in tried(as_manager, address(propay))
