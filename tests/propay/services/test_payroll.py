"""Payroll settings, custom layouts, and the file of a pay period: exact to the cent, with no one missing."""

import csv
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from propay import services
from propay.models import BonusSettings, CustomLayout, PayrollSettings, Statement
from propay.payroll.columns import Field
from propay.payroll.layouts import ADP, GENERIC, GUSTO, LAYOUTS, QUICKBOOKS_ONLINE, LayoutKey
from propay.payroll.rows import PayrollOptions, WorkerIdKind
from propay.queries import payroll as selectors
from propay.rules.pay_periods import Period
from protiv.accounts.models import AuditEvent
from protiv.kit.csv import BYTE_ORDER_MARK
from tests.make import factories
from tests.make.paid import PAY_DATE, PERIOD, make_open, make_paid
from tests.make.payroll import COLUMNS, NEXT_PAY_DATE, NEXT_PERIOD, create_file, save_layout, save_settings
from tests.make.payroll_rows import OPTIONS
from tests.make.propays import NOW
from tests.make.statement_rows import make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(company):
    return factories.make_worker(company, "Ana Ruiz", number="101")


@pytest.fixture
def ben(company):
    return factories.make_worker(company, "Ben Odermatt", number="102")


def file_of(company, layout=GENERIC, options=OPTIONS, period=PERIOD, **choice: Any) -> selectors.PlannedFile:
    return selectors.planned_file(company=company, period=period, layout=layout, options=options, **choice)


def paid_in(period: Period) -> Decimal:
    """What the statements of a period say was paid."""
    paid = Statement.objects.filter(start_date=period.start_date)
    return paid.aggregate(total=Sum("paid_amount"))["total"].quantize(Decimal("0.01"))


def read(file: selectors.PlannedFile) -> list[dict[str, str]]:
    return list(csv.DictReader("".join(file.lines()).removeprefix(BYTE_ORDER_MARK).splitlines()))


def refused(call, *args: Any, **changes: Any) -> ValidationError:
    with pytest.raises(ValidationError) as refusal:
        call(*args, **changes)
    return refusal.value


# What is paid


def test_file_holds_what_was_paid_in_three_columns(company, ana, ben):
    make_paid(ana)
    make_paid(ben, "87.50 0.00 0.00")
    make_paid(factories.make_worker(company), "1.00 0.00 0.00", period=NEXT_PERIOD)

    rows = read(file_of(company))

    assert [
        (row["last_name"], row["bonus"], row["federal_true_up"], row["state_extra"], row["total"]) for row in rows
    ] == [
        ("Odermatt", "87.50", "0.00", "0.00", "87.50"),
        ("Ruiz", "250.00", "20.00", "4.25", "274.25"),
    ]
    assert rows[0]["pay_date"] == "2026-11-20"


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_totals_of_the_file_are_those_of_the_statements(company, layout):
    amounts = (
        "250.00 20.00 4.25",
        "0.10 0.20 0.00",
        "-50.00 20.00 0.00",
        "0.00 0.00 0.00",
        "-5.00 7.00 0.01",
        "99999.99 0.01 0.00",
    )
    for number, text in enumerate(amounts):
        make_paid(factories.make_worker(company, number=str(number)), text)

    file = file_of(company, layout)

    headings = {"Amount", "Earnings 3 Amount", "Dollars", "bonus", "federal_true_up", "state_extra"}
    headings |= {OPTIONS.codes.bonus, OPTIONS.codes.federal, OPTIONS.codes.state_extra}
    written = sum(Decimal(row[name]) for row in read(file) for name in headings if row.get(name))
    assert file.problems == ()
    assert paid_in(PERIOD) == written == file.total_amount == Decimal("100301.56")


def test_negative_bonus_pays_nothing_and_the_overtime_is_paid_in_full(company, ana):
    make_paid(ana, "-50.00 20.00 1.00")

    file = file_of(company)

    (row,) = read(file)
    shown = [row[name] for name in ("bonus", "federal_true_up", "state_extra", "total")]
    assert shown == ["0.00", "20.00", "1.00", "21.00"]
    assert file.rows[0].total_amount == Decimal("-29.00")
    assert file.warnings == (
        "Deductions and corrections are more than the bonus for Ana Ruiz, so the file pays nothing of the bonus, and "
        "the overtime in full. Nothing is taken from hourly wages or from overtime.",
    )


