"""Payroll files that are kept: created once, locking what they contain, never repeating one another unasked."""

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from propay import services
from propay.models import AdjustmentCategory, LineKind, PayrollFile, Statement
from propay.payroll.layouts import ADP, GENERIC
from propay.queries import payroll as selectors
from propay.rules.pay_periods import Period
from protiv.accounts.models import AuditEvent
from protiv.kit.csv import BYTE_ORDER_MARK
from tests.make import factories
from tests.make.paid import PAY_DATE, PERIOD, make_open, make_paid
from tests.make.payroll import NEXT_PAY_DATE, create_file
from tests.make.payroll_rows import OPTIONS
from tests.make.propays import NOW, make_propay
from tests.make.statement_rows import make_line

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(company):
    return factories.make_worker(company, "Ana Ruiz", number="101")


@pytest.fixture
def ben(company):
    return factories.make_worker(company, "Ben Odermatt", number="102")


def planned(company) -> selectors.PlannedFile:
    return selectors.planned_file(company=company, period=PERIOD, layout=GENERIC, options=OPTIONS)


def refused(call, *args: Any, **changes: Any) -> ValidationError:
    with pytest.raises(ValidationError) as refusal:
        call(*args, **changes)
    return refusal.value


def test_a_file_locks_its_open_statements_and_is_recorded(company, admin, ana, ben):
    make_open(ana)
    make_paid(ben)

    file = create_file(company, admin, layout=ADP)

    assert dict(Statement.objects.values_list("worker", "status")) == {ana.pk: "LOCKED", ben.pk: "PAID"}
    assert (file.name, file.statement_count, file.total_amount) == ("PRXYZEPI.csv", 2, Decimal("548.50"))
    event = AuditEvent.objects.get()
    assert (event.company, event.actor, event.action) == (company, admin, "payroll.file_created")
    assert event.summary == (
        "Created PRXYZEPI.csv (ADP Workforce Now (paydata import)): 2 statements, 548.50. Locked 1 statement."
    )


def test_a_download_is_recorded_and_gives_the_very_same_file(company, admin, ana):
    make_open(ana)
    file = create_file(company, admin)
    ana.number = "999"
    ana.save()

    again = services.download_payroll_file(company=company, actor=admin, file_id=file.pk)

    assert again.content == file.content
    assert "101" in again.content
    assert AuditEvent.objects.get(action="payroll.downloaded").target == f"payroll_file:{file.pk}"


def test_the_second_file_does_not_repeat_the_first(company, admin, ana, ben):
    make_open(ana)
    first = create_file(company, admin)
    make_open(ben, "10.00 0.00 0.00")

    found = planned(company)
    assert [paid.name for paid in found.rows] == ["Ben Odermatt"]
    assert [(one.file, one.count) for one in found.filed] == [(first, 1)]
    second = create_file(company, admin)

    assert (second.statement_count, second.total_amount) == (1, Decimal("10.00"))
    assert refused(create_file, company, admin).code == "filed"


def test_paying_does_not_bring_a_statement_into_the_next_file(company, admin, ana):
    statement = make_open(ana)
    create_file(company, admin)
    services.pay_statements(company=company, actor=admin, statement_ids=[statement.pk], pay_date=PAY_DATE, now=NOW)

    assert refused(create_file, company, admin, only_paid=True).code == "filed"
    assert refused(create_file, company, admin, pay_date=PAY_DATE).code == "filed"


def test_a_file_can_be_told_to_repeat_what_is_in_a_file(company, admin, ana):
    make_open(ana)
    first = create_file(company, admin)

    second = create_file(company, admin, with_filed=True)

    assert second.content == first.content


def test_an_unlocked_statement_is_in_the_next_file_with_what_is_new(company, admin, ana, ben):
    statement = make_open(ana, "250.00 0.00 0.00")
    make_open(ben)
    first = create_file(company, admin)
    services.unlock_statement(company=company, actor=admin, statement_id=statement.pk, now=NOW)
    category = AdjustmentCategory.objects.create(company=company, name="Other")
    services.add_adjustment(
        company=company,
        actor=admin,
        worker_ids=[ana.pk],
        category_id=category.pk,
        amount=Decimal("5.00"),
        note="",
        start_date=PERIOD.start_date,
        now=NOW,
    )

    second = create_file(company, admin)

    assert [one["total"] for one in csv.DictReader(second.content.removeprefix(BYTE_ORDER_MARK).splitlines())] == [
        "255.00"
    ]
    assert "274.25" in PayrollFile.objects.get(pk=first.pk).content
    assert "Taken out of payroll-2026-11-02" in AuditEvent.objects.get(action="statement.unlocked").summary


