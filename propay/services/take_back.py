"""Consents to deductions, and who left: open statements follow at once (bonus.md 11.2, 11.14). For admins."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import ConsentFileType, Departure, DepartureKind, Statement, StatementStatus, TakeBackConsent
from propay.queries.people import people_of
from propay.rules.trace import day
from propay.services import booking
from propay.services.shared import lock, record_event
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import Worker

MAX_FILE_BYTES = 5 * 1024 * 1024
# How a file of each type begins: what it is called says nothing.
SIGNATURES = {
    b"%PDF-": ConsentFileType.PDF,
    b"\xff\xd8\xff": ConsentFileType.JPEG,
    b"\x89PNG\r\n\x1a\n": ConsentFileType.PNG,
}


def record_consent(
    *,
    company: Company,
    worker_id: int,
    actor: User,
    signed_date: date,
    file_name: str,
    content: bytes,
    now: datetime,
) -> TakeBackConsent:
    """Keep a worker's signed consent to deductions; open statements collect what they couldn't.

    DoesNotExist for another company's worker; ValidationError for a file of another kind or size, for a day that is
    still to come, or if a consent is in effect.
    """
    with transaction.atomic():
        company = lock(company)
        worker = Worker.objects.get(company=company, pk=worker_id)
        if signed_date > company.local_date(now):
            raise ValidationError({"signed_date": "This day is still to come. Enter the day on which it was signed."})
        if TakeBackConsent.objects.filter(worker=worker, withdrawn_at=None).exists():
            raise ValidationError(
                f"A consent of {worker.name} is already in effect. Withdraw it before you record another."
            )
        consent = TakeBackConsent.objects.create(
            company=company,
            worker=worker,
            signed_date=signed_date,
            file_name=file_name[-255:],
            content_type=_type_of(content),
            content=content,
            recorded_by=actor,
            recorded_at=now,
        )
        summary = f"Recorded the consent of {worker.name} to deductions, signed {day(signed_date)}."
        record_event(company.pk, actor, "consent.recorded", f"worker:{worker.pk}", summary)
        follow_take_back(company=company, worker_ids=[worker.pk])
        return consent


def withdraw_consent(*, company: Company, consent_id: int, actor: User, now: datetime) -> TakeBackConsent:
    """End a consent: nothing that isn't locked or paid yet is collected anymore.

    DoesNotExist for another company's; ValidationError if it was withdrawn before.
    """
    with transaction.atomic():
        company = lock(company)
        consent = TakeBackConsent.objects.select_related("worker").defer("content").get(company=company, pk=consent_id)
        if consent.withdrawn_at is not None:
            raise ValidationError("This consent was already withdrawn.")
        consent.withdrawn_at, consent.withdrawn_by = now, actor
        consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
        summary = f"Withdrew the consent of {consent.worker.name} to deductions."
        record_event(company.pk, actor, "consent.withdrawn", f"worker:{consent.worker_id}", summary)
        follow_take_back(company=company, worker_ids=[consent.worker_id])
        return consent


def set_departure(
    *, company: Company, worker_id: int, actor: User, last_day: date | None, kind: str, now: datetime
) -> None:
    """Say when and how a worker left, or with None that the worker is here.

    DoesNotExist for another company's worker; ValidationError for an unknown kind.
    """
    with transaction.atomic():
        company = lock(company)
        worker = Worker.objects.get(company=company, pk=worker_id)
        if last_day is None:
            Departure.objects.filter(worker=worker).delete()
            summary = f"{worker.name} didn't leave."
        else:
            if kind not in DepartureKind.values:
                raise ValidationError({"kind": "Choose how the worker left."})
            values = {"company": company, "last_day": last_day, "kind": kind, "recorded_by": actor, "recorded_at": now}
            Departure.objects.update_or_create(worker=worker, defaults=values)
            summary = f"The final workday of {worker.name} is {day(last_day)} ({DepartureKind(kind).label.lower()})."
        record_event(company.pk, actor, "worker.departure_set", f"worker:{worker.pk}", summary)
        follow_take_back(company=company, worker_ids=[worker.pk])


def follow_take_back(*, company: Company, worker_ids: Collection[int] | None = None) -> None:
    """Bring the open statements of these people, or of all, in line with what can be taken back now.

    The caller holds the company's lock.
    """
    open_ones = Statement.objects.filter(company=company, status=StatementStatus.OPEN)
    if worker_ids is not None:
        open_ones = open_ones.filter(worker__in={int(one) for one in people_of(company).ids(worker_ids)})
    booking.retotal(set(open_ones.values_list("pk", flat=True)))


def _type_of(content: bytes) -> ConsentFileType:
    if len(content) > MAX_FILE_BYTES:
        raise ValidationError({"file": "The file is larger than 5 MB. Scan it with a lower resolution."})
    found = next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)
    if found is None:
        raise ValidationError({"file": "This isn't a PDF, JPEG, or PNG file. Save the signed paper as one of these."})
    return found
