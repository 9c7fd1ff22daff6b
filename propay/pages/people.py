"""The page on which an admin says that two workers are the same person (bonus.md 10.2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from propay.queries.people import people_of, suggested_pairs
from protiv.accounts.models import Company
from protiv.timekeeping.models import Worker
from protiv.timekeeping.selectors import find_workers, workers_with_wage

FOUND_AT_MOST = 20
SUGGESTED_AT_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPerson:
    """A worker's person: all ids, the primary one first; who may be the same person; and who was found by words.

    `is_cut`: more were found than are listed.
    """

    worker: Worker
    ids: list[Worker]
    suggested: list[Worker]
    found: list[Worker]
    is_cut: bool


def person_of(worker: Worker, *, words: str, today: date) -> WorkerPerson:
    """The page of one worker; without words no one is found."""
    links = people_of(worker.company)
    ids = {int(one) for one in links.ids([worker.pk])}
    suggested = {one for pair in suggested_pairs(worker.company) if not ids.isdisjoint(pair) for one in pair} - ids
    everyone = workers_with_wage(company=worker.company, day=today).exclude(pk__in=ids)
    by_name = ("last_name", "first_name", "pk")
    found: list[Worker] = [*find_workers(everyone, words).order_by(*by_name)[: FOUND_AT_MOST + 1]] if words else []
    return WorkerPerson(
        worker=worker,
        ids=sorted(_workers(worker, ids), key=lambda one: (one.pk != links.of(worker.pk), one.pk)),
        suggested=_workers(worker, suggested),
        found=found[:FOUND_AT_MOST],
        is_cut=len(found) > FOUND_AT_MOST,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """Workers who may be the same person as another one: the first of them, and how many more."""

    shown: list[Worker]
    more: int


def suggestions_of(company: Company) -> Suggestions:
    """For the Team page: of each suggested pair the worker with the higher id, which is the later one."""
    ids = sorted({second for _first, second in suggested_pairs(company)})
    shown = Worker.objects.filter(company=company, pk__in=ids[:SUGGESTED_AT_MOST]).order_by("pk") if ids else ()
    return Suggestions(shown=list(shown), more=len(ids[SUGGESTED_AT_MOST:]))


def _workers(worker: Worker, ids: Collection[int]) -> list[Worker]:
    return list(Worker.objects.filter(company=worker.company_id, pk__in=ids).order_by("last_name", "first_name", "pk"))
