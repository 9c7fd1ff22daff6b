"""How a page shows the steps of a ProPay's figures: rule, rounding, the source of each number, and its entries.

It takes any `Figures`: current ones, or those that an approval froze.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from django.urls import reverse

from propay.models import ProPay
from propay.rules.budgets import definition_of
from propay.rules.figures import Figures
from propay.rules.terms import Distribution
from propay.rules.trace import Step

ROUNDED = "Rounded once, half up, to the cent; the next step starts from this figure."
EXACT = "Not rounded: the next step starts from the exact figure."
WHOLE_MINUTES = "Whole minutes."
LARGEST_REMAINDER = (
    "Rounded down to cents first; leftover cents go to the largest remainders, so the shares add up exactly."
)

SHARE_RULES = {
    Distribution.PER_HOUR: "The crew's part by counted minutes.",
    Distribution.EQUAL: "The crew's part in equal shares.",
    Distribution.HOURS_TIMES_WAGE: "The crew's part by minutes × wage, entry by entry.",
    Distribution.WAGE: "The crew's part by average wage.",
    Distribution.LEAD_WEIGHTED: "The crew's part by weight: the lead's, and 1 for everyone else.",
    Distribution.FIXED_PERCENT: "The crew's part by the percentages entered on the Crew page.",
    Distribution.MANUAL: "The amount entered on the Crew page.",
    Distribution.TOTAL_EARNINGS: "The crew's part by earnings on this ProPay, overtime included.",
}
ADJUSTED = " The adjustment comes first."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """How one kind of step is calculated; `sources` are the keys, or prefixes of keys, that it starts from."""

    group: str
    text: str
    rounding: str
    sources: tuple[str, ...] = ()


TIME, BUDGET, POOL, PARTS, SHARES = "Time and cost", "Budget", "Savings and pool", "Parts of the pool", "Shares"
RULES: dict[str, _Rule] = {
    "time": _Rule(
        group=TIME,
        text="Work and automatic lunch deductions count, and drive time if it's turned on. Meal breaks, time off, "
        "voided entries, and entries still on the clock never count.",
        rounding=WHOLE_MINUTES,
    ),
    "cost": _Rule(
        group=TIME,
        text="Hours × the wage on each work date, plus overtime premium and labor burden if the terms include them.",
        rounding=EXACT,
        sources=("time",),
    ),
    "actual": _Rule(group=TIME, text="The labor cost of all workers.", rounding=ROUNDED, sources=("cost.",)),
    "average": _Rule(
        group=BUDGET, text="Labor cost before rounding / counted hours.", rounding=EXACT, sources=("cost.", "time")
    ),
    "budget": _Rule(group=BUDGET, text="", rounding=ROUNDED, sources=("average",)),
    "earned": _Rule(group=BUDGET, text="Budget × completion.", rounding=ROUNDED, sources=("budget",)),
    "saving": _Rule(
        group=POOL,
        text="The earned budget minus the actual cost. It can be negative; the pool can't.",
        rounding="From two rounded figures.",
        sources=("budget", "earned", "actual"),
    ),
    "netted": _Rule(
        group=POOL,
        text="Savings approved together with losses are reduced by those losses first.",
        rounding="From two rounded figures.",
        sources=("saving",),
    ),
    "split": _Rule(
        group=POOL,
        text="The savings, never below 0, × the share that goes to the pool.",
        rounding=ROUNDED,
        sources=("saving", "netted"),
    ),
    "penalties": _Rule(
        group=POOL, text="Minus each penalty, never below 0.", rounding="From rounded figures.", sources=("split",)
    ),
    "disqualified": _Rule(
        group=POOL, text="A failed disqualifier removes the whole pool.", rounding="", sources=("split", "penalties")
    ),
    "percent": _Rule(
        group=PARTS,
        text="Without a crew lead, the lead's percentage goes to the crew; without a manager, the manager's goes to "
        "the company.",
        rounding=EXACT,
    ),
    "part": _Rule(
        group=PARTS,
        text="The pool × the part's percentage.",
        rounding=LARGEST_REMAINDER,
        sources=("split", "penalties", "disqualified", "percent."),
    ),
    "includes_overtime": _Rule(
        group=PARTS,
        text="Bonuses and the overtime on them come out of the pool together. So what is left after the company's part "
        "is divided by 1 plus the overtime that each dollar makes due, and the parts are lowered to match. The company "
        "gets the cents that are left over.",
        rounding="Lowered until the rounded amounts fit.",
        sources=("part.",),
    ),
    "share": _Rule(group=SHARES, text="", rounding=LARGEST_REMAINDER),
}
ROLE_RULES = {
    "LEAD": "The lead's part of the pool.",
    "MANAGER": "The manager's part of the pool.",
    "OTHER": "The others' part of the pool, in equal shares.",
}

# A step's figure that a later step replaces.
REPLACED_BY = {
    "budget": ("earned",),
    "saving": ("netted",),
    "split": ("penalties", "disqualified"),
    "penalties": ("disqualified",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSource:
    """An earlier step that a step starts from."""

    anchor: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """A step with everything that explains it. `entries_url` leads to its counted time, if any."""

    anchor: str
    label: str
    formula: str
    result: str
    rule: str
    rounding: str
    sources: tuple[StepSource, ...]
    entries_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepGroup:
    """Steps that belong together, under their heading."""

    label: str
    steps: list[ShownStep]


@dataclass(frozen=True, slots=True)
class Steps:
    """All steps of a page, and which figures they explain."""

    groups: list[StepGroup]
    anchors: dict[str, str]

    def anchor(self, key: str) -> str:
        """The anchor of a figure's step; empty if there is none."""
        return self.anchors.get(key, "")


