"""Penalties and disqualifiers: the company's list, their effect on a pool, and completing a ProPay."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from propay import services
from propay.models import AppliedCondition, Condition, Snapshot
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW, checked, make_propay, put
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def propay(company):
    """20 hours cost 400.00 of 1,400.00: a pool of 500.00."""
    worker = factories.make_worker(company, "Ana Ruiz")
    factories.make_wage(worker, "20.00")
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(worker, job, minutes=1200)
    propay = make_propay(job, fixed_amount=Decimal("1400.00"))
    services.refresh(company=company, now=NOW)
    propay.refresh_from_db()
    return propay


@pytest.fixture
def save(company, admin):
    def save(name="Callback", kind="PENALTY", amount="120.00", **more):
        amount = None if amount is None else Decimal(amount)
        return services.save_condition(company=company, actor=admin, name=name, kind=kind, amount=amount, **more)

    return save


def apply(propay, actor, condition, amount=None, note="", company=None):
    return services.apply_condition(
        company=company or propay.company,
        propay_id=propay.pk,
        condition_id=condition.pk,
        actor=actor,
        amount=None if amount is None else Decimal(amount),
        note=note,
        now=NOW,
    )


def summaries(action):
    return list(AuditEvent.objects.filter(action=action).values_list("summary", flat=True))


# The company's list


def test_a_condition_is_added_changed_and_archived(save, company, admin):
    condition = save()
    save("Callback", amount=None, condition_id=condition.pk)
    services.set_condition_active(company=company, actor=admin, condition_id=condition.pk, is_active=False)

    condition.refresh_from_db()
    assert (condition.name, condition.amount, condition.is_active) == ("Callback", None, False)
    assert summaries("condition.added") == ["Added the condition “Callback” (penalty, 120.00)."]
    assert summaries("condition.edited") == ["Changed the condition “Callback” (penalty)."]
    assert summaries("condition.retired") == ["Archived the condition “Callback”."]


def test_a_disqualifier_has_no_amount(save):
    assert save(kind="DISQUALIFIER").amount is None


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "  "}, "Enter a name for the condition."),
        ({"name": "callBACK"}, "A condition with this name already exists."),
        ({"name": "Other", "amount": "0.00"}, "above 0"),
        ({"name": "Other", "amount": "-5.00"}, "above 0"),
        ({"name": "Other", "amount": "99999999.00"}, "above 0"),
    ],
)
def test_save_condition_refuses_what_makes_no_sense(save, fields, told):
    save()
    with pytest.raises(ValidationError, match=told):
        save(**fields)
    assert Condition.objects.count() == 1


def test_the_kind_is_fixed_once_a_propay_has_it(save, propay, admin):
    condition = save()
    apply(propay, admin, condition)
    with pytest.raises(ValidationError, match="Archive it and add a new one."):
        save(kind="DISQUALIFIER", amount=None, condition_id=condition.pk)


def test_another_companys_condition_is_not_found(save, stranger):
    condition = save()
    other = stranger.memberships.get().company
    with pytest.raises(Condition.DoesNotExist):
        services.save_condition(
            company=other, actor=stranger, name="X", kind="PENALTY", amount=None, condition_id=condition.pk
        )


# On a ProPay


def test_a_penalty_takes_its_default_amount_from_the_pool(save, propay, admin):
    assert str(apply(propay, admin, save()).pool_amount) == "380.00"
    assert summaries("propay.condition_applied") == [
        "Applied “Callback” to the ProPay “Kitchen”. 120.00 from the pool."
    ]


def test_a_penalty_takes_another_amount_with_a_note_and_never_more_than_there_is(save, propay, admin):
    condition = save()
    assert str(apply(propay, admin, condition, "50.00", " Twice ").pool_amount) == "450.00"
    assert AppliedCondition.objects.get().note == "Twice"
    assert str(apply(propay, admin, condition, "900.00").pool_amount) == "0.00"
    assert AppliedCondition.objects.count() == 1


def test_a_disqualifier_takes_the_pool_and_returns_it(save, propay, admin):
    condition = save("Accident", "DISQUALIFIER", None)
    assert str(apply(propay, admin, condition, "5.00").pool_amount) == "0.00"
    assert AppliedCondition.objects.get().amount is None
    propay = services.remove_condition(
        company=propay.company, propay_id=propay.pk, condition_id=condition.pk, actor=admin, now=NOW
    )
    assert str(propay.pool_amount) == "500.00"
    assert summaries("propay.condition_removed") == ["Removed “Accident” from the ProPay “Kitchen”."]


def test_an_unchanged_condition_leaves_no_event(save, propay, admin):
    condition = save()
    apply(propay, admin, condition)
    apply(propay, admin, condition)
    assert len(summaries("propay.condition_applied")) == 1


def test_a_penalty_needs_an_amount(save, propay, admin):
    condition = save(amount=None)
    with pytest.raises(ValidationError, match="Enter the amount of the penalty “Callback”"):
        apply(propay, admin, condition)
    with pytest.raises(ValidationError, match="above 0"):
        apply(propay, admin, condition, "0.00")


def test_an_archived_condition_stays_and_is_not_applied_again(save, propay, admin):
    condition = save()
    apply(propay, admin, condition)
    services.set_condition_active(company=propay.company, actor=admin, condition_id=condition.pk, is_active=False)
    assert str(apply(propay, admin, condition, "20.00").pool_amount) == "480.00"
    services.set_conditions(company=propay.company, propay_id=propay.pk, actor=admin, failed=[], now=NOW)
    with pytest.raises(ValidationError, match="was archived while you were working"):
        apply(propay, admin, condition)


def test_conditions_of_another_company_are_refused(propay, admin, stranger):
    other = Condition.objects.create(company=stranger.memberships.get().company, name="X", kind="DISQUALIFIER")
    with pytest.raises(ValidationError, match="One of the conditions isn't your company's."):
        apply(propay, admin, other)


@pytest.mark.parametrize("status", ["APPROVED", "PAID", "CANCELED"])
def test_conditions_change_no_propay_that_is_not_open(save, propay, admin, status):
    condition = save()
    put(propay, status)
    with pytest.raises(ValidationError, match="can't be changed"):
        apply(propay, admin, condition)


def test_approval_keeps_what_was_failed(save, propay, admin):
    apply(propay, admin, save(), "80.00", "Leak")
    services.approve_propays(
        company=propay.company, actor=admin, propay_ids=[propay.pk], answers=checked(propay), now=NOW
    )
    snapshot = Snapshot.objects.get()
    assert snapshot.figures["rules"]["conditions"] == [
        {"name": "Callback", "kind": "PENALTY", "amount": "80.00", "note": "Leak"}
    ]
    assert snapshot.figures["pool_amount"] == "420.00"


# The work is done


def complete(propay, actor):
    return services.complete_propay(company=propay.company, propay_id=propay.pk, actor=actor, now=NOW)


def reopen(propay, actor):
    return services.reopen_propay(company=propay.company, propay_id=propay.pk, actor=actor, now=NOW)


def test_a_started_propay_is_completed_and_reopened(propay, manager):
    assert complete(propay, manager).status == "COMPLETE"
    services.refresh(company=propay.company, now=NOW)
    propay.refresh_from_db()
    assert propay.status == "COMPLETE"
    assert reopen(propay, manager).status == "STARTED"
    assert summaries("propay.completed") == ["Completed the ProPay “Kitchen”."]
    assert summaries("propay.reopened") == ["Reopened the ProPay “Kitchen”."]


def test_incomplete_work_cannot_be_completed(propay, manager):
    propay.completion_percent = Decimal(80)
    propay.save()
    with pytest.raises(ValidationError, match="This ProPay is 80% complete"):
        complete(propay, manager)


@pytest.mark.parametrize("status", ["PENDING", "COMPLETE", "APPROVED", "PAID", "CANCELED"])
def test_complete_refuses_what_is_not_started(propay, manager, status):
    put(propay, status)
    with pytest.raises(ValidationError, match="Only a started one"):
        complete(propay, manager)


@pytest.mark.parametrize("status", ["PENDING", "STARTED", "APPROVED", "PAID", "CANCELED"])
def test_reopen_refuses_what_is_not_complete(propay, manager, status):
    put(propay, status)
    with pytest.raises(ValidationError, match="marked complete"):
        reopen(propay, manager)


def test_a_condition_about_injuries_is_warned_about(as_admin, company):
    assert "Not about injuries" in text_of(as_admin.get(reverse("condition_list")))
    named = {"kind": "DISQUALIFIER", "amount": ""}
    said = text_of(as_admin.post(reverse("condition_list"), {"name": "Accident", **named}, follow=True))
    assert "“Accident” sounds like a condition about injuries." in said
    said = text_of(as_admin.post(reverse("condition_list"), {"name": "Failed inspection", **named}, follow=True))
    assert "sounds like" not in said
