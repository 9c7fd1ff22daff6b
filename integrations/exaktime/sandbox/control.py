"""The control path, which only the sandbox has: GET shows, POST changes. JSON in, JSON out; loopback only.

Each handler gets the State and its arguments (a POST's JSON object, a GET's query) and returns what to answer. The
`company` argument selects the company; the default is acme.
"""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from . import approvals, edits
from .accounts import DENIALS, SandboxAccount, SandboxCompany
from .answers import SentAnswer, error_answer, json_answer, parse_object
from .api import Request
from .catalog import NEW_ITEMS, add_item, edit_item, items_of
from .faults import FaultKind, make_fault
from .odata import FIRST_DAY, LAST_DAY
from .rows import Row, record_of
from .state import State
from .store import Conflict, Store
from .truth import truth_csv

PREFIX = "/_sandbox"
CSV = "text/csv; charset=utf-8"
PLAN_NUMBERS = ("people", "jobs", "days", "seed")

Arguments = dict[str, Any]
Handler = Callable[[State, Arguments], object]


def control_answer(state: State, request: Request) -> SentAnswer:
    """Run the handler of the path; failures are returned as 400, 404, or 409 with the reason."""
    handler = ROUTES.get((request.method, request.path.removeprefix(PREFIX)))
    if handler is None:
        return error_answer(404, "NotFound", f"known: {', '.join(f'{verb} {PREFIX}{path}' for verb, path in ROUTES)}")
    try:
        is_get = request.method == "GET"
        arguments = dict(parse_qsl(request.query)) if is_get else parse_object(request.body)
        result = handler(state, arguments)
    except LookupError as error:
        return error_answer(404, "NotFound", str(error.args[0]))
    except Conflict as error:
        return error_answer(409, "Conflict", str(error))
    except (ValueError, TypeError) as error:
        return error_answer(400, "BadRequest", str(error))
    return result if isinstance(result, SentAnswer) else json_answer(result)


def _need(arguments: Arguments, name: str) -> Any:
    if name not in arguments:
        raise ValueError(f"{name} is needed")
    return arguments[name]


def _fields(arguments: Arguments) -> dict[str, Any]:
    """The properties to set."""
    fields = _need(arguments, "set")
    if not isinstance(fields, dict):
        raise ValueError("set must be an object")
    return fields


def _company(state: State, arguments: Arguments) -> SandboxCompany:
    return state.company(str(arguments.get("company", "acme")))


def _locked(work: Callable[[Store, Arguments], object]) -> Handler:
    """A handler with exclusive access to one company's store."""

    def handler(state: State, arguments: Arguments) -> object:
        store = _company(state, arguments).store
        with store.lock:
            return work(store, arguments)

    return handler


# State


def _info(state: State, arguments: Arguments) -> object:
    return state.describe()


def _stats(state: State, arguments: Arguments) -> object:
    return state.traffic.describe()


def _requests(state: State, arguments: Arguments) -> object:
    return {"requests": state.traffic.recent()}


def _clear_stats(state: State, arguments: Arguments) -> object:
    state.traffic.clear()
    return state.traffic.describe()


def _reset(state: State, arguments: Arguments) -> object:
    state.reset(_plan_changes(arguments))
    return state.describe()


def _plan_changes(arguments: Arguments) -> dict[str, Any]:
    changes = {name: arguments[name] for name in PLAN_NUMBERS if name in arguments}
    if "today" in arguments:
        changes["today"] = date.fromisoformat(arguments["today"])
    return changes


def _truth(store: Store, arguments: Arguments) -> object:
    since = date.fromisoformat(arguments.get("from", FIRST_DAY)).isoformat()
    until = date.fromisoformat(arguments.get("to", LAST_DAY)).isoformat()
    text = truth_csv(store, since, until, is_final_only=arguments.get("final_only") == "1")
    return SentAnswer(200, text.encode(), CSV)


def _list(kind: str) -> Callable[[Store, Arguments], object]:
    return lambda store, arguments: {"items": list(items_of(store, kind).values())}


# Time records


def _records(store: Store, arguments: Arguments) -> object:
    """Records as they are, quarantined ones too, by `id` or by `from`, `to` (both included), `person`, `location`."""
    if "id" in arguments:
        return {"items": [_shown(store, store.row(arguments["id"]))]}
    since, until = arguments.get("from", FIRST_DAY), arguments.get("to", LAST_DAY)
    rows = [*store.between(since, until + "~"), *store.quarantine.values()]
    rows = [row for row in rows if since <= row.work_date <= until and arguments.get("person") in (None, row.person_id)]
    found = [_shown(store, row) for row in sorted(rows)]
    place = arguments.get("location")
    return {"items": [item for item in found if place in (None, item["record"]["LocationId"])]}


def _shown(store: Store, row: Row) -> dict[str, Any]:
    return {
        "record": record_of(row),
        "quarantined": row.record_id in store.quarantine,
        "final": store.is_final(row.person_id, row.work_date),
    }


def _add_record(store: Store, arguments: Arguments) -> object:
    return edits.add_record(store, _fields(arguments), force=bool(arguments.get("force")))


def _edit_record(store: Store, arguments: Arguments) -> object:
    return edits.edit_record(store, _need(arguments, "id"), _fields(arguments), **_how(arguments))


def _delete_record(store: Store, arguments: Arguments) -> object:
    return edits.delete_record(store, _need(arguments, "id"), **_how(arguments))


def _how(arguments: Arguments) -> dict[str, bool]:
    return {name: bool(arguments.get(name)) for name in ("keep_approvals", "force")}


