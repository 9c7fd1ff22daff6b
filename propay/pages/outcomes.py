"""The results of a case as the what-if page shows them, and a comparison of two."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from propay.cases.solving import Solution
from propay.cases.writing import worker_key
from propay.pages.change import Change
from propay.rules.calculations import bonus_per_worker
from propay.rules.terms import PART_NAMES, WorkerId
from propay.rules.trace import Step
from protiv.kit.money import ZERO

LONGEST_NUMBER = 18
AMOUNT_TEXT = re.compile(r"-?[0-9]{1,15}\.[0-9]{2}")
POOL_STEPS = ("disqualified", "penalties", "split")
# Each row of the page: its figure, its label, and the steps that may explain it, latest first.
ROWS = (
    ("budget", "Budget", ("budget",)),
    ("earned", "Earned to date", ("earned",)),
    ("minutes", "Hours", ("time",)),
    ("actual", "Labor cost", ("actual",)),
    ("saving", "Savings", ("saving",)),
    ("pool", "Bonus pool", POOL_STEPS),
    *((name, f"{name.capitalize()} part", (f"part.{name}",)) for name in PART_NAMES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Dollars by the name of the figure (None: no figure yet) and by person, in all roles together."""

    minutes: int
    amounts: Mapping[str, Decimal | None]
    bonuses: Mapping[str, Decimal]
    true_ups: Mapping[str, Decimal]
    names: Mapping[str, str]

    @property
    def bonus(self) -> Decimal:
        return sum(self.bonuses.values(), ZERO)

    @property
    def true_up(self) -> Decimal:
        return sum(self.true_ups.values(), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure before and after, and how it is calculated. Minutes if `is_hours`, else dollars."""

    label: str
    change: Change[Decimal] | Change[int]
    formula: str
    is_hours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOutcome:
    """What someone gets, in all roles together, and the overtime that the law adds."""

    name: str
    bonus: Change[Decimal]
    true_up: Change[Decimal]
    formula: str

    @property
    def has_true_up(self) -> bool:
        return bool(self.true_up.before or self.true_up.after)


def outcome_of(solution: Solution) -> Outcome:
    """The figures of a calculated case."""
    result = solution.result
    bonuses = bonus_per_worker(result.shares)
    true_ups: dict[str, Decimal] = {}
    for week in solution.overtime.true_ups if solution.overtime else ():
        key = worker_key(week.worker_id)
        true_ups[key] = true_ups.get(key, ZERO) + week.federal + week.state_extra
    return Outcome(
        minutes=result.actual_minutes,
        amounts={
            "budget": result.budget_amount,
            "earned": result.earned_amount,
            "actual": result.actual_amount,
            "saving": result.saving,
            "pool": result.pool,
            **{name: getattr(result.parts, name) for name in PART_NAMES},
        },
        bonuses={worker_key(who): amount for who, amount in bonuses.items()},
        true_ups=true_ups,
        names={worker_key(who): solution.names.get(who, str(who)) for who in [*bonuses, *_owed(solution)]},
    )


def _owed(solution: Solution) -> set[WorkerId]:
    """Everyone with a true-up: the primary id of a person need not have a bonus itself."""
    weeks = solution.overtime.true_ups if solution.overtime else ()
    return {week.worker_id for week in weeks if week.federal or week.state_extra}


def sums(before: Outcome | None, after: Outcome) -> tuple[Change[Decimal], Change[Decimal], Change[Decimal]]:
    """The pool, what people get from it, and the overtime that it adds."""
    return (
        _dollars(before, after, "pool"),
        Change(before=None if before is None else before.bonus, after=after.bonus),
        Change(before=None if before is None else before.true_up, after=after.true_up),
    )


def figures(before: Outcome | None, after: Outcome, steps: Iterable[Step]) -> Iterable[Figure]:
    """The rows of the page, without trivial ones: 100% complete, a part of nothing."""
    formulas = {step.key: step.formula for step in steps}
    sides = [one for one in (before, after) if one is not None]
    for name, label, keys in ROWS:
        if name == "earned" and all(one.amounts["earned"] == one.amounts["budget"] for one in sides):
            continue
        if name in PART_NAMES and not any(one.amounts[name] for one in sides):
            continue
        yield Figure(
            label=label,
            change=_minutes(before, after) if name == "minutes" else _dollars(before, after, name),
            formula=next((formulas[key] for key in keys if key in formulas), ""),
            is_hours=name == "minutes",
        )


def _minutes(before: Outcome | None, after: Outcome) -> Change[int]:
    return Change(before=None if before is None else before.minutes, after=after.minutes)


def _dollars(before: Outcome | None, after: Outcome, name: str) -> Change[Decimal]:
    return Change(before=None if before is None else before.amounts[name], after=after.amounts[name])


def people(before: Outcome | None, after: Outcome, steps: Iterable[Step]) -> Iterable[PersonOutcome]:
    """Everyone who gets something on either side, by name."""
    formulas: dict[str, list[str]] = {}
    for step in steps:
        if step.key.startswith("share."):
            worker = step.key.split(".", 2)[2]
            key = worker_key(int(worker)) if worker.isdecimal() else worker
            formulas.setdefault(key, []).append(step.formula)
    names = {**(before.names if before else {}), **after.names}
    for key, name in sorted(names.items(), key=lambda one: (one[1], one[0])):
        yield PersonOutcome(
            name=name,
            bonus=_of(key, before.bonuses if before else None, after.bonuses),
            true_up=_of(key, before.true_ups if before else None, after.true_ups),
            formula=" + ".join(formulas.get(key, [])),
        )


def _of(key: str, before: Mapping[str, Decimal] | None, after: Mapping[str, Decimal]) -> Change[Decimal]:
    return Change(before=None if before is None else before.get(key, ZERO), after=after.get(key, ZERO))


# Kept in the form, to compare with


def as_text(outcome: Outcome) -> str:
    """The outcome as JSON text."""
    return json.dumps(
        {
            "minutes": outcome.minutes,
            "amounts": {name: None if amount is None else str(amount) for name, amount in outcome.amounts.items()},
            "bonuses": {key: str(amount) for key, amount in outcome.bonuses.items()},
            "true_ups": {key: str(amount) for key, amount in outcome.true_ups.items()},
            "names": dict(outcome.names),
        }
    )


def from_text(text: str) -> Outcome | None:
    """Reverse `as_text`; None for anything else, such as a number that no calculation produces."""
    try:
        data = json.loads(text)
        amounts = {name: _amount(data["amounts"][name]) for name, _label, _keys in ROWS if name != "minutes"}
        return Outcome(
            minutes=_minutes_kept(data["minutes"]),
            amounts=amounts,
            bonuses={_name(key): _amount(amount) or ZERO for key, amount in data["bonuses"].items()},
            true_ups={_name(key): _amount(amount) or ZERO for key, amount in data["true_ups"].items()},
            names={_name(key): _name(name) for key, name in data["names"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _minutes_kept(value: object) -> int:
    if not isinstance(value, int) or len(str(value)) > LONGEST_NUMBER:
        raise ValueError("Minutes are a whole number.")
    return value


def _amount(text: object) -> Decimal | None:
    if text is not None and not (isinstance(text, str) and AMOUNT_TEXT.fullmatch(text)):
        raise ValueError("An amount is a number with two decimals.")
    return None if text is None else Decimal(text)


def _name(text: object) -> str:
    if not isinstance(text, str) or not text.isprintable():
        raise ValueError("A name is text that can be shown.")
    return text
