"""Adjustments and their categories: entered, removed, refused."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from propay.models import AdjustmentCategory, StatementLine
from tests.make import factories
from tests.make.statement_rows import NEXT_PERIOD, PERIOD, make_statement, pay
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]


@pytest.fixture
def fields(statement, ana):
    category = AdjustmentCategory.objects.get()
    return {
        "workers": [ana.pk],
        "kind": "BONUS",
        "amount": "$1,250.50",
        "promise": "DISCRETIONARY",
        "category": category.pk,
        "start_date": PERIOD[0].isoformat(),
        "note": "Thank you",
    }


def test_an_adjustment_for_one_worker_leads_to_the_statement(as_admin, fields, statement):
    response = as_admin.post(reverse("adjustment_create"), fields)

    assert response.headers["Location"] == reverse("statement_detail", args=[statement.pk])
    assert statement.lines.get(note="Thank you").amount == Decimal("1250.50")


def test_a_promised_bonus_brings_its_overtime(as_admin, as_manager, fields, statement):
    """Ana worked 50 hours in the week from Nov 2."""
    promised = {**fields, "amount": "100", "promise": "PROMISED", "first_day": "2026-11-02", "last_day": "2026-11-06"}

    as_admin.post(reverse("adjustment_create"), promised)

    line = statement.lines.get(note="Thank you")
    assert [one.federal_amount for one in line.true_ups.all()] == [Decimal("10.00")]
    text = text_of(as_manager.get(reverse("statement_detail", args=[statement.pk])))
    assert "earned Nov 2 – Nov 6, 2026" in text


def test_a_promised_bonus_without_hours_on_its_days_is_pointed_out(as_admin, company, fields, statement, ana):
    days = {"first_day": "2026-03-02", "last_day": "2026-03-06"}
    promised = {**fields, "amount": "100", "promise": "PROMISED", **days}

    text = text_of(as_admin.post(reverse("adjustment_create"), promised, follow=True))
    assert "No overtime is calculated on the bonus of $100.00 (Safety): Ana Ruiz has no hours on Mar 2" in text

    both = {**promised, "workers": [ana.pk, factories.make_worker(company, "Ben Lee").pk]}
    text = text_of(as_admin.post(reverse("adjustment_create"), both, follow=True))
    assert "No overtime is calculated on the bonus for Ana Ruiz and Ben Lee: no hours are on its work dates." in text


def test_a_bonus_of_before_is_answered_on_its_statement(as_admin, as_manager, company, admin, statement, adjustment):
    StatementLine.objects.filter(pk=adjustment.pk).update(is_promised=None)
    address = reverse("adjustment_answer", args=[adjustment.pk])
    pay_address = f"{reverse('statement_pay')}?period={PERIOD[0]}_{PERIOD[1]}"
    text = text_of(as_admin.post(pay_address, {"statement": [statement.pk], "pay_date": "2026-11-13"}, follow=True))
    assert "Overtime may be due on a bonus that was entered by hand for Ana Ruiz." in text
    assert "Was this bonus promised?" in text_of(as_admin.get(reverse("statement_detail", args=[statement.pk])))

    assert as_manager.post(address, {"promise": "DISCRETIONARY"}).status_code == 403
    assert "Enter the work dates" in text_of(as_admin.post(address, {"promise": "PROMISED"}, follow=True))
    assert "Saved." in text_of(as_admin.post(address, {"promise": "DISCRETIONARY"}, follow=True))
    pay(company, admin, statement)


def test_a_deduction_for_many_workers(as_admin, fields, ana, ben):
    deduction = {**fields, "workers": [ana.pk, ben.pk], "kind": "DEDUCTION", "amount": "10"}
    assert "Choose a category." in text_of(as_admin.post(reverse("adjustment_create"), deduction))
    as_admin.post(reverse("adjustment_create"), {**deduction, "deduction_category": "OVERPAYMENT"})

    lines = StatementLine.objects.filter(note="Thank you").order_by("worker")
    assert [(line.worker, line.amount) for line in lines] == [(ana, Decimal("-10.00")), (ben, Decimal("-10.00"))]


def test_an_adjustment_to_a_paid_period_says_where_it_went(as_admin, fields, statement, company, admin):
    pay(company, admin, statement)
    make_statement(factories.make_worker(company), "1.00")

    text = text_of(as_admin.post(reverse("adjustment_create"), fields, follow=True))

    assert "1 of them belongs on a later pay period" in text
    assert StatementLine.objects.get(note="Thank you").statement.start_date == NEXT_PERIOD[0]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"workers": []}, "Choose at least one worker."),
        ({"workers": ["0"]}, "0 is not one of the available choices"),
        ({"workers": ["9" * 20]}, "is not one of the available choices"),
        ({"kind": ""}, "Choose a bonus or a deduction."),
        ({"amount": ""}, "Enter an amount, like 50.00."),
        ({"amount": "lots"}, "“lots” isn't an amount."),
        ({"amount": "-5"}, "isn't an amount."),
        ({"amount": "0"}, "must be more than 0"),
        ({"amount": "2000000"}, "Check the amount."),
        ({"category": ""}, "Choose a category."),
        ({"start_date": "2020-01-01"}, "is not one of the available choices"),
        ({"note": "x" * 501}, "at most 500 characters"),
        ({"promise": "PROMISED"}, "Enter the work dates over which a promised bonus was earned."),
        (
            {"promise": "PROMISED", "first_day": "2026-11-03", "last_day": "2026-11-02"},
            "The last work date is before the first one.",
        ),
    ],
)
def test_an_adjustment_says_what_is_wrong(as_admin, fields, wrong, text):
    response = as_admin.post(reverse("adjustment_create"), {**fields, **wrong})

    assert text in text_of(response)
    assert StatementLine.objects.count() == 3


def test_the_adjustment_form_starts_from_its_statement(as_admin, statement, ana, company):
    retired = factories.make_worker(company, "Rita Old", is_active=False)
    address = f"{reverse('adjustment_create')}?worker={ana.pk}&start={PERIOD[0]}"

    body = as_admin.get(address).content.decode()

    assert re.search(rf'value="{ana.pk}"[^>]*checked', body)
    assert re.search(rf'value="{PERIOD[0]}" selected', body)
    assert retired.name not in body


def test_people_who_left_can_be_adjusted_while_they_are_owed_pay(as_admin, fields, statement, ana):
    type(ana).objects.filter(pk=ana.pk).update(is_active=False)

    as_admin.post(reverse("adjustment_create"), fields)

    assert statement.lines.filter(note="Thank you").exists()


def test_the_form_for_an_adjustment_says_where_a_category_is_missing(as_admin, statement):
    assert "Add a category" not in text_of(as_admin.get(reverse("adjustment_create")))
    AdjustmentCategory.objects.update(is_active=False)

    assert "Add a category" in text_of(as_admin.get(reverse("adjustment_create")))


def test_removing_an_adjustment(as_admin, statement, adjustment):
    text = text_of(as_admin.post(reverse("adjustment_remove", args=[adjustment.pk]), follow=True))

    assert "Removed the adjustment." in text
    assert not StatementLine.objects.filter(pk=adjustment.pk).exists()


def test_removing_an_adjustment_says_why_not(as_admin, statement, adjustment, company, admin):
    pay(company, admin, statement)

    text = text_of(as_admin.post(reverse("adjustment_remove", args=[adjustment.pk]), follow=True))

    assert "This adjustment is already paid and can't be removed." in text
    assert StatementLine.objects.filter(pk=adjustment.pk).exists()


def test_only_an_adjustment_is_removed(as_admin, statement):
    share = statement.lines.get(kind="SHARE")

    assert as_admin.post(reverse("adjustment_remove", args=[share.pk])).status_code == 404


def test_categories_are_added_archived_and_restored(as_admin):
    assert "No categories yet" in text_of(as_admin.get(reverse("category_list")))
    assert "Enter a name" in text_of(as_admin.post(reverse("category_list"), {"name": " "}))

    assert "Added the category “Tools”." in text_of(
        as_admin.post(reverse("category_list"), {"name": "Tools"}, follow=True)
    )
    assert "with this name already exists" in text_of(as_admin.post(reverse("category_list"), {"name": "tools"}))

    address = reverse("category_set", args=[AdjustmentCategory.objects.get().pk])
    assert "Tools Archived" in text_of(as_admin.post(address, {"is_active": "no"}, follow=True))
    as_admin.post(address, {"is_active": "yes"})
    assert AdjustmentCategory.objects.get().is_active
