"""Stands in for `propay.services.refresh` and remembers what it was asked for."""

from typing import Any

calls: list[dict[str, Any]] = []


def refresh(**arguments: Any) -> None:
    calls.append(arguments)


def fail(**_arguments: Any) -> None:
    raise RuntimeError("The refresh failed.")
