"""The what-if page: what is, what somebody tries, and the difference, figure by figure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from propay.cases import solving
from propay.cases.limits import UNLIMITED
from propay.cases.parsing import read_case
from propay.cases.solving import Solution
from propay.cases.writing import Entry, as_case, cost_code_key, worker_key
from propay.forms.fields import typed_dollars, typed_hours
from propay.forms.initial import initial_of
from propay.forms.what_if import WhatIfForm, typed_crew, week_minutes_of
from propay.models import FROZEN_STATUSES, LIVE_STATUSES, BudgetType, CrewTerm, Distribution, ProPay
from propay.pages.change import Change
from propay.pages.outcomes import Figure, Outcome, Person, as_text, figures, from_text, outcome_of, people, sums
from propay.queries.settings import workers_without_bonus
from propay.rules.labor import MINUTES_PER_HOUR
from propay.rules.overtime import WORKED_KINDS, DayMinutes
from propay.rules.terms import Plan
from propay.rules.trace import Step
from propay.services import WorkerTerms, terms_version
from propay.what_if import real
from propay.what_if.real import RealCase, named_in
from propay.what_if.scenario import CrewLine, crew_of, tried_entries, tried_plan
from protiv.accounts.models import Company, Membership
from protiv.kit.money import round_cents
from protiv.timekeeping.models import Job

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
            return real.real_case(self.propay, people=people)
        if self.job is not None:
            return real.case_of_job(self.job, people=people)
        return real.empty_case(self.company, people=people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What comes of it, beside what is; or, where nothing is real, beside an outcome that somebody kept (`kept`).

    `problem` says why there is nothing to show, `can_keep` whether this outcome may be kept to compare with.
    """

    problem: str = ""
    before: Outcome | None = None
    after: Outcome | None = None
    pool: Change[Decimal] | None = None
    bonus: Change[Decimal] | None = None
    true_up: Change[Decimal] | None = None
    figures: tuple[Figure, ...] = ()
    people: tuple[Person, ...] = ()
    warnings: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    can_keep: bool = False
    kept: str = ""


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
        return initial_of(source.propay, seen=terms_version(source.propay)) | _frozen_budget(source, case)
    initial: dict[str, Any] = {"manager": membership.pk, "budget_type": BudgetType.AMOUNT, "start_date": today}
    if source.job is not None:
        initial["start_date"] = min((entry.work_date for entry in case.entries), default=today)
        initial["title"] = source.job.name
        if source.job.budget_minutes is not None:
            initial["budget_type"] = BudgetType.HOURS
        elif source.job.contract_amount is not None:
            initial["budget_type"] = BudgetType.PERCENT_OF_CONTRACT
    return initial


def _frozen_budget(source: Source, case: RealCase) -> dict[str, str]:
    """What approval froze of the job's hours or price, which may be others by now; nothing while they are followed."""
    if source.propay is None or source.propay.status not in FROZEN_STATUSES or case.plan is None:
        return {}
    budget = case.plan.budget
    if budget.hours is not None:
        return {"budget_hours": typed_hours(int(budget.hours * MINUTES_PER_HOUR), source.company)}
    if budget.contract_amount is not None:
        return {"contract_amount": typed_dollars(round_cents(budget.contract_amount))}
    return {}


# The answer


def as_it_is(case: RealCase) -> Answer:
    """What is, before anything is changed."""
    solution, problem = _solve(case.as_json(), case.names)
    return _answer(outcome_of(solution), solution) if solution else Answer(problem=problem)


def tried(source: Source, case: RealCase, terms: Mapping[str, Any], *, keeps: bool = False) -> Answer:
    """What comes of these terms and this crew, the cleaned data of `WhatIfForm`.

    With `keeps`, it is what later ones are compared with, where there is nothing real to compare with.
    """
    lines: list[CrewLine] = terms["crew"]
    plan = tried_plan(terms, job=source.propay.job if source.propay else source.job, case=case, lines=lines)
    if plan is None:
        return Answer(problem=NO_BUDGET)
    if newcomers := named_in(plan) - named_in(case.plan) - {entry.worker_id for entry in case.entries}:
        case = source.case(newcomers)
    names = {**case.names, **{worker_key(line.worker_id): line.name for line in lines}}
    names |= {cost_code_key(task.cost_code): task.label for task in plan.budget.tasks}
    solution, problem = _solve(_tried_case(case, plan, terms), names)
    if solution is None:
        return Answer(problem=problem)
    real, _problem = _solve(case.as_json(), case.names)
    if real is not None:
        return _answer(outcome_of(real), solution)
    kept = as_text(outcome_of(solution)) if keeps else terms["kept"]
    return replace(_answer(from_text(kept), solution), can_keep=True, kept=kept)


def _tried_case(case: RealCase, plan: Plan, terms: Mapping[str, Any]) -> dict[str, object]:
    said = terms["include_travel"]
    include_travel = case.include_travel if said is None else said
    entries = tried_entries(
        case,
        terms["crew"],
        include_travel=include_travel,
        first_day=terms["start_date"],
        week_minutes=week_minutes_of(terms),
    )
    start, end = terms["start_date"], terms["end_date"]
    within = [entry for entry in entries if _is_within(entry, start, end)]
    outside = [
        DayMinutes(worker_id=entry.worker_id, work_date=entry.work_date, minutes=entry.minutes)
        for entry in entries
        if entry.kind in WORKED_KINDS and not _is_within(entry, start, end)
    ]
    return as_case(
        plan,
        within,
        include_travel=include_travel,
        exempt=case.exempt,
        policy=case.policy,
        elsewhere=[*case.elsewhere, *outside],
    )


def _is_within(entry: Entry, start: date, end: date | None) -> bool:
    """Real time counts on the days of the ProPay; the days of people who are added are made up."""
    return isinstance(entry.worker_id, str) or (start <= entry.work_date and (end is None or entry.work_date <= end))


def _solve(case: dict[str, object] | None, names: Mapping[str, str]) -> tuple[Solution | None, str]:
    """The one what-if, or why it can't be asked."""
    if case is None:
        return None, NO_BUDGET
    try:
        return solving.solve(read_case(case, UNLIMITED), names=names), ""
    except solving.CaseError as problem:
        return None, problem.message if problem.field.startswith("workers.") else f"{problem.field}: {problem.message}"


def _answer(before: Outcome | None, solution: Solution) -> Answer:
    steps = solution.result.trace + (solution.overtime.trace if solution.overtime else ())
    after = outcome_of(solution)
    pool, bonus, true_up = sums(before, after)
    return Answer(
        before=before,
        after=after,
        pool=pool,
        bonus=bonus,
        true_up=true_up,
        figures=tuple(figures(before, after, steps)),
        people=tuple(people(before, after, steps)),
        warnings=solution.warnings,
        steps=steps,
    )


# Saving


def terms_to_save(source: Source, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The `services.Terms` among the cleaned data; without a job nothing can be saved."""
    terms = {name: value for name, value in cleaned.items() if name not in ("crew", "week_hours", "kept")}
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
