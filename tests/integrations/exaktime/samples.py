"""One good object of each kind, as contract section 4 shows it."""

EMPLOYEE = {
    "personId": "p-101",
    "employeeNumber": "1042",
    "firstName": "Rosa",
    "middleName": None,
    "lastName": "Diaz",
    "email": "rosa@example.com",
    "isActive": True,
    "payType": "Hourly",
}
LOCATION = {
    "locationId": "l-7",
    "identifier": "24-118",
    "name": "Maple Ridge Lot 12",
    "isActive": True,
    "city": "Denver",
    "state": "CO",
    "latitude": 39.7,
    "longitude": -104.9,
    "customFields": {"Budget Hours": "320", "Contract Price": "48,500.00"},
}
COST_CODE = {
    "costCodeId": "c-3",
    "identifier": "03-300",
    "name": "Formwork",
    "isActive": True,
    "displayOption": "Default",
}
CODE_IN = {**COST_CODE, "costCodeId": "c-in", "identifier": None, "name": "In", "displayOption": "System"}
PAY_PERIOD = {"PayPeriodId": "2026-23", "StartDate": "2026-11-02", "EndDate": "2026-11-15", "IsClosed": False}
APPROVAL = {
    "PayPeriodId": "2026-23",
    "PersonId": "p-101",
    "ApprovalType": "SignOff",
    "ApprovedAtUtc": "2026-11-16T15:02:11Z",
}
TIME_RECORD = {
    "TimeRecordId": "8f0c",
    "PersonId": "p-101",
    "LocationId": "l-7",
    "CostCodeId": "c-3",
    "WorkDate": "2026-11-03",
    "StartTime": "2026-11-03T07:00:00",
    "StopTime": "2026-11-03T12:00:00",
    "Minutes": 300,
    "RegularMinutes": 240,
    "Ot1Minutes": 60,
    "Ot2Minutes": 0,
    "RecordType": "work",
    "EntryMethod": "timecard",
    "IsOpen": False,
    "Comment": "",
    "LastModifiedUtc": "2026-11-03T18:22:05Z",
}


def changed(item, **changes):
    return item | changes


def without(item, name):
    return {key: value for key, value in item.items() if key != name}
