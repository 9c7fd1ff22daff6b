"""The pages of payroll files: for admins only, refused with a reason, and byte for byte what payroll imports."""

import html
import re
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from propay.models import CustomLayout, PayrollFile, PayrollSettings, PayRun, PayRunState, Statement
from propay.payroll.layouts import LAYOUTS, PAYCHEX
from propay.payroll.rows import PayrollRow
from propay.rules.pay_periods import Period
from protiv.accounts.models import AuditEvent
from protiv.kit.money import ZERO
from tests.make import factories
from tests.make.paid import PAY_DATE, PERIOD, make_open, make_paid
from tests.make.payroll import COLUMNS, NEXT_PAY_DATE, NEXT_PERIOD, create_file, save_layout, save_settings
from tests.make.payroll_rows import CREW, OPTIONS, columns_text, payroll_text
from tests.make.propays import NOW
from tests.reading import text_of

pytestmark = pytest.mark.django_db

DATES = {"start": "2026-11-02", "end": "2026-11-15"}
CHOICE = {"period": "2026-11-02_2026-11-15", "statements": "ALL", "layout": "GENERIC", "batch_id": "01"}
SETTINGS = {
    "layout": "GENERIC",
    "bonus_code": "BONUS",
    "federal_code": "OTFED",
    "state_extra_code": "OTSTATE",
    "company_code": "",
    "worker_id_kind": "NUMBER",
}


@pytest.fixture
def ana(company):
    return factories.make_worker(company, "Ana Ruiz", number="101")


@pytest.fixture
def custom(company, admin):
    return save_layout(company, admin)


def body_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def preview(client, **query: str) -> str:
    return text_of(client.get(reverse("payroll_preview"), query))


def create(client, **choice: str):
    """Create a file; the answer leads to its page, or is the file itself if it is a draft."""
    return client.post(reverse("payroll_file"), CHOICE | choice)


def download(client, **choice: str):
    """Create a file and download it."""
    return client.post(f"{create(client, **choice)['Location']}download/")


def typed(columns, **changes: str) -> dict[str, str]:
    """The editor's form with these columns."""
    data = {"name": "Sage", "mode": "PER_WORKER", "date_format": "US", "has_header": "on"}
    data |= {"form-TOTAL_FORMS": str(len(columns)), "form-INITIAL_FORMS": "0"}
    for number, (header, field, text) in enumerate(columns):
        row = {"header": header, "content": field.value if field else "text", "text": text}
        data |= {f"form-{number}-{name}": value for name, value in row.items()}
    return data | changes


# Access


@pytest.fixture
def kept(company, admin, ana):
    """A file with Ana's statement, which it locked."""
    make_open(ana)
    return create_file(company, admin)


def addresses(custom, kept) -> list[tuple[str, str]]:
    return [
        ("get", reverse("payroll_settings")),
        ("post", reverse("payroll_settings")),
        ("get", reverse("payroll_preview")),
        ("post", reverse("payroll_file")),
        ("get", reverse("payroll_file_detail", args=[kept.pk])),
        ("post", reverse("payroll_file_download", args=[kept.pk])),
        ("get", reverse("custom_layout_create")),
        ("post", reverse("custom_layout_create")),
        ("get", reverse("custom_layout_edit", args=[custom.pk])),
        ("post", reverse("custom_layout_edit", args=[custom.pk])),
        ("post", reverse("custom_layout_delete", args=[custom.pk])),
    ]


def test_only_admins_have_access(custom, kept, as_manager, as_worker, anonymous):
    for method, address in addresses(custom, kept):
        assert getattr(as_manager, method)(address).status_code == 403
        assert getattr(as_worker, method)(address).status_code == 403
        answer = getattr(anonymous, method)(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))
    assert CustomLayout.objects.count() == 1


def test_user_of_no_company_finds_nothing(custom, kept, sign_in):
    client = sign_in(factories.make_user())
    for method, address in addresses(custom, kept):
        assert getattr(client, method)(address).status_code == 404


def test_stranger_sees_nothing_of_another_company(custom, kept, as_stranger):
    assert "Ana Ruiz" not in preview(as_stranger, **DATES)
    assert "Acme Payroll" not in text_of(as_stranger.get(reverse("payroll_settings")))
    assert as_stranger.get(reverse("custom_layout_edit", args=[custom.pk])).status_code == 404
    assert as_stranger.post(reverse("custom_layout_delete", args=[custom.pk])).status_code == 404
    answer = create(as_stranger, layout=f"CUSTOM-{custom.pk}")
    assert answer.status_code == 302
    assert as_stranger.get(reverse("payroll_file_detail", args=[kept.pk])).status_code == 404
    assert as_stranger.post(reverse("payroll_file_download", args=[kept.pk])).status_code == 404
    assert PayrollFile.objects.count() == 1


