"""The states of a statement and the ways from one to another (bonus.md 10.7). Pure.

The services refuse by this table, and the triggers in the database (`propay.models.guards`) are made from it.
"""

from enum import StrEnum

from propay.rules.states import Transition


class StatementStatus(StrEnum):
    OPEN = "OPEN"
    LOCKED = "LOCKED"
    PAID = "PAID"


# In these, lines, totals, and rules stand: what comes later goes to the next open statement.
FROZEN = (StatementStatus.LOCKED, StatementStatus.PAID)

LOCK = Transition(before=(StatementStatus.OPEN,), after=(StatementStatus.LOCKED,))
UNLOCK = Transition(before=(StatementStatus.LOCKED,), after=(StatementStatus.OPEN,))
PAY = Transition(before=(StatementStatus.OPEN, StatementStatus.LOCKED), after=(StatementStatus.PAID,))

TRANSITIONS = (LOCK, UNLOCK, PAY)
# Not paid yet.
UNPAID = PAY.before
