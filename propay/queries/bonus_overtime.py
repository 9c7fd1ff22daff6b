"""The hours behind those bonuses whose shares depend on overtime (bonus.md 11.6 and 11.7)."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from propay.queries.overtime import all_hours, policies_of
from propay.queries.workdays import counted_days_with_wages
from propay.rules.bonus_overtime import BonusOvertime
from propay.rules.people import PersonLinks
from propay.rules.policies import Policies
from propay.rules.terms import Terms, WorkerId
from protiv.accounts.models import Company


def bonus_overtime_of(
    company: Company,
    terms_of_each: Mapping[int, Terms | None],
    *,
    policies: Policies | None = None,
    include_travel: bool | None = None,
) -> dict[int, BonusOvertime]:
    """The hours behind each of these ProPays that needs them, by today's time; no query where none does.

    `policies` None: those of today. `include_travel` as in `counted_entries`. The same few queries for all whose terms
    link the same workers.
    """
    groups: defaultdict[Any, dict[int, Terms]] = defaultdict(dict)
    for pk, terms in terms_of_each.items():
        if terms is not None and terms.needs_overtime:
            groups[frozenset(terms.same_person.items())][pk] = terms
    found: dict[int, BonusOvertime] = {}
    for links, needed in groups.items():
        found |= _behind(company, policies or policies_of(company), PersonLinks(dict(links)), needed, include_travel)
    return found


def _behind(
    company: Company,
    policies: Policies,
    people: PersonLinks,
    needed: Mapping[int, Terms],
    include_travel: bool | None,
) -> dict[int, BonusOvertime]:
    workdays = policies.workdays(None, company.zone)
    found = counted_days_with_wages(list(needed), workdays, include_travel=include_travel)
    counted = {pk: found.get(pk, []) for pk in needed}
    payees = {pk: {day.worker_id for day in counted[pk]} | _named(terms) for pk, terms in needed.items()}
    hours = all_hours(company, policies, people, counted, payees, set().union(*payees.values()))
    return {
        pk: BonusOvertime(
            policies=policies,
            counted=counted[pk],
            worked=[day for person in sorted(set(map(people.of, ids)), key=str) for day in hours.by_person[person]],
            statuses=hours.statuses,
            people=people,
        )
        for pk, ids in payees.items()
    }


def _named(terms: Terms) -> set[WorkerId]:
    """Everyone who is named for a part of the pool."""
    return {person for person in (terms.lead, terms.manager, *terms.others) if person is not None}
