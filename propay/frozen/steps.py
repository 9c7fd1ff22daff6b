"""Steps of a calculation as plain JSON data and back: what a statement line keeps. Pure.

    {"version": 2, "steps": [{"key": …, "label": …, "formula": …, "result": …}]}

Lines from before 2026-12 contain only the list, and lines without steps an empty one.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from propay.rules.trace import Step

VERSION = 2


def as_data(steps: Iterable[Step]) -> dict[str, Any]:
    """Return the steps of a statement line as plain JSON data."""
    return {"version": VERSION, "steps": plain(steps)}


def plain(steps: Iterable[Step]) -> list[dict[str, str]]:
    """Return steps as part of other data that has its own version."""
    return [{"key": step.key, "label": step.label, "formula": step.formula, "result": step.result} for step in steps]


def steps_of(data: Mapping[str, Any] | Iterable[Mapping[str, str]]) -> list[Step]:
    """Return the steps from a statement line's data or from the result of `plain`."""
    stored = data["steps"] if isinstance(data, Mapping) else data
    return [
        Step(key=step["key"], label=step["label"], formula=step["formula"], result=step["result"]) for step in stored
    ]