def test_negative_overtime_paid_by_an_earlier_release_keeps_its_column_and_is_pointed_out(company, ana):
    make_paid(ana, "25.00 -5.00 0.00")

    file = file_of(company)

    assert read(file)[0]["federal_true_up"] == "-5.00"
    assert len(file.warnings) == 1
    assert "One of the amounts is negative for Ana Ruiz" in file.warnings[0]


def test_statement_paid_with_another_amount_than_its_sums_is_refused(company, ana, ben):
    make_paid(ana)
    make_paid(ben, "10.00 0.00 0.00", paid_amount=Decimal("9.99"))

    file = file_of(company)

    assert "For Ben Odermatt, the paid amount" in file.problems[0]


@pytest.mark.parametrize("rolls_over", [False, True])
def test_files_pay_what_the_product_marked_paid_with_and_without_rollover(company, admin, ana, ben, rolls_over):
    BonusSettings.objects.create(company=company, rolls_over_negative=rolls_over)
    for worker, amounts in ((ana, ("-30.00", "100.00")), (ben, ("12.34", "0.10"))):
        for period, amount in zip((PERIOD, NEXT_PERIOD), amounts, strict=True):
            make_statement(worker, amount, period=(period.start_date, period.end_date))
    ids = Statement.objects.order_by("start_date").values_list("pk", flat=True)
    services.pay_statements(company=company, actor=admin, statement_ids=list(ids), pay_date=NEXT_PAY_DATE, now=NOW)

    first, second = file_of(company), file_of(company, period=NEXT_PERIOD)

    assert (first.problems, second.problems) == ((), ())
    assert [row["bonus"] for row in read(first)] == ["12.34", "0.00"]
    assert [row["bonus"] for row in read(second)] == ["0.10", "100.00"]
    assert [row["deduction"] for row in read(second)] == ["0.00", "30.00" if rolls_over else "0.00"]
    assert first.total_amount == paid_in(PERIOD)
    assert second.total_amount == paid_in(NEXT_PERIOD)


# Whose statements


def test_open_statements_stay_out_and_are_counted(company, ana, ben):
    make_paid(ana)
    make_open(ben)

    file = file_of(company, only_paid=True)

    assert [paid.name for paid in file.rows] == ["Ana Ruiz"]
    assert file.open_count == 1
    assert not file.is_draft


def test_an_empty_open_statement_is_not_to_be_paid(company, ana):
    make_open(ana).lines.all().delete()

    assert (file_of(company, only_paid=True).open_count, file_of(company).rows) == (0, ())


def test_draft_holds_open_statements_too_and_says_so_in_its_name(company, ana, ben):
    make_paid(ana)
    make_open(ben, "-1.00 0.00 0.00")

    file = file_of(company, is_draft=True)

    assert [(paid.name, paid.is_open, paid.row.total_amount) for paid in file.rows] == [
        ("Ben Odermatt", True, Decimal("0.00")),
        ("Ana Ruiz", False, Decimal("274.25")),
    ]
    assert (file.open_count, file.is_draft) == (0, True)
    assert file.name == "DRAFT-payroll-2026-11-02-to-2026-11-15-generic.csv"
    assert file_of(company, ADP, is_draft=True).name == "DRAFT-PRXYZEPI.csv"


def test_statements_of_one_pay_date_can_be_taken_alone(company, ana, ben):
    make_paid(ana)
    make_paid(ben, pay_date=NEXT_PAY_DATE)

    assert selectors.pay_dates(company, PERIOD) == [PAY_DATE, NEXT_PAY_DATE]
    assert [paid.name for paid in file_of(company, only_paid=True, pay_date=NEXT_PAY_DATE).rows] == ["Ben Odermatt"]


def test_other_companies_are_paid_by_other_files(company, ana, stranger):
    other = factories.make_worker(stranger.memberships.get().company)
    make_paid(ana)
    make_paid(other)

    assert [paid.worker_id for paid in file_of(company).rows] == [ana.pk]
    assert selectors.recent_periods(company) == [PERIOD]


def test_periods_stand_latest_first_and_once(company, ana, ben):
    make_paid(ana)
    make_paid(ben)
    make_open(ana, period=NEXT_PERIOD)

    assert selectors.recent_periods(company) == [NEXT_PERIOD, PERIOD]


def test_periods_of_long_ago_are_not_listed(company, ana):
    make_paid(ana, period=Period(date(2025, 9, 1), date(2025, 9, 14)))
    make_paid(ana)

    assert selectors.recent_periods(company) == [PERIOD]


# No one is missing


