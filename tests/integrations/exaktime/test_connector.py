import re
from datetime import date, datetime

import pytest

from integrations.exaktime.budgets import BudgetFields
from integrations.exaktime.company_id import InvalidBaseUrl
from integrations.exaktime.connector import ExakTimeConnector
from integrations.exaktime.login import Login
from integrations.exaktime.provider import connector_for
from integrations.providers.base import (
    Account,
    Capabilities,
    Connector,
    Preview,
    SourceUnavailable,
    TimeExtent,
    UnexpectedResponse,
    WindowTooLarge,
)
from protiv.kit.refused import Refused
from tests.integrations.exaktime.samples import (
    APPROVAL,
    CODE_IN,
    COST_CODE,
    EMPLOYEE,
    LOCATION,
    PAY_PERIOD,
    TIME_RECORD,
    changed,
)

EMPLOYEES, LOCATIONS = "/v1/Common/Persons/Employees", "/v1/Common/Locations"
COST_CODES, PERIODS = "/v1/Time/CostCodes", "/odata/DwPayPeriods"
APPROVALS, RECORDS = "/odata/DwPayPeriodApprovals", "/odata/DwTimeRecords"
WEEK = (date(2026, 11, 2), date(2026, 11, 9))
PLENTY = 10_000


def is_day(value):
    return isinstance(value, str) and value[:1].isdigit()


class FakeClient:
    """The six lists in memory. `spoil` may change a document on its way out."""

    company_id = "acme"

    def __init__(self):
        self.lists = {
            EMPLOYEES: [EMPLOYEE],
            LOCATIONS: [LOCATION],
            COST_CODES: [COST_CODE, CODE_IN],
            PERIODS: [PAY_PERIOD],
            APPROVALS: [APPROVAL],
            RECORDS: [],
        }
        self.asked = []
        self.spoil = lambda number, path, query, document: document

    def sign_in(self):
        """Always good."""

    def get(self, path, query):
        self.asked.append((path, query))
        items = self.lists[path]
        if path in (EMPLOYEES, LOCATIONS, COST_CODES):
            first, size = (query["page"] - 1) * query["pageSize"], query["pageSize"]
            document = {"items": items[first : first + size], "totalCount": len(items)}
        else:
            items = self.filtered(path, items, query.get("$filter", ""))
            first, size = query["$skip"], query["$top"]
            document = {"value": items[first : first + size], "@odata.count": len(items)}
        return self.spoil(self.times(path), path, query, document)

    @staticmethod
    def filtered(path, items, where):
        if path == APPROVALS:
            return [item for item in items if where == f"PayPeriodId eq '{item.get('PayPeriodId')}'"]
        if path == RECORDS:
            start, end = re.fullmatch(r"(?:WorkDate ge (\S+) and )?WorkDate lt (\S+)", where).groups("")
            return [item for item in items if not is_day(item["WorkDate"]) or start <= item["WorkDate"] < end]
        return items

    def times(self, path):
        return len([asked for asked, _query in self.asked if asked == path])


@pytest.fixture
def client():
    return FakeClient()


@pytest.fixture
def connector(client):
    return ExakTimeConnector(client, budget_fields=BudgetFields("Budget Hours", "Contract Price"))


def records(count, **changes):
    return [changed(TIME_RECORD, TimeRecordId=f"t{number}", **changes) for number in range(count)]


def read(connector, window=WEEK, *, max_records=PLENTY, on_page=lambda count: None):
    return connector.time_records(*window, max_records=max_records, on_page=on_page)


def test_is_a_connector(connector):
    checked: Connector = connector
    assert checked.sign_in() == Account("acme", Capabilities(finality=True, budgets=True, overtime_buckets=True))


@pytest.mark.parametrize(
    ("company_id", "base_url", "error"),
    [
        ("evil.com/#", "https://{company_id}.exaktime.com", Refused),
        ("acme", "http://127.0.0.1:8900", InvalidBaseUrl),
        ("acme", "http://{company_id}.exaktime.com", InvalidBaseUrl),
    ],
)
def test_address_is_built_here_and_nowhere_else(company_id, base_url, error):
    with pytest.raises(error):
        connector_for(Login(company_id, "u", "p"), base_url=base_url, budget_fields=BudgetFields("", ""))


def test_repr_shows_no_secret(connector):
    assert "password" not in repr(connector)


