"""Which workers of a company are the same person (bonus.md 10.2), and which may be."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from itertools import combinations

from propay.queries.settings import crew_rules
from propay.queries.time import counted_entries
from propay.rules.people import PersonLinks
from propay.rules.policies import DAYS_PER_WEEK
from protiv.accounts.models import Company
from protiv.timekeeping.models import DifferentPeople, TimeEntry, Worker
from protiv.timekeeping.selectors import WORKED

# What more workers have in common says nothing: an office's email is everyone's.
MOST_IDS = 5
# Two worker ids, the lower one first.
Pair = tuple[int, int]


def people_of(company: Company) -> PersonLinks:
    """The linked workers, as of now."""
    return PersonLinks(crew_rules(company).same_person)


def suggested_pairs(company: Company) -> list[Pair]:
    """Workers who may be the same person: their name and number agree, or their email; without those answered."""
    alike: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    persons: dict[int, int] = {}
    workers = Worker.objects.filter(company=company).order_by("pk")
    columns = ("pk", "same_person_as", "first_name", "middle_name", "last_name", "number", "email")
    for pk, primary, *names, number, email in workers.values_list(*columns):
        persons[pk] = primary or pk
        name = " ".join(part for part in names if part).casefold()
        if name and number:
            alike[name, number].append(pk)
        if email:
            alike[(email.casefold(),)].append(pk)
    pairs = {pair for ids in alike.values() if len(ids) <= MOST_IDS for pair in combinations(ids, 2)}
    open_pairs = {pair for pair in pairs if persons[pair[0]] != persons[pair[1]]}
    if open_pairs:
        answered = DifferentPeople.objects.filter(company=company).values_list("first", "second")
        open_pairs -= {(first, second) for first, second in answered}
    return sorted(open_pairs)


def pairs_in_a_workweek(company: Company, propay_ids: Collection[int]) -> dict[int, list[tuple[Pair, date]]]:
    """By ProPay: suggested pairs of which one has time on it while the other worked, and the first such workweek."""
    pairs = suggested_pairs(company)
    ids = {worker_id for pair in pairs for worker_id in pair}
    if not pairs:
        return {}
    counted = counted_entries(propay_ids).filter(worker__in=ids).order_by()
    weeks: defaultdict[int, set[tuple[int, date]]] = defaultdict(set)
    for propay_id, worker_id, day in counted.values_list("job__propays", "worker_id", "work_date").distinct():
        weeks[propay_id].add((worker_id, company.workweek_start_date(day)))
    every = [week for found in weeks.values() for _worker, week in found]
    if not every:
        return {}
    dates = (min(every), max(every) + timedelta(days=DAYS_PER_WEEK - 1))
    worked = TimeEntry.objects.filter(WORKED, company=company, worker__in=ids, work_date__range=dates)
    days = worked.order_by().values_list("worker_id", "work_date").distinct()
    in_week = {(worker_id, company.workweek_start_date(day)) for worker_id, day in days}
    found = {propay_id: list(_together(pairs, own, in_week)) for propay_id, own in weeks.items()}
    return {propay_id: together for propay_id, together in found.items() if together}


def _together(
    pairs: Collection[Pair], counted: set[tuple[int, date]], worked: set[tuple[int, date]]
) -> Iterator[tuple[Pair, date]]:
    for first, second in pairs:
        weeks = [
            week
            for worker_id, week in sorted(counted, key=lambda one: one[1])
            if (worker_id == first and (second, week) in worked) or (worker_id == second and (first, week) in worked)
        ]
        if weeks:
            yield (first, second), weeks[0]
