"""The contract's calls, and nothing else: sign-in, three REST lists, three OData lists (exaktime.md 3 and 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import odata
from .accounts import DENIALS, SandboxCompany, Token, Tokens
from .answers import SentAnswer, Shape, error_answer, json_answer, parse_object
from .faults import Fault, FaultKind, FaultQueue
from .misbehave import DraftPage, clock_offset, replacement, spoil_delivery, spoil_page
from .store import Selection, listed

LOGIN_PATH = "/v1/auth/login"
PATHS = {
    LOGIN_PATH: "login",
    "/v1/Common/Persons/Employees": "employees",
    "/v1/Common/Locations": "locations",
    "/v1/Time/CostCodes": "cost_codes",
    "/odata/DwPayPeriods": "pay_periods",
    "/odata/DwPayPeriodApprovals": "approvals",
    "/odata/DwTimeRecords": "time_records",
}
REST_OPTIONS = frozenset({"page", "pageSize"})
PERIOD_ORDER = ("PayPeriodId", "StartDate", "EndDate")
APPROVAL_ORDER = ("PayPeriodId", "PersonId", "ApprovalType", "ApprovedAtUtc")
TIME_RECORD_ORDERS: tuple[list[str], ...] = (["WorkDate", "TimeRecordId"], [])


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as far as the contract's calls need it."""

    method: str
    target: str
    authorization: str
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def endpoint(self) -> str:
        return PATHS.get(self.path, "unknown")


