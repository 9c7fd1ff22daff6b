"""What about a worker decides which overtime law applies, over time (bonus.md 11.3, 11.10)."""

from datetime import date, timedelta

from propay.rules.worker_status import ExemptStatus, Statuses, WorkerStatus, WorkSchedule

MONDAY = date(2026, 11, 2)
WEEK = [MONDAY + timedelta(days=offset) for offset in range(7)]


def test_a_week_is_exempt_only_if_all_its_days_are():
    since_tuesday = ExemptStatus(from_date=WEEK[1], federal=True, state=True)
    statuses = Statuses({1: WorkerStatus(exempt=(since_tuesday,))})

    assert statuses.exempt_in(1, WEEK) == (False, False)
    assert statuses.exempt_in(1, WEEK[1:]) == (True, True)


def test_federal_and_state_status_are_looked_at_apart():
    rows = (ExemptStatus(federal=True, state=False), ExemptStatus(from_date=WEEK[3], federal=True, state=True))
    statuses = Statuses({1: WorkerStatus(exempt=rows)})

    assert statuses.exempt_in(1, WEEK) == (True, False)


def test_a_person_under_two_ids_is_exempt_only_if_both_are():
    always = WorkerStatus(exempt=(ExemptStatus(federal=True, state=True),))

    assert Statuses({1: always, 2: always}, {1: (1, 2)}).exempt_in(1, WEEK) == (True, True)
    assert Statuses({1: always}, {1: (1, 2)}).exempt_in(1, WEEK) == (False, False)


def test_the_latest_row_holds_and_an_empty_schedule_ends_it():
    tens = WorkSchedule(minutes=((0, 600),))
    status = WorkerStatus(schedules=(tens, WorkSchedule(from_date=WEEK[2])))

    assert status.schedule_on(WEEK[1]) == tens
    assert status.schedule_on(WEEK[2]) is None
    assert WorkerStatus().schedule_on(MONDAY) is None
