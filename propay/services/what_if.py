"""Saves a scenario as a ProPay: its terms and those of its crew, together or not at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Unpack

from django.db import transaction

from propay.models import CrewTerm, ProPay
from propay.services.crew import WorkerTerms, set_crew_terms
from propay.services.terms import ProPayInput, create_propay, edit_propay
from protiv.accounts.models import Company, User


def save_what_if(
    *,
    company: Company,
    propay_id: int | None,
    crew: Mapping[int, WorkerTerms],
    actor: User,
    now: datetime,
    seen: str = "",
    **terms: Unpack[ProPayInput],
) -> ProPay:
    """Change this ProPay, or create one (None). Refuses (ValidationError) what `edit_propay`, `create_propay` do.

    `crew` are real workers; the terms of those not named stay unchanged. Their time is never touched.
    """
    with transaction.atomic():
        if propay_id is None:
            propay = create_propay(company=company, actor=actor, now=now, **terms)
        else:
            propay = edit_propay(company=company, propay_id=propay_id, actor=actor, now=now, seen=seen, **terms)
        before = {
            term.worker_id: WorkerTerms(
                no_bonus=term.no_bonus, fixed_percent=term.fixed_percent, manual_amount=term.manual_amount
            )
            for term in CrewTerm.objects.filter(propay=propay)
        }
        wanted = {**before, **crew}
        if {key: one for key, one in wanted.items() if one != WorkerTerms()} == before:
            return propay
        return set_crew_terms(company=company, propay_id=propay.pk, workers=wanted, actor=actor, now=now)
