"""What the sandbox can be told: edit, delete, merge, rename, close, reopen, and sign off (exaktime.md 5.5-5.9)."""

import pytest

from integrations.exaktime.sandbox.client import SandboxRefused
from tests.integrations.exaktime.sandbox_caller import APPROVALS, EMPLOYEES, LOCATIONS, PAY_PERIODS, Caller, running

CLOSED, HALF, CURRENT = "2026-22", "2026-23", "2026-24"
CLOSED_DAY, HALF_DAY = "2026-10-20", "2026-11-03"


@pytest.fixture
def caller():
    with running() as caller:
        yield caller


@pytest.fixture
def control(caller):
    return caller.control


def served(caller, record_id):
    """The record as the contract's side shows it; None where it is not shown."""
    return next((record for record in caller.window() if record["TimeRecordId"] == record_id), None)


def work_of(caller, day=HALF_DAY, **wanted):
    """A closed stretch of work on that day."""
    return next(
        record
        for record in caller.window(day, day[:-2] + f"{int(day[-2:]) + 1:02d}")
        if record["RecordType"] == "work" and record["StartTime"] and record["Minutes"] > 0
        if all(record[name] == value for name, value in wanted.items())
    )


def sign_offs(caller, period):
    items = caller.get(APPROVALS, filter=f"PayPeriodId eq '{period}'").json["value"]
    return {item["PersonId"] for item in items if item["ApprovalType"] == "SignOff"}


def test_edit_changes_the_record_and_its_stamp(caller, control):
    before = work_of(caller)
    location = control.add_location(name="Elsewhere")["locationId"]
    control.edit_record(before["TimeRecordId"], LocationId=location, Comment="moved")
    after = served(caller, before["TimeRecordId"])
    assert (after["LocationId"], after["Comment"]) == (location, "moved")
    assert after["LastModifiedUtc"] > before["LastModifiedUtc"]


@pytest.mark.parametrize(
    "change", [{"WorkDate": "2026-11-20"}, {"PersonId": "p-103"}, {"CostCodeId": "c-9"}, {"Minutes": 17}]
)
def test_edit_moves_day_worker_code_and_minutes(caller, control, change):
    record = work_of(caller)
    count = len(caller.window())
    control.edit_record(record["TimeRecordId"], **change)
    after = served(caller, record["TimeRecordId"])
    assert {name: after[name] for name in change} == change
    assert len(caller.window()) == count


def test_edit_takes_every_approval_of_that_person_s_period_off(caller, control):
    person = sorted(sign_offs(caller, HALF))[0]
    others = sign_offs(caller, HALF) - {person}
    record_id = work_of(caller, PersonId=person)["TimeRecordId"]
    control.edit_record(record_id, keep_approvals=True, Minutes=100)
    assert person in sign_offs(caller, HALF)
    control.edit_record(record_id, Minutes=101)
    assert sign_offs(caller, HALF) == others


def test_edit_of_a_stop_moves_the_next_record_s_start(caller, control):
    person = control.add_employee()["personId"]
    first, second, punch = (
        control.add_record(PersonId=person, WorkDate="2026-11-17", StartTime=f"{at}:00", StopTime=f"{to}:00", Minutes=n)
        for at, to, n in (
            ("2026-11-17T07:00", "2026-11-17T12:00", 300),
            ("2026-11-17T12:00", "2026-11-17T15:00", 180),
            ("2026-11-17T15:00", "2026-11-17T15:00", 0),
        )
    )
    control.edit_record(first["record"]["TimeRecordId"], StopTime="2026-11-17T11:30:00")
    control.edit_record(second["record"]["TimeRecordId"], StopTime="2026-11-17T15:45:00")
    rows = {row["TimeRecordId"]: row for row in control.records(person=person)}
    clocks = [
        (row["StartTime"][11:16], row["StopTime"][11:16], row["Minutes"])
        for row in (rows[item["record"]["TimeRecordId"]] for item in (first, second, punch))
    ]
    assert clocks == [("07:00", "11:30", 270), ("11:30", "15:45", 255), ("15:45", "15:45", 0)]


