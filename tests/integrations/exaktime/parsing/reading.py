"""The parsers as the connector calls them, and what they return."""

from integrations.exaktime.budgets import BudgetFields
from integrations.exaktime.finality import Finality
from integrations.exaktime.parsing import (
    TimeRecordParser,
    parse_jobs,
)

FIELDS = BudgetFields("Budget Hours", "Contract Price")
IN_CODES = frozenset({"c-in", "c-out"})


def parse_locations(items):
    return parse_jobs(items, FIELDS)


def parse_time(items, finality=None):
    return TimeRecordParser(codes_without_work=IN_CODES, finality=finality or Finality([]))(items)


def one(read):
    assert read.set_aside == []
    (record,) = read.records
    return record


def refused(read):
    assert read.records == []
    (set_aside,) = read.set_aside
    return set_aside
