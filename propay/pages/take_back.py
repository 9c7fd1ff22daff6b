"""What can be taken back from a worker, and why not (bonus.md 11.2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from propay.models import Statement, TakeBackConsent
from propay.queries.people import people_of
from propay.queries.take_back import take_back_rules
from propay.rules.take_back import NotCollected, TakeBack, TakeBackRules
from protiv.accounts.models import Company
from protiv.timekeeping.models import Worker

REASONS: dict[NotCollected, Promise] = {
    NotCollected.LEFT: gettext_lazy("Nothing is recovered from someone who left the company."),
    NotCollected.NEVER: gettext_lazy("Your company doesn't recover money that was already earned."),
    NotCollected.NO_CONSENT: gettext_lazy("There is no written consent to a deduction."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsPage:
    """A worker's consents, latest first; the company's setting; and why nothing can be taken back today, if so."""

    consents: list[TakeBackConsent]
    setting: TakeBack
    why_not: Promise | None

    @property
    def in_force(self) -> TakeBackConsent | None:
        return next((one for one in self.consents if one.withdrawn_at is None), None)


def consents_of(worker: Worker, *, today: date) -> ConsentsPage:
    """The page of one worker."""
    rules = _rules(worker.company, {worker.pk})
    why_not = rules.why_not(worker.pk, today)
    found = TakeBackConsent.objects.filter(company=worker.company, worker=worker).defer("content")
    return ConsentsPage(
        consents=list(found.select_related("recorded_by", "withdrawn_by").order_by("-pk")),
        setting=rules.on(today),
        why_not=REASONS[why_not] if why_not else None,
    )


def why_not_collected(statement: Statement) -> Promise | None:
    """Why a minus on this statement isn't collected; None if it can be."""
    return reasons(statement.company, {statement.worker_id}, statement.end_date).get(statement.worker_id)


def reasons(company: Company, worker_ids: Collection[int], day: date) -> dict[int, Promise]:
    """Why nothing can be taken back from these workers on statements that end on that day; without those it can."""
    rules = _rules(company, worker_ids)
    found = {pk: rules.why_not(pk, day) for pk in worker_ids}
    return {pk: REASONS[why_not] for pk, why_not in found.items() if why_not}


def _rules(company: Company, worker_ids: Collection[int]) -> TakeBackRules:
    people = people_of(company)
    return take_back_rules(company.pk, people, {int(one) for one in people.ids(worker_ids)})
