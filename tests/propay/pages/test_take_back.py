"""The pages of a worker's consent to deductions and last day, and what a statement says about them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from propay import services
from propay.models import AdjustmentCategory, Departure, TakeBackConsent
from tests.make import factories
from tests.make.propays import NOW
from tests.make.statement_rows import make_line, make_statement
from tests.reading import text_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 signed"


@pytest.fixture
def consent(company, admin, ana):
    return services.record_consent(
        company=company,
        worker_id=ana.pk,
        actor=admin,
        signed_date=date(2026, 11, 2),
        file_name="señal.pdf",
        content=PDF,
        now=NOW,
    )


def upload(client, worker, content=PDF, **more):
    file = SimpleUploadedFile("signed.pdf", content)
    address = reverse("worker_consents", args=[worker.pk])
    return client.post(address, {"signed_date": "2026-11-02", "file": file, **more})


def test_only_admins_see_consents(as_admin, as_manager, as_worker, as_stranger, anonymous, ana, consent):
    pages = [reverse(name, args=[ana.pk]) for name in ("worker_consents", "worker_departure")]
    for path in [*pages, reverse("consent_file", args=[consent.pk])]:
        assert as_admin.get(path).status_code == 200
        assert as_manager.get(path).status_code == 403
        assert as_worker.get(path).status_code == 403
        assert as_stranger.get(path).status_code == 404
        assert anonymous.get(path).status_code == 302
    withdraw = reverse("consent_withdraw", args=[consent.pk])
    assert as_manager.post(withdraw).status_code == 403
    assert as_stranger.post(withdraw).status_code == 404
    assert as_admin.get(withdraw).status_code == 405
    assert TakeBackConsent.objects.get().withdrawn_at is None


def test_a_consent_is_recorded_downloaded_and_withdrawn(as_admin, ana):
    assert upload(as_admin, ana).status_code == 302
    consent = TakeBackConsent.objects.get()

    page = text_of(as_admin.get(reverse("worker_consents", args=[ana.pk])))
    assert "Nov 2, 2026 signed.pdf" in page
    assert "In effect" in page
    file = as_admin.get(reverse("consent_file", args=[consent.pk]))
    assert (file.content, file["Content-Type"]) == (PDF, "application/pdf")
    assert file["Content-Disposition"] == 'attachment; filename="signed.pdf"'
    assert file["X-Content-Type-Options"] == "nosniff"

    as_admin.post(reverse("consent_withdraw", args=[consent.pk]))
    page = text_of(as_admin.get(reverse("worker_consents", args=[ana.pk])))
    assert "Withdrawn" in page
    assert "Record a consent" in page


def test_a_file_of_another_kind_is_refused_at_its_field(as_admin, ana):
    answer = upload(as_admin, ana, b"MZ this is a program")
    assert "This isn't a PDF, JPEG, or PNG file" in text_of(answer)
    assert "Enter" in text_of(upload(as_admin, ana, signed_date="yesterday"))
    assert not TakeBackConsent.objects.exists()


def test_a_second_withdrawal_says_so(as_admin, consent):
    for _ in range(2):
        as_admin.post(reverse("consent_withdraw", args=[consent.pk]))
    page = text_of(as_admin.get(reverse("worker_consents", args=[consent.worker_id])))
    assert "This consent was already withdrawn." in page


def test_a_last_day_is_stored_corrected_and_removed(as_admin, ana):
    address = reverse("worker_departure", args=[ana.pk])
    assert "Choose how the worker left." in text_of(as_admin.post(address, {"last_day": "2026-11-06"}))
    as_admin.post(address, {"last_day": "2026-11-06", "kind": "QUIT"})
    as_admin.post(address, {"last_day": "2026-11-07", "kind": "DISCHARGED"})
    stored = Departure.objects.get()
    assert (stored.last_day, stored.kind) == (date(2026, 11, 7), "DISCHARGED")

    as_admin.post(address, {"last_day": ""})
    assert not Departure.objects.exists()


def test_a_statement_says_why_a_deduction_is_not_collected(company, as_admin, as_worker, worker_user):
    factories.set_policy(company, take_back="WITH_CONSENT")
    worker = factories.make_worker(company, "Ana Ruiz", membership=worker_user.memberships.get())
    statement = make_statement(worker, "50.00")
    make_line(statement, "-20.00", category=AdjustmentCategory.objects.get())
    address = reverse("statement_detail", args=[statement.pk])

    office, own = as_admin.get(address), as_worker.get(address)

    for page in (office, own):
        assert "There is no written consent to a deduction." in text_of(page)
        assert "Nothing is taken from hourly wages or from overtime." in text_of(page)
        assert "$20.00 not collected" in text_of(page)
    assert reverse("worker_consents", args=[worker.pk]) in office.content.decode()
    assert reverse("worker_consents", args=[worker.pk]) not in own.content.decode()
