"""Which worker ids are one person, for whom overtime is calculated together (bonus.md 10.2). Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from propay.rules.overtime import DayMinutes
from propay.rules.terms import WorkerId
from protiv.kit.money import ZERO

Pay = Mapping[tuple[WorkerId, date], Fraction | None]


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

    def exempt(self, exempt: Collection[WorkerId]) -> frozenset[WorkerId]:
        """The people who are exempt: those of whom every id is."""
        persons = {self.of(worker_id) for worker_id in exempt}
        return frozenset(person for person in persons if self.ids([person]) <= {*exempt})

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

    def pay(self, pay: Pay) -> dict[tuple[WorkerId, date], Fraction | None]:
        """Pay by id and day as pay by person and day; None where some of it is unknown."""
        found: dict[tuple[WorkerId, date], Fraction | None] = {}
        for (worker_id, day), amount in pay.items():
            key = (self.of(worker_id), day)
            before = found.get(key, Fraction(0))
            found[key] = None if before is None or amount is None else before + amount
        return found