@pytest.mark.parametrize(
    ("start", "extent"),
    [
        (None, TimeExtent(3, date(2026, 9, 1), date(2026, 11, 3))),
        (date(2026, 10, 1), TimeExtent(2, date(2026, 10, 5), date(2026, 11, 3))),
        (date(2026, 11, 3), TimeExtent(1, date(2026, 11, 3), date(2026, 11, 3))),
        (date(2026, 11, 4), TimeExtent(0)),
    ],
)
def test_the_extent_of_time_takes_two_records_at_most(client, connector, start, extent):
    days = ("2026-09-01", "2026-10-05", "2026-11-03")
    client.lists[RECORDS] = [changed(TIME_RECORD, TimeRecordId=f"t-{day}", WorkDate=day) for day in days]

    assert connector.time_extent(start, date(2026, 11, 9)) == extent

    asked = [query for path, query in client.asked if path == RECORDS]
    assert len(asked) <= 2
    assert {query["$top"] for query in asked} == {1}


def test_the_extent_of_time_passes_over_a_day_that_cannot_be_read(client, connector):
    client.lists[RECORDS] = [changed(TIME_RECORD, TimeRecordId="t-1", WorkDate="soon")]

    assert connector.time_extent(None, date(2026, 11, 9)) == TimeExtent(1)


def test_preview_counts_without_reading_everything(client, connector):
    client.lists[EMPLOYEES] = [changed(EMPLOYEE, personId=f"p{number}") for number in range(437)]
    assert connector.preview() == Preview(people=437, jobs=1, cost_codes=2)
    assert len(client.asked) == 3


def test_lists_are_read_to_the_last_page(client, connector):
    client.lists[EMPLOYEES] = [changed(EMPLOYEE, personId=f"p{number}") for number in range(250)]
    assert len(connector.workers().records) == 250
    assert [query["page"] for _path, query in client.asked] == [1, 2, 3]
    assert connector.jobs().records[0].budget_minutes == 19200
    assert [code.is_system for code in connector.cost_codes().records] == [False, True]
    assert connector.pay_periods().records[0].start_date == date(2026, 11, 2)


def test_set_aside_of_every_page_is_kept(client, connector):
    client.lists[LOCATIONS] = [
        changed(LOCATION, locationId=f"l{number}", customFields={"Budget Hours": "x"}) for number in range(150)
    ]
    client.lists[LOCATIONS][120] = changed(LOCATION, locationId="broken", isActive=None)
    found = connector.jobs()
    assert len(found.records) == 149
    assert sorted({issue.object_type for issue in found.set_aside}) == ["budget", "job"]
    assert len(found.set_aside) == 150


# One window of time


def test_window_is_read_to_its_last_page(client, connector):
    client.lists[RECORDS] = records(2500)
    heard = []
    found = read(connector, on_page=heard.append)
    assert len(found.records) == 2500
    assert found.set_aside == []
    assert heard == [1000, 2000, 2500]
    queries = [query for path, query in client.asked if path == RECORDS]
    assert queries[1] == {
        "$filter": "WorkDate ge 2026-11-02 and WorkDate lt 2026-11-09",
        "$orderby": "WorkDate,TimeRecordId",
        "$top": 1000,
        "$skip": 1000,
        "$count": "true",
    }


def test_empty_window(client, connector):
    heard = []
    found = read(connector, on_page=heard.append)
    assert (found.records, found.set_aside, heard) == ([], [], [0])


def test_end_of_the_window_is_not_in_it(client, connector):
    client.lists[RECORDS] = [
        changed(TIME_RECORD, TimeRecordId=day, WorkDate=day) for day in ("2026-11-01", "2026-11-02", "2026-11-09")
    ]
    assert [record.external_id for record in read(connector).records] == ["2026-11-02"]


@pytest.mark.parametrize(
    "window",
    [
        (date(2026, 11, 3), date(2026, 11, 3)),
        (date(2026, 11, 4), date(2026, 11, 3)),
        (datetime(2026, 11, 2), datetime(2026, 11, 9)),  # noqa: DTZ001
        (date(2026, 11, 2), datetime(2026, 11, 9)),  # noqa: DTZ001
    ],
)
def test_window_is_two_dates_in_order(client, connector, window):
    with pytest.raises(ValueError, match="two dates"):
        read(connector, window)
    assert client.asked == []


def test_window_too_large_after_one_page(client, connector):
    client.lists[RECORDS] = records(2001)
    heard = []
    with pytest.raises(WindowTooLarge) as caught:
        read(connector, max_records=2000, on_page=heard.append)
    assert caught.value.count == 2001
    assert client.times(RECORDS) == 1
    assert heard == []


