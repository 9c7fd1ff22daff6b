"""Which workers of a company are the same person (bonus.md 10.2)."""

from propay.queries.settings import crew_rules
from propay.rules.people import PersonLinks
from protiv.accounts.models import Company


def people_of(company: Company) -> PersonLinks:
    """The linked workers, as of now."""
    return PersonLinks(crew_rules(company).same_person)