def test_worker_without_the_id_that_the_layout_needs_is_named_and_the_file_refused(company, admin, ana):
    for _ in range(7):
        make_paid(factories.make_worker(company, "No Number"))
    make_paid(ana)

    file = file_of(company, ADP)

    assert file.problems[0].startswith(
        "File # is missing for No Number, No Number, No Number, No Number, No Number and 2 more, "
        "so payroll can't tell whom to pay. Add it in your time-tracking system and sync"
    )
    assert "File # is missing" in refused(create_file, company, admin, layout=ADP).messages[0]
    assert not AuditEvent.objects.exists()


def test_a_worker_without_an_id_and_amount_blocks_no_file(company, ana):
    make_paid(factories.make_worker(company, "No Number"), "0.00 0.00 0.00")
    make_paid(ana)

    assert file_of(company, ADP).problems == ()


def test_two_workers_with_the_same_payroll_identity_are_reported(company, ana):
    make_paid(ana)
    make_paid(factories.make_worker(company, "Cy Twin", number="101"))
    make_paid(factories.make_worker(company, "Ana Ruiz", number="103"))

    (by_number,) = file_of(company, ADP).warnings
    (by_name,) = file_of(company, QUICKBOOKS_ONLINE).warnings

    assert by_number.startswith("Ana Ruiz and Cy Twin have the same “101”, so payroll would treat them as one person.")
    assert by_name.startswith("Ana Ruiz and Ana Ruiz have the same “Ana Ruiz”")
    assert file_of(company).warnings == ()


def test_gusto_identifies_workers_by_name_without_an_id(company, ana):
    make_paid(ana)
    make_paid(factories.make_worker(company, "Ana Ruiz", number="103"))

    assert file_of(company, GUSTO).warnings == ()
    without = PayrollOptions(worker_id_kind=WorkerIdKind.NONE)
    assert len(file_of(company, GUSTO, without).warnings) == 1


def test_file_of_many_takes_two_queries(company, django_assert_num_queries):
    for number in range(30):
        make_paid(factories.make_worker(company, number=str(number)))

    with django_assert_num_queries(2):
        file = file_of(company)
    with django_assert_num_queries(0):
        assert len(read(file)) == 30


# Settings


def test_a_company_without_settings_gets_the_generic_file(company):
    settings = selectors.payroll_settings(company)

    assert selectors.layout_of(settings.layout, settings.custom_layout) is GENERIC
    assert selectors.options_of(settings) == PayrollOptions()
    assert not PayrollSettings.objects.exists()


def test_settings_are_stored_and_recorded(company, admin):
    codes = {"bonus_code": " 20 ", "federal_code": "21", "state_extra_code": "22"}
    save_settings(company, admin, layout="ADP", company_code="XYZ", worker_id_kind="EXTERNAL_ID", **codes)

    options = selectors.options_of(selectors.payroll_settings(company), batch_id="7")
    assert options.codes.bonus == "20"
    assert (options.company_code, options.batch_id, options.worker_id_kind) == ("XYZ", "7", WorkerIdKind.EXTERNAL_ID)
    event = AuditEvent.objects.get()
    assert (event.actor, event.action) == (admin, "payroll.settings_saved")
    assert "the layout of payroll files from “GENERIC” to “ADP”" in event.summary
    assert "the earning code for the bonus from “BONUS” to “20”" in event.summary


def test_settings_saved_again_unchanged_leave_no_event(company, admin):
    save_settings(company, admin, layout="GUSTO")
    save_settings(company, admin, layout="GUSTO")

    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"layout": "ADP"}, ["company_code"]),
        ({"layout": "ADP", "company_code": "ABCD"}, ["company_code"]),
        ({"layout": "PAYCHEX", "company_code": "1", "bonus_code": "x" * 21}, ["bonus_code"]),
        ({"layout": "PAYCOM", "federal_code": "bonus"}, ["bonus_code", "federal_code"]),
        ({"layout": "PAYCOM", "state_extra_code": " "}, ["state_extra_code"]),
        ({"layout": "PAYCOM", "worker_id_kind": "NONE"}, ["worker_id_kind"]),
        ({"layout": "CUSTOM"}, ["layout"]),
        ({"layout": "CUSTOM", "custom_layout_id": 999}, ["layout"]),
        ({"layout": "SAGE"}, ["layout"]),
        ({"worker_id_kind": "TAX_ID"}, ["worker_id_kind"]),
        ({"bonus_code": "x" * 61}, ["bonus_code"]),
    ],
)
def test_missing_required_settings_are_refused(company, admin, changes, fields):
    assert sorted(refused(save_settings, company, admin, **changes).error_dict) == fields
    assert not PayrollSettings.objects.exists()