def test_window_of_exactly_the_limit_is_read(client, connector):
    client.lists[RECORDS] = records(2000)
    assert len(read(connector, max_records=2000).records) == 2000


def test_one_day_is_read_however_large(client, connector):
    client.lists[RECORDS] = records(2001)
    day = (date(2026, 11, 3), date(2026, 11, 4))
    assert len(read(connector, day, max_records=10).records) == 2001


def test_bad_records_are_set_aside_and_marks_are_dropped(client, connector):
    client.lists[RECORDS] = [
        *records(3),
        changed(TIME_RECORD, TimeRecordId="bad", Minutes="300"),
        changed(TIME_RECORD, TimeRecordId="dateless", WorkDate=None),
        changed(TIME_RECORD, TimeRecordId="mark", CostCodeId="c-in", Minutes=0),
        changed(TIME_RECORD, TimeRecordId="odd mark", CostCodeId="c-in", Minutes=5),
    ]
    found = read(connector)
    assert [record.external_id for record in found.records] == ["t0", "t1", "t2"]
    assert [issue.external_id for issue in found.set_aside] == ["bad", "dateless", "odd mark"]


def test_the_sync_handles_records_of_unknown_people(client, connector):
    client.lists[RECORDS] = records(1, PersonId="p-unknown", LocationId="l-gone", CostCodeId="c-gone")
    assert read(connector).records[0].worker_external_id == "p-unknown"


def test_days_that_were_not_requested_end_the_read(client, connector):
    client.lists[RECORDS] = records(2)

    def ignore_filter(_number, path, _query, document):
        return document | {"value": records(2, WorkDate="2026-12-24")} if path == RECORDS else document

    client.spoil = ignore_filter
    with pytest.raises(UnexpectedResponse) as caught:
        read(connector)
    assert caught.value.code == "NOT_ASKED_FOR"


# A list that moves


def spoil_records(*numbers, change):
    """Change the answer to the requests for time records with these numbers, counted from 1."""

    def spoil(number, path, _query, document):
        return change(document) if path == RECORDS and number in numbers else document

    return spoil


def count_up(document):
    return document | {"@odata.count": document["@odata.count"] + 1}


def repeat_a_record(document):
    return document | {"value": [changed(TIME_RECORD, TimeRecordId="t0"), *document["value"][1:]]}


@pytest.mark.parametrize("change", [count_up, repeat_a_record])
def test_window_that_moves_once_is_read_again(client, connector, change):
    client.lists[RECORDS] = records(1500)
    client.spoil = spoil_records(2, change=change)
    heard = []
    found = read(connector, on_page=heard.append)
    assert len({record.external_id for record in found.records}) == len(found.records) == 1500
    assert client.times(RECORDS) == 4
    assert heard == [1000, 1000, 1500]


def test_window_that_keeps_moving_is_given_up(client, connector):
    client.lists[RECORDS] = records(1500)
    client.spoil = spoil_records(2, 4, 6, 8, change=count_up)
    with pytest.raises(SourceUnavailable) as caught:
        read(connector)
    assert caught.value.code == "KEPT_CHANGING"
    assert "kept changing while we read it" in caught.value.message
    assert "No hours were changed" in caught.value.message
    assert client.times(RECORDS) == 8


def test_page_repeated_forever_is_given_up(client, connector):
    client.lists[RECORDS] = records(5000)
    client.spoil = spoil_records(*range(1, 99), change=lambda document: document | {"value": records(1000)})
    with pytest.raises(SourceUnavailable):
        read(connector)
    assert client.times(RECORDS) == 12


def test_reused_id_is_set_aside_and_lets_the_rest_in_without_voiding_anything(client, connector):
    client.lists[RECORDS] = [*records(2), changed(TIME_RECORD, TimeRecordId="t0", Minutes=1)]
    found = read(connector)
    assert [record.external_id for record in found.records] == ["t1"]
    assert [(one.object_type, one.external_id) for one in found.set_aside] == [
        ("time_record", "t0"),
        ("time_record", ""),
    ]
    assert "more than once" in found.set_aside[0].reason
    assert client.times(RECORDS) == 4


def test_many_reused_ids_make_the_list_unreadable(client, connector):
    client.lists[RECORDS] = [*records(9), *records(4)]
    with pytest.raises(SourceUnavailable) as caught:
        read(connector)
    assert caught.value.code == "KEPT_CHANGING"