def test_a_locked_negative_statement_is_in_the_file_with_its_overtime_only(company, admin, ana):
    statement = make_open(ana, "-50.00 0.00 0.00")
    overtime = {"federal_amount": Decimal("20.00"), "state_extra_amount": Decimal("1.00")}
    propay = make_propay(factories.make_job(company))
    make_line(statement, "0.00", kind=LineKind.TRUE_UP, propay=propay, week_start=PERIOD.start_date, **overtime)

    file = create_file(company, admin)

    assert file.total_amount == 21
    assert Statement.objects.get().status == "LOCKED"


def test_a_draft_locks_and_keeps_nothing(company, admin, ana):
    make_open(ana)

    draft = services.download_draft(company=company, actor=admin, period=PERIOD, layout=GENERIC, options=OPTIONS)

    assert draft.name.startswith("DRAFT-")
    assert Statement.objects.get().status == "OPEN"
    assert not PayrollFile.objects.exists()
    assert AuditEvent.objects.get().summary.startswith("Downloaded DRAFT-payroll-2026-11-02")


def test_no_file_is_created_without_statements(company, admin, ana):
    assert refused(create_file, company, admin).code == "empty"


def test_a_propay_in_a_file_is_not_unapproved_and_the_file_is_named(company, admin, ana):
    job = factories.make_job(company)
    factories.make_wage(ana, "20.00")
    factories.make_entry(ana, job, minutes=600, work_date=date(2026, 11, 3))
    propay = make_propay(job)
    services.refresh(company=company, now=NOW)
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    statement = Statement.objects.get()
    create_file(company, admin, period=Period(statement.start_date, statement.end_date))

    unapprove = {"company": company, "propay_id": propay.pk, "actor": admin, "reason": "Typo", "now": NOW}
    text = refused(services.unapprove_propay, **unapprove).messages[0]

    assert text.startswith("Part of this ProPay is in payroll-2026-11-")
    assert "of Nov 9, 2026, so it can't be unapproved. Unlock the statement for Ana Ruiz first." in text


def test_another_companys_file_is_not_downloaded(company, admin, stranger, ana):
    make_open(ana)
    file = create_file(company, admin)

    with pytest.raises(PayrollFile.DoesNotExist):
        services.download_payroll_file(company=stranger.memberships.get().company, actor=stranger, file_id=file.pk)


# Files of before


def downloaded_before(company, admin, text: str, at: datetime = NOW) -> None:
    event = AuditEvent.objects.create(
        company=company,
        actor=admin,
        action="payroll.downloaded",
        target="payroll:2026-11-02:2026-11-15",
        summary=text,
    )
    AuditEvent.objects.filter(pk=event.pk).update(created_at=at)


def record_files_of_before() -> None:
    import_module("propay.migrations.0018_files_of_before").record_files(apps, None)


def test_what_was_paid_and_downloaded_before_files_were_kept_is_not_new(company, admin, ana, ben):
    make_paid(ana, paid_at=NOW - timedelta(hours=2))
    make_paid(ben, paid_at=NOW + timedelta(hours=2))
    text = "Downloaded PRXYZEPI.csv (ADP Workforce Now (paydata import)): 1 statement, 274.25."
    downloaded_before(company, admin, text)
    downloaded_before(company, admin, text, at=NOW + timedelta(hours=1))

    record_files_of_before()

    file = PayrollFile.objects.get()
    assert (file.name, file.layout_label) == ("PRXYZEPI.csv", "ADP Workforce Now (paydata import)")
    assert (file.is_stored, file.total_amount, file.created_by) == (False, Decimal("274.25"), admin)
    assert [paid.name for paid in planned(company).rows] == ["Ben Odermatt"]


def test_a_draft_or_another_pay_date_of_before_counts_as_no_file(company, admin, ana, ben):
    make_paid(ana, paid_at=NOW)
    make_paid(ben, paid_at=NOW, pay_date=NEXT_PAY_DATE)
    downloaded_before(company, admin, "Downloaded DRAFT-payroll-x-generic.csv (Generic CSV): 2 statements, 548.50.")
    downloaded_before(
        company, admin, "Downloaded payroll-x-generic.csv (Generic CSV): 1 statement, 274.25, pay date Nov 27, 2026."
    )

    record_files_of_before()

    assert [paid.name for paid in planned(company).rows] == ["Ana Ruiz"]