def test_edit_of_a_start_moves_the_stop_before_it(caller, control):
    person = control.add_employee()["personId"]
    first = control.add_record(PersonId=person, WorkDate="2026-11-17", Minutes=300)["record"]
    second = control.add_record(
        PersonId=person,
        WorkDate="2026-11-17",
        StartTime="2026-11-17T12:00:00",
        StopTime="2026-11-17T13:00:00",
        Minutes=60,
    )["record"]
    control.edit_record(second["TimeRecordId"], StartTime="2026-11-17T12:15:00")
    assert served(caller, first["TimeRecordId"])["Minutes"] == 315
    assert served(caller, second["TimeRecordId"])["Minutes"] == 45


def test_edit_on_friday_moves_overtime_of_the_same_week(caller, control):
    person = control.add_employee(lastName="Overtime")["personId"]
    for day in range(2, 7):
        control.add_record(PersonId=person, WorkDate=f"2026-11-0{day}", Minutes=480)
    rows = control.records("2026-11-02", "2026-11-08", person=person)
    assert sum(row["Ot1Minutes"] for row in rows) == 0
    control.edit_record(rows[0]["TimeRecordId"], Minutes=540)
    rows = control.records("2026-11-02", "2026-11-08", person=person)
    assert [row["Ot1Minutes"] for row in rows] == [0, 0, 0, 0, 60]


def test_edit_leaves_buckets_that_were_named(caller, control):
    record_id = work_of(caller)["TimeRecordId"]
    control.edit_record(record_id, RegularMinutes=1, Ot1Minutes=2, Ot2Minutes=3)
    after = served(caller, record_id)
    assert (after["RegularMinutes"], after["Ot1Minutes"], after["Ot2Minutes"]) == (1, 2, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"Minutes": "sixty"},
        {"Minutes": True},
        {"TimeRecordId": "x"},
        {"Colour": "red"},
        {"WorkDate": "2026-13-01"},
        {"WorkDate": "20261103"},
        {"StopTime": "noon"},
    ],
)
def test_edit_refuses_what_is_not_a_record(caller, control, change):
    with pytest.raises(SandboxRefused, match="400"):
        control.edit_record(work_of(caller)["TimeRecordId"], **change)


def test_edit_refuses_a_stop_before_the_start(caller, control):
    record = work_of(caller)
    with pytest.raises(SandboxRefused, match="409"):
        control.edit_record(record["TimeRecordId"], StopTime=record["WorkDate"] + "T01:00:00")


def test_closed_period_refuses_edits_unless_forced(caller, control):
    record_id = work_of(caller, CLOSED_DAY)["TimeRecordId"]
    for change in (lambda: control.edit_record(record_id, Minutes=1), lambda: control.delete_record(record_id)):
        with pytest.raises(SandboxRefused, match="409.*reopen"):
            change()
    control.edit_record(record_id, force=True, Minutes=1)
    assert served(caller, record_id)["Minutes"] == 1


def test_delete_leaves_no_trace(caller, control):
    record = work_of(caller)
    count = len(caller.window())
    control.delete_record(record["TimeRecordId"])
    assert served(caller, record["TimeRecordId"]) is None
    assert caller.page(top=1).json["@odata.count"] == count - 1
    with pytest.raises(SandboxRefused, match="404"):
        control.delete_record(record["TimeRecordId"])


def test_add_to_an_open_period_is_there_at_once(caller, control):
    person = control.add_employee()["personId"]
    added = control.add_record(PersonId=person, WorkDate="2026-11-17", Minutes=300)
    assert not added["quarantined"]
    assert served(caller, added["record"]["TimeRecordId"]) == added["record"]
    with pytest.raises(SandboxRefused, match="409"):
        control.add_record(TimeRecordId=added["record"]["TimeRecordId"], PersonId=person, WorkDate="2026-11-17")


def test_add_needs_person_and_day(control):
    with pytest.raises(SandboxRefused, match="PersonId and WorkDate"):
        control.add_record(Minutes=5)


def test_new_punches_in_a_closed_period_arrive_all_at_once_when_it_is_reopened(caller, control):
    added = [control.add_record(PersonId=f"p-10{number}", WorkDate=CLOSED_DAY, Minutes=45) for number in (1, 2, 3)]
    ids = {item["record"]["TimeRecordId"] for item in added}
    assert all(item["quarantined"] for item in added)
    assert not any(served(caller, record_id) for record_id in ids)
    assert set(control.reopen_period(CLOSED)["released"]) == ids
    assert all(served(caller, record_id)["Minutes"] == 45 for record_id in ids)
    assert sign_offs(caller, CLOSED) == set()


