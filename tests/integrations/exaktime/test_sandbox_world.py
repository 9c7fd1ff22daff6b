"""The made-up contractor: the same for the same seed, and with every quirk that the contract names in section 5."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from integrations.exaktime.sandbox.buckets import fill_buckets
from integrations.exaktime.sandbox.periods import ANCHOR, period_id
from integrations.exaktime.sandbox.rows import record_of
from integrations.exaktime.sandbox.world import WorldSize, make_world

SIZE = WorldSize(date(2026, 11, 23))


@pytest.fixture(scope="module")
def world():
    return make_world(SIZE)


@pytest.fixture(scope="module")
def records(world):
    return [record_of(row) for row in world.rows]


def test_same_seed_gives_the_same_bytes(world):
    assert make_world(SIZE) == world


def test_other_seed_gives_another_world(world):
    assert make_world(replace(SIZE, seed=2)).rows != world.rows


@pytest.mark.parametrize(("people", "jobs", "days"), [(1, 1, 1), (1, None, 3), (2, 7, 20), (3, 1, 30), (60, 5, 10)])
def test_any_size_can_be_made(people, jobs, days):
    world = make_world(WorldSize(SIZE.today, people=people, jobs=jobs, days=days))
    assert len(world.employees) == people
    assert world.rows


@pytest.mark.parametrize("size", [{"people": 0}, {"days": 0}, {"jobs": 0}])
def test_sizes_below_one_are_refused(size):
    with pytest.raises(ValueError, match="1 or more"):
        replace(SIZE, **size)


def test_jobs_are_exactly_as_many_as_asked_for():
    world = make_world(replace(SIZE, jobs=23))
    worked = {record_of(row)["LocationId"] for row in world.rows} - {None, "l-1"}
    assert len(worked) == 23


def test_people_include_the_odd_ones(world, records):
    numbers = Counter(item["employeeNumber"] for item in world.employees)
    assert numbers[None] == 1
    assert sorted(numbers.values())[-1] == 2
    names = " ".join(item["firstName"] + item["lastName"] for item in world.employees)
    assert "é" in names
    assert "ñ" in names
    inactive = {item["personId"] for item in world.employees if not item["isActive"]}
    assert inactive & {record["PersonId"] for record in records}


def test_names_are_those_of_a_real_contractor(world):
    names = [f"{item['firstName']} {item['lastName']}" for item in world.employees]
    names += [item["name"] for item in (*world.locations, *world.cost_codes)]
    assert all(name[0].isalnum() and len(name) <= 40 for name in names)


def test_locations_include_the_odd_ones(world, records):
    assert any(item["identifier"] is None for item in world.locations)
    assert any(not item["isActive"] for item in world.locations)
    fields = Counter(name for item in world.locations for name in item["customFields"])
    assert fields["Budget Hours"] > 15
    assert fields["Contract Price"] > 10


def test_cost_codes_include_system_and_inactive_ones(world, records):
    system = {item["name"] for item in world.cost_codes if item["displayOption"] == "System"}
    assert system == {"In", "Out", "Meal Break"}
    inactive = {item["costCodeId"] for item in world.cost_codes if not item["isActive"]}
    assert inactive & {record["CostCodeId"] for record in records}


def test_all_kinds_of_time_are_there(records):
    assert {record["RecordType"] for record in records} == {"work", "travel", "meal_break", "auto_lunch", "time_off"}
    assert all(record["Minutes"] < 0 for record in records if record["RecordType"] == "auto_lunch")
    assert all(record["LocationId"] is None for record in records if record["RecordType"] == "time_off")
    assert any(record["StartTime"] is None and record["RecordType"] == "work" for record in records)
    assert any(record["Minutes"] == 0 and record["CostCodeId"] == "c-1" for record in records)


def test_a_night_shift_leaves_a_day_below_zero(records):
    days = Counter()
    for record in records:
        days[record["PersonId"], record["WorkDate"]] += record["Minutes"]
    assert min(days.values()) == -30


def test_stretches_follow_one_another(records):
    """A stop is the next record's start (exaktime.md 5.5)."""
    days = defaultdict(list)
    for record in records:
        if record["StartTime"] and record["StopTime"] and record["Minutes"]:
            days[record["PersonId"], record["WorkDate"]].append((record["StartTime"], record["StopTime"]))
    several = [sorted(stretches) for stretches in days.values() if len(stretches) > 1]
    assert len(several) > 100
    assert all(left[1] == right[0] for day in several for left, right in pairwise(day))


def test_someone_is_clocked_in_today_even_on_a_sunday(records):
    for world_records in (records, map(record_of, make_world(WorldSize(date(2026, 11, 22), people=6, days=20)).rows)):
        today = [record for record in world_records if record["IsOpen"]]
        assert today
        assert all(record["StopTime"] is None and record["Minutes"] == 0 for record in today)


def test_overtime_is_what_is_over_forty_hours_a_week(records):
    weeks = defaultdict(list)
    for record in records:
        day = date.fromisoformat(record["WorkDate"])
        weeks[record["PersonId"], day - timedelta(days=day.weekday())].append(record)
    for week in weeks.values():
        counted = [record for record in week if record["RecordType"] in ("work", "travel", "auto_lunch")]
        total = sum(record["Minutes"] for record in counted)
        assert sum(record["Ot1Minutes"] for record in counted) == max(0, total - 2400)
        assert sum(record["RegularMinutes"] for record in counted) == min(total, 2400)
    assert sum(record["Ot1Minutes"] for record in records) > 10_000


def test_a_lunch_after_the_fortieth_hour_reduces_overtime():
    def record(number, day, minutes, kind="work"):
        times = {"StartTime": None, "WorkDate": f"2026-11-0{day}", "TimeRecordId": str(number)}
        return times | {"Minutes": minutes, "RecordType": kind}

    week = [record(1, 2, 2390), record(2, 3, 60), record(3, 4, -30, "auto_lunch"), record(4, 5, 30, "meal_break")]
    fill_buckets(week)
    assert [(item["RegularMinutes"], item["Ot1Minutes"]) for item in week] == [(2390, 0), (10, 50), (0, -30), (0, 0)]


def test_budgets_are_close_to_the_hours_worked(world, records):
    worked = Counter()
    for record in records:
        if record["RecordType"] in ("work", "travel", "auto_lunch"):
            worked[record["LocationId"]] += record["Minutes"] / 60
    # Jobs that are over are inactive at most; one that is inactive is over for sure.
    over = [item for item in world.locations if not item["isActive"] and "Budget Hours" in item["customFields"]]
    assert len(over) > 3
    for item in over:
        hours = float(item["customFields"]["Budget Hours"].rstrip("h").replace(",", ""))
        assert 0.8 < hours / worked[item["locationId"]] < 1.35


def test_period_ids_never_repeat_and_match_the_contract_s_example():
    starts = [ANCHOR + timedelta(days=14 * number) for number in range(400)]
    assert len({period_id(start) for start in starts}) == 400
    assert period_id(date(2026, 11, 2)) == "2026-23"
