"""The what-if page: what is, what somebody tries, and the difference, figure by figure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from propay import real_cases, whatif
from propay.case import read_case
from propay.forms.initial import initial_of
from propay.forms.what_if import WhatIfForm, typed_crew
from propay.models import LIVE_STATUSES, BudgetType, CrewTerm, Distribution, ProPay
from propay.pages.change import Change
from propay.real_cases import RealCase, named_in
from propay.selectors import workers_without_bonus
from propay.services import WorkerTerms, terms_version
from propay.terms import PART_NAMES, Plan
from propay.trace import Step
from propay.trying import CrewLine, crew_of, tried_entries, tried_plan
from propay.whatif import Solution
from propay.writing import as_case, worker_key
from protiv.accounts.models import Company, Membership
from protiv.money import ZERO
from protiv.timekeeping.models import Job

HOURS_OF_A_WEEK = Decimal(40)
POOL_STEPS = ("disqualified", "penalties", "split")
NO_BUDGET = "There is no budget yet. Enter one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What somebody starts from: a ProPay, a job without one, or nothing real."""

    company: Company
    propay: ProPay | None
    job: Job | None

    @property
    def is_live(self) -> bool:
        return self.propay is not None and self.propay.status in LIVE_STATUSES

    def case(self, people: Collection[int] = ()) -> RealCase:
        """What is; `people` are workers whom somebody tries to pay beside those that are named."""
        if self.propay is not None:
            return real_cases.real_case(self.propay, people=people)
        if self.job is not None:
            return real_cases.case_of_job(self.job, people=people)
        return real_cases.empty_case(self.company, people=people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure before and after, and how it comes about. Minutes where `is_hours`, else dollars."""

    label: str
    change: Change
    formula: str
    is_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What somebody gets, in all roles together, and the overtime that the law adds."""

    name: str
    bonus: Change
    true_up: Change
    formula: str

    @property
    def has_true_up(self) -> bool:
        return bool(self.true_up.before or self.true_up.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What comes of it. `problem` says why there is nothing to show; `compares` whether there is anything before."""

    problem: str = ""
    compares: bool = False
    pool: Change | None = None
    bonus: Change | None = None
    true_up: Change | None = None
    figures: tuple[Figure, ...] = ()
    people: tuple[Person, ...] = ()
    warnings: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


# The form


def what_if_form(source: Source, case: RealCase, data: Any, *, membership: Membership, today: date) -> WhatIfForm:
    """The form as it is sent, else with what is."""
    crew = crew_of(case)
    return WhatIfForm(
        data,
        company=source.company,
        propay=source.propay,
        job=source.job,
        crew=crew,
        initial={**_initial(source, case, membership, today), "crew": typed_crew(crew, source.company)},
    )


def _initial(source: Source, case: RealCase, membership: Membership, today: date) -> dict[str, Any]:
    if source.propay is not None:
        return initial_of(source.propay, seen=terms_version(source.propay))
    initial: dict[str, Any] = {"manager": membership.pk, "budget_type": BudgetType.AMOUNT, "start_date": today}
    if source.job is not None:
        initial["start_date"] = min((entry.work_date for entry in case.entries), default=today)
        initial["title"] = source.job.name
        if source.job.budget_minutes is not None:
            initial["budget_type"] = BudgetType.HOURS
        elif source.job.contract_amount is not None:
            initial["budget_type"] = BudgetType.PERCENT_OF_CONTRACT
    return initial


# The answer


def as_it_is(case: RealCase) -> Answer:
    """What is, before anything is changed."""
    solution, problem = _solve(case.as_json(), case.names)
    return _answer(solution, solution, case.names) if solution else Answer(problem=problem)


def tried(source: Source, case: RealCase, terms: Mapping[str, Any]) -> Answer:
    """What comes of these terms and this crew, the cleaned data of `WhatIfForm`."""
    lines: list[CrewLine] = terms["crew"]
    plan = tried_plan(terms, job=source.propay.job if source.propay else source.job, case=case, lines=lines)
    if plan is None:
        return Answer(problem=NO_BUDGET)
    if newcomers := named_in(plan) - named_in(case.plan) - {entry.worker_id for entry in case.entries}:
        case = source.case(newcomers)
    names = {**case.names, **{worker_key(line.worker_id): line.name for line in lines}}
    names |= {f"cost code {task.cost_code}": task.label for task in plan.budget.tasks}
    solution, problem = _solve(_tried_case(case, plan, terms), names)
    if solution is None:
        return Answer(problem=problem)
    before, _problem = _solve(case.as_json(), case.names)
    return _answer(before, solution, names)


def _tried_case(case: RealCase, plan: Plan, terms: Mapping[str, Any]) -> dict[str, object]:
    said = terms["include_travel"]
    include_travel = case.include_travel if said is None else said
    entries = tried_entries(
        case,
        terms["crew"],
        include_travel=include_travel,
        first_day=terms["start_date"],
        week_minutes=int((terms["week_hours"] or HOURS_OF_A_WEEK) * 60),
    )
    start, end = terms["start_date"], terms["end_date"]
    return as_case(
        plan,
        [entry for entry in entries if _is_within(entry.worker_id, entry.work_date, start, end)],
        include_travel=include_travel,
        exempt=case.exempt,
        policy=case.policy,
        elsewhere=case.elsewhere,
    )


def _is_within(worker_id: int | str, day: date, start: date, end: date | None) -> bool:
    """Real time counts on the days of the ProPay; the days of people who are added are made up."""
    return isinstance(worker_id, str) or (start <= day and (end is None or day <= end))


def _solve(case: dict[str, object] | None, names: Mapping[str, str]) -> tuple[Solution | None, str]:
    """The one what-if, or why it can't be asked."""
    if case is None:
        return None, NO_BUDGET
    try:
        return whatif.solve(read_case(case), names=names), ""
    except whatif.CaseError as problem:
        return None, problem.message if problem.field.startswith("workers.") else f"{problem.field}: {problem.message}"


def _answer(before: Solution | None, after: Solution, names: Mapping[str, str]) -> Answer:
    steps = after.result.trace + (after.overtime.trace if after.overtime else ())
    return Answer(
        compares=before is not None,
        pool=_change(before, after, lambda one: one.result.pool),
        bonus=_change(before, after, lambda one: sum(_bonuses(one).values(), ZERO)),
        true_up=_change(before, after, lambda one: sum(_true_ups(one).values(), ZERO)),
        figures=tuple(_figures(before, after)),
        people=tuple(_people(before, after, names)),
        warnings=after.warnings,
        steps=steps,
    )


def _change(before: Solution | None, after: Solution, of: Any) -> Change:
    return Change(before=None if before is None else of(before), after=of(after))


def _figures(before: Solution | None, after: Solution) -> Iterable[Figure]:
    formulas = {step.key: step.formula for step in after.result.trace}
    yield Figure(
        label="Budget",
        change=_change(before, after, lambda one: one.result.budget_amount),
        formula=formulas.get("budget", ""),
    )
    if any(one and one.result.earned_amount != one.result.budget_amount for one in (before, after)):
        change = _change(before, after, lambda one: one.result.earned_amount)
        yield Figure(label="Earned so far", change=change, formula=formulas.get("earned", ""))
    yield Figure(
        label="Hours",
        change=_change(before, after, lambda one: one.result.actual_minutes),
        formula=formulas.get("time", ""),
        is_hours=True,
    )
    yield Figure(
        label="Labor cost",
        change=_change(before, after, lambda one: one.result.actual_amount),
        formula=formulas.get("actual", ""),
    )
    yield Figure(
        label="Saving",
        change=_change(before, after, lambda one: one.result.saving),
        formula=formulas.get("saving", ""),
    )
    pool = next((formulas[key] for key in POOL_STEPS if key in formulas), "")
    yield Figure(label="Bonus pool", change=_change(before, after, lambda one: one.result.pool), formula=pool)
    for name in PART_NAMES:
        change = _change(before, after, lambda one, name=name: getattr(one.result.parts, name))
        if change.before or change.after:
            formula = formulas.get(f"part.{name}", "")
            yield Figure(label=f"{name.capitalize()} part", change=change, formula=formula)


def _people(before: Solution | None, after: Solution, names: Mapping[str, str]) -> Iterable[Person]:
    formulas: dict[str, list[str]] = {}
    for step in after.result.trace:
        if step.key.startswith("share."):
            formulas.setdefault(step.key.split(".", 2)[2], []).append(step.formula)
    everybody = {**(_bonuses(before) if before else {}), **_bonuses(after)}
    for key in sorted(everybody, key=lambda one: (names.get(one, one), one)):
        yield Person(
            name=names.get(key, key),
            bonus=_change(before, after, lambda one, key=key: _bonuses(one).get(key, ZERO)),
            true_up=_change(before, after, lambda one, key=key: _true_ups(one).get(key, ZERO)),
            formula=" + ".join(formulas.get(key, [])),
        )


def _bonuses(solution: Solution) -> dict[str, Decimal]:
    bonuses: dict[str, Decimal] = {}
    for share in solution.result.shares:
        key = str(share.worker_id)
        bonuses[key] = bonuses.get(key, ZERO) + share.amount
    return bonuses


def _true_ups(solution: Solution) -> dict[str, Decimal]:
    owed: dict[str, Decimal] = {}
    for week in solution.overtime.true_ups if solution.overtime else ():
        key = str(week.worker_id)
        owed[key] = owed.get(key, ZERO) + week.federal + week.state_extra
    return owed


# Saving


def terms_to_save(source: Source, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The `services.Terms` among the cleaned data; without a job nothing can be saved."""
    terms = {name: value for name, value in cleaned.items() if name not in ("crew", "week_hours")}
    if source.propay is None:
        terms["job"] = source.job or cleaned.get("job")
        terms["title"] = cleaned.get("title") or (terms["job"].name if terms["job"] else "")
    return terms


def crew_to_save(source: Source, cleaned: Mapping[str, Any]) -> dict[int, WorkerTerms]:
    """What is said about real workers. Whoever draws no bonus anywhere needs no word of this ProPay's own."""
    everywhere = workers_without_bonus(source.company)
    known = {term.worker_id: term for term in source.propay.crew_terms.all()} if source.propay else {}
    terms = {}
    for line in cleaned["crew"]:
        if isinstance(line.worker_id, str):
            continue
        before = known.get(line.worker_id, CrewTerm())
        is_percent = cleaned["distribution"] == Distribution.FIXED_PERCENT
        is_typed = cleaned["distribution"] == Distribution.MANUAL
        terms[line.worker_id] = WorkerTerms(
            no_bonus=line.no_bonus if line.worker_id not in everywhere else before.no_bonus,
            fixed_percent=line.typed if is_percent else before.fixed_percent,
            manual_amount=line.typed if is_typed else before.manual_amount,
        )
    return terms
