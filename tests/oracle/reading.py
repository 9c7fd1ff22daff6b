"""From a case to its shares, the overtime they make due, and the statements, as bonus.md says it."""

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.due import Row, World, true_ups
from tests.oracle.given import Entry, Ids, Refused, entries, policies
from tests.oracle.money import cents, hours, text
from tests.oracle.pay import Pay, Share

NEEDS_OVERTIME = "needs overtime"


def read(case: dict[str, Any]) -> dict[str, Any]:
    """Return what a case results in, by the keys of 9.2 that this reading has an opinion about."""
    return Reading(case).result()


def _with_wages(worked: list[Entry], time: list[Entry]) -> list[Entry]:
    """Give an entry without a wage that of the ProPay's time of the same id and day, if there is any."""
    wages = {(entry.worker, entry.day): entry.wage for entry in time}
    return [replace(entry, wage=entry.wage or wages.get((entry.worker, entry.day))) for entry in worked]


class Reading:
    def __init__(self, case: dict[str, Any]):
        self.case = case
        self.overtime = case.get("overtime")
        wants_overtime = case.get("distribution") == "TOTAL_EARNINGS" or case.get("pool_includes_overtime")
        if wants_overtime and self.overtime is None:
            raise Refused(NEEDS_OVERTIME)
        self.ids = Ids({row["id"]: row for row in case.get("workers", [])})
        time = entries(case["time"])
        kinds = {"work", "auto_lunch"} | ({"travel"} if case.get("include_travel") else set())
        given = self.overtime or {}
        worked = _with_wages(entries(given["all_time"]), time) if given.get("all_time") else time
        self.world = World(self.ids, [entry for entry in time if entry.kind in kinds], worked, policies(given))
        self.pay = Pay(case, self.world)
        self.typed = case.get("typed_bonuses", [])

    def result(self) -> dict[str, Any]:
        shares = self._shares()
        rows = self._rows(shares)
        typed = self._typed_rows()
        found = {
            "shares": [share._asdict() | {"amount": text(share.amount)} for share in shares],
            "overtime_true_up": self._listed(rows, typed),
        }
        if self.case.get("deductions"):
            found["statements"] = self._statements(shares, [*rows, *typed])
        return found

    def _shares(self) -> list[Share]:
        pool = self.pay.pool()
        parts = self.pay.parts(pool)
        if not self.case.get("pool_includes_overtime"):
            return self.pay.shares(parts)
        available = pool - parts["company"]
        reserved = available - available / self.pay.growth()
        drawn = available - reserved.numerator // reserved.denominator
        while True:
            shares = self.pay.drawn(drawn)
            due = sum(row.federal + row.state_extra for _, row in self._rows(shares))
            if drawn <= 0 or sum(share.amount for share in shares) + due <= available:
                return shares
            drawn -= 1

    def _rows(self, shares: list[Share]) -> list[tuple[str, Row]]:
        if self.overtime is None:
            return []
        bonus: Counter[str] = Counter()
        liable: Counter[str] = Counter()
        for share in shares:
            person = self.ids.person(share.worker)
            bonus[person] += share.amount
            liable[person] += share.amount if self.pay.is_liable(share.role) else 0
        found = []
        for person in sorted(bonus):
            amounts = Fraction(bonus[person], 100), Fraction(liable[person], 100)
            rows = true_ups(self.world, person, *amounts, lambda way, person=person: self.world.spread(person, way))
            found += [(person, row) for row in rows]
        return found

    def _typed_rows(self) -> list[tuple[str, Row]]:
        if self.overtime is None:
            return []
        found = []
        for typed in self.typed:
            if typed.get("promised", True):
                person = self.ids.person(typed["worker"])
                amount = Fraction(typed["amount"])
                first, last = date.fromisoformat(typed["first_day"]), date.fromisoformat(typed["last_day"])

                def spread(way: int, person: str = person, first: date = first, last: date = last):
                    return self.world.spread_typed(person, way, first, last)

                found += [(person, row) for row in true_ups(self.world, person, amount, amount, spread)]
        return found

    def _listed(self, rows: list[tuple[str, Row]], typed: list[tuple[str, Row]]) -> list[dict[str, str]]:
        """Write the rows by worker and week, those of the ProPay before those of typed bonuses."""
        ordered = sorted([*rows, *typed], key=lambda found: (found[0], found[1].week.start))
        return [
            {
                "worker": person,
                "week_start": row.week.start.isoformat(),
                "bonus": text(row.bonus),
                "hours": hours(row.minutes),
                "overtime_hours": hours(row.overtime),
                "federal": text(row.federal),
                "state_extra": text(row.state_extra),
            }
            for person, row in ordered
        ]

    def _statements(self, shares: list[Share], rows: list[tuple[str, Row]]) -> list[dict[str, str]]:
        bonus: Counter[str] = Counter()
        federal: Counter[str] = Counter()
        extra: Counter[str] = Counter()
        owed: Counter[str] = Counter()
        for share in shares:
            bonus[share.worker] += share.amount
        for typed in self.typed:
            bonus[typed["worker"]] += cents(typed["amount"])
        for person, row in rows:
            federal[person] += row.federal
            extra[person] += row.state_extra
        for deduction in self.case["deductions"]:
            owed[deduction["worker"]] += cents(deduction["amount"])
        found = []
        for worker in sorted({*bonus, *federal, *extra, *owed}):
            deducted = min(owed[worker], bonus[worker]) if self._may_take_back(worker) else 0
            amounts = {
                "bonus": bonus[worker],
                "federal": federal[worker],
                "state_extra": extra[worker],
                "deducted": deducted,
                "not_collected": owed[worker] - deducted,
                "paid": bonus[worker] - deducted + federal[worker] + extra[worker],
            }
            found.append({"worker": worker} | {name: text(amount) for name, amount in amounts.items()})
        return found

    def _may_take_back(self, worker: str) -> bool:
        setting = self.case.get("take_back", "YES")
        return setting == "YES" or (setting == "WITH_CONSENT" and worker in self.case.get("consents", []))
