"""The list of statements, and paying the selected ones from it."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from propay.models import Statement, StatementStatus
from tests.make import factories
from tests.make.statement_rows import NEXT_PERIOD, PERIOD_KEY, make_statement, pay
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]


# The list


def test_an_empty_list_says_what_to_do(as_admin):
    assert "When you approve a ProPay, its shares appear here" in text_of(as_admin.get(reverse("statement_list")))


def test_the_list_shows_the_three_columns_and_totals(as_manager, statement, company, admin, ben):
    pay(company, admin, make_statement(ben, "-30.00"))

    text = text_of(as_manager.get(reverse("statement_list")))

    assert "To pay $235.00 on 1 unpaid statement" in text
    assert "Paid $0.00 on 1 statement" in text
    assert "Overtime on bonuses $20.00 federal, plus $0.00 state overtime premium" in text
    assert "Ana Ruiz $215.00 $20.00 $0.00 $235.00 Open" in text
    assert "Ben Cole $0.00 $0.00 $0.00 $0.00 $30.00 not collected Pays Nov 13, 2026" in text


def test_the_list_opens_with_the_oldest_unpaid_period(as_manager, statement, company, admin, ben):
    make_statement(ben, "40.00", period=NEXT_PERIOD)
    assert "Ana Ruiz" in text_of(as_manager.get(reverse("statement_list")))

    pay(company, admin, statement)
    text = text_of(as_manager.get(reverse("statement_list")))
    assert "Ben Cole" in text
    assert "Oct 26 – Nov 8, 2026 (paid)" in text
    assert "Ana Ruiz" in text_of(as_manager.get(reverse("statement_list"), {"period": PERIOD_KEY}))


def test_the_list_filters_by_status_and_words(as_manager, statement, company, admin, ben):
    pay(company, admin, make_statement(ben, "10.00"))

    def found(**asked):
        text = text_of(as_manager.get(reverse("statement_list"), {"period": PERIOD_KEY, **asked}))
        return [name for name in ("Ana Ruiz", "Ben Cole") if name in text]

    assert found() == ["Ana Ruiz", "Ben Cole"]
    assert found(status="PAID") == ["Ben Cole"]
    assert found(q="ruiz") == ["Ana Ruiz"]
    assert found(status="nonsense", period="nonsense") == ["Ana Ruiz", "Ben Cole"]
    assert "No statements in this pay period match this filter." in text_of(
        as_manager.get(reverse("statement_list"), {"q": "nobody"})
    )


def test_a_manager_has_no_payment_buttons(as_manager, as_admin, statement):
    assert "Mark all" not in text_of(as_manager.get(reverse("statement_list")))
    assert "Mark all as paid (1)" in text_of(as_admin.get(reverse("statement_list")))


def test_the_list_takes_as_many_queries_for_many_as_for_few(as_admin, statement, company):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_admin.get(reverse("statement_list"))
        return len(queries)

    few = count()
    for _ in range(5):
        make_statement(factories.make_worker(company), "5.00")
    assert count() == few


def test_the_bonuses_lead_to_statements_and_pay_runs(as_manager, as_worker, ana):
    office, own = (client.get(reverse("bonuses")).content.decode() for client in (as_manager, as_worker))

    assert reverse("statement_list") in office
    assert reverse("pay_run_list") in office
    assert reverse("statement_list") in own
    assert reverse("pay_run_list") not in own


# Paying


def test_paying_the_selected_statements(as_admin, statement, ben):
    other = make_statement(ben, "-5.00")
    address = f"{reverse('statement_pay')}?period={PERIOD_KEY}"

    response = as_admin.post(address, {"statement": [statement.pk, other.pk], "pay_date": "2026-11-13"}, follow=True)

    text = text_of(response)
    assert response.redirect_chain[0][0].endswith(f"?period={PERIOD_KEY}")
    assert "Marked 2 statements as paid, $235.00 total." in text
    assert "Not all deductions and corrections could be collected on 1 statement." in text
    assert "Nothing is taken from hourly wages or from overtime." in text
    assert Statement.objects.get(pk=statement.pk).paid_amount == Decimal("235.00")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"pay_date": ""}, "Enter the pay date."),
        ({"pay_date": "soon"}, "Enter a date, like 2026-11-20."),
        ({"pay_date": "2026-10-01"}, "before the pay period"),
        ({"pay_date": "2026-11-13", "statement": ""}, "Select at least one statement to mark as paid."),
        ({"pay_date": "2026-11-13", "statement": "x"}, "Select at least one statement to mark as paid."),
        ({"pay_date": "2026-11-13", "statement": "9" * 20}, "Select at least one statement to mark as paid."),
    ],
)
def test_paying_shows_errors_and_keeps_the_selection(as_admin, statement, fields, text):
    response = as_admin.post(reverse("statement_pay"), {"statement": statement.pk, **fields})

    assert text in text_of(response)
    ticked = f'value="{statement.pk}" checked' in response.content.decode()
    assert ticked == ("statement" not in fields)
    assert Statement.objects.get().status == StatementStatus.OPEN


def test_the_second_payer_is_told(as_admin, statement, company, admin, ben):
    pay(company, admin, statement)
    other = make_statement(ben, "5.00")

    refused = as_admin.post(reverse("statement_pay"), {"statement": statement.pk, "pay_date": "2026-11-20"})
    mixed = as_admin.post(
        reverse("statement_pay"), {"statement": [statement.pk, other.pk], "pay_date": "2026-11-20"}, follow=True
    )

    told = "the statement for Ana Ruiz was already marked paid by admin@acme.test, with pay date Nov 13, 2026."
    assert f"Nothing was marked paid: {told}" in text_of(refused)
    assert f"Skipped: {told}" in text_of(mixed)
