"""Manual bonuses and deductions, and their categories."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import AdjustmentCategory, LineMessage, Statement, StatementLine, StatementStatus
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.make.statement_rows import NEXT_PERIOD, PAY_DATE, PERIOD, make_line, make_statement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]


@pytest.fixture
def category(company):
    return AdjustmentCategory.objects.create(company=company, name="Safety")


@pytest.fixture
def add(company, admin, category):
    def add(*workers, amount="50.00", **fields):
        arguments = {
            "category_id": category.pk,
            "deduction_category": "ADVANCE",
            "note": "",
            "start_date": PERIOD[0],
            **fields,
        }
        ids = [one.pk for one in workers]
        return services.add_adjustment(
            company=company, actor=admin, worker_ids=ids, amount=Decimal(amount), now=NOW, **arguments
        )

    return add


def test_add_adjustment_puts_a_line_on_a_statement_of_each_worker(add, ana, ben, category, admin):
    add(ana, ben, amount="50.25", note=" No accident all month ", start_date=PERIOD[0] + timedelta(3))

    statements = Statement.objects.order_by("worker")
    assert [(one.worker, one.start_date, str(one.bonus_amount)) for one in statements] == [
        (ana, PERIOD[0], "50.25"),
        (ben, PERIOD[0], "50.25"),
    ]
    line = StatementLine.objects.get(worker=ana)
    assert (line.category, line.note, line.created_by) == (category, "No accident all month", admin)
    assert AuditEvent.objects.get(action="adjustment.added").summary == (
        "Added a bonus of 50.25 (Safety) for Ben Cole, Ana Ruiz. No accident all month"
    )


def test_add_adjustment_takes_a_deduction_below_zero(add, ana):
    add(ana, amount="-30.00")

    assert Statement.objects.get().total_amount == Decimal("-30.00")
    line = StatementLine.objects.get()
    assert (line.category, line.deduction_category) == (None, "ADVANCE")
    assert (
        AuditEvent.objects.get(action="adjustment.added").summary
        == "Added a deduction of 30.00 (Advance) for Ana Ruiz."
    )


def test_a_deduction_has_a_category_of_its_own_list(add, ana):
    for wrong in ("", "DAMAGE", "Lost tools"):
        with pytest.raises(ValidationError) as refusal:
            add(ana, amount="-30.00", deduction_category=wrong)
        assert list(refusal.value.error_dict) == ["deduction_category"]
    assert not StatementLine.objects.exists()


def test_another_deduction_needs_the_written_consent_of_everyone(add, company, admin, ana, ben):
    def consent(worker):
        services.record_consent(
            company=company,
            worker_id=worker.pk,
            actor=admin,
            signed_date=PERIOD[0],
            file_name="signed.pdf",
            content=b"%PDF-1.7",
            now=NOW,
        )

    consent(ana)
    with pytest.raises(ValidationError, match="There is no written consent of Ben Cole"):
        add(ana, ben, amount="-30.00", deduction_category="OTHER")
    consent(ben)
    add(ana, ben, amount="-30.00", deduction_category="OTHER")
    assert StatementLine.objects.filter(deduction_category="OTHER").count() == 2


def test_add_adjustment_goes_to_the_next_period_where_this_one_is_paid(add, company, admin, ana):
    paid = make_statement(ana, "10.00")
    services.pay_statements(company=company, actor=admin, statement_ids=[paid.pk], pay_date=PAY_DATE, now=NOW)

    (statement,) = add(ana)

    assert (statement.start_date, statement.end_date) == NEXT_PERIOD
    assert Statement.objects.get(pk=paid.pk).bonus_amount == Decimal("10.00")


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"worker_ids": []}, "workers"), ({"category_id": 0}, "category"), ({"amount": "0.00"}, "amount")],
)
def test_add_adjustment_refuses_incomplete_input(company, admin, ana, category, fields, field):
    arguments = {"worker_ids": [ana.pk], "category_id": category.pk, "amount": "5.00", **fields}
    arguments["amount"] = Decimal(arguments["amount"])

    with pytest.raises(ValidationError) as refusal:
        services.add_adjustment(company=company, actor=admin, note="", start_date=PERIOD[0], now=NOW, **arguments)
    assert list(refusal.value.error_dict) == [field]
    assert not Statement.objects.exists()


def test_add_adjustment_refuses_workers_and_categories_of_another_company(add, ana):
    other = factories.make_company()
    category = AdjustmentCategory.objects.create(company=other, name="Safety")

    with pytest.raises(ValidationError) as refusal:
        add(ana, factories.make_worker(other), category_id=category.pk)
    assert sorted(refusal.value.error_dict) == ["category", "workers"]


def test_add_adjustment_refuses_an_archived_category(add, company, admin, ana, category):
    services.set_category_active(company=company, actor=admin, category_id=category.pk, is_active=False)

    with pytest.raises(ValidationError, match="Choose a category"):
        add(ana)


def test_remove_adjustment_removes_it_from_an_open_statement(add, company, admin, ana):
    add(ana)

    services.remove_adjustment(company=company, actor=admin, line_id=StatementLine.objects.get().pk, now=NOW)

    assert not StatementLine.objects.exists()
    assert Statement.objects.get().bonus_amount == 0
    assert AuditEvent.objects.get(action="adjustment.removed").summary == (
        "Removed a bonus of 50.00 (Safety) for Ana Ruiz."
    )


def test_remove_adjustment_keeps_a_line_with_a_question_at_zero(add, company, admin, ana):
    add(ana)
    line = StatementLine.objects.get()
    LineMessage.objects.create(company=company, line=line, text="What for?", created_at=NOW)

    services.remove_adjustment(company=company, actor=admin, line_id=line.pk, now=NOW)

    assert StatementLine.objects.get().amount == 0
    assert Statement.objects.get().bonus_amount == 0


def test_remove_adjustment_refuses_what_was_paid(company, admin, ana):
    statement = make_statement(ana, "10.00")
    services.pay_statements(company=company, actor=admin, statement_ids=[statement.pk], pay_date=PAY_DATE, now=NOW)

    with pytest.raises(ValidationError, match="opposite amount"):
        services.remove_adjustment(company=company, actor=admin, line_id=statement.lines.get().pk, now=NOW)
    assert Statement.objects.get().status == StatementStatus.PAID
    assert StatementLine.objects.exists()


def test_remove_adjustment_knows_no_other_lines(company, admin, ana):
    statement = make_statement(ana)
    propay = make_propay(factories.make_job(company))
    fields = {"kind": "TRUE_UP", "propay": propay, "week_start": PERIOD[0], "federal_amount": Decimal("5.00")}
    true_up = make_line(statement, "0.00", **fields)
    other = make_statement(factories.make_worker(factories.make_company()), "10.00").lines.get()

    for line in (true_up, other):
        with pytest.raises(StatementLine.DoesNotExist):
            services.remove_adjustment(company=company, actor=admin, line_id=line.pk, now=NOW)


def test_add_category_refuses_missing_and_existing_names(company, admin, category):
    assert services.add_category(company=company, actor=admin, name="  Tool   allowance ").name == "Tool allowance"

    for name, text in (("  ", "Enter a name"), ("SAFETY", "already")):
        with pytest.raises(ValidationError, match=text):
            services.add_category(company=company, actor=admin, name=name)
    assert AdjustmentCategory.objects.count() == 2