# Employees, locations, cost codes


def _add(kind: str) -> Callable[[Store, Arguments], object]:
    return lambda store, arguments: {"item": add_item(store, kind, _fields(arguments))}


def _edit(kind: str) -> Callable[[Store, Arguments], object]:
    return lambda store, arguments: {
        "item": edit_item(store, kind, _need(arguments, "id"), _fields(arguments)),
    }


def _rename_location(store: Store, arguments: Arguments) -> object:
    return {"item": edit_item(store, "locations", _need(arguments, "id"), {"name": _need(arguments, "name")})}


def _merge(store: Store, arguments: Arguments) -> object:
    return edits.merge_locations(store, _need(arguments, "loser"), _need(arguments, "winner"))


# Pay periods and sign-offs


def _close(store: Store, arguments: Arguments) -> object:
    return approvals.close_period(store, _need(arguments, "period"))


def _reopen(store: Store, arguments: Arguments) -> object:
    keep = bool(arguments.get("keep_approvals"))
    return approvals.reopen_period(store, _need(arguments, "period"), keep_approvals=keep)


def _sign_off(store: Store, arguments: Arguments) -> object:
    kind = arguments.get("type", "SignOff")
    return approvals.sign_off(store, _need(arguments, "period"), _need(arguments, "person"), kind)


def _take_sign_off_away(store: Store, arguments: Arguments) -> object:
    return approvals.take_sign_off_away(store, _need(arguments, "period"), _need(arguments, "person"))


# Faults, logins, companies


def _faults(state: State, arguments: Arguments) -> object:
    kinds = [{"kind": kind, "description": kind.description, "params": sorted(kind.parameters)} for kind in FaultKind]
    return {"faults": state.faults.describe(), "kinds": kinds}


def _add_fault(state: State, arguments: Arguments) -> object:
    fault = make_fault(arguments)
    state.faults.add(fault)
    return {"fault": fault.describe()}


def _clear_faults(state: State, arguments: Arguments) -> object:
    return {"cleared": state.faults.clear()}


def _revoke(state: State, arguments: Arguments) -> object:
    return {"revoked": state.tokens.revoke()}


def _set_token_seconds(state: State, arguments: Arguments) -> object:
    """Settings of tokens issued from now on."""
    state.tokens.seconds = float(_need(arguments, "seconds"))
    return {"seconds": state.tokens.seconds}


def _set_account(state: State, arguments: Arguments) -> object:
    """Add a login, or change all of one: another password, a denial, fewer people."""
    denial, people = arguments.get("denial"), arguments.get("people")
    if denial not in (None, *DENIALS):
        raise ValueError(f"denial must be one of {', '.join(DENIALS)}")
    seen = None if people is None else frozenset(people)
    account = SandboxAccount(_need(arguments, "username"), _need(arguments, "password"), denial, seen)
    company = _company(state, arguments)
    company.set_account(account)
    return {"company": company.company_id, "username": account.username}


def _set_view(state: State, arguments: Arguments) -> object:
    """Narrow or widen what a login sees, its open sessions included. Nothing is deleted."""
    company, username = _company(state, arguments), str(_need(arguments, "username"))
    account = company.accounts.get(username.casefold())
    if account is None:
        raise LookupError(f"no login {username}")
    people, locations = arguments.get("people"), arguments.get("locations")
    account.people = None if people is None else frozenset(people)
    account.locations = None if locations is None else frozenset(locations)
    return {"company": company.company_id, "username": account.username}


def _add_company(state: State, arguments: Arguments) -> object:
    account = SandboxAccount(_need(arguments, "username"), _need(arguments, "password"))
    state.add_company(_need(arguments, "company"), account, _plan_changes(arguments))
    return state.describe()


CATALOGS = {kind.replace("_", "-"): kind for kind in NEW_ITEMS}
ROUTES: dict[tuple[str, str], Handler] = {
    ("GET", ""): _info,
    ("GET", "/stats"): _stats,
    ("GET", "/requests"): _requests,
    ("POST", "/stats/clear"): _clear_stats,
    ("POST", "/reset"): _reset,
    ("GET", "/truth.csv"): _locked(_truth),
    ("GET", "/records"): _locked(_records),
    ("POST", "/records"): _locked(_add_record),
    ("POST", "/records/edit"): _locked(_edit_record),
    ("POST", "/records/delete"): _locked(_delete_record),
    **{("GET", f"/{path}"): _locked(_list(kind)) for path, kind in {**CATALOGS, "periods": "periods"}.items()},
    ("GET", "/approvals"): _locked(_list("approvals")),
    **{("POST", f"/{path}"): _locked(_add(kind)) for path, kind in CATALOGS.items()},
    **{("POST", f"/{path}/edit"): _locked(_edit(kind)) for path, kind in CATALOGS.items()},
    ("POST", "/locations/rename"): _locked(_rename_location),
    ("POST", "/locations/merge"): _locked(_merge),
    ("POST", "/periods/close"): _locked(_close),
    ("POST", "/periods/reopen"): _locked(_reopen),
    ("POST", "/signoff"): _locked(_sign_off),
    ("POST", "/signoff/remove"): _locked(_take_sign_off_away),
    ("GET", "/faults"): _faults,
    ("POST", "/faults"): _add_fault,
    ("POST", "/faults/clear"): _clear_faults,
    ("POST", "/tokens/revoke"): _revoke,
    ("POST", "/tokens/seconds"): _set_token_seconds,
    ("POST", "/accounts"): _set_account,
    ("POST", "/accounts/view"): _set_view,
    ("POST", "/companies"): _add_company,
}
