"""Random but valid what-if cases from a seed, with what is interesting made frequent."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from tests.oracle.given import WEEKDAYS
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
    "exempt_dates": 15,
    "policies": 25,
    "divisor": 40,
    "total_earnings": 12,
    "pool_includes_overtime": 15,
    "away": 20,
    "breaks": 15,
    "schedule": 15,
    "states": 20,
    "mixed_states": 12,
    "refused": 3,
}
# Those that the product supports.
SUPPORTED = list(WEIGHTS)[: list(WEIGHTS).index("consents")]

WHOLE_DAYS = [60, 240, 360, 420, 479, 480, 480, 481, 540, 570, 600, 600, 660, 719, 720, 721, 750, 840, 900]
PATTERNS = [
    [480] * 5,
    [600] * 4,
    [600] * 5,
    [480] * 6,
    [480] * 7,
    [360] * 7,
    [600] * 7,
    [480, 480, 480, 480, 540],
    [480, 480, 480, 480, 479],
    [720] * 4,
    [780] * 3,
    [840, 600, 600, 600],
    [240, 240],
    [600, 600, 600, 600, 540],
    [],
]
HOME_STATES = ["CA", "AK", "CO", "NV", "PA", "TX", "FL"]
MIXED_STATES = ["CA", "AK", "NV", "PA", "TX"]
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
    # Open: the product's `statements` have one row for a person, the reading one for each id (10.2).
    if "links" in features:
        features -= {"deductions", "consents"}
    if "mixed_states" in features:
        features -= {"clock", "policies", "states", "schedule"}
    if "states" in features:
        features -= {"california", "policies"}
    if "policies" in features:
        features -= {"total_earnings"}
    if "total_earnings" in features:
        features -= {"equal", "by_wage"}
    if "exempt_dates" in features:
        features -= {"exempt"}
    if "schedule" in features:
        features -= {"links", "states"}
        features |= {"california"}


class Case:
    """A case while it is made."""

    def __init__(self, rng: Random, features: set[str]):
        self.rng, self.features = rng, features
        self.first = date(2026, 1, 5) + timedelta(days=rng.randrange(300))
        self.first -= timedelta(days=self.first.weekday())
        self.ids = list("abcd")[: rng.choice([1, 1, 2, 2, 3, 4])]
        self.week_start = rng.choice([*["MONDAY"] * 4, *WEEKDAYS])
        self.day_start = rng.choice(["06:00", "12:00", "04:30", "00:00"]) if self.has("workday") else "00:00"
        self.state = self._home_state()
        self.weeks = rng.choice([1, 1, 2, 2, 3])
        if self.has("divisor"):
            self.weeks = rng.choice([1, 2, 2, 3, 4])
        if self.has("policies"):
            self.weeks = rng.choice([2, 3, 4])
        self.time: list[dict[str, Any]] = []
        self.all_time: list[dict[str, Any]] = []
        self.workers = {worker: {"id": worker} for worker in self.ids}

    def has(self, feature: str) -> bool:
        return feature in self.features

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def build(self) -> dict[str, Any]:
        if self.has("links") and len(self.ids) > 1:
            self._link()
        for worker in self.ids:
            self._work(worker)
        self._away()
        self._flags()
        case = self._money()
        case |= {"workers": list(self.workers.values()), "time": self.time, "overtime": self._overtime()}
        if self.has("typed"):
            case["typed_bonuses"] = [self._typed() for _ in range(self.rng.choice([1, 1, 2]))]
        if self.has("deductions") or self.has("consents"):
            case |= self._deductions()
        return case

    # Time

    def _link(self) -> None:
        primary, *others = self.rng.sample(self.ids, self.rng.choice([2, 2, min(3, len(self.ids))]))
        for worker in others:
            self.workers[worker]["same_person_as"] = primary

    def _work(self, worker: str) -> None:
        wage = self.rng.choice(["20.00", "17.99", "18.00", "25.50", "31.4375"])
        on_propay = self.rng.choice([100, 100, 70, 40]) if self.has("elsewhere") else 100
        for number in range(self.weeks):
            if self.chance(10):
                wage = self.rng.choice(["20.00", "22.25"])
            monday = self.first + timedelta(weeks=number)
            skips_propay = number not in (0, self.weeks - 1) and self.chance(40) and self.has("elsewhere")
            state = self.rng.choice(MIXED_STATES)
            for offset, minutes in enumerate(self._pattern()):
                state = self.rng.choice(MIXED_STATES) if self.chance(40) else state
                self._day(
                    worker, monday + timedelta(days=offset), minutes, wage, 0 if skips_propay else on_propay, state
                )

    def _pattern(self) -> list[int]:
        if self.chance(70):
            return self.rng.choice(PATTERNS)
        days = [self.rng.choice([*WHOLE_DAYS, self.rng.randrange(1, 1000)]) for _ in range(self.rng.randrange(1, 8))]
        if self.chance(20):
            days[-1] = max(1, min(960, 2400 - sum(days[:-1])))
        return days

    def _day(self, worker: str, day: date, minutes: int, wage: str, on_propay: int, state: str) -> None:
        """Add a day's entries: one, or two of which each is on the ProPay or elsewhere."""
        lengths = [minutes] if self.chance(80) or minutes < 2 else [minutes // 3, minutes - minutes // 3]
        begin = datetime.combine(
            day, time(self.rng.choice([0, 5, 6, 7, 7, 12, 16, 20, 22]), self.rng.choice([0, 0, 0, 30]))
        )
        for length in lengths:
            entry = {"worker": worker, "date": day.isoformat(), "minutes": length, "kind": "work", "wage": wage}
            if self.has("travel") and self.chance(25):
                entry["kind"] = "travel"
            if self.has("clock") and self.chance(85):
                stop = begin + timedelta(
                    minutes=length + (self.rng.choice([0, 0, 0, 30, 61]) if self.state != "CO" else 0)
                )
                entry |= {"start": f"{begin:%Y-%m-%dT%H:%M}", "stop": f"{stop:%Y-%m-%dT%H:%M}"}
                begin = stop + timedelta(minutes=self.rng.choice([0, 0, 15, 60]))
            self._add(entry, state, counts=self.chance(on_propay))
        if self.has("lunch") and self.chance(50) and self.state != "CO":
            self._add(
                {
                    "worker": worker,
                    "date": day.isoformat(),
                    "minutes": -self.rng.choice([15, 30, 45]),
                    "kind": "auto_lunch",
                    "wage": wage,
                },
                state,
                counts=self.chance(on_propay),
            )
        if self.has("breaks") and self.chance(40):
            kind, length = self.rng.choice(
                [
                    ("paid_break", 15),
                    ("paid_break", 45),
                    ("commute", 40),
                    ("meal_break", 20),
                    ("meal_break", 21),
                    ("meal_break", 10),
                    ("time_off", 15),
                ]
            )
            self._add(
                {"worker": worker, "date": day.isoformat(), "minutes": length, "kind": kind, "wage": wage},
                state,
                counts=False,
            )

    def _add(self, entry: dict[str, Any], state: str, *, counts: bool) -> None:
        if self.has("mixed_states") and state != "home":
            entry["state"] = state
        self.all_time.append(entry)
        if counts:
            self.time.append(entry)

    def _away(self) -> None:
        """Add a person with hours elsewhere or without any, who draws as a manager."""
        self.manager = None
        if self.has("away") or not self.time:
            self.manager = "m" if self.has("away") else None
            self.workers["m"] = {"id": "m"}
            for number in range(-1, self.weeks + 1):
                if self.chance(45):
                    for offset, minutes in enumerate(self._pattern()):
                        day = self.first + timedelta(weeks=number, days=offset)
                        entry = {
                            "worker": "m",
                            "date": day.isoformat(),
                            "minutes": minutes,
                            "kind": "work",
                            "wage": "20.00",
                        }
                        self._add(entry, "TX", counts=False)

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
        offsets = sorted(self.rng.sample([-7, 0, 2, 7, 7, 9, 14, 21], self.rng.choice([1, 1, 2])))
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

    def _home_state(self) -> str | None:
        if self.has("states"):
            return "ZZ" if self.has("refused") else self.rng.choice(HOME_STATES)
        return "CA" if self.has("california") else None

    def _overtime(self) -> dict[str, Any] | None:
        if self.has("refused") and (self.has("total_earnings") or self.has("pool_includes_overtime")):
            return None
        found = self._policy(self.week_start, self.day_start, self.state)
        if self.has("policies"):
            found["policies"] = self._policies(found)
        same = self.time == self.all_time and self.chance(50)
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
        rows, day = [], self.first + timedelta(days=self.rng.randrange(1, 7 * self.weeks))
        for _ in range(self.rng.choice([1, 1, 1, 2])):
            row = (
                {"workday_start": "00:00"}
                | before
                | {"workweek_start": WEEKDAYS[day.weekday()], "from_date": day.isoformat()}
            )
            if self.has("workday"):
                row["workday_start"] = self.rng.choice(["00:00", "06:00", "12:00"])
            if not self.has("divisor") and self.chance(40):
                row["rule"] = self.rng.choice(["FEDERAL", "CALIFORNIA"])
                row["method"] = self.rng.choice(["FLAT_SUM", "PRODUCTION"])
            if self.has("refused"):
                row["workweek_start"] = WEEKDAYS[(day.weekday() + 1) % 7]
            rows.append(row)
            day += timedelta(days=self.rng.choice([3, 6, 7, 8, 10, 14, 17, 21]))
        return rows
