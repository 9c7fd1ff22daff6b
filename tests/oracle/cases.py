"""Random but valid what-if cases from a seed, with what is interesting made frequent."""

from collections.abc import Collection
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any

from tests.oracle.given import WEEKDAYS
from tests.oracle.hours import Hours
from tests.oracle.money import cents, text

# What a case can be about, and how often it is, of a hundred cases. `links` means several ids of one person; `away`
# a person with a bonus and without counted time.
WEIGHTS = {
    "california": 50,
    "production": 15,
    "elsewhere": 60,
    "clock": 35,
    "workday": 30,
    "lunch": 15,
    "travel": 10,
    "links": 20,
    "typed": 20,
    "deductions": 20,
    "roles": 35,
    "exempt": 10,
    "equal": 15,
    "by_wage": 10,
    "no_bonus": 5,
    "consents": 10,
    "exempt_dates": 20,
    "policies": 25,
    "divisor": 40,
    "total_earnings": 18,
    "pool_includes_overtime": 15,
    "away": 20,
    "breaks": 15,
    "schedule": 15,
    "states": 20,
    "mixed_states": 12,
    "refused": 3,
}
# Those that the product supports.
SUPPORTED = list(WEIGHTS)

HOME_STATES = ["CA", "AK", "CO", "CO", "CO", "NV", "NV", "PA", "TX"]
MONEY = ["100.00", "300.00", "0.01", "0.07", "120.00", "74.00", "897.00", "1000.00", "12.34", "0.00"]


def make(
    seed: int, only: Collection[str] = tuple(WEIGHTS), always: Collection[str] = ()
) -> tuple[dict[str, Any], list[str]]:
    """Return the case of a seed, and what it is about: features of `only` by their weights, and all of `always`."""
    rng = Random(seed)
    features = {name for name, weight in WEIGHTS.items() if rng.randrange(100) < weight and name in only} | set(always)
    _settle(features)
    return Case(rng, features).build(), sorted(features)


def _settle(features: set[str]) -> None:
    """Leave out what the rules don't define together (see the questions in `reading`)."""
    if "mixed_states" in features:
        features -= {"clock", "policies", "states", "schedule"}
    if "states" in features:
        features -= {"california"}
    if "total_earnings" in features:
        features -= {"equal", "by_wage"}
    if "exempt_dates" in features:
        features -= {"exempt"}
    if "schedule" in features:
        features -= {"links", "states"}
        features |= {"california"}


