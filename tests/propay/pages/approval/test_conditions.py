"""Conditions: selected on the approval page, and their list."""

from decimal import Decimal

import pytest

from propay import services
from propay.models import AppliedCondition, Condition, Snapshot
from tests.make.propays import NOW
from tests.propay.pages.approval.reading import at, seen_of, status_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def penalty(company):
    return Condition.objects.create(company=company, name="Callback", kind="PENALTY", amount=Decimal("50.00"))


@pytest.fixture
def disqualifier(company):
    return Condition.objects.create(company=company, name="Accident", kind="DISQUALIFIER")


@pytest.fixture
def send(as_manager):
    """The form of the approval page as it is now, with something typed into it."""

    def send(propay, *, seen=None, **typed):
        seen = seen or seen_of(as_manager.get(at("propay_approve", propay)))
        return as_manager.post(at("propay_approve", propay), {"seen": seen, **typed}, follow=True)

    return send


def test_selecting_a_condition_recalculates_the_pool_before_approval(as_manager, send, propay, penalty, disqualifier):
    page = text_of(as_manager.get(at("propay_approve", propay)))
    assert "Callback" in page
    assert "Accident (no bonus)" in page
    typed = {f"on_{penalty.pk}": "on", f"amount_{penalty.pk}": "80", f"note_{penalty.pk}": "Leak"}

    text = text_of(send(propay, work_out="1", **typed))

    assert "Recalculated with your selections. Nothing is approved yet" in text
    assert "Bonus pool $420.00" in text
    assert status_of(propay) == "STARTED"
    send(propay, work_out="1", **{f"on_{disqualifier.pk}": "on"})
    assert [one.condition for one in AppliedCondition.objects.all()] == [disqualifier]
    assert "Accident: no bonus" in text_of(as_manager.get(at("propay_detail", propay)))


def test_approving_with_other_selections_takes_a_second_click(send, propay, penalty):
    typed = {f"on_{penalty.pk}": "on", f"amount_{penalty.pk}": "80"}

    assert "Bonus pool $420.00" in text_of(send(propay, **typed))
    assert status_of(propay) == "STARTED"

    assert "Approved “Kitchen”" in text_of(send(propay, **typed))
    assert Snapshot.objects.get().figures["pool_amount"] == "420.00"


def test_selections_on_an_outdated_page_change_nothing(as_manager, send, company, admin, propay, penalty):
    seen = seen_of(as_manager.get(at("propay_approve", propay)))
    services.apply_condition(
        company=company, propay_id=propay.pk, condition_id=penalty.pk, actor=admin, note="Theirs", now=NOW
    )

    assert "the current figures" in text_of(send(propay, seen=seen, work_out="1"))
    assert "changed while you were reviewing" in text_of(send(propay, seen=seen))

    assert AppliedCondition.objects.get().note == "Theirs"
    assert status_of(propay) == "STARTED"


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("", "Enter the amount to subtract from the pool, like 50.00."),
        ("x", "Use a format like"),
        ("0.00", "more than 0"),
    ],
)
@pytest.mark.parametrize("button", [{}, {"work_out": "1"}])
def test_a_selected_penalty_needs_an_amount(send, propay, penalty, amount, told, button):
    response = send(propay, **{f"on_{penalty.pk}": "on", f"amount_{penalty.pk}": amount}, **button)
    assert response.status_code == 200
    assert told in str(response.context["form"].errors[f"amount_{penalty.pk}"])
    assert not AppliedCondition.objects.exists()
    assert status_of(propay) == "STARTED"


def test_conditions_of_an_approved_propay_cannot_change(as_manager, company, approved, penalty):
    seen = services.preview_approval(company=company, propay_ids=[approved.pk], now=NOW).worked[approved.pk].digest
    typed = {f"on_{penalty.pk}": "on", f"amount_{penalty.pk}": "5", "work_out": "1", "seen": seen}
    response = as_manager.post(at("propay_approve", approved), typed, follow=True)
    assert "is approved and can't be changed" in text_of(response)


def test_the_list_of_conditions_is_for_admins(as_admin, as_manager, as_worker, as_stranger, anonymous, penalty):
    pages = [at("condition_list"), at("condition_edit", penalty)]
    assert [as_admin.get(page).status_code for page in pages] == [200, 200]
    assert [as_manager.get(page).status_code for page in pages] == [403, 403]
    assert [as_worker.get(page).status_code for page in pages] == [403, 403]
    assert [as_stranger.get(page).status_code for page in pages] == [200, 404]
    assert [anonymous.get(page).status_code for page in pages] == [302, 302]
    assert "No conditions yet" in text_of(as_stranger.get(pages[0]))
    assert as_stranger.post(at("condition_set", penalty), {"is_active": "no"}).status_code == 404


def test_an_admin_adds_changes_and_archives_conditions(as_admin):
    assert "No conditions yet" in text_of(as_admin.get(at("condition_list")))
    as_admin.post(at("condition_list"), {"name": "Callback", "kind": "PENALTY", "amount": "$1,050"})
    condition = Condition.objects.get()
    text = text_of(as_admin.get(at("condition_list")))
    assert "Callback Subtracts $1,050.00 from the pool" in text
    as_admin.post(at("condition_edit", condition), {"name": "Callback", "kind": "PENALTY", "amount": ""})
    response = as_admin.post(at("condition_set", condition), {"is_active": "no"}, follow=True)
    assert "Callback Archived Subtracts an amount entered at approval Restore" in text_of(response)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "kind": "PENALTY"}, "name"),
        ({"name": "x" * 121, "kind": "PENALTY"}, "name"),
        ({"name": "Callback", "kind": "PENALTY"}, "name"),
        ({"name": "Other", "kind": ""}, "kind"),
        ({"name": "Other", "kind": "BONUS"}, "kind"),
        ({"name": "Other", "kind": "PENALTY", "amount": "-3"}, "amount"),
        ({"name": "Other", "kind": "PENALTY", "amount": "much"}, "amount"),
        ({"name": "Other", "kind": "DISQUALIFIER", "amount": "5"}, "amount"),
    ],
)
def test_wrong_conditions_are_refused_on_their_field(as_admin, penalty, typed, field):
    response = as_admin.post(at("condition_list"), typed)
    assert list(response.context["form"].errors) == [field]
    assert Condition.objects.count() == 1
