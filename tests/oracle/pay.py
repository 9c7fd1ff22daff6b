"""Pool, parts, and shares of a case with a dollar budget (bonus.md 2 to 5; 11.6 and 11.7)."""

from collections import Counter
from fractions import Fraction
from typing import Any, NamedTuple

from tests.oracle.calendars import WeekKey
from tests.oracle.due import World, rate
from tests.oracle.money import allot, cents
from tests.oracle.weeks import HALF

NAMES = ("crew", "lead", "manager", "company", "other")


class Share(NamedTuple):
    worker: str
    role: str
    amount: int


class Pay:
    """The shares of a case, of as much of the pool as they are asked for."""

    def __init__(self, case: dict[str, Any], world: World):
        self.case, self.world, self.ids = case, world, world.ids
        self.minutes: Counter[str] = Counter()
        for entry in world.counted:
            self.minutes[entry.worker] += entry.minutes
        self.percents = self._percents()
        self.eligible = self._eligible()

    def pool(self) -> int:
        budget = self.case["budget"]
        if budget["type"] != "AMOUNT" or self.case.get("adjustment"):
            raise NotImplementedError("only budgets in dollars")
        cost = sum((Fraction(entry.minutes, 60) * entry.wage for entry in self.world.counted), Fraction(0))
        earned = cents(
            Fraction(cents(budget["amount"]), 100) * Fraction(self.case.get("completion_percent", "100")) / 100
        )
        saving = max(earned - cents(cost), 0)
        pool = cents(Fraction(saving, 100) * Fraction(self.case.get("split_percent", "50")) / 100)
        return 0 if self.case.get("disqualified") else pool

    def _percents(self) -> dict[str, Fraction]:
        given = self.case.get("pool", {})
        found = {name: Fraction(given.get(name, "100" if name == "crew" else "0")) for name in NAMES}
        for role, heir in (("lead", "crew"), ("manager", "company")):
            if not self.case.get(role):
                found[heir] += found[role]
                found[role] = Fraction(0)
        return found

    def _eligible(self) -> list[str]:
        """Return the ids that draw from the crew part (4.5, 5.1, 5.2)."""
        lead = self.case.get("lead")
        outside = self.ids.person(lead) if self.percents["lead"] and not self.case.get("lead_also_shares") else None
        return [
            worker
            for worker in sorted(self.minutes)
            if self.minutes[worker] > 0
            and not self.ids.rows.get(worker, {}).get("no_bonus")
            and self.ids.person(worker) != outside
        ]

    def parts(self, pool: int) -> dict[str, int]:
        found = allot(pool, self.percents)
        if not self.eligible:
            found["company"] += found["crew"]
            found["crew"] = 0
        return found

    def drawn(self, amount: int) -> list[Share]:
        """Return the shares of an amount that is divided without the company (11.7)."""
        return self.shares(allot(amount, self._drawing()))

    def _drawing(self) -> dict[str, Fraction]:
        """Return the percentages of those who draw: not the company, nor a crew without anyone."""
        return self.percents | {"company": Fraction(0)} | ({} if self.eligible else {"crew": Fraction(0)})

    def shares(self, parts: dict[str, int]) -> list[Share]:
        found = [Share(worker, "CREW", amount) for worker, amount in self._crew(parts["crew"]).items()]
        for role in ("lead", "manager"):
            if self.percents[role]:
                found.append(Share(self.case[role], role.upper(), parts[role]))
        if self.percents["other"]:
            ids = self.case["others"]
            found += [Share(worker, "OTHER", amount) for worker, amount in self._by_person(parts["other"], ids).items()]
        order = ["CREW", "LEAD", "MANAGER", "OTHER"]
        return sorted(found, key=lambda share: (order.index(share.role), share.worker))

    def _crew(self, amount: int) -> dict[str, int]:
        if self.distribution == "EQUAL":
            return self._by_person(amount, self.eligible)
        weights = {worker: self._weight(worker) for worker in self.eligible}
        return allot(amount, weights, self._rank)

    @property
    def distribution(self) -> str:
        return self.case.get("distribution", "PER_HOUR")

    def _by_person(self, amount: int, ids: list[str]) -> dict[str, int]:
        """Divide equally among people, and a person's amount among the ids by their minutes (10.2)."""
        people: dict[str, list[str]] = {}
        for worker in sorted(ids):
            people.setdefault(self.ids.person(worker), []).append(worker)
        of_person = {name: sum(max(self.minutes[worker], 0) for worker in mine) for name, mine in people.items()}
        equal = allot(amount, dict.fromkeys(people, Fraction(1)), lambda name: (-of_person[name], name))
        found: dict[str, int] = {}
        for name, mine in people.items():
            weights = {worker: Fraction(max(self.minutes[worker], 0)) for worker in mine}
            found |= allot(
                equal[name], weights if any(weights.values()) else dict.fromkeys(mine, Fraction(1)), self._rank
            )
        return found

    def _rank(self, worker: str) -> tuple[int, str]:
        return (-self.minutes[worker], worker)

    def _weight(self, worker: str) -> Fraction:
        mine = [entry for entry in self.world.counted if entry.worker == worker]
        if self.distribution == "PER_HOUR":
            return Fraction(self.minutes[worker])
        if self.distribution == "HOURS_TIMES_WAGE":
            return sum((entry.minutes * entry.wage for entry in mine), Fraction(0))
        if self.distribution == "TOTAL_EARNINGS":
            return max(self._ways(worker))[1]
        raise NotImplementedError(self.distribution)

    def _ways(self, worker: str) -> list[tuple[Fraction, Fraction]]:
        """Return the earnings of a person, and of one id of theirs, with the overtime of each way (11.4, 11.6)."""
        ids = self.ids.of(self.ids.person(worker))
        found = []
        for way in range(len(self.world.ways)):
            of_id = {name: self._earnings(name, way) for name in ids}
            found.append((sum(of_id.values(), Fraction(0)), of_id[worker]))
        return found

    def _earnings(self, worker: str, way: int) -> Fraction:
        """Return an id's earnings on the ProPay with the overtime of its weeks (11.6)."""
        return sum(
            (
                minutes * entry.wage * self._factor(self.ids.person(worker), way, place.week)
                for entry in self.world.counted
                if entry.worker == worker
                for place, minutes in self.world.ways[way].pieces(entry)
            ),
            Fraction(0),
        )

    def _factor(self, person: str, way: int, key: WeekKey) -> Fraction:
        week = self.world.weeks(person, way).get(key)
        if week is None or week.total <= 0:
            return Fraction(1)
        federally, by_state = self.world.exempt(person, week)
        has_state = any(week.state(day) is not None for day in week.days)
        if has_state and not by_state:
            return 1 + (HALF * sum(week.over.values()) + sum(week.double.values())) / week.total
        return Fraction(1) if federally else 1 + HALF * week.over_forty / week.total

    def weights(self) -> Counter[tuple[str, str]]:
        """Return which part of what is drawn goes to whom, before cents, by person and role (11.7)."""
        found: Counter[tuple[str, str]] = Counter()
        drawing = self._drawing()
        parts = {name: percent / (sum(drawing.values()) or 1) for name, percent in drawing.items()}
        crew = {worker: self._weight(worker) for worker in self.eligible} if self.distribution != "EQUAL" else {}
        people = {self.ids.person(worker) for worker in self.eligible}
        if crew:
            for worker, weight in crew.items():
                found[self.ids.person(worker), "CREW"] += parts["crew"] * weight / sum(crew.values())
        else:
            for name in people:
                found[name, "CREW"] += parts["crew"] / len(people)
        for role in ("lead", "manager"):
            if self.percents[role]:
                found[self.ids.person(self.case[role]), role.upper()] += parts[role]
        others = (
            {self.ids.person(worker) for worker in self.case.get("others", [])} if self.percents["other"] else set()
        )
        for name in others:
            found[name, "OTHER"] += parts["other"] / len(others)
        return found

    def growth(self) -> Fraction:
        """Return what a dollar of bonuses costs with its overtime: 1 + Σ weight × k."""
        return 1 + sum(
            (
                weight * rate(self.world, person)
                for (person, role), weight in self.weights().items()
                if self.is_liable(role)
            ),
            Fraction(0),
        )

    def is_liable(self, role: str) -> bool:
        """Whether amounts of a role make overtime due: a crew share by total earnings contains its own (11.6)."""
        return role != "CREW" or self.distribution != "TOTAL_EARNINGS"
