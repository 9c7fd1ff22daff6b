"""The page for a ProPay's terms for individual workers."""

from dataclasses import dataclass, replace
from decimal import Decimal

from propay.figures import terms_of, work_out
from propay.forms.crew import CrewLine
from propay.models import ProPay, Share
from propay.queries.bonus_overtime import bonus_overtime_of
from propay.queries.settings import CrewRules, crew_rules
from propay.queries.time import time_of
from propay.rules.people import PersonLinks
from propay.rules.terms import Distribution, ShareRole
from propay.services import WorkerTerms
from protiv.timekeeping.models import Worker

NOT_ANYWHERE = "Not eligible for crew shares on any ProPay (set on the worker's page)."
PAID_AS_LEAD = "Paid as the crew lead, with no share of the crew's part."
NO_TIME = "No counted time, so no share."


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """`part_amount` is the crew's part; None while there is no figure."""

    lines: list[CrewLine]
    part_amount: Decimal | None


def crew_of(propay: ProPay) -> Crew:
    """Workers with time or terms of their own on the ProPay, which is loaded by `company_propays`."""
    shares = {
        share.worker_id: share
        for share in Share.objects.filter(propay=propay, role=ShareRole.CREW).select_related("worker")
    }
    said = {term.worker_id: term for term in propay.crew_terms.all()}
    others = Worker.objects.filter(pk__in=said.keys() - shares.keys())
    workers = [*(share.worker for share in shares.values()), *others]
    rules = crew_rules(propay.company)
    lines = []
    for worker in sorted(workers, key=lambda one: (one.last_name, one.first_name, one.pk)):
        share, term = shares.get(worker.pk), said.get(worker.pk)
        minutes = share.minutes if share else 0
        lines.append(
            CrewLine(
                worker=worker,
                minutes=minutes,
                amount=share.amount if share else None,
                terms=WorkerTerms(
                    no_bonus=term.no_bonus, fixed_percent=term.fixed_percent, manual_amount=term.manual_amount
                )
                if term
                else WorkerTerms(),
                excluded=_excluded(propay, worker, minutes, rules),
            )
        )
    return Crew(lines=lines, part_amount=_part(propay, rules))


def _excluded(propay: ProPay, worker: Worker, minutes: int, rules: CrewRules) -> str:
    if worker.pk in rules.no_bonus:
        return NOT_ANYWHERE
    leads = PersonLinks(rules.same_person).ids([propay.lead_id]) if propay.lead_id else ()
    if worker.pk in leads and propay.lead_percent and not propay.lead_also_shares:
        return PAID_AS_LEAD
    return "" if minutes > 0 else NO_TIME


def _part(propay: ProPay, rules: CrewRules) -> Decimal | None:
    """The crew's part. It doesn't depend on the distribution, whose numbers may not add up yet."""
    terms = terms_of(propay, rules=rules)
    if terms is None:
        return None
    by_hours = replace(terms, distribution=Distribution.PER_HOUR)
    time = time_of([propay.pk])[propay.pk]
    overtime = bonus_overtime_of(propay.company, {propay.pk: by_hours}).get(propay.pk)
    return work_out(propay, time, names={}, terms=by_hours, overtime=overtime, explains=False).crew_amount