@pytest.mark.parametrize("name", ["payroll_file", "custom_layout_delete"])
def test_recorded_actions_require_a_post(as_admin, custom, name):
    args = [custom.pk] if name == "custom_layout_delete" else []
    assert as_admin.get(reverse(name, args=args)).status_code == 405


# The file


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
    codes = {"bonus_code": "BON", "federal_code": "OTF", "state_extra_code": "OTS"}
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
    assert ",250.00,20.00,4.25,274.25" in body_of(response)


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


# Files that are kept


def test_creating_a_file_locks_and_leads_to_its_next_steps(company, as_admin, ana):
    make_open(ana)
    assert "Creating the file locks 1 open statement" in preview(as_admin, **DATES)

    page = text_of(as_admin.get(create(as_admin)["Location"]))

    assert Statement.objects.get().status == "LOCKED"
    assert page.index("Download the file") < page.index("Import it into") < page.index("Mark 1 statement as paid")
    assert "Ana Ruiz Locked $274.25" in page


def test_the_second_file_holds_only_who_is_new(company, as_admin, ana):
    make_open(ana)
    create(as_admin)
    make_open(factories.make_worker(company, "Ben Odermatt"))

    page = preview(as_admin, **DATES)

    assert "1 statement is already in the file of" in page
    assert "They're not in this file." in page
    written = body_of(download(as_admin))
    assert "Odermatt" in written
    assert "Ruiz" not in written


def test_a_file_with_nothing_new_is_refused_and_can_be_told_to_hold_all(company, as_admin, ana):
    make_open(ana)
    first = body_of(download(as_admin))

    answer = create(as_admin)
    assert "Nothing new to export" in text_of(as_admin.get(answer["Location"]))

    page = preview(as_admin, **DATES, with_filed="on")
    assert "This file repeats them." in page
    assert body_of(download(as_admin, with_filed="on")) == first


def test_a_kept_file_stays_the_same_whatever_changes_later(company, as_admin, ana, kept):
    first = body_of(as_admin.post(reverse("payroll_file_download", args=[kept.pk])))
    ana.last_name, ana.number = "Ortiz", "999"
    ana.save()

    assert body_of(as_admin.post(reverse("payroll_file_download", args=[kept.pk]))) == first
    assert "Ruiz" in first


def test_an_unlocked_worker_is_shown_as_taken_out_and_is_in_the_next_file(company, as_admin, kept):
    as_admin.post(reverse("statement_unlock", args=[Statement.objects.get().pk]))

    page = text_of(as_admin.get(reverse("payroll_file_detail", args=[kept.pk])))
    assert "1 worker was taken out after this file was created" in page
    assert "Ana Ruiz Taken out" in page
    assert "1, 1 taken out" in preview(as_admin, **DATES)
    statement = reverse("statement_detail", args=[Statement.objects.get().pk])
    assert "Payroll files payroll-2026-11-02-to-2026-11-15-generic.csv" in text_of(as_admin.get(statement))
    assert "Ruiz" in body_of(download(as_admin))


def test_a_file_from_before_files_were_kept_is_not_downloaded(company, as_admin):
    file = PayrollFile.objects.create(
        company=company,
        start_date=PERIOD.start_date,
        end_date=PERIOD.end_date,
        layout_label="Generic CSV",
        name="payroll.csv",
        is_stored=False,
        statement_count=0,
        total_amount=ZERO,
        created_at=NOW,
    )
    page = text_of(as_admin.get(reverse("payroll_file_detail", args=[file.pk])))
    assert "it can't be downloaded again" in page
    assert as_admin.post(reverse("payroll_file_download", args=[file.pk])).status_code == 404


# The preview


def test_preview_shows_rows_and_totals_of_the_three_amounts(company, as_admin, ana):
    make_paid(ana)
    make_paid(factories.make_worker(company, "Ben Odermatt"), "1000.00 0.50 0.00")

    page = preview(as_admin, **DATES)

    assert "Workers 2 Bonus $1,250.00 Federal true-up $20.50 State overtime premium $4.25 Total $1,274.75" in page
    assert "Ana Ruiz 101 Nov 20, 2026 $250.00 $20.00 $4.25 $274.25" in page
    assert "Odermatt,Ben,,2026-11-02,2026-11-15,2026-11-20,1000.00,0.50,0.00,1000.50" in page


def test_preview_begins_with_the_latest_period_and_the_layout_of_the_settings(company, admin, as_admin, ana):
    make_paid(ana)
    make_paid(ana, "1.00 0.00 0.00", period=NEXT_PERIOD)
    save_settings(company, admin, layout="GUSTO")

    assert "payroll-2026-11-16-to-2026-11-29-gusto.csv" in preview(as_admin)


