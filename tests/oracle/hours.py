"""Random hours of a few people over some weeks, on a ProPay and elsewhere."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

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
    [0, 0, 0, 0, 480],
    [0, 0, 0, 0, 0, 300],
    [],
]
MIXED_STATES = ["CA", "AK", "NV", "PA", "TX"]


class Hours:
    """The people of a case, and what they worked, while it is made."""

    def __init__(self, rng: Random, features: set[str], state: str | None):
        self.rng, self.features, self.state = rng, features, state
        self.first = date(2026, 1, 5) + timedelta(days=rng.randrange(300))
        self.first -= timedelta(days=self.first.weekday())
        self.ids = list("abcd")[: rng.choice([1, 1, 2, 2, 3, 4])]
        self.weeks = rng.choice([1, 1, 2, 2, 3])
        if self.has("divisor"):
            self.weeks = rng.choice([1, 2, 2, 3, 4])
        if self.has("policies"):
            self.weeks = rng.choice([2, 3, 4])
        # A week in between in which no one works on the ProPay.
        self.idle = 1 if self.weeks > 2 and self.has("elsewhere") and self.chance(40) else None
        self.manager: str | None = None
        self.time: list[dict[str, Any]] = []
        self.all_time: list[dict[str, Any]] = []
        self.workers: dict[str, dict[str, Any]] = {worker: {"id": worker} for worker in self.ids}

    def has(self, feature: str) -> bool:
        return feature in self.features

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def work(self) -> None:
        if self.has("links") and len(self.ids) > 1:
            self._link()
        for worker in self.ids:
            self._work(worker)
        if self.has("away"):
            self._away()

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
            skips = number not in (0, self.weeks - 1) and self.has("elsewhere") and self.chance(30)
            share = 0 if skips or number == self.idle else on_propay
            state = self.rng.choice(MIXED_STATES)
            for offset, minutes in enumerate(self._pattern()):
                state = self.rng.choice(MIXED_STATES) if self.chance(40) else state
                self._day(worker, monday + timedelta(days=offset), minutes, wage, share, state)

    def _pattern(self) -> list[int]:
        if self.chance(70):
            return self.rng.choice(PATTERNS)
        days = [self.rng.choice([*WHOLE_DAYS, self.rng.randrange(1, 1000)]) for _ in range(self.rng.randrange(1, 8))]
        if self.chance(20):
            days[-1] = max(1, min(960, 2400 - sum(days[:-1])))
        return days

    def _day(self, worker: str, day: date, minutes: int, wage: str, on_propay: int, state: str) -> None:
        """Add a day's entries: one, or two of which each is on the ProPay or not; none for 0 minutes."""
        if not minutes:
            return
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
                begin = stop + timedelta(minutes=self.rng.choice([0, 0, 15, 60, 61]))
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
        """Add a manager with hours elsewhere or without any."""
        self.manager = "m"
        self.workers["m"] = {"id": "m"}
        if self.has("links") and self.chance(30):
            primary = self.rng.choice([name for name in self.ids if "same_person_as" not in self.workers[name]])
            self.workers["m"]["same_person_as"] = primary
        before_only = self.chance(25)
        for number in range(-3, 0 if before_only else self.weeks + 1):
            if self.chance(45):
                monday = self.first + timedelta(weeks=number)
                for offset, minutes in enumerate(self._pattern()):
                    self._day("m", monday + timedelta(days=offset), minutes, "20.00", 0, "TX")
