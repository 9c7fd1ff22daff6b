"""A new payroll file: byte for byte what payroll imports, or refused with a reason."""

from dataclasses import replace

import pytest
from django.urls import reverse

from propay.models import PayrollFile
from propay.payroll.layouts import LAYOUTS
from propay.payroll.rows import PayrollRow
from protiv.accounts.models import AuditEvent
from protiv.kit.money import ZERO
from tests.make import factories
from tests.make.paid import PAY_DATE, make_open, make_paid
from tests.make.payroll import NEXT_PAY_DATE, save_settings
from tests.make.payroll_rows import CREW, payroll_text
from tests.propay.pages.payroll.asking import DATES, body_of, create, download, preview
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def make_crew(company) -> list[PayrollRow]:
    """The workers and amounts of `CREW` as paid statements, and the rows that they are to become, by name."""
    for row in CREW:
        worker = factories.make_worker(
            company,
            external_id=row.external_id,
            number=row.worker_number,
            first_name=row.first_name,
            middle_name=row.middle_name,
            last_name=row.last_name,
        )
        make_paid(worker, f"{row.bonus_amount} {row.federal_amount} {row.state_extra_amount}")
    nunez, miller, zero, ohara = CREW
    return [miller, nunez, replace(ohara, pay_date=PAY_DATE, bonus_amount=ZERO), zero]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
def test_file_of_every_layout_is_what_payroll_loads_byte_for_byte(company, admin, as_admin, layout):
    rows = make_crew(company)
    codes = {"bonus_code": "BON", "federal_code": "OTF", "state_extra_code": "OTS", "deduction_code": "DED"}
    save_settings(company, admin, layout=layout.key, company_code="XYZ", **codes)

    response = download(as_admin, layout=layout.key.value)

    assert response.content == payroll_text(layout, rows).encode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "no-store" in response["Cache-Control"]


def test_a_download_has_its_file_name_and_records_the_user(company, admin, as_admin, ana):
    make_paid(ana)

    response = download(as_admin)

    assert response["Content-Disposition"] == ('attachment; filename="payroll-2026-11-02-to-2026-11-15-generic.csv"')
    event = AuditEvent.objects.get(action="payroll.downloaded")
    assert (event.actor, event.company) == (admin, company)
    file = PayrollFile.objects.get()
    assert event.target == f"payroll_file:{file.pk}"
    page = text_of(as_admin.get(reverse("payroll_file_detail", args=[file.pk])))
    assert "Downloads admin@acme.test" in page


def test_preview_alone_leaves_no_event(as_admin, ana):
    make_paid(ana)

    assert "Payroll files of this pay period" not in preview(as_admin, **DATES)
    assert not AuditEvent.objects.exists()


def test_names_that_a_spreadsheet_would_run_are_harmless(company, as_admin):
    make_paid(factories.make_worker(company, first_name='=HYPERLINK("http://x")', last_name="@SUM(1)", number="+1"))

    written = body_of(download(as_admin))

    assert "'+1,'@SUM(1),\"'=HYPERLINK(" in written


def test_a_draft_is_labeled_as_one(company, as_admin, ana):
    make_open(ana)

    response = create(as_admin, statements="DRAFT")

    assert "DRAFT-payroll-2026-11-02" in response["Content-Disposition"]
    assert ",250.00,20.00,4.25,0.00,274.25" in body_of(response)


def test_open_statements_are_not_in_the_file_of_the_paid_ones(company, as_admin, ana):
    make_open(ana)
    make_paid(factories.make_worker(company, "Ben Odermatt"))

    page = preview(as_admin, **DATES, statements="PAID")
    assert "1 statement in this pay period is still open and not in this file" in page
    assert "Ruiz" not in body_of(download(as_admin, statements="PAID"))


def test_only_one_pay_date_can_be_downloaded(company, as_admin, ana):
    make_paid(ana)
    make_paid(factories.make_worker(company, "Ben Odermatt"), pay_date=NEXT_PAY_DATE)

    assert "Paid on Nov 27, 2026 only" in preview(as_admin, **DATES)
    written = body_of(download(as_admin, statements="2026-11-27"))
    assert "Odermatt" in written
    assert "Ruiz" not in written


def test_batch_id_is_asked_for_where_the_layout_has_one(company, admin, as_admin, ana):
    make_paid(ana)
    save_settings(company, admin, layout="ADP", company_code="XYZ")

    page = as_admin.get(reverse("payroll_preview"), DATES).content.decode()
    assert 'name="batch_id" value="111526"' in page
    assert "Batch ID" in text_of(as_admin.get(reverse("payroll_preview"), DATES))
    assert "Batch ID" not in preview(as_admin, **DATES, layout="GENERIC")
    assert "XYZ,=2,101" not in (written := body_of(download(as_admin, layout="ADP", batch_id="=2")))
    assert "XYZ,'=2,101,BONUS,250.00" in written


@pytest.mark.parametrize(
    "choice",
    [
        {"period": ""},
        {"period": "2026-11-15_2026-11-02"},
        {"period": "2026-11-02"},
        {"period": "x_y"},
        {"period": "0001-01-01_2026-11-15"},
        {"period": "2026-11-02_9999-12-31"},
        {"statements": "NONE"},
        {"statements": "2026-11-21"},
        {"layout": "SAGE"},
        {"layout": "CUSTOM"},
        {"layout": "CUSTOM-999"},
        {"batch_id": "x" * 21},
        {"period": "2026-11-16_2026-11-29"},
    ],
)
def test_wrong_choice_writes_no_file(as_admin, ana, choice):
    make_paid(ana)

    response = create(as_admin, **choice)

    assert response.status_code == 302
    page = text_of(as_admin.get(response["Location"]))
    assert "Choose the pay period, the statements, and the layout again." in page or "No statements to export" in page
    assert not AuditEvent.objects.exists()


def test_file_that_would_lose_a_worker_is_refused_on_the_page_and_when_created(company, admin, as_admin, ana):
    make_paid(ana)
    make_paid(factories.make_worker(company, "Ben Odermatt"))
    save_settings(company, admin, layout="ADP", company_code="XYZ")

    page = preview(as_admin, **DATES)
    assert "File # is missing for Ben Odermatt" in page
    assert "File preview" not in page
    answer = create(as_admin, layout="ADP")
    assert answer["Location"].startswith(reverse("payroll_preview") + "?period=2026-11-02_2026-11-15")
    assert "File # is missing for Ben Odermatt" in text_of(as_admin.get(answer["Location"]))
