"""Ask the database for the plan of each query, and find the plans that read all time entries.

A bounded plan names an index and holds a column that narrows a company down: a job, a worker, an id, a range of dates.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from propay.models import SnapshotEntry
from protiv.timekeeping.models import TimeEntry, TimeEntryVersion

# The tables with a row or more for each time entry.
TABLES = frozenset(model._meta.db_table for model in (TimeEntry, TimeEntryVersion, SnapshotEntry))
# Columns that most entries of a company have in common.
COMMON = frozenset({"company_id", "connection_id", "is_live", "is_open", "voided_at", "voided_run_id"})
MANY_PLACES = re.compile(r"%s(?:, %s)+")
# A LIMIT of the query as a whole. One of a subquery says nothing.
STOPS_EARLY = re.compile(r"LIMIT \d+(?: OFFSET \d+)?(?:\) subquery)?$")
SQLITE_STEP = re.compile(r"(?:SCAN|SEARCH) (?P<table>\w+)(?: USING [\w ]+?)?(?: \((?P<columns>.*)\))?(?: LEFT-JOIN)?")
BLOCKS = ("Sort", "Hash", "Aggregate", "Materialize")


@dataclass(frozen=True, slots=True)
class Access:
    """How a query reads one of the tables. `columns` narrow it down; `stops_early` means that a LIMIT ends it."""

    how: str
    columns: frozenset[str]
    stops_early: bool

    @property
    def reads_everything(self) -> bool:
        return self.columns <= COMMON and not self.stops_early


@dataclass(slots=True)
class Explainer:
    """An execute wrapper that keeps the queries that read all time entries, each once."""

    explained: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        key = MANY_PLACES.sub("%s, …", sql)
        if not many and key not in self.explained and any(f'"{table}"' in sql for table in TABLES):
            self.explained.add(key)
            self.faults += [f"{one.how}: {key}" for one in accesses(sql, params) if one.reads_everything]
        return execute(sql, params, many, context)

    def take_faults(self) -> list[str]:
        """Return what was found since the last call."""
        found, self.faults = self.faults, []
        return found


def accesses(sql: str, params: Any) -> Iterator[Access]:
    """Return how the database would read the time entries for this query."""
    explain = "EXPLAIN (FORMAT JSON)" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with closing(connection.create_cursor()) as cursor:
        cursor.execute(f"{explain} {sql}", params)
        rows = cursor.fetchall()
    if connection.vendor == "postgresql":
        return _of_postgresql(rows[0][0][0]["Plan"], "", stops_early=False)
    return _of_sqlite(sql, [row[-1] for row in rows])


def _of_sqlite(sql: str, steps: list[str]) -> Iterator[Access]:
    """Read the steps of a plan, which name a table by its alias."""
    names = {alias or table for table, alias in re.findall(r'"(\w+)"(?: ([A-Z]\d+)\b)?', sql) if table in TABLES}
    stops_early = bool(STOPS_EARLY.search(sql)) and not any("TEMP B-TREE" in step for step in steps)
    for step in steps:
        found = SQLITE_STEP.fullmatch(step)
        if found and found["table"] in names:
            columns = () if "AUTOMATIC" in step else _bounds(found["columns"] or "")
            yield Access(step, frozenset(columns), stops_early)


def _bounds(condition: str) -> Iterator[str]:
    """Return the columns that an index condition limits to values or to a range with two ends."""
    found = re.findall(r"\(?\b(\w+)\)? ?(=|[<>]=?)", condition)
    ends = {(column, sign[0]) for column, sign in found}
    yield from (column for column, sign in ends if sign == "=" or {(column, "<"), (column, ">")} <= ends)


def _of_postgresql(node: dict[str, Any], table: str, *, stops_early: bool) -> Iterator[Access]:
    """Read a node of a plan and those below it. A bitmap scan has its index in a node below the table's."""
    kind = node["Node Type"]
    table = node.get("Relation Name", table)
    stops_early = kind == "Limit" or (stops_early and not kind.endswith(BLOCKS))
    if table in TABLES and kind.endswith("Scan") and kind != "Bitmap Heap Scan":
        condition = node.get("Index Cond", "")
        how = f"{kind} of {table} {node.get('Index Name', '')} {condition}"
        yield Access(how, frozenset(_bounds(condition)), stops_early and kind != "Bitmap Index Scan")
    for part in node.get("Plans", ()):
        yield from _of_postgresql(part, table if kind.startswith("Bitmap") else "", stops_early=stops_early)
