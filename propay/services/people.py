"""Marks workers as the same person, or ends that (bonus.md 10.2), and says first what it changes."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from propay.models import LIVE_STATUSES, Share, StatementLine
from propay.queries.overtime import KINDS
from propay.queries.people import people_of
from propay.rules import statement_states
from propay.services import booking
from propay.services.amount_effects import CHANGED, AmountEffect, AmountKey, amounts_of, called, effect_of, open_lines
from propay.services.refreshing import refresh
from propay.services.shared import lock, record_event
from propay.services.true_ups import update_true_ups_of_payees
from propay.services.typed_bonuses import update_typed_true_ups
from protiv.accounts.models import Company, User
from protiv.kit.money import ZERO
from protiv.timekeeping.models import DifferentPeople, Worker


def preview_link(*, company: Company, worker_id: int, primary_id: int | None, now: datetime) -> AmountEffect:
    """What `set_person` would change. Nothing is stored: the changes are made and rolled back."""
    with transaction.atomic():
        effect = _apply(company, worker_id, primary_id, now)
        transaction.set_rollback(True)
    return effect


def set_person(
    *, company: Company, worker_id: int, primary_id: int | None, actor: User, seen: str, now: datetime
) -> None:
    """Make a worker the same person as another, whose statements then get the overtime; None: a person alone.

    Whoever is linked to the worker is linked to the other one, too. Refused (ValidationError) if it changes something
    else than was `seen`.
    """
    with transaction.atomic():
        effect = _apply(company, worker_id, primary_id, now)
        if effect.seen != seen:
            raise ValidationError(CHANGED, code="changed")
        worker = Worker.objects.select_related("same_person_as").get(pk=worker_id)
        primary = worker.same_person_as
        summary = (
            f"Marked {called(worker)} as the same person as {called(primary)}, who gets the overtime."
            if primary
            else f"{called(worker)} is a person alone again."
        )
        record_event(company.pk, actor, "worker.person_set", f"worker:{worker_id}", summary)


def say_different(*, company: Company, worker_id: int, other_id: int, actor: User, now: datetime) -> None:
    """Remember that these two workers are not the same person, so that no link is suggested."""
    with transaction.atomic():
        company = lock(company)
        first, second = Worker.objects.filter(company=company, pk__in=(worker_id, other_id)).order_by("pk")
        _row, is_new = DifferentPeople.objects.get_or_create(
            company=company, first=first, second=second, defaults={"created_at": now}
        )
        if is_new:
            summary = f"Said that {called(first)} and {called(second)} are not the same person."
            record_event(company.pk, actor, "worker.person_different", f"worker:{worker_id}", summary)


def _apply(company: Company, worker_id: int, primary_id: int | None, now: datetime) -> AmountEffect:
    # Lock the workers first, like wage changes do, to avoid a deadlock.
    both = Worker.objects.filter(company=company, pk__in=(worker_id, primary_id or worker_id))
    list(both.select_for_update(no_key=True).order_by("pk"))
    company = lock(company)
    worker = Worker.objects.get(company=company, pk=worker_id)
    primary = None if primary_id is None else Worker.objects.get(company=company, pk=primary_id)
    if primary is not None and primary.same_person_as_id not in (None, worker.pk):
        primary = primary.same_person_as
    _refuse(worker, primary)
    ids = {int(one) for one in people_of(company).ids([worker.pk, *([primary.pk] if primary else [])])}
    before = _amounts(company, ids)
    _store(worker, primary)
    refresh(company=company, worker_ids=ids, now=now)
    lines = StatementLine.objects.filter(company=company, kind__in=KINDS, worker__in=ids)
    payees = set(lines.order_by().values_list("propay_id", "worker_id").distinct())
    update_true_ups_of_payees(company=company, payees={(pk, one) for pk, one in payees if pk is not None}, now=now)
    update_typed_true_ups(company=company, worker_ids=ids, now=now)
    booking.retotal(set(_lines_of(company, ids).order_by().values_list("statement_id", flat=True)))
    return effect_of(before, _amounts(company, ids))


def _refuse(worker: Worker, primary: Worker | None) -> None:
    if primary is None and worker.same_person_as_id is None:
        raise ValidationError(f"{called(worker)} isn't linked to anyone. Nothing was changed.")
    if primary is not None and primary.pk in (worker.pk, worker.same_person_as_id):
        raise ValidationError(f"{called(worker)} is already the same person. Nothing was changed.")


def _store(worker: Worker, primary: Worker | None) -> None:
    if primary is not None:
        Worker.objects.filter(pk=primary.pk).update(same_person_as=None)
        Worker.objects.filter(same_person_as=worker).update(same_person_as=primary)
    Worker.objects.filter(pk=worker.pk).update(same_person_as=primary)


def _amounts(company: Company, ids: Collection[int]) -> dict[AmountKey, Decimal]:
    """What open statements pay these workers for ProPays, true-ups by week, and all shares of their open ProPays."""
    found = amounts_of(open_lines(company).filter(worker__in=ids))
    touched = Share.objects.filter(company=company, worker__in=ids, propay__status__in=LIVE_STATUSES).values("propay")
    for share in Share.objects.filter(propay__in=touched).select_related("worker", "propay").order_by("propay", "pk"):
        shared = (called(share.worker), share.propay.title, None)
        found[shared] = found.get(shared, ZERO) + (share.amount or ZERO)
    return found


def _lines_of(company: Company, ids: Collection[int]) -> QuerySet[StatementLine]:
    lines = StatementLine.objects.filter(company=company, worker__in=ids)
    return lines.exclude(statement__status__in=statement_states.FROZEN)
