"""What can be taken back from whom (bonus.md 11.2)."""

from collections.abc import Collection
from datetime import date

from propay.models import Departure, TakeBackConsent
from propay.rules.people import PersonLinks
from propay.rules.take_back import TakeBack, TakeBackRules


def take_back_rules(company_id: int, people: PersonLinks, worker_ids: Collection[int]) -> TakeBackRules:
    """The company's setting, and which of these workers consented or left; a person left if every id of it did."""
    consents = TakeBackConsent.objects.filter(worker__in=worker_ids, withdrawn_at=None)
    gone = set(Departure.objects.filter(company=company_id).values_list("worker_id", flat=True))
    return TakeBackRules(
        settings=take_back_settings(company_id),
        consents=frozenset(consents.values_list("worker_id", flat=True)),
        left=frozenset(pk for pk in worker_ids if gone and people.ids([pk]) <= gone),
    )


def take_back_settings(company_id: int) -> tuple[tuple[date, TakeBack], ...]:
    """The company's setting by the date from which it holds."""
    return ((date.min, TakeBack.YES),)
