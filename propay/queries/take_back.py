"""What can be taken back from whom (bonus.md 11.2)."""

from collections.abc import Collection
from datetime import date

from propay.models import Departure, TakeBackConsent
from propay.queries.settings import bonus_settings
from propay.rules.people import PersonLinks
from propay.rules.take_back import TakeBack, TakeBackRules
from protiv.accounts.models import Company, PayPolicy


def take_back_rules(company_id: int, people: PersonLinks, worker_ids: Collection[int]) -> TakeBackRules:
    """The company's setting, and which of these workers consented or left; a person left if every id of it did."""
    consents = TakeBackConsent.objects.filter(worker__in=worker_ids, withdrawn_at=None)
    gone = set(Departure.objects.filter(company=company_id).values_list("worker_id", flat=True))
    return TakeBackRules(
        settings=take_back_settings(company_id),
        consents=frozenset(consents.values_list("worker_id", flat=True)),
        left=frozenset(pk for pk in worker_ids if gone and people.ids([pk]) <= gone),
    )


def nets_losses(company: Company, today: date) -> bool:
    """Whether losses are offset against savings of other ProPays: the company wants it, and takes money back."""
    return bonus_settings(company).nets_losses and take_back_on(company, today) == TakeBack.YES


def take_back_on(company: Company, day: date) -> TakeBack:
    """The company's setting on that day."""
    return TakeBackRules(settings=take_back_settings(company.pk)).on(day)


def take_back_settings(company_id: int) -> tuple[tuple[date, TakeBack], ...]:
    """The company's setting by the date from which it holds; one query."""
    rows = sorted(PayPolicy.objects.filter(company=company_id), key=lambda row: row.first_day)
    return tuple((row.first_day, TakeBack(row.take_back)) for row in rows)