def anchor_of(key: str) -> str:
    """The step's id on the page."""
    return f"step-{key.replace('.', '-')}"


def steps_of(figures: Figures, propay: ProPay) -> Steps:
    """The steps of these figures of a ProPay, as its page shows them."""
    groups = [
        StepGroup(label=label, steps=[_shown(step, figures.trace, propay) for step in steps])
        for label, steps in groupby(figures.trace, key=lambda step: _rule(step.key).group)
    ]
    return Steps(groups=groups, anchors={step.key: anchor_of(step.key) for step in figures.trace})


def entries_url(propay: ProPay, worker_id: int | None = None) -> str:
    """The Time list with the entries of the ProPay's job and dates, of one worker or of everyone."""
    query = {
        "job": propay.job_id,
        "worker": worker_id,
        "from": propay.start_date,
        "to": propay.end_date,
    }
    return f"{reverse('time_list')}?{urlencode({name: value for name, value in query.items() if value})}"


def _rule(key: str) -> _Rule:
    return RULES[key.partition(".")[0]]


def _shown(step: Step, trace: Sequence[Step], propay: ProPay) -> ShownStep:
    kind, _, rest = step.key.partition(".")
    return ShownStep(
        anchor=anchor_of(step.key),
        label=step.label,
        formula=step.formula,
        result=step.result,
        rule=_text(kind, rest, propay),
        rounding=_rounding(kind, rest, propay),
        sources=tuple(_sources(step, trace)),
        entries_url=_entries(kind, rest, propay),
    )


def _text(kind: str, rest: str, propay: ProPay) -> str:
    if kind == "budget":
        return definition_of(propay.budget_type).rule + (ADJUSTED if propay.adjustment_type else "")
    if kind == "share":
        role = rest.partition(".")[0]
        return ROLE_RULES.get(role) or SHARE_RULES[Distribution(propay.distribution)]
    if (kind, rest) == ("part", "nobody"):
        return "No one is eligible for the crew's part, so it goes to the company."
    return RULES[kind].text


def _rounding(kind: str, rest: str, propay: ProPay) -> str:
    is_typed = kind == "share" and rest.startswith("CREW") and propay.distribution == Distribution.MANUAL
    return "As entered, in cents." if is_typed else RULES[kind].rounding


def _sources(step: Step, trace: Iterable[Step]) -> Iterable[StepSource]:
    """The earlier steps that a step starts from; if some replace each other (a pool less penalties), the last one."""
    wanted = RULES[step.key.partition(".")[0]].sources
    if step.key.startswith("share."):
        wanted = (f"part.{step.key.split('.')[1].lower()}", "includes_overtime", "time")
    earlier = []
    for one in trace:
        if one.key == step.key:
            break
        if any(one.key == key or (key.endswith(".") and one.key.startswith(key)) for key in wanted):
            earlier.append(one)
    for one in earlier:
        if not any(later.key in REPLACED_BY.get(one.key, ()) for later in earlier):
            yield StepSource(anchor=anchor_of(one.key), label=one.label)


def _entries(kind: str, rest: str, propay: ProPay) -> str:
    if kind in ("time", "actual"):
        return entries_url(propay)
    if kind == "cost":
        return entries_url(propay, int(rest))
    if kind == "share" and rest.startswith("CREW."):
        return entries_url(propay, int(rest.partition(".")[2]))
    return ""