def test_reused_id_in_a_list_of_jobs_does_not_make_the_list_whole(client, connector):
    client.lists[LOCATIONS] = [changed(LOCATION, locationId=one) for one in ("l1", "l2", "l1")]
    found = connector.jobs()
    assert [record.external_id for record in found.records] == ["l2"]
    assert {one.object_type for one in found.set_aside} == {"job"}


def test_records_set_aside_by_a_discarded_read_are_not_kept(client, connector):
    client.lists[LOCATIONS] = [
        changed(LOCATION, locationId=f"l{number}", customFields={"Budget Hours": "x"}) for number in range(101)
    ]

    def spoil(number, _path, _query, document):
        return document | {"totalCount": 7} if number == 2 else document

    client.spoil = spoil
    assert len(connector.jobs().set_aside) == 101


def test_error_of_the_caller_is_not_swallowed(client, connector):
    class LeaseLost(Exception):
        pass

    def lose(_count):
        raise LeaseLost

    with pytest.raises(LeaseLost):
        read(connector, on_page=lose)
    assert client.times(RECORDS) == 1


# Final


def test_sign_off_makes_a_persons_time_final(client, connector):
    client.lists[RECORDS] = [*records(1), changed(TIME_RECORD, TimeRecordId="x", PersonId="p-102")]
    assert [record.is_final for record in read(connector).records] == [True, False]
    assert connector.is_final("p-101", date(2026, 11, 3))
    assert not connector.is_final("p-102", date(2026, 11, 3))
    assert not connector.is_final("p-101", date(2026, 11, 20))


@pytest.mark.parametrize("kind", ["Employee", "Supervisor"])
def test_other_approvals_make_nothing_final(client, connector, kind):
    client.lists[APPROVALS] = [changed(APPROVAL, ApprovalType=kind)]
    client.lists[RECORDS] = records(1)
    assert not read(connector).records[0].is_final


def test_closed_period_needs_no_sign_offs(client, connector):
    client.lists[PERIODS] = [changed(PAY_PERIOD, IsClosed=True)]
    client.lists[RECORDS] = records(1)
    assert read(connector).records[0].is_final
    assert client.times(APPROVALS) == 0


def test_nothing_is_final_before_anything_was_read(client, connector):
    assert not connector.is_final("p-101", date(2026, 11, 3))
    assert client.asked == []


def test_two_supervisors_can_approve_the_same_time(client, connector):
    client.lists[APPROVALS] = [
        changed(APPROVAL, ApprovalType="Supervisor", ApprovedAtUtc="2026-11-16T15:00:00Z"),
        changed(APPROVAL, ApprovalType="Supervisor", ApprovedAtUtc="2026-11-16T16:00:00Z"),
    ]
    assert read(connector).records == []


def test_approvals_of_another_period_are_ignored(client, connector):
    def ignore_filter(_number, path, _query, document):
        other = changed(APPROVAL, PayPeriodId="2026-22")
        return {"value": [other], "@odata.count": 1} if path == APPROVALS else document

    client.spoil = ignore_filter
    client.lists[RECORDS] = records(1)
    assert not read(connector).records[0].is_final


def test_quote_in_a_period_id_stays_inside_the_filter(client, connector):
    client.lists[PERIODS] = [changed(PAY_PERIOD, PayPeriodId="x' or 1 eq 1")]
    read(connector)
    assert [q["$filter"] for path, q in client.asked if path == APPROVALS] == ["PayPeriodId eq 'x'' or 1 eq 1'"]


def test_periods_and_sign_offs_are_read_once_and_codes_when_asked(client, connector):
    for _ in range(3):
        read(connector)
    read(connector, (date(2026, 11, 9), date(2026, 11, 16)))
    connector.cost_codes()
    connector.pay_periods()
    assert [client.times(path) for path in (COST_CODES, PERIODS, APPROVALS, RECORDS)] == [2, 1, 1, 4]


def test_unreadable_approval_is_told_once_and_makes_nothing_final(client, connector):
    client.lists[APPROVALS] = [changed(APPROVAL, ApprovalType=None)]
    client.lists[RECORDS] = records(2001)
    with pytest.raises(WindowTooLarge):
        read(connector, max_records=10)
    found = read(connector, (date(2026, 11, 3), date(2026, 11, 4)))
    assert [(issue.object_type, issue.external_id) for issue in found.set_aside] == [("approval", "p-101")]
    assert not found.records[0].is_final
    assert read(connector).set_aside == []


def test_approval_without_a_person_is_shown_under_its_period(client, connector):
    client.lists[APPROVALS] = [changed(APPROVAL, PersonId=None)]
    assert read(connector).set_aside[0].external_id == "2026-23"
