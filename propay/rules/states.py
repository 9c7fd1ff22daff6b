"""The states of a ProPay and their transitions (bonus.md 7.1). Pure.

The services enforce this table, and the database triggers (`propay.models.guards`) are generated from it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State", bound=StrEnum)


class ProPayStatus(StrEnum):
    PENDING = "PENDING"
    STARTED = "STARTED"
    COMPLETE = "COMPLETE"
    APPROVED = "APPROVED"
    PAID = "PAID"
    CANCELED = "CANCELED"


# In these states a sync may change the figures; after approval they are frozen.
LIVE = (ProPayStatus.PENDING, ProPayStatus.STARTED, ProPayStatus.COMPLETE)
FROZEN = (ProPayStatus.APPROVED, ProPayStatus.PAID)


class Need(StrEnum):
    """Conditions besides the state."""

    SNAPSHOT = "what was approved is frozen"
    NO_SNAPSHOT = "nothing is frozen"
    NOTHING_FROZEN = "none of it is on a locked or paid statement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Generic[State]):
    """A transition from each state in `before` to each in `after`, allowed while all `needs` are met."""

    before: tuple[State, ...]
    after: tuple[State, ...]
    needs: tuple[Need, ...] = ()

    def starts_from(self, state: str) -> bool:
        return state in self.before

    @property
    def target(self) -> State:
        """The one state that this transition leads to; ValueError if there are several."""
        (only,) = self.after
        return only


FOLLOW_THE_TIME = Transition(
    before=(ProPayStatus.PENDING, ProPayStatus.STARTED), after=(ProPayStatus.PENDING, ProPayStatus.STARTED)
)
COMPLETE = Transition(before=(ProPayStatus.STARTED,), after=(ProPayStatus.COMPLETE,))
REOPEN = Transition(before=(ProPayStatus.COMPLETE,), after=(ProPayStatus.STARTED,))
CANCEL = Transition(before=LIVE, after=(ProPayStatus.CANCELED,))
RESTORE = Transition(before=(ProPayStatus.CANCELED,), after=(ProPayStatus.PENDING,))
APPROVE = Transition(before=LIVE, after=(ProPayStatus.APPROVED,), needs=(Need.SNAPSHOT,))
# Back to the state it was approved in.
UNAPPROVE = Transition(before=APPROVE.after, after=APPROVE.before, needs=(Need.NO_SNAPSHOT, Need.NOTHING_FROZEN))
PAY = Transition(before=(ProPayStatus.APPROVED,), after=(ProPayStatus.PAID,))

TRANSITIONS = (FOLLOW_THE_TIME, COMPLETE, REOPEN, CANCEL, RESTORE, APPROVE, UNAPPROVE, PAY)
