"""The table of a ProPay's transitions (bonus.md 7.1)."""

import pytest

from propay.rules import states
from propay.rules.states import FROZEN, LIVE, Need, ProPayStatus

# (state, state) → what else must hold. Written out, so that a slip in the table shows.
WAYS = {
    ("PENDING", "STARTED"): (),
    ("STARTED", "PENDING"): (),
    ("STARTED", "COMPLETE"): (),
    ("COMPLETE", "STARTED"): (),
    ("PENDING", "CANCELED"): (),
    ("STARTED", "CANCELED"): (),
    ("COMPLETE", "CANCELED"): (),
    ("CANCELED", "PENDING"): (),
    ("PENDING", "APPROVED"): (Need.SNAPSHOT,),
    ("STARTED", "APPROVED"): (Need.SNAPSHOT,),
    ("COMPLETE", "APPROVED"): (Need.SNAPSHOT,),
    ("APPROVED", "PENDING"): (Need.NO_SNAPSHOT, Need.NOTHING_FROZEN),
    ("APPROVED", "STARTED"): (Need.NO_SNAPSHOT, Need.NOTHING_FROZEN),
    ("APPROVED", "COMPLETE"): (Need.NO_SNAPSHOT, Need.NOTHING_FROZEN),
    ("APPROVED", "PAID"): (),
}


def test_the_table_has_exactly_these_transitions():
    found = {
        (before.value, after.value): way.needs
        for way in states.TRANSITIONS
        for before in way.before
        for after in way.after
        if before != after
    }
    assert found == WAYS


def test_every_state_is_live_frozen_or_canceled():
    assert {*LIVE, *FROZEN, ProPayStatus.CANCELED} == set(ProPayStatus)
    assert not set(LIVE) & set(FROZEN)


def test_a_transition_starts_only_from_its_own_states():
    assert [state.value for state in ProPayStatus if states.REOPEN.starts_from(state)] == ["COMPLETE"]
    assert [state.value for state in ProPayStatus if states.CANCEL.starts_from(state)] == [
        "PENDING",
        "STARTED",
        "COMPLETE",
    ]


def test_a_transition_to_several_states_has_no_single_target():
    assert states.PAY.target == "PAID"
    with pytest.raises(ValueError, match="too many"):
        _ = states.UNAPPROVE.target
