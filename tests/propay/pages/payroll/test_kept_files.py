"""Payroll files that are kept: they lock their statements and stay the same."""

import pytest
from django.urls import reverse

from propay.models import PayrollFile, Statement
from protiv.kit.money import ZERO
from tests.make import factories
from tests.make.paid import PERIOD, make_open
from tests.make.propays import NOW
from tests.propay.pages.payroll.asking import DATES, body_of, create, download, preview
from tests.reading import text_of

pytestmark = pytest.mark.django_db


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
