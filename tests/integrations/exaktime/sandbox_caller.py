"""A plain caller of the sandbox's contract side: what our own client does is tested elsewhere."""

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from urllib.parse import quote, urlencode, urlsplit

from integrations.exaktime.sandbox.client import SandboxControl
from integrations.exaktime.sandbox.server import Sandbox
from integrations.exaktime.sandbox.state import State
from integrations.exaktime.sandbox.world import WorldSize

TODAY = date(2026, 11, 23)
EMPLOYEES = "/v1/Common/Persons/Employees"
LOCATIONS = "/v1/Common/Locations"
COST_CODES = "/v1/Time/CostCodes"
PAY_PERIODS = "/odata/DwPayPeriods"
APPROVALS = "/odata/DwPayPeriodApprovals"
TIME_RECORDS = "/odata/DwTimeRecords"


@dataclass
class Reply:
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Caller:
    """One keep-alive connection, signed in as the usual user unless told otherwise."""

    def __init__(self, base_url, *, timeout=10):
        self.base_url = base_url
        self.control = SandboxControl(base_url)
        self.connection = HTTPConnection(urlsplit(base_url).netloc, timeout=timeout)
        self.headers = {}

    def call(self, method, target, body=None):
        self.connection.request(method, target, body, self.headers)
        response = self.connection.getresponse()
        return Reply(response.status, dict(response.headers), response.read())

    def login(self, username="sync@acme.test", password="sandbox-password", company="acme"):
        body = json.dumps({"companyId": company, "username": username, "password": password})
        return self.call("POST", "/v1/auth/login", body)

    def sign_in(self, *args, **kwargs):
        self.headers = {"Authorization": f"Bearer {self.login(*args, **kwargs).json['token']}"}
        return self

    def get(self, path, **query):
        """Query names without their `$`, which OData wants and Python can't have."""
        mark = "$" if path.startswith("/odata/") else ""
        encoded = urlencode({mark + name: value for name, value in query.items()}, quote_via=quote)
        return self.call("GET", f"{path}?{encoded}" if encoded else path)

    def window(self, since="2026-01-01", until="2027-01-01", *, top=1000):
        """A window's records, read to the last page."""
        records = []
        while True:
            page = self.page(since, until, top=top, skip=len(records)).json["value"]
            records += page
            if len(page) < top:
                return records

    def page(self, since="2026-01-01", until="2027-01-01", *, top=1000, skip=0):
        where = f"WorkDate ge {since} and WorkDate lt {until}"
        order = "WorkDate,TimeRecordId"
        return self.get(TIME_RECORDS, filter=where, orderby=order, top=top, skip=skip, count="true")


@contextmanager
def running(*, people=8, days=45, seed=1, **options):
    """A sandbox of this process, and a caller that is signed in."""
    with Sandbox(State(WorldSize(TODAY, people=people, days=days, seed=seed), **options)) as sandbox:
        caller = Caller(sandbox.base_url)
        try:
            yield caller.sign_in()
        finally:
            caller.connection.close()
