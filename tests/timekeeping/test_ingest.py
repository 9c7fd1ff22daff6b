"""What is read is compared with what is stored: only the difference is written, and nothing is lost or doubled."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from protiv.timekeeping import entry_fields, ingest
from protiv.timekeeping.losses import Losses
from protiv.timekeeping.models import CostCode, Job, TimeEntry, TimeEntryVersion, Worker
from protiv.timekeeping.records import SetAside
from tests.make.factories import make_company
from tests.make.records import DAY, cost_code_record, job_record, time_record, worker_record

NOW = datetime(2026, 11, 9, 12, tzinfo=UTC)
WEEK = (date(2026, 11, 2), date(2026, 11, 9))

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> ingest.RowSource:
    source = ingest.RowSource(company_id=make_company().pk, connection_id=7)
    ingest.store_workers(source, [worker_record("p-1"), worker_record("p-2", first_name="Sam")])
    ingest.store_jobs(source, [job_record("l-1"), job_record("l-2", name="Cedar Creek")], is_whole=True)
    ingest.store_cost_codes(source, [cost_code_record("c-1")])
    return source


def store(source, records, *, run_id=1, span=WEEK, set_aside=(), is_final=None):
    with transaction.atomic():
        return ingest.store_window(
            source,
            ingest.Window(*span, run_id, is_final),
            records,
            references=ingest.load_references(source),
            set_aside=set_aside,
            now=NOW,
        )


def live() -> dict[str, int]:
    return dict(TimeEntry.objects.filter(voided_at=None).values_list("external_id", "minutes"))


def job_ids(*external_ids: str) -> set[int]:
    return set(Job.objects.filter(external_id__in=external_ids).values_list("pk", flat=True))


def test_first_read_adds_every_record(source):
    changes = store(source, [time_record("t-1"), time_record("t-2", minutes=-30, kind="auto_lunch")])
    assert (changes.seen, changes.added, changes.changed, changes.voided) == (2, 2, 0, 0)
    assert live() == {"t-1": 300, "t-2": -30}
    assert changes.job_ids == job_ids("l-1")


def test_unchanged_read_writes_nothing(source, django_assert_num_queries):
    records = [time_record(f"t-{number}") for number in range(50)]
    store(source, records)
    references = ingest.load_references(source)
    # A savepoint, one read of what is stored, one of what is held, the savepoint's release.
    with django_assert_num_queries(4), transaction.atomic():
        changes = ingest.store_window(
            source, ingest.Window(*WEEK, 2), records, references=references, set_aside=[], losses=Losses(), now=NOW
        )
    assert (changes.added, changes.changed, changes.voided, changes.job_ids) == (0, 0, 0, set())


def test_changed_record_is_rewritten_and_keeps_its_row(source):
    store(source, [time_record("t-1")])
    pk = TimeEntry.objects.get().pk
    changes = store(source, [time_record("t-1", minutes=240, job_external_id="l-2")], run_id=2)
    entry = TimeEntry.objects.get()
    assert (entry.pk, entry.minutes, entry.added_run_id, entry.changed_run_id) == (pk, 240, 1, 2)
    assert changes.changed == 1
    assert changes.job_ids == job_ids("l-1", "l-2")


@pytest.mark.parametrize(
    "change",
    [
        {"work_date": DAY + timedelta(days=1)},
        {"worker_external_id": "p-2"},
        {"cost_code_external_id": ""},
        {"start_time": None},
        {"ot1_minutes": 60, "regular_minutes": 240},
        {"kind": "travel"},
        {"is_final": True},
        {"is_open": True},
        {"comment": "late"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_that_changes_is_seen(source, change):
    store(source, [time_record("t-1")])
    assert store(source, [time_record("t-1", **change)]).changed == 1


def test_record_that_vanished_is_voided_and_named(source):
    store(source, [time_record("t-1"), time_record("t-2")])
    changes = store(source, [time_record("t-1")], run_id=9)
    voided = TimeEntry.objects.get(external_id="t-2")
    assert (voided.voided_run_id, voided.voided_at, voided.minutes) == (9, NOW, 300)
    assert (changes.voided, changes.job_ids) == (1, job_ids("l-1"))


def test_voided_record_that_comes_back_is_live_again(source):
    store(source, [time_record("t-1")])
    store(source, [])
    assert live() == {}
    assert store(source, [time_record("t-1")]).changed == 1
    assert live() == {"t-1": 300}


def test_record_that_moved_in_from_another_window_is_not_doubled(source):
    store(source, [time_record("t-1")])
    next_week = (date(2026, 11, 9), date(2026, 11, 16))
    changes = store(source, [time_record("t-1", work_date=date(2026, 11, 10), job_external_id="l-2")], span=next_week)
    assert (changes.added, changes.changed) == (0, 1)
    assert changes.job_ids == job_ids("l-1", "l-2")
    assert store(source, []).voided == 0
    assert live() == {"t-1": 300}


def test_other_windows_are_left_alone(source):
    store(source, [time_record("t-1")])
    store(source, [], span=(date(2026, 11, 9), date(2026, 11, 16)))
    assert live() == {"t-1": 300}


def test_other_connections_are_left_alone(source):
    store(source, [time_record("t-1")])
    other = ingest.RowSource(company_id=make_company("Other").pk, connection_id=8)
    ingest.store_workers(other, [worker_record("p-1")])
    ingest.store_jobs(other, [job_record("l-1")], is_whole=True)
    ingest.store_cost_codes(other, [cost_code_record("c-1")])
    store(other, [time_record("t-1", minutes=10)])
    store(other, [])
    assert live() == {"t-1": 300}


def test_record_set_aside_is_not_voided(source):
    store(source, [time_record("t-1"), time_record("t-2")])
    changes = store(source, [], set_aside=[SetAside("time_record", "t-1", "Minutes are missing.")])
    assert (changes.voided, changes.seen) == (1, 1)
    assert live() == {"t-1": 300}


def test_record_set_aside_without_id_voids_nothing(source):
    store(source, [time_record("t-1")])
    assert store(source, [], set_aside=[SetAside("time_record", "", "It has no id.")]).voided == 0
    assert live() == {"t-1": 300}


@pytest.mark.parametrize("field", ["worker_external_id", "job_external_id", "cost_code_external_id"])
def test_record_of_someone_unknown_is_set_aside_and_its_stored_version_stays(source, field):
    store(source, [time_record("t-1")])
    changes = store(source, [time_record("t-1", minutes=1, **{field: "x-9"})])
    assert [one.external_id for one in changes.set_aside] == ["t-1"]
    assert "x-9" in changes.set_aside[0].reason
    assert live() == {"t-1": 300}


def test_only_final_time_is_imported_if_requested(source):
    store(source, [time_record("t-1", is_final=True), time_record("t-2")], is_final=lambda worker, day: False)
    assert live() == {"t-1": 300}


def test_reopened_period_keeps_its_final_time_until_final_time_replaces_it(source):
    store(source, [time_record("t-1", is_final=True)], is_final=lambda worker, day: True)
    store(source, [time_record("t-1", minutes=10)], is_final=lambda worker, day: False)
    entry = TimeEntry.objects.get()
    assert (entry.minutes, entry.is_final, entry.is_reopened, entry.voided_at) == (300, True, True, None)
    store(source, [time_record("t-1", minutes=10, is_final=True)], is_final=lambda worker, day: True)
    entry.refresh_from_db()
    assert (entry.minutes, entry.is_final, entry.is_reopened) == (10, True, False)


def test_final_time_that_vanished_from_a_closed_period_is_voided(source):
    store(source, [time_record("t-1", is_final=True)], is_final=lambda worker, day: True)
    assert store(source, [], is_final=lambda worker, day: True).voided == 1


def test_renamed_worker_keeps_row_and_hours(source):
    store(source, [time_record("t-1")])
    pk = Worker.objects.get(external_id="p-1").pk
    ingest.store_workers(source, [worker_record("p-1", last_name="Peña")])
    assert Worker.objects.get(pk=pk).name == "Rosa Peña"
    assert live() == {"t-1": 300}


def test_merged_job_becomes_inactive_and_is_kept(source):
    store(source, [time_record("t-1")])
    ingest.store_jobs(source, [job_record("l-2", name="Cedar Creek")], is_whole=True)
    assert Job.objects.get(external_id="l-1").is_active is False
    changes = store(source, [time_record("t-1", job_external_id="l-2")])
    assert changes.job_ids == job_ids("l-1", "l-2")


def test_a_partial_job_list_removes_no_job(source):
    ingest.store_jobs(source, [job_record("l-2", name="Cedar Creek")], is_whole=False)
    assert Job.objects.get(external_id="l-1").is_active is True


def test_changed_budget_names_its_job(source):
    renamed = job_record("l-1", name="Maple Ridge II")
    assert ingest.store_jobs(source, [renamed, job_record("l-2", name="Cedar Creek")], is_whole=True) == set()
    budgeted = job_record("l-1", name="Maple Ridge II", budget_minutes=600)
    assert ingest.store_jobs(source, [budgeted, job_record("l-2", name="Cedar Creek")], is_whole=True) == job_ids("l-1")


def test_budget_that_cannot_be_read_leaves_the_stored_one(source):
    others = [job_record("l-2", name="Cedar Creek")]
    ingest.store_jobs(source, [job_record("l-1", budget_minutes=600), *others], is_whole=True)
    changed = ingest.store_jobs(
        source, [job_record("l-1", name="Renamed"), *others], is_whole=True, unreadable_budgets=["l-1"]
    )
    job = Job.objects.get(external_id="l-1")
    assert (job.name, job.synced_budget_minutes, changed) == ("Renamed", 600, set())


def test_time_that_never_was_final_goes_when_only_final_time_is_wanted(source):
    store(source, [time_record("t-1")])
    assert store(source, [time_record("t-1")], is_final=lambda worker, day: False).voided == 1
    assert live() == {}


# Earlier versions


def versions(external_id: str) -> list[tuple[int, int, bool, int]]:
    kept = TimeEntryVersion.objects.filter(entry__external_id=external_id).order_by("pk")
    return [(one.minutes, one.changed_run_id, one.voided_at is not None, one.replaced_run_id) for one in kept]


def test_every_change_keeps_what_was_there_before(source):
    store(source, [time_record("t-1"), time_record("t-2")], run_id=1)
    store(source, [time_record("t-1", minutes=240), time_record("t-2")], run_id=2)
    store(source, [time_record("t-2")], run_id=3)
    store(source, [time_record("t-1", minutes=240), time_record("t-2")], run_id=4)
    assert versions("t-1") == [(300, 1, False, 2), (240, 2, False, 3), (240, 3, True, 4)]
    assert versions("t-2") == []


def test_a_version_keeps_every_value_and_says_when_it_was_replaced(source):
    record = time_record("t-1", comment="late", modified_at=NOW - timedelta(days=1), ot1_minutes=60)
    store(source, [record])
    before = TimeEntry.objects.get()
    store(source, [time_record("t-1", worker_external_id="p-2", job_external_id="l-2", minutes=1)], run_id=2)
    version = TimeEntryVersion.objects.get()
    assert version.replaced_at == NOW
    for name in entry_fields.KEPT:
        assert getattr(version, name) == getattr(before, name), name


def test_reopening_keeps_the_final_version(source):
    store(source, [time_record("t-1", is_final=True)], is_final=lambda worker, day: True)
    store(source, [], run_id=2, is_final=lambda worker, day: False)
    assert versions("t-1") == [(300, 1, False, 2)]


# A later start date, a nearer horizon


def outside(source, start=WEEK[0], end=None):
    with transaction.atomic():
        return ingest.void_outside(source, start=start, end=end, run_id=5, now=NOW)


def test_time_before_the_start_and_after_the_horizon_is_voided(source):
    days = [WEEK[0] - timedelta(days=1), WEEK[0], DAY, DAY + timedelta(days=1)]
    records = [time_record(f"t-{number}", work_date=day) for number, day in enumerate(days)]
    store(source, records, span=(date(2026, 11, 1), date(2026, 11, 9)))
    changes = outside(source, end=DAY + timedelta(days=1))
    assert (changes.voided, changes.job_ids) == (2, job_ids("l-1"))
    assert live() == {"t-1": 300, "t-2": 300}
    assert versions("t-0") == [(300, 1, False, 5)]


def test_nothing_outside_costs_one_query(source, django_assert_num_queries):
    store(source, [time_record("t-1")])
    with django_assert_num_queries(3):
        changes = outside(source)
    assert (changes.voided, changes.job_ids) == (0, set())


def test_time_outside_of_another_connection_stays(source):
    store(source, [time_record("t-1")])
    outside(ingest.RowSource(company_id=source.company_id, connection_id=8), start=date(2027, 1, 1))
    assert live() == {"t-1": 300}


def test_time_off_without_a_job_is_also_voided(source):
    store(source, [time_record("t-1", job_external_id="", kind="time_off")])
    changes = outside(source, start=date(2027, 1, 1))
    assert (changes.voided, changes.job_ids) == (1, set())


@pytest.mark.parametrize("count", [5, 150, 2_100])
def test_few_and_many_changed_rows_are_written_alike(source, count):
    store(source, [time_record(f"t-{number}") for number in range(count)])
    changed = [time_record(f"t-{number}", minutes=number, comment="x\ty\\N\n'%s?") for number in range(count)]
    assert store(source, changed, run_id=2).changed == count
    assert live() == {f"t-{number}": number for number in range(count)}
    assert set(TimeEntry.objects.values_list("comment", "added_run_id")) == {("x\ty\\N\n'%s?", 1)}
    assert TimeEntryVersion.objects.count() == count


def test_new_rows_beside_one_that_moved_in_are_all_stored_once(source):
    store(source, [time_record("t-1")])
    next_week = (date(2026, 11, 9), date(2026, 11, 16))
    records = [time_record(f"t-{number}", work_date=date(2026, 11, 10)) for number in range(300)]
    changes = store(source, records, span=next_week, run_id=2)
    assert (changes.added, changes.changed) == (299, 1)
    assert len(live()) == 300
    assert versions("t-1") == [(300, 1, False, 2)]


def test_a_batch_takes_a_handful_of_queries_whatever_it_holds(source):
    records = [time_record(f"t-{number}") for number in range(300)]
    edited = [time_record(record.external_id, minutes=7) for record in records]
    for read in (records, edited, edited[:150]):
        with CaptureQueriesContext(connection) as taken:
            store(source, read)
        statements = [query["sql"] for query in taken if "SAVEPOINT" not in query["sql"]]
        # Four are the test's own: `load_references` and, without what was lost before, `known_losses`.
        assert len(statements) - 4 <= 8, statements


def exclude(external_id: str) -> None:
    TimeEntry.objects.filter(external_id=external_id).update(excluded_at=NOW)


def is_excluded(external_id: str) -> bool:
    return TimeEntry.objects.get(external_id=external_id).excluded_at is not None


@pytest.mark.parametrize(
    ("change", "stays"),
    [({"comment": "Rain"}, True), ({"is_final": True}, True), ({"minutes": -45}, False), ({"kind": "work"}, False)],
)
def test_a_lunch_that_was_worked_through_counts_until_its_record_changes(source, change, stays):
    lunch = {"minutes": -30, "kind": "auto_lunch"}
    store(source, [time_record("t-1", **lunch)])
    exclude("t-1")
    store(source, [time_record("t-1", **lunch | change)], run_id=2)
    assert is_excluded("t-1") is stays


@pytest.mark.parametrize(("change", "stays"), [({"minutes": 50}, True), ({"kind": "work"}, False)])
def test_a_trip_stays_a_commute_as_long_as_it_is_a_trip(source, change, stays):
    store(source, [time_record("t-1", kind="travel")])
    exclude("t-1")
    store(source, [time_record("t-1", **{"kind": "travel"} | change)], run_id=2)
    assert is_excluded("t-1") is stays


def test_a_sync_keeps_what_is_a_commute(source):
    CostCode.objects.update(is_commute=True)
    ingest.store_cost_codes(source, [cost_code_record("c-1", name="Renamed")])
    assert CostCode.objects.get().is_commute
