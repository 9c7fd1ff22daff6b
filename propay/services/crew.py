"""A ProPay's terms for individual workers: no bonus, a fixed percentage, an amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.figures import terms_of, work_out
from propay.models import CrewTerm, ProPay
from propay.queries.bonus_overtime import bonus_overtime_of
from propay.queries.propays import with_terms
from propay.queries.settings import crew_rules
from propay.queries.time import time_of
from propay.services.refreshing import refreshed
from propay.services.shared import get_propay, lock, record, refuse_unless_live
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import Worker

CORRECT_IT = "Nothing is saved yet. Correct them, or mark who gets no bonus."


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTerms:
    """A ProPay's terms for one worker. The amount is in dollars."""

    no_bonus: bool = False
    fixed_percent: Decimal | None = None
    manual_amount: Decimal | None = None


def set_crew_terms(
    *, company: Company, propay_id: int, workers: Mapping[int, WorkerTerms], actor: User, now: datetime, seen: str = ""
) -> ProPay:
    """Set who gets no bonus, a fixed percentage, or an amount; workers not named go back to the defaults.

    Refused (ValidationError) if the distribution's numbers don't add up over those eligible, or if someone changed the
    crew's terms since the person saw their `crew_version` (`seen`).
    """
    with transaction.atomic():
        company = lock(company)
        propay = get_propay(company, propay_id)
        refuse_unless_live(propay, "changed")
        before = crew_version(propay)
        if seen and seen != before:
            raise ValidationError(
                "Someone else changed the crew of this ProPay while you were editing. Your changes weren't saved. "
                "Reload the page to see theirs.",
                code="stale",
            )
        _store(company, propay, {key: one for key, one in workers.items() if one != WorkerTerms()})
        _refuse_what_does_not_add_up(company, propay)
        if crew_version(propay) != before:
            record(propay, actor, "propay.crew_set", "Changed the crew terms of")
        return refreshed(company, propay, now)


def crew_version(propay: ProPay) -> str:
    """A short digest of the terms for individual workers; the same text for the same terms."""
    columns = ("worker_id", "no_bonus", "fixed_percent", "manual_amount")
    rows = CrewTerm.objects.filter(propay=propay).order_by("worker_id").values_list(*columns)
    plain = [
        tuple("" if one is None else f"{one:f}" if isinstance(one, Decimal) else one for one in row) for row in rows
    ]
    return blake2b(repr(plain).encode(), digest_size=8).hexdigest()


def _store(company: Company, propay: ProPay, wanted: Mapping[int, WorkerTerms]) -> None:
    if Worker.objects.filter(company=company, pk__in=wanted).count() != len(wanted):
        raise ValidationError("One of the workers isn't in your company. Reload the page.")
    propay.crew_terms.all().delete()
    CrewTerm.objects.bulk_create(
        CrewTerm(
            company=company,
            propay=propay,
            worker_id=worker_id,
            no_bonus=one.no_bonus,
            fixed_percent=one.fixed_percent,
            manual_amount=one.manual_amount,
        )
        for worker_id, one in wanted.items()
    )


def _refuse_what_does_not_add_up(company: Company, propay: ProPay) -> None:
    """Uses the calculation itself; without a crew part, there is nothing to check."""
    stored = with_terms(ProPay.objects.select_related("company").filter(pk=propay.pk)).get()
    time = time_of([propay.pk])[propay.pk]
    rules = crew_rules(company)
    terms = terms_of(stored, rules=rules)
    overtime = bonus_overtime_of(company, {propay.pk: terms}).get(propay.pk)
    figures = work_out(stored, time, names={}, rules=rules, terms=terms, overtime=overtime, explains=False)
    if figures.problems:
        raise ValidationError(" ".join([*(one.message for one in figures.problems), CORRECT_IT]), code="sum")