def test_reopening_can_keep_the_sign_offs(caller, control):
    before = sign_offs(caller, CLOSED)
    control.reopen_period(CLOSED, keep_approvals=True)
    assert sign_offs(caller, CLOSED) == before


def test_new_punch_for_a_signed_off_person_waits_until_the_sign_off_is_gone(caller, control):
    control.sign_off(CURRENT, "p-102")
    added = control.add_record(PersonId="p-102", WorkDate="2026-11-17")
    other = control.add_record(PersonId="p-103", WorkDate="2026-11-17")
    assert (added["quarantined"], other["quarantined"]) == (True, False)
    gone = control.take_sign_off_away(CURRENT, "p-102")
    assert gone == {"removed": 1, "released": [added["record"]["TimeRecordId"]]}
    assert served(caller, added["record"]["TimeRecordId"])


def test_forced_add_goes_into_a_closed_period(caller, control):
    added = control.add_record(force=True, PersonId="p-101", WorkDate=CLOSED_DAY)
    assert not added["quarantined"]
    assert served(caller, added["record"]["TimeRecordId"])


def test_quarantined_record_can_be_edited_and_deleted(caller, control):
    record_id = control.add_record(PersonId="p-101", WorkDate=CLOSED_DAY)["record"]["TimeRecordId"]
    assert control.edit_record(record_id, force=True, Minutes=7)["quarantined"]
    assert control.record(record_id)["record"]["Minutes"] == 7
    control.delete_record(record_id, force=True)
    assert control.reopen_period(CLOSED)["released"] == []


def test_close_and_sign_off_make_time_final(caller, control):
    record_id = work_of(caller, "2026-11-17")["TimeRecordId"]
    assert not control.record(record_id)["final"]
    control.sign_off(CURRENT, served(caller, record_id)["PersonId"])
    assert control.record(record_id)["final"]
    control.reopen_period(CURRENT)
    assert not control.record(record_id)["final"]
    control.close_period(CURRENT)
    assert control.record(record_id)["final"]
    periods = {item["PayPeriodId"]: item["IsClosed"] for item in caller.get(PAY_PERIODS).json["value"]}
    assert periods[CURRENT] is True


def test_sign_off_by_an_employee_is_not_final(caller, control):
    record = work_of(caller, "2026-11-17")
    control.sign_off(CURRENT, record["PersonId"], kind="Employee")
    assert not control.record(record["TimeRecordId"])["final"]


def test_merge_makes_the_loser_vanish_and_moves_its_records_in_closed_periods_too(caller, control):
    loser = work_of(caller, CLOSED_DAY)["LocationId"]
    winner = next(item["locationId"] for item in control.locations() if item["locationId"] != loser)
    before = caller.window()
    lost = [record["TimeRecordId"] for record in before if record["LocationId"] == loser]
    assert control.merge_locations(loser=loser, winner=winner) == {"moved": len(lost)}
    assert loser not in {item["locationId"] for item in caller.get(LOCATIONS, pageSize=100).json["items"]}
    changed = {record["TimeRecordId"]: winner for record in before if record["LocationId"] == loser}
    expected = [record | {"LocationId": changed.get(record["TimeRecordId"], record["LocationId"])} for record in before]
    assert caller.window() == expected


@pytest.mark.parametrize(("loser", "winner", "status"), [("l-1", "l-1", 400), ("l-1", "l-999", 404), ("x", "l-1", 404)])
def test_merge_refuses_what_is_not_two_locations(control, loser, winner, status):
    with pytest.raises(SandboxRefused, match=str(status)):
        control.merge_locations(loser=loser, winner=winner)


def test_rename_and_inactivate(caller, control):
    control.rename_location("l-2", "New name ñ")
    control.edit_location("l-2", isActive=False)
    control.edit_employee("p-101", lastName="Díaz-Lee", isActive=False)
    control.edit_cost_code("c-5", name="Pouring", isActive=False)
    location = next(i for i in caller.get(LOCATIONS, pageSize=100).json["items"] if i["locationId"] == "l-2")
    assert (location["name"], location["isActive"]) == ("New name ñ", False)
    employee = caller.get(EMPLOYEES).json["items"][0]
    assert (employee["lastName"], employee["isActive"]) == ("Díaz-Lee", False)
    assert {"Pouring"} == {item["name"] for item in control.cost_codes() if item["costCodeId"] == "c-5"}


