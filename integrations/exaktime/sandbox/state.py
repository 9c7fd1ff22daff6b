"""All that lives in one sandbox: companies, tokens, faults, and what was asked of it."""

import threading
from collections import Counter, deque
from dataclasses import replace
from typing import Any

from .accounts import SandboxAccount, SandboxCompany, Token, Tokens, acme, fresh
from .api import Api, Request
from .faults import FaultQueue
from .store import Store
from .world import WorldSize

REMEMBERED_REQUESTS = 20_000


class Traffic:
    """Requests counted, the last of them kept: tests ask how often the login was tried."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self.requests: Counter[str] = Counter()
            self.statuses: Counter[int] = Counter()
            self.bytes_sent = 0
            self.last: deque[dict[str, Any]] = deque(maxlen=REMEMBERED_REQUESTS)

    def add(self, request: Request, token: Token | None, status: int, size: int) -> None:
        """`session` tells the sign-ins of one company apart; a request without a good token has neither."""
        seen = {
            "endpoint": request.endpoint,
            "method": request.method,
            "target": request.target,
            "status": status,
            "company": token.company.company_id if token else None,
            "session": id(token) if token else None,
        }
        with self._lock:
            self.requests[request.endpoint] += 1
            self.statuses[status] += 1
            self.bytes_sent += size
            self.last.append(seen)

    def describe(self) -> dict[str, Any]:
        with self._lock:
            return {
                "total": self.requests.total(),
                "requests": dict(self.requests),
                "statuses": {str(status): count for status, count in self.statuses.items()},
                "bytes_sent": self.bytes_sent,
            }

    def recent(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self.last)


class State:
    def __init__(self, size: WorldSize, *, token_seconds: float = 3600) -> None:
        self.token_seconds = token_seconds
        self.tokens = Tokens(token_seconds)
        self.faults = FaultQueue()
        self.traffic = Traffic()
        self.companies: dict[str, SandboxCompany] = {}
        self.api = Api(self.companies, self.tokens, self.faults)
        self._fill(size)

    def _fill(self, size: WorldSize) -> None:
        self.size = size
        made = [acme(size), fresh(size)]
        self.companies.clear()
        self.companies.update({company.company_id.casefold(): company for company in made})

    def reset(self, changes: dict[str, Any]) -> None:
        """As on start, or with another size: nothing of what was told remains."""
        self._fill(replace(self.size, **changes))
        self.faults.clear()
        self.tokens.revoke()
        self.tokens.seconds = self.token_seconds
        self.traffic.clear()

    def add_company(self, company_id: str, account: SandboxAccount, changes: dict[str, Any]) -> SandboxCompany:
        """One more customer, with a world of its own."""
        company = SandboxCompany(company_id, Store(replace(self.size, **changes)))
        company.set_account(account)
        self.companies[company_id.casefold()] = company
        return company

    def company(self, company_id: str) -> SandboxCompany:
        if company_id.casefold() not in self.companies:
            raise LookupError(f"no company {company_id}")
        return self.companies[company_id.casefold()]

    def describe(self) -> dict[str, Any]:
        return {"companies": [_summary(company) for company in list(self.companies.values())]}


def _summary(company: SandboxCompany) -> dict[str, Any]:
    store = company.store
    return {
        "companyId": company.company_id,
        "usernames": [account.username for account in company.accounts.values()],
        "timeZone": company.time_zone,
        "start": store.size.start.isoformat(),
        "today": store.size.today.isoformat(),
        "seed": store.size.seed,
        "employees": len(store.employees),
        "locations": len(store.locations),
        "costCodes": len(store.cost_codes),
        "payPeriods": len(store.periods),
        "approvals": len(store.approvals),
        "timeRecords": len(store.rows),
        "quarantined": len(store.quarantine),
    }