class Case(Hours):
    """A case while it is made: its hours, and the money and rules around them."""

    def __init__(self, rng: Random, features: set[str]):
        super().__init__(rng, features, self._home_state(rng, features))
        self.week_start = rng.choice([*["MONDAY"] * 4, *WEEKDAYS])
        self.day_start = rng.choice(["06:00", "12:00", "04:30", "00:00"]) if self.has("workday") else "00:00"
        self.change = self.first + timedelta(days=rng.randrange(1, 7 * self.weeks))

    def build(self) -> dict[str, Any]:
        self.work()
        self._flags()
        case = self._money()
        case |= {"workers": list(self.workers.values()), "time": self.time, "overtime": self._overtime()}
        if self.has("typed"):
            case["typed_bonuses"] = [self._typed() for _ in range(self.rng.choice([1, 1, 2]))]
        if self.has("deductions") or self.has("consents"):
            case |= self._deductions()
        return case

    def _flags(self) -> None:
        for worker in self.workers.values():
            if self.has("exempt") and self.chance(50):
                worker["exempt"] = True
            if self.has("no_bonus") and self.chance(30):
                worker["no_bonus"] = True
            if self.has("exempt_dates") and self.chance(70):
                worker["exempt"] = self._exempt_rows()
            if self.has("schedule") and self.chance(80):
                days = self.rng.choice([WEEKDAYS[:4], WEEKDAYS[1:5], WEEKDAYS[:3], WEEKDAYS[:5]])
                worker["schedule"] = {day: self.rng.choice(["10", "10", "9", "9.5", "8"]) for day in days}
        if self.has("states") or self.has("mixed_states"):
            salaried = self.chance(60)
            for worker in self.workers.values():
                worker["salaried"] = salaried

    def _exempt_rows(self) -> list[dict[str, Any]]:
        change = (self.change - self.first).days
        offsets = sorted(self.rng.sample([-7, -7, 0, 2, 7, 7, 9, 14, 21, change, change], self.rng.choice([1, 1, 2])))
        return [
            {
                "from_date": (self.first + timedelta(days=offset)).isoformat(),
                "federal": self.chance(50),
                "state": self.chance(50),
            }
            for offset in dict.fromkeys(offsets)
        ]

    # Money

    def _money(self) -> dict[str, Any]:
        cost = sum(
            (
                Fraction(entry["minutes"], 60) * Fraction(entry["wage"])
                for entry in self.time
                if entry["kind"] in {"work", "auto_lunch"} or (entry["kind"] == "travel" and self.has("travel"))
            ),
            Fraction(0),
        )
        saving = self.rng.choice(MONEY) if self.chance(60) else text(self.rng.randrange(200_000))
        case: dict[str, Any] = {
            "budget": {"type": "AMOUNT", "amount": text(max(0, cents(cost) + cents(saving)))},
            "split_percent": self.rng.choice(["100", "100", "100", "50", "33.33"]),
        }
        if self.has("travel"):
            case["include_travel"] = True
        if self.has("equal"):
            case["distribution"] = "EQUAL"
        elif self.has("by_wage"):
            case["distribution"] = "HOURS_TIMES_WAGE"
        elif self.has("total_earnings"):
            case["distribution"] = "TOTAL_EARNINGS"
        if self.has("pool_includes_overtime"):
            case["pool_includes_overtime"] = True
        return case | self._roles()

    def _roles(self) -> dict[str, Any]:
        """Choose who draws besides the crew: without `away`, people who have counted time themselves."""
        minutes: dict[str, int] = {}
        for entry in self.time:
            minutes[entry["worker"]] = minutes.get(entry["worker"], 0) + entry["minutes"]
        counted = sorted(worker for worker, length in minutes.items() if length > 0)
        if self.manager is not None:
            return {
                "pool": self.rng.choice([{"crew": "0", "manager": "100"}, {"crew": "70", "manager": "30"}]),
                "manager": "m",
            }
        if not self.has("roles") or not counted:
            return {}
        pool = self.rng.choice(
            [
                {"crew": "70", "lead": "20", "manager": "10"},
                {"crew": "60", "lead": "10", "manager": "10", "company": "15", "other": "5"},
                {"crew": "50", "other": "50"},
                {"crew": "33.3", "lead": "33.3", "manager": "33.4"},
                {"crew": "90", "company": "10"},
            ]
        )
        found: dict[str, Any] = {"pool": pool, "lead_also_shares": self.chance(30)}
        for role in ("lead", "manager"):
            if self.chance(80):
                found[role] = self.rng.choice(counted)
        if "other" in pool:
            found["others"] = self.rng.sample(counted, self.rng.randrange(1, len(counted) + 1))
        return found

    def _typed(self) -> dict[str, Any]:
        worker, amount = self.rng.choice(self.ids), self.rng.choice(["300.00", "50.00", "0.01", "333.33"])
        if self.chance(20):
            return {"worker": worker, "amount": amount, "promised": False}
        first = self.first + timedelta(days=self.rng.choice([0, 0, 1, 3, 7]))
        last = first + timedelta(days=self.rng.choice([0, 3, 4, 6, 6, 13]))
        return {
            "worker": worker,
            "amount": amount,
            "promised": True,
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
        }

    def _deductions(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "deductions": [
                {
                    "worker": self.rng.choice(self.ids),
                    "amount": self.rng.choice(["230.00", "10.00", "0.01", "5000.00"]),
                    "category": "ADVANCE",
                }
                for _ in range(self.rng.choice([1, 2]))
            ],
            "take_back": self.rng.choice(["YES", "NEVER"]),
        }
        if self.has("consents"):
            found["take_back"] = "WITH_CONSENT"
            found["consents"] = self.rng.sample(self.ids, self.rng.randrange(len(self.ids) + 1))
        return found

    # Overtime

    @staticmethod
    def _home_state(rng: Random, features: set[str]) -> str | None:
        if "states" in features:
            return "ZZ" if "refused" in features else rng.choice(HOME_STATES)
        return "CA" if "california" in features else None

    def _overtime(self) -> dict[str, Any] | None:
        if self.has("refused") and (self.has("total_earnings") or self.has("pool_includes_overtime")):
            return None
        found = self._policy(self.week_start, self.day_start, self.state)
        if self.has("policies"):
            found["policies"] = self._policies(found)
        same = self.time == self.all_time and self.chance(50)
        if self.chance(20):
            unpaid = [{key: value for key, value in entry.items() if key != "wage"} for entry in self.all_time]
            return found | {"all_time": unpaid}
        return found if same else found | {"all_time": self.all_time}

    def _policy(self, week_start: str, day_start: str, state: str | None) -> dict[str, Any]:
        found: dict[str, Any] = {
            "method": "PRODUCTION" if self.has("production") else "FLAT_SUM",
            "workweek_start": week_start,
        }
        if state in (None, "CA") and not (state and self.has("states")):
            found["rule"] = "CALIFORNIA" if state else "FEDERAL"
        else:
            found["state"] = state
        if self.has("workday"):
            found["workday_start"] = day_start
        if self.has("divisor"):
            found["divisor"] = self.rng.choice(["PERIOD", "GREATER", "WEEK", "PERIOD", "GREATER"])
        return found

    def _policies(self, before: dict[str, Any]) -> list[dict[str, Any]]:
        """Return one or two changes; with a divisor, neither that nor the rule changes."""
        rows, day = [], self.change
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            row = (
                {"workday_start": "00:00"}
                | before
                | {"workweek_start": WEEKDAYS[day.weekday()], "from_date": day.isoformat()}
            )
            # Open: a later hour on the same weekday, and the workday of typed bonuses after another hour.
            if (
                self.has("workday")
                and not self.has("typed")
                and row["workweek_start"] != (rows or [before])[-1]["workweek_start"]
            ):
                row["workday_start"] = self.rng.choice(["00:00", "06:00", "12:00"])
            if not self.has("divisor") and self.chance(40):
                states = HOME_STATES if "state" in row else ["FEDERAL", "CALIFORNIA"]
                row["state" if "state" in row else "rule"] = self.rng.choice(states)
                row["method"] = self.rng.choice(["FLAT_SUM", "PRODUCTION"])
            if self.has("refused"):
                row["workweek_start"] = WEEKDAYS[(day.weekday() + 1) % 7]
            rows.append(row)
            day += timedelta(days=self.rng.choice([3, 6, 7, 8, 10, 14, 17, 21]))
        return rows