def test_custom_field_is_set_merged_and_taken_away(control):
    control.set_custom_field("l-2", "Budget Hours", "320")
    both = control.set_custom_field("l-2", "Contract Price", "$1")["customFields"]
    assert both == {"Budget Hours": "320", "Contract Price": "$1"}
    assert control.set_custom_field("l-2", "Budget Hours", None)["customFields"] == {"Contract Price": "$1"}


def test_new_items_do_not_share_their_custom_fields(control):
    first, second = control.add_location(name="a"), control.add_location(name="b")
    control.set_custom_field(first["locationId"], "Budget Hours", "1")
    items = {item["locationId"]: item for item in control.locations()}
    assert items[second["locationId"]]["customFields"] == {}


def test_unknown_things_are_refused_with_the_reason(control):
    for path, fields, text in (
        ("/nothing", {}, "404"),
        ("/locations/edit", {"id": "l-2", "set": {"colour": 1}}, "400.*colour"),
        ("/locations/edit", {"id": "l-2"}, "400.*set is needed"),
        ("/records", {"set": [1]}, "400.*object"),
        ("/periods/close", {"period": "1999-01"}, "404"),
        ("/signoff", {"period": CURRENT, "person": "p-101", "type": "Boss"}, "400.*SignOff"),
        ("/signoff", {"period": CURRENT, "person": "nobody"}, "404"),
        ("/periods/close", {"period": CURRENT, "company": "nowhere"}, "404"),
        ("/accounts", {"username": "a", "password": "b", "denial": "No"}, "400.*MfaRequired"),
    ):
        with pytest.raises(SandboxRefused, match=text):
            control.post(path, **fields)


def test_control_body_that_is_not_json_is_refused(caller):
    assert caller.call("POST", "/_sandbox/reset", "{").status == 400


def test_changed_password_and_revoked_tokens_end_the_session(caller, control):
    control.set_account("sync@acme.test", "other")
    assert control.revoke_tokens()["revoked"] >= 1
    assert caller.get(EMPLOYEES).status == 401
    assert caller.login().status == 401
    assert caller.login(password="other").status == 200


def test_account_that_becomes_inactive_is_refused_with_its_code(caller, control):
    control.set_account("x@acme.test", "pw", people=["p-101", "p-102"])
    other = Caller(caller.base_url).sign_in("x@acme.test", "pw")
    assert other.get(EMPLOYEES).json["totalCount"] == 2
    control.set_account("x@acme.test", "pw", denial="AccountInactive")
    assert other.login("x@acme.test", "pw").status == 403


def test_added_company_has_its_own_login_and_world(caller, control):
    control.add_company("Third", "a@third.test", "pw", people=3, days=10, seed=9)
    third = Caller(caller.base_url).sign_in("a@third.test", "pw", "third")
    assert third.get(EMPLOYEES).json["totalCount"] == 3
    assert caller.get(EMPLOYEES).json["totalCount"] == 8


def test_a_view_set_hides_people_and_locations_and_deletes_nothing(caller, control):
    everything = caller.window()
    record = work_of(caller)
    control.set_view("sync@acme.test", people=[record["PersonId"]])
    assert [one["personId"] for one in caller.get(EMPLOYEES).json["items"]] == [record["PersonId"]]
    assert {one["PersonId"] for one in caller.window()} == {record["PersonId"]}
    control.set_view("sync@acme.test", locations=[record["LocationId"]])
    assert {one["LocationId"] for one in caller.window()} <= {None, record["LocationId"]}
    control.set_view("sync@acme.test")
    assert caller.window() == everything


def test_stats_and_requests_tell_what_was_asked(caller, control):
    control.clear_stats()
    caller.get(EMPLOYEES)
    caller.page(top=1)
    caller.login(password="wrong")
    stats = control.stats()
    assert stats["requests"] == {"employees": 1, "time_records": 1, "login": 1}
    assert stats["statuses"] == {"200": 2, "401": 1}
    assert [item["status"] for item in control.requests("login")] == [401]
    assert control.requests("time_records")[0]["target"].startswith("/odata/DwTimeRecords?")


def test_reset_restores_the_initial_bytes(caller, control):
    before = caller.window()
    control.delete_record(work_of(caller)["TimeRecordId"])
    control.add_fault("server_error", times=None)
    control.reset()
    assert caller.sign_in().window() == before
    assert control.reset(people=2, today="2026-11-01")["companies"][0]["employees"] == 2