def test_an_old_period_can_be_linked_to(as_admin, ana):
    make_paid(ana, period=Period(date(2025, 9, 1), date(2025, 9, 14)))
    make_paid(ana, "1.00 0.00 0.00")

    page = preview(as_admin, start="2025-09-01", end="2025-09-14")

    assert "Sep 1 – Sep 14, 2025" in page
    assert "Total $274.25" in page


def test_preview_of_a_period_without_statements_says_what_to_do(as_admin, ana):
    make_paid(ana)

    assert "Nothing to pay in this file" in preview(as_admin, start="2026-01-05", end="2026-01-18")


def test_preview_before_the_first_statement_says_what_to_do(as_admin, company):
    assert "No bonus statements yet" in preview(as_admin)


@pytest.mark.parametrize(
    "query", [{"start": "x", "end": "y"}, {"start": "2026-11-15", "end": "2026-11-02"}, {"period": "9"}]
)
def test_preview_of_an_invalid_period_says_so(as_admin, ana, query):
    make_paid(ana)

    page = preview(as_admin, **query)

    assert "Choose a pay period." in page
    assert "Ana Ruiz" not in page


def test_preview_takes_as_many_queries_for_many_statements(company, as_admin, django_assert_max_num_queries):
    for number in range(60):
        make_paid(factories.make_worker(company, number=str(number)))

    with django_assert_max_num_queries(20):
        page = preview(as_admin, **DATES, page="2")
    assert "51–60 of 60" in page


def test_statements_and_pay_runs_lead_to_their_file(company, as_admin, as_manager, ana):
    run = PayRun.objects.create(
        company=company,
        start_date=PERIOD.start_date,
        end_date=PERIOD.end_date,
        pay_date=PAY_DATE,
        state=PayRunState.DONE,
        total_count=1,
        done_count=1,
        created_at=NOW,
    )
    statement = make_paid(ana, pay_run=run)
    make_paid(factories.make_worker(company, "Ben Odermatt"), pay_date=NEXT_PAY_DATE)

    for address, rows in ((reverse("statement_list"), 2), (reverse("pay_run_detail", args=[run.pk]), 1)):
        page = as_admin.get(address).content.decode()
        (link,) = re.findall(rf'href="({reverse("payroll_preview")}[^"]*)"', page)
        response = as_admin.get(html.unescape(link))
        assert len(response.context["preview"].file.rows) == rows
        assert reverse("statement_detail", args=[statement.pk]) in response.content.decode()
        assert reverse("payroll_preview") not in as_manager.get(address).content.decode()


# Settings


def test_settings_are_saved_and_shown_again(company, as_admin):
    address = reverse("payroll_settings")
    answer = as_admin.post(address, SETTINGS | {"layout": "ADP", "company_code": "XYZ", "bonus_code": "20"})

    assert answer.status_code == 302
    page = as_admin.get(address).content.decode()
    assert '<option value="ADP" selected' in page
    assert 'value="XYZ"' in page
    assert AuditEvent.objects.get().action == "payroll.settings_saved"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"layout": "ADP"}, "The company code is missing: ADP Workforce Now"),
        ({"layout": "PAYCOM", "federal_code": "BONUS"}, "must differ from the other two"),
        ({"layout": "SAGE"}, "Select a valid choice"),
        ({"layout": ""}, "Choose a layout."),
        ({"layout": "CUSTOM"}, "Select a valid choice"),
        ({"worker_id_kind": "SSN"}, "Select a valid choice"),
        ({"bonus_code": "x" * 61}, "at most 60 characters"),
    ],
)
def test_invalid_settings_are_shown_at_their_field(as_admin, company, changes, told):
    assert told in text_of(as_admin.post(reverse("payroll_settings"), SETTINGS | changes))
    assert not PayrollSettings.objects.exists()


def test_settings_say_which_layout_is_confirmed_by_which_source(as_admin, company):
    response = as_admin.get(reverse("payroll_settings"))

    page = text_of(response)
    assert "ADP Workforce Now (paydata import) Confirmed" in page
    assert "Paychex Flex (Standard Payroll Import) Partly confirmed" in page
    assert "Paycom (columns to adapt) Not confirmed" in page
    for layout in LAYOUTS.values():
        for source in layout.sources:
            assert f'href="{source.address}"' in response.content.decode()


