"""The product's own what-if against the reading."""

import json
from collections.abc import Callable
from typing import Any

from propay.cases import solving
from tests.oracle.given import Refused
from tests.oracle.reading import read

COMPARED = ("shares", "overtime_true_up", "statements")
REFUSED = {"refused": True}


def by_product(case: dict[str, Any]) -> dict[str, Any]:
    """Return what the product answers to a case, through its JSON, as the command does."""
    try:
        answer = solving.run(solving.load(json.dumps(case)))
    except solving.CaseError:
        return REFUSED
    except Exception as error:  # noqa: BLE001 - a crash of the product is a difference, too
        return {"crashed": repr(error)}
    return {key: answer[key] for key in COMPARED if key in answer}


def by_reading(case: dict[str, Any]) -> dict[str, Any]:
    try:
        return read(case)
    except Refused:
        return REFUSED


def differing(case: dict[str, Any]) -> set[str]:
    """Return the keys of the result on which both disagree; only `refused` or `crashed` where there is no result."""
    product, reading = by_product(case), by_reading(case)
    found = {key for key in product.keys() | reading.keys() if product.get(key) != reading.get(key)}
    return found & {"refused", "crashed"} or found


def smallest(case: dict[str, Any], differs: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Leave out of a case whatever it doesn't need to differ."""
    case = json.loads(json.dumps(case))
    while True:
        for smaller in _smaller(case):
            if _holds(differs, smaller):
                case = smaller
                break
        else:
            return case


def _holds(differs: Callable[[dict[str, Any]], bool], case: dict[str, Any]) -> bool:
    try:
        return differs(case)
    except Exception:  # noqa: BLE001 - what was left out was needed to read the case at all
        return False


def _smaller(case: dict[str, Any]):
    """Yield the case without one thing each: a key, an entry, a worker, a policy, a key of one of them."""
    for worker in sorted({entry["worker"] for entry in case["time"]}):
        yield _without_worker(case, worker)
    for index, entry in enumerate(case["time"]):
        yield _without_entry(case, index, entry)
    overtime = case.get("overtime") or {}
    for key in overtime:
        yield case | {"overtime": {name: value for name, value in overtime.items() if name != key}}
    for key in ("all_time", "policies"):
        for index in range(len(overtime.get(key, []))):
            yield case | {"overtime": overtime | {key: _without(overtime[key], index)}}
    for key in set(case) - {"time", "budget"}:
        yield {name: value for name, value in case.items() if name != key}
    for key in ("workers", "typed_bonuses", "deductions"):
        for index, row in enumerate(case.get(key, [])):
            yield case | {key: _without(case[key], index)}
            for name in set(row) - {"id", "worker"}:
                rest = {other: value for other, value in row.items() if other != name}
                yield case | {key: [*case[key][:index], rest, *case[key][index + 1 :]]}


def _without(rows: list[Any], index: int) -> list[Any]:
    return rows[:index] + rows[index + 1 :]


def _without_worker(case: dict[str, Any], worker: str) -> dict[str, Any]:
    return _with_time(case, lambda entry: entry["worker"] != worker, [e for e in case["time"] if e["worker"] != worker])


def _without_entry(case: dict[str, Any], index: int, entry: dict[str, Any]) -> dict[str, Any]:
    return _with_time(case, lambda other: other != entry, _without(case["time"], index))


def _with_time(case: dict[str, Any], keeps: Callable[[dict[str, Any]], bool], time: list[Any]) -> dict[str, Any]:
    overtime = case.get("overtime")
    if overtime and overtime.get("all_time"):
        overtime = overtime | {"all_time": [entry for entry in overtime["all_time"] if keeps(entry)]}
    return case | {"time": time, "overtime": overtime}
