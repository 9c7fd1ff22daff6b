"""The table of a statement's transitions (bonus.md 10.7)."""

from propay.rules import statement_states
from propay.rules.statement_states import FROZEN, UNPAID, StatementStatus

# Written out, so that a slip in the table shows.
WAYS = {("OPEN", "LOCKED"), ("LOCKED", "OPEN"), ("OPEN", "PAID"), ("LOCKED", "PAID")}


def test_the_table_has_these_ways_and_no_others():
    found = {
        (before.value, after.value)
        for way in statement_states.TRANSITIONS
        for before in way.before
        for after in way.after
    }
    assert found == WAYS


def test_a_locked_statement_is_frozen_and_not_paid():
    assert set(FROZEN) & set(UNPAID) == {StatementStatus.LOCKED}
    assert {*FROZEN, *UNPAID} == set(StatementStatus)
