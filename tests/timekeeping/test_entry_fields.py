"""One list says what a time entry takes from its record: its order means nothing, and one place adds a column."""

import random
from dataclasses import fields
from datetime import UTC, date, datetime, time

import pytest
from django.db import transaction

from protiv.timekeeping import entry_fields, ingest
from protiv.timekeeping.models import EntryValues, TimeEntry, TimeEntryVersion
from protiv.timekeeping.records import TimeRecord
from tests.make.factories import make_company
from tests.make.records import cost_code_record, job_record, time_record, worker_record

NOW = datetime(2026, 11, 9, 12, tzinfo=UTC)
WEEK = (date(2026, 11, 2), date(2026, 11, 9))
CHANGED_AT = datetime(2026, 11, 3, 20, 5, 7, tzinfo=UTC)
# Every value differs from every other one, so none can be in another one's column unseen.
DISTINCT = {
    "start_date": date(2026, 11, 4),
    "stop_date": date(2026, 11, 5),
    "start_time": time(6, 15),
    "stop_time": time(14, 45),
    "minutes": 510,
    "regular_minutes": 480,
    "ot1_minutes": 20,
    "ot2_minutes": 10,
    "is_final": True,
    "comment": "late",
    "modified_at": CHANGED_AT,
}
# Few rows and many are written in different ways.
COUNT = 120

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> ingest.RowSource:
    source = ingest.RowSource(company_id=make_company().pk, connection_id=7)
    ingest.store_workers(source, [worker_record("p-1")])
    ingest.store_jobs(source, [job_record("l-1")], is_whole=True)
    ingest.store_cost_codes(source, [cost_code_record("c-1")])
    return source


def store(source, records, *, run_id):
    with transaction.atomic():
        return ingest.store_window(
            source,
            ingest.Window(*WEEK, run_id),
            records,
            references=ingest.load_references(source),
            set_aside=[],
            now=NOW,
        )


def store_twice(source):
    """Store a window whose records all change, and return all that is stored of it by name."""
    records = [time_record(f"t-{number}", **DISTINCT) for number in range(COUNT)]
    store(source, records, run_id=1)
    few, many = records[:3], records[3:]
    store(source, [*few, *(time_record(one.external_id, **DISTINCT | {"minutes": 7}) for one in many)], run_id=2)
    changed = [time_record(one.external_id, **DISTINCT | {"minutes": 8}) for one in few]
    store(source, [*changed, *(time_record(one.external_id, **DISTINCT | {"minutes": 7}) for one in many)], run_id=3)
    entries = TimeEntry.objects.order_by("external_id")
    versions = TimeEntryVersion.objects.order_by("entry__external_id", "pk")
    return list(entries.values(*columns_of(TimeEntry))), list(versions.values(*columns_of(TimeEntryVersion)))


def columns_of(model) -> list[str]:
    return [one.name for one in model._meta.concrete_fields if one.name not in ("id", "entry")]


def forget():
    TimeEntryVersion.objects.all().delete()
    TimeEntry.objects.all().delete()


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_another_order_of_the_list_stores_the_same_rows(source, monkeypatch, seed):
    expected = store_twice(source)
    forget()
    names = entry_fields.VALUES
    names = names[::-1] if seed is None else tuple(random.Random(seed).sample(names, k=len(names)))
    assert set(names) == set(entry_fields.VALUES)
    assert names != entry_fields.VALUES
    monkeypatch.setattr(entry_fields, "VALUES", names)
    assert store_twice(source) == expected
    assert {entry["comment"] for entry in expected[0]} == {"late"}


def test_a_name_in_the_list_is_all_that_stores_a_value(source, monkeypatch):
    record = time_record("t-1", **DISTINCT)
    with monkeypatch.context() as shorter:
        shorter.setattr(entry_fields, "VALUES", tuple(set(entry_fields.VALUES) - {"modified_at"}))
        shorter.setattr(entry_fields, "COMPARED", tuple(set(entry_fields.COMPARED) - {"modified_at"}))
        store(source, [record], run_id=1)
        assert TimeEntry.objects.get().modified_at is None
    assert store(source, [record], run_id=2).changed == 1
    assert TimeEntry.objects.get().modified_at == CHANGED_AT
    later = time_record("t-1", **DISTINCT | {"modified_at": NOW})
    assert store(source, [later], run_id=3).changed == 1
    assert list(TimeEntryVersion.objects.order_by("pk").values_list("modified_at", flat=True)) == [None, CHANGED_AT]


def test_every_field_of_a_record_and_every_column_of_an_entry_is_covered(source):
    rows = ingest.WindowRows(source, ingest.load_references(source), run_id=1)
    columns = rows.columns([(time_record(), 1)])
    assert {*columns, "excluded_at"} == set(columns_of(TimeEntry)), "a person decides about that one"
    assert {"external_id", *entry_fields.COMPARED} == {one.name for one in fields(TimeRecord)}
    assert set(entry_fields.KEPT) >= {one.name for one in EntryValues._meta.fields}


def test_fingerprints_are_those_that_are_stored_already():
    """Another fingerprint of the same record would rewrite every entry of every company."""
    timeless = dict.fromkeys(("start_date", "start_time", "stop_date", "stop_time"))
    records = [
        time_record(modified_at=CHANGED_AT, comment="late", is_final=True),
        time_record(**timeless, job_external_id="", cost_code_external_id="", kind="time_off"),
    ]
    assert list(entry_fields.fingerprints_of(records)) == [993875361069326607, 3900885775262809824]
