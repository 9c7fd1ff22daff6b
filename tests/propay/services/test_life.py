"""What can be done with a ProPay in each state: the services and the database use the same table."""

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import ProPay
from propay.rules import states
from propay.rules.states import LIVE, ProPayStatus
from tests.make import factories
from tests.make.propays import NOW, make_propay, put

pytestmark = pytest.mark.django_db

DEEDS = {
    "complete": states.COMPLETE,
    "reopen": states.REOPEN,
    "cancel": states.CANCEL,
    "restore": states.RESTORE,
    "approve": states.APPROVE,
    "unapprove": states.UNAPPROVE,
}


@pytest.fixture
def propay(company, ana):
    """A started ProPay, approvable."""
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(ana, job, minutes=600)
    propay = make_propay(job)
    services.refresh(company=company, now=NOW)
    propay.refresh_from_db()
    return propay


def do(deed: str, propay, admin) -> None:
    """Do it as an admin; ValidationError where it is refused."""
    whose = {"company": propay.company, "propay_id": propay.pk, "actor": admin}
    dated = {
        "complete": services.complete_propay,
        "reopen": services.reopen_propay,
        "restore": services.restore_propay,
    }
    if deed == "cancel":
        services.cancel_propay(**whose)
    elif deed in dated:
        dated[deed](**whose, now=NOW)
    elif deed == "unapprove":
        services.unapprove_propay(**whose, reason="Too early.", now=NOW)
    else:
        done = services.approve_propays(company=propay.company, actor=admin, propay_ids=[propay.pk], now=NOW)
        if done.refusals:
            raise ValidationError(list(done.refusals.values()))


def put_really(propay, state: str, admin) -> None:
    """Put it into this state; approved and paid with what an approval leaves."""
    if state not in ("APPROVED", "PAID"):
        put(propay, state)
        return
    do("approve", propay, admin)
    if state == "PAID":
        ProPay.objects.filter(pk=propay.pk).update(status=state)


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("state", [state.value for state in ProPayStatus if state != ProPayStatus.PENDING])
def test_an_action_is_only_allowed_in_the_states_of_its_transition(propay, admin, deed, state):
    put_really(propay, state, admin)
    way = DEEDS[deed]
    try:
        do(deed, propay, admin)
    except ValidationError:
        assert not way.starts_from(state)
        assert ProPay.objects.get().status == state
    else:
        assert way.starts_from(state)
        assert ProPay.objects.get().status in (*way.after, *(LIVE if deed == "restore" else ()))


def test_a_propay_without_time_can_only_be_canceled(company, admin):
    propay = make_propay(factories.make_job(company, "Deck"))
    services.refresh(company=company, now=NOW)
    for deed in DEEDS.keys() - {"cancel"}:
        with pytest.raises(ValidationError):
            do(deed, propay, admin)
    do("cancel", propay, admin)
    assert ProPay.objects.get().status == "CANCELED"