def test_own_layout_can_be_chosen(as_admin, custom, ana):
    make_paid(ana)
    as_admin.post(reverse("payroll_settings"), SETTINGS | {"layout": f"CUSTOM-{custom.pk}"})

    assert PayrollSettings.objects.get().custom_layout == custom
    assert body_of(download(as_admin, layout=f"CUSTOM-{custom.pk}")).splitlines() == [
        "File #,Bonus,FLSA,State,Department",
        "101,250.00,20.00,4.25,300",
    ]


# Custom layouts


def test_new_layout_begins_with_the_columns_of_another_and_saves_as_the_same(as_admin, company):
    address = reverse("custom_layout_create")
    page = as_admin.get(address, {"start": "PAYCHEX"})
    assert page.context["columns"].total_form_count() == len(PAYCHEX.columns)
    columns = [(c.header, c.field, c.text) for c in PAYCHEX.columns]

    answer = as_admin.post(address, typed(columns, mode="PER_EARNING"))

    assert answer["Location"] == reverse("payroll_settings")
    assert CustomLayout.objects.get().columns == columns_text(PAYCHEX, OPTIONS)


def test_new_layout_begins_with_the_generic_columns_where_none_is_named(as_admin, company):
    assert as_admin.get(reverse("custom_layout_create"), {"start": "SAGE"}).context["columns"].total_form_count() == 12


def test_own_layout_is_changed(as_admin, custom):
    address = reverse("custom_layout_edit", args=[custom.pk])
    assert "Layout “Acme Payroll”" in text_of(as_admin.get(address))

    as_admin.post(address, typed(COLUMNS[:4], name="Sage", zero_is_blank="on"))

    custom.refresh_from_db()
    assert (custom.name, custom.zero_is_blank, custom.columns.count("\n")) == ("Sage", True, 3)


@pytest.mark.parametrize(
    ("what", "headers"),
    [
        ("up-1", ["Bonus", "File #", "FLSA"]),
        ("up-0", ["File #", "Bonus", "FLSA"]),
        ("down-0", ["Bonus", "File #", "FLSA"]),
        ("down-2", ["File #", "Bonus", "FLSA"]),
        ("remove-1", ["File #", "FLSA"]),
        ("add", ["File #", "Bonus", "FLSA", ""]),
        ("up-99", ["File #", "Bonus", "FLSA"]),
        ("up-x", ["File #", "Bonus", "FLSA"]),
        ("", ["File #", "Bonus", "FLSA"]),
    ],
)
def test_columns_are_moved_and_nothing_is_saved_or_forgotten(as_admin, custom, what, headers):
    address = reverse("custom_layout_edit", args=[custom.pk])
    page = as_admin.post(address, typed(COLUMNS[:3], name="Half done", move=what))

    assert [form["header"].value() for form in page.context["columns"]] == headers
    assert page.context["form"]["name"].value() == "Half done"
    assert CustomLayout.objects.get().name == "Acme Payroll"


@pytest.mark.parametrize(
    ("columns", "changes", "told"),
    [
        (COLUMNS[:3], {}, "No column contains state overtime premium amount"),
        (COLUMNS, {"mode": "PER_EARNING"}, "which needs one row per worker"),
        (COLUMNS, {"mode": "BOTH"}, "Select a valid choice"),
        (COLUMNS, {"name": ""}, "This field is required"),
        (COLUMNS, {"name": "Acme Payroll"}, "Another layout has this name"),
        (COLUMNS, {"form-0-header": ""}, "has no heading"),
        (COLUMNS, {"form-0-content": "ssn"}, "Select a valid choice"),
        (COLUMNS, {"form-0-content": ""}, "This field is required"),
        (COLUMNS, {"form-4-header": "", "form-4-content": "", "form-4-text": ""}, "This field is required"),
        (COLUMNS, {"form-TOTAL_FORMS": "x"}, "ManagementForm"),
        (COLUMNS, {"form-TOTAL_FORMS": "0"}, "No column identifies the worker."),
        ([("x", None, "")] * 101, {}, "at most 100 columns"),
    ],
)
def test_an_invalid_layout_is_reported_and_not_saved(as_admin, custom, columns, changes, told):
    page = text_of(as_admin.post(reverse("custom_layout_create"), typed(columns, **changes)))

    assert told in page
    assert CustomLayout.objects.count() == 1


def test_own_layout_is_deleted(as_admin, custom):
    as_admin.post(reverse("custom_layout_delete", args=[custom.pk]))

    assert not CustomLayout.objects.exists()


def test_own_layout_in_use_is_not_deleted(as_admin, company, admin, custom):
    save_settings(company, admin, layout="CUSTOM", custom_layout_id=custom.pk)

    answer = as_admin.post(reverse("custom_layout_delete", args=[custom.pk]), follow=True)

    assert "Choose another one first" in text_of(answer)
    assert CustomLayout.objects.exists()
