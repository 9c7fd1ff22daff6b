"""Hours by the workday on which they were worked, which overtime goes by (bonus.md 6.2, 10.1)."""

from datetime import date, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from propay import services
from propay.queries.workdays import counted_days, frozen_days, hours_worked
from propay.rules.days import DayMinutes
from protiv.timekeeping.records import EntryKind
from protiv.timekeeping.workdays import Workdays
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
WEEK = (MONDAY, MONDAY + timedelta(6))
MIDNIGHT = Workdays(starts=(time(0),))


@pytest.fixture
def ben(company):
    return factories.make_worker(company, "Ben Ortiz")


def day(worker, offset: int, minutes: int, wage: str | None = None) -> DayMinutes:
    amount = None if wage is None else Decimal(wage)
    return DayMinutes(worker_id=worker.pk, work_date=MONDAY + timedelta(offset), minutes=minutes, wage=amount)


def test_hours_worked_are_those_of_all_jobs_by_worker_and_day(company, ana, ben):
    kitchen, shop = factories.make_job(company, "Kitchen"), factories.make_job(company, "Shop")
    factories.make_entry(ana, kitchen, 480, MONDAY)
    factories.make_entry(ana, kitchen, -30, MONDAY, EntryKind.AUTO_LUNCH)
    factories.make_entry(ana, shop, 60, MONDAY, EntryKind.TRAVEL)
    factories.make_entry(ana, shop, 300, MONDAY + timedelta(6))
    factories.make_entry(ben, shop, 120, MONDAY)
    assert hours_worked(company, [ana.pk, ben.pk], WEEK, MIDNIGHT) == [
        day(ana, 0, 510),
        day(ana, 6, 300),
        day(ben, 0, 120),
    ]


def test_hours_worked_exclude_non_work_and_other_people(company, ana, ben):
    job = factories.make_job(company)
    for kind in (EntryKind.TIME_OFF, EntryKind.MEAL_BREAK):
        factories.make_entry(ana, job, 60, MONDAY, kind)
    factories.make_entry(ana, job, 60, MONDAY, voided=True)
    factories.make_entry(ana, job, 60, MONDAY, is_open=True)
    factories.make_entry(ana, job, 60, MONDAY - timedelta(1))
    factories.make_entry(ana, job, 60, MONDAY + timedelta(7))
    factories.make_entry(ben, job, 60, MONDAY)
    assert hours_worked(company, [ana.pk], WEEK, MIDNIGHT) == []
    assert hours_worked(factories.make_company("Other"), [ben.pk], (MONDAY, MONDAY), MIDNIGHT) == []


def test_hours_worked_include_the_days_wage_on_request(company, ana, ben):
    job = factories.make_job(company)
    factories.make_wage(ana, "31.50", MONDAY + timedelta(1))
    for offset in (0, 1):
        factories.make_entry(ana, job, 60, MONDAY + timedelta(offset))
    factories.make_entry(ben, job, 60, MONDAY)
    before = ana.wages.order_by("start_date").first().hourly_amount
    assert hours_worked(company, [ana.pk, ben.pk], WEEK, MIDNIGHT, with_wages=True) == [
        day(ana, 0, 60, str(before)),
        day(ana, 1, 60, "31.50"),
        day(ben, 0, 60, None),
    ]


def night(worker, job, minutes: int, offset: int, **changes):
    """A shift from nine in the evening of this day of the week to five."""
    day = MONDAY + timedelta(offset)
    clock = {"start_date": day, "start_time": time(21), "stop_date": day + timedelta(1), "stop_time": time(5)}
    return factories.make_entry(worker, job, minutes, day, **clock | changes)


def minutes_by_day(company, worker, workdays, dates=WEEK):
    return {(one.work_date - MONDAY).days: one.minutes for one in hours_worked(company, [worker.pk], dates, workdays)}


def test_a_shift_that_crosses_midnight_is_on_both_days(company, ana):
    job = factories.make_job(company)
    night(ana, job, 480, 0)
    factories.make_entry(ana, job, 120, MONDAY + timedelta(1))
    assert minutes_by_day(company, ana, MIDNIGHT) == {0: 180, 1: 420}