def test_generic_file_needs_no_codes(company, admin):
    save_settings(company, admin, bonus_code="", federal_code="", state_extra_code="", worker_id_kind="NONE")

    assert file_of(company, options=selectors.options_of(selectors.payroll_settings(company))).problems == ()


def test_layout_of_another_company_cannot_be_chosen(company, admin, stranger):
    other = stranger.memberships.get().company
    theirs = save_layout(other, stranger)

    refusal = refused(save_settings, company, admin, layout="CUSTOM", custom_layout_id=theirs.pk)

    assert list(refusal.error_dict) == ["layout"]


# Custom layouts


def test_own_layout_writes_its_columns_in_their_order(company, admin, ana):
    stored = save_layout(company, admin, zero_is_blank=True)
    make_paid(ana, "250.00 20.00 0.00")

    lines = "".join(file_of(company, selectors.layout_of("CUSTOM", stored)).lines()).splitlines()

    assert lines == ["File #,Bonus,FLSA,State,Department", "101,250.00,20.00,,300"]
    event = AuditEvent.objects.get()
    assert (event.action, event.summary) == (
        "payroll.layout_saved",
        "Created the payroll layout “Acme Payroll” with 5 columns.",
    )


def test_own_layout_is_changed_in_place(company, admin):
    stored = save_layout(company, admin)
    save_settings(company, admin, layout="CUSTOM", custom_layout_id=stored.pk)

    save_layout(company, admin, layout_id=stored.pk, name="Other", columns=COLUMNS[:4])

    settings = selectors.payroll_settings(company)
    layout = selectors.layout_of(settings.layout, settings.custom_layout)
    assert (layout.key, layout.label, len(layout.columns)) == (LayoutKey.CUSTOM, "Other", 4)
    assert selectors.custom_layouts(company) == [stored]


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (COLUMNS[1:], "No column identifies the worker."),
        (COLUMNS[:3], "No column contains state overtime premium amount, so that money would be missing"),
        ([*COLUMNS, ("More", Field.BONUS_AMOUNT, "")], "so it would be paid or deducted twice"),
        ([*COLUMNS, ("Code", Field.EARNING_CODE, "")], "which needs one row per earning"),
        ([*COLUMNS, ("", Field.LAST_NAME, "")], "has no heading"),
        ([*COLUMNS, ("a=b", Field.LAST_NAME, "")], 'has "=" in its heading'),
        ([], "No column identifies the worker."),
        ([("x", None, "")] * 101, "at most 100 columns"),
    ],
)
def test_own_layout_that_would_pay_wrongly_is_refused(company, admin, columns, problem):
    assert problem in " ".join(refused(save_layout, company, admin, columns=columns).messages)
    assert not CustomLayout.objects.exists()


def test_line_break_in_a_heading_makes_no_second_column(company, admin):
    stored = save_layout(company, admin, columns=[*COLUMNS, ("a\nb", None, "c\n\nd")])

    last = selectors.layout_of("CUSTOM", stored).columns[-1]
    assert (last.header, last.text) == ("a b", "c d")


def test_two_own_layouts_of_one_name_are_refused(company, admin):
    save_layout(company, admin)

    assert list(refused(save_layout, company, admin, name=" Acme Payroll ").error_dict) == ["name"]


def test_own_layout_is_deleted_unless_it_is_chosen(company, admin):
    stored = save_layout(company, admin)
    save_settings(company, admin, layout="CUSTOM", custom_layout_id=stored.pk)
    assert refused(services.delete_custom_layout, company=company, actor=admin, layout_id=stored.pk).code == "chosen"

    save_settings(company, admin)
    services.delete_custom_layout(company=company, actor=admin, layout_id=stored.pk)

    assert not CustomLayout.objects.exists()
    assert AuditEvent.objects.filter(action="payroll.layout_deleted").count() == 1


@pytest.mark.parametrize("call", [save_layout, services.delete_custom_layout])
def test_own_layout_of_another_company_is_not_touched(company, admin, stranger, call):
    theirs = save_layout(stranger.memberships.get().company, stranger)

    refused(call, company=company, actor=admin, layout_id=theirs.pk)

    theirs.refresh_from_db()
    assert theirs.company != company
