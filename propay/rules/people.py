"""Which worker ids are one person, for whom overtime is calculated together (bonus.md 10.2). Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from propay.rules.days import DayMinutes
from propay.rules.terms import WorkerId
from propay.rules.worker_status import Statuses, WorkerStatus
from protiv.kit.money import ZERO


@dataclass(frozen=True, slots=True)
class PersonLinks:
    """The linked ids, each with its person's primary id. An id that isn't linked is a person of its own."""

    primary: Mapping[WorkerId, WorkerId] = field(default_factory=dict)

    def of(self, worker_id: WorkerId) -> WorkerId:
        """The primary id of the person whose id this is."""
        return self.primary.get(worker_id, worker_id)

    def ids(self, worker_ids: Iterable[WorkerId]) -> set[WorkerId]:
        """All ids of the people whose ids these are."""
        persons = {self.of(worker_id) for worker_id in worker_ids}
        return persons | {worker_id for worker_id, primary in self.primary.items() if primary in persons}

    def statuses(self, by_worker: Mapping[WorkerId, WorkerStatus]) -> Statuses:
        """The statuses of these workers, and the ids of each person."""
        return Statuses(by_worker, {person: tuple(self.ids([person])) for person in self.primary.values()})

    def bonuses(self, amounts: Mapping[WorkerId, Decimal]) -> dict[WorkerId, Decimal]:
        """The amounts by id as amounts by person."""
        found: defaultdict[WorkerId, Decimal] = defaultdict(lambda: ZERO)
        for worker_id, amount in amounts.items():
            found[self.of(worker_id)] += amount
        return dict(found)

    def days(self, days: Iterable[DayMinutes]) -> list[DayMinutes]:
        """The same minutes, as worked by the people."""
        if not self.primary:
            return list(days)
        return [replace(day, worker_id=self.of(day.worker_id)) for day in days]