class Api:
    """Answers for all companies in this sandbox."""

    def __init__(self, companies: dict[str, SandboxCompany], tokens: Tokens, faults: FaultQueue) -> None:
        self.companies = companies
        self.tokens = tokens
        self.faults = faults
        self.lists: dict[str, Callable[[Request, Token, list[Fault]], SentAnswer]] = {
            "employees": self._rest,
            "locations": self._rest,
            "cost_codes": self._rest,
            "pay_periods": self._pay_periods,
            "approvals": self._approvals,
            "time_records": self._time_records,
        }

    def answer(self, request: Request) -> SentAnswer:
        """The right answer, or what the active faults turn it into."""
        faults = self.faults.take(request.endpoint, request.path, self._company_id(request))
        if any(fault.kind is FaultKind.REVOKE_TOKENS for fault in faults):
            self.tokens.revoke()
        answer = replacement(faults, request.path) or self._right_answer(request, faults)
        return spoil_delivery(faults, answer)

    def _company_id(self, request: Request) -> str | None:
        """Whose request this is, for faults of one company."""
        if request.endpoint == "login":
            return _text(request.body, "companyId").casefold()
        token = self._token(request)
        return token.company.company_id.casefold() if token else None

    def _right_answer(self, request: Request, faults: list[Fault]) -> SentAnswer:
        shape = Shape.ODATA if request.path.startswith("/odata/") else Shape.API
        if request.endpoint == "unknown":
            return error_answer(404, "NotFound", "No such resource.", shape)
        if request.method != ("POST" if request.endpoint == "login" else "GET"):
            return error_answer(405, "MethodNotAllowed", f"{request.method} is not supported here.", shape)
        if request.endpoint == "login":
            return self._login(request, faults)
        token = self._token(request)
        if token is None:
            return error_answer(401, "InvalidToken", "The token is missing, unknown or expired.", shape)
        if token.account.denial:
            return error_answer(403, token.account.denial, DENIALS[token.account.denial], shape)
        try:
            with token.company.store.lock:
                return self.lists[request.endpoint](request, token, faults)
        except odata.BadQuery as error:
            return error_answer(400, "BadRequest", str(error), shape)

    def _token(self, request: Request) -> Token | None:
        scheme, _, text = request.authorization.partition(" ")
        return self.tokens.find(text.strip()) if scheme.casefold() == "bearer" else None

    def _login(self, request: Request, faults: list[Fault]) -> SentAnswer:
        """Sign in (exaktime.md 3). The Company ID is compared case-insensitively (exaktime.md 1)."""
        try:
            parse_object(request.body)
        except ValueError as error:
            return error_answer(400, "BadRequest", str(error))
        company = self.companies.get(_text(request.body, "companyId").casefold())
        if company is None:
            return error_answer(404, "CompanyNotFound", "There is no such company.")
        account = company.accounts.get(_text(request.body, "username").casefold())
        if account is None or account.password != _text(request.body, "password"):
            return error_answer(401, "InvalidCredentials", "The username or password is wrong.")
        if account.denial:
            return error_answer(403, account.denial, DENIALS[account.denial])
        token, expires_at = self.tokens.issue(company, account)
        expires = datetime.fromtimestamp(expires_at + clock_offset(faults), UTC)
        return json_answer(
            {
                "token": token,
                "expiresAt": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
                "companyId": company.company_id,
                "companyTimeZone": company.time_zone,
            }
        )

    # Lists

    def _rest(self, request: Request, token: Token, faults: list[Fault]) -> SentAnswer:
        """Pages from 1, of 1 to 100."""
        found = odata.options(request.query, REST_OPTIONS)
        number = odata.whole(found, "page", 1, low=1)
        size = odata.whole(found, "pageSize", odata.MAX_PAGE_SIZE, low=1, high=odata.MAX_PAGE_SIZE)
        items = getattr(token.company.store, request.endpoint).values()
        if request.endpoint == "employees":
            items = _seen(items, "personId", token.account.people)
        if request.endpoint == "locations":
            items = _seen(items, "locationId", token.account.locations)
        page = _page(request, listed(list(items)), (number - 1) * size, size, faults)
        tail = b'],"page":%d,"pageSize":%d,"totalCount":%d}' % (number, size, page.count)
        return SentAnswer(200, b'{"items":[' + b",".join(page.items) + tail)

    def _pay_periods(self, request: Request, token: Token, faults: list[Fault]) -> SentAnswer:
        found = odata.options(request.query, frozenset({"$top", "$skip", "$count", "$orderby"}))
        items = list(token.company.store.periods.values())
        return _odata_answer(request, found, listed(_sorted(items, found, PERIOD_ORDER)), faults)

    def _approvals(self, request: Request, token: Token, faults: list[Fault]) -> SentAnswer:
        found = odata.options(request.query, frozenset({"$top", "$skip", "$count", "$orderby", "$filter"}))
        period = odata.period_of(found.get("$filter"))
        items = _seen(token.company.store.approvals.values(), "PersonId", token.account.people)
        items = [item for item in items if period in (None, item["PayPeriodId"])]
        return _odata_answer(request, found, listed(_sorted(items, found, APPROVAL_ORDER)), faults)

    def _time_records(self, request: Request, token: Token, faults: list[Fault]) -> SentAnswer:
        """A slice of the sorted and encoded list. A login that sees fewer people sees fewer records."""
        found = odata.options(request.query, frozenset({"$top", "$skip", "$count", "$orderby", "$filter"}))
        if odata.order(found.get("$orderby"), ("WorkDate", "TimeRecordId")) not in TIME_RECORD_ORDERS:
            raise odata.BadQuery("$orderby must be WorkDate,TimeRecordId.")
        since, until = odata.day_range(found.get("$filter"))
        selection = token.company.store.time_records(since, until, token.account.people, token.account.locations)
        return _odata_answer(request, found, selection, faults)


def _odata_answer(request: Request, found: dict[str, str], selection: Selection, faults: list[Fault]) -> SentAnswer:
    paging = odata.paging(found)
    page = _page(request, selection, paging.skip, paging.top, faults)
    head = b'{"@odata.count":%d,"value":[' % page.count if paging.has_count else b'{"value":['
    return SentAnswer(200, head + b",".join(page.items) + b"]}")


def _page(request: Request, selection: Selection, skip: int, top: int, faults: list[Fault]) -> DraftPage:
    page = DraftPage(request.endpoint, skip, top, selection, selection.fetch(skip, top), selection.count)
    return spoil_page(faults, page)


def _seen(items: Any, name: str, visible: frozenset[str] | None) -> list[dict[str, Any]]:
    """Only the items in the login's own view set (exaktime.md 5.11)."""
    return [item for item in items if visible is None or item[name] in visible]


def _sorted(items: list[dict[str, Any]], found: dict[str, str], allowed: tuple[str, ...]) -> list[dict[str, Any]]:
    names = odata.order(found.get("$orderby"), allowed)
    return sorted(items, key=lambda item: [item[name] for name in names]) if names else items


def _text(body: bytes, name: str) -> str:
    """A text out of a JSON body; anything else counts as empty."""
    try:
        value = parse_object(body).get(name)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