def test_hours_are_those_of_the_week_they_were_worked_in(company, ana):
    job = factories.make_job(company)
    night(ana, job, 480, -1)
    night(ana, job, 480, 6)
    assert minutes_by_day(company, ana, MIDNIGHT) == {0: 300, 6: 180}
    assert minutes_by_day(company, ana, Workdays(starts=(time(6),))) == {6: 480}


def test_the_hour_of_the_workday_moves_early_entries_to_the_day_before(company, ana):
    job = factories.make_job(company)
    day = MONDAY + timedelta(1)
    factories.make_entry(ana, job, 120, day, start_date=day, start_time=time(3), stop_date=day, stop_time=time(5))
    factories.make_entry(ana, job, 60, day)
    assert minutes_by_day(company, ana, Workdays(starts=(time(6),))) == {0: 120, 1: 60}


def test_without_dates_an_entry_starts_on_its_work_date(company, ana):
    night(ana, factories.make_job(company), 480, 0, start_date=None, stop_date=None)
    assert minutes_by_day(company, ana, MIDNIGHT) == {0: 180, 1: 300}


def test_work_dates_decide_where_no_hour_is_known(company, ana):
    """Statements that were paid until 0.1 keep to that."""
    night(ana, factories.make_job(company), 480, -1)
    night(ana, factories.make_job(company), 480, 6)
    assert minutes_by_day(company, ana, Workdays(starts=())) == {6: 480}


@pytest.mark.parametrize(
    "clock",
    [
        {"start_date": MONDAY - timedelta(2)},
        {"start_date": MONDAY + timedelta(2), "stop_date": MONDAY + timedelta(3)},
        {"stop_date": MONDAY - timedelta(1)},
        {"stop_date": MONDAY + timedelta(3)},
        {"stop_time": None},
        {"start_time": None},
    ],
)
def test_a_clock_that_is_missing_or_cannot_be_right_leaves_the_minutes_on_the_work_date(company, ana, clock):
    night(ana, factories.make_job(company), 480, 0, **clock)
    assert minutes_by_day(company, ana, MIDNIGHT) == {0: 480}


def test_the_companys_clock_decides_in_the_night_in_which_it_changes(company, ana):
    """Clocks go back on Sunday, November 1: nine hours from Saturday at 21:00 to Sunday at 5:00."""
    saturday = date(2026, 10, 31)
    clock = {"start_time": time(21), "stop_time": time(5)}
    factories.make_entry(ana, factories.make_job(company), 540, saturday, **clock)
    dates = (saturday, saturday + timedelta(1))
    workdays = Workdays(starts=(time(4),), zone=ZoneInfo("America/New_York"))
    assert minutes_by_day(company, ana, workdays, dates) == {26: 480, 27: 60}


def test_counted_and_frozen_time_are_divided_alike(company, admin, ana):
    job = factories.make_job(company)
    entry = night(ana, job, 480, 0)
    propay = make_propay(job, start_date=MONDAY, fixed_amount=Decimal("900.00"))
    services.refresh(company=company, now=NOW)
    before = counted_days([propay.pk], MIDNIGHT)
    assert [(one.work_date, one.minutes) for one in before[propay.pk]] == [
        (MONDAY, 180),
        (MONDAY + timedelta(1), 300),
    ]
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    assert frozen_days([propay.pk], MIDNIGHT) == before
    # Minutes are the frozen ones, the clock that of today.
    type(entry).objects.update(minutes=60, start_time=time(23))
    (days,) = frozen_days([propay.pk], MIDNIGHT).values()
    assert [one.minutes for one in days] == [60, 420]


def test_short_and_paid_breaks_are_hours_worked_but_never_the_propays(company, ana):
    job = factories.make_job(company)
    propay = make_propay(job, start_date=MONDAY)
    factories.make_entry(ana, job, 480, MONDAY)
    factories.make_entry(ana, job, 20, MONDAY, EntryKind.MEAL_BREAK)
    factories.make_entry(ana, job, 21, MONDAY, EntryKind.MEAL_BREAK)
    factories.make_entry(ana, None, 30, MONDAY, EntryKind.PAID_BREAK)
    factories.make_entry(ana, job, 45, MONDAY, EntryKind.COMMUTE)
    assert hours_worked(company, [ana.pk], WEEK, MIDNIGHT) == [day(ana, 0, 530)]
    assert counted_days([propay.pk], MIDNIGHT) == {propay.pk: [day(ana, 0, 480)]}
