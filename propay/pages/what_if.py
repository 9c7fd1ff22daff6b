"""The what-if page: the current figures, a scenario, and the difference, figure by figure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from propay.cases import solving
from propay.cases.building import Case, Entry, divided
from propay.cases.solving import Solution
from propay.forms.fields import typed_dollars, typed_hours
from propay.forms.initial import initial_of
from propay.forms.what_if import WhatIfForm, typed_crew, week_minutes_of
from propay.models import (
    FROZEN_STATUSES,
    LIVE_STATUSES,
    CrewTerm,
    ProPay,
)
from propay.pages.change import Change
from propay.pages.outcomes import Figure, Outcome, PersonOutcome, as_text, figures, from_text, outcome_of, people, sums
from propay.queries.settings import crew_rules
from propay.rules.budgets import BudgetType, filled_by_jobs
from propay.rules.labor import MINUTES_PER_HOUR
from propay.rules.terms import Distribution, Terms, WorkerId
from propay.rules.trace import Step
from propay.services import WorkerTerms, terms_version
from propay.what_if import real
from propay.what_if.real import RealCase, named_in
from propay.what_if.scenario import ScenarioWorker, crew_of, scenario_entries, scenario_terms
from protiv.accounts.models import Company, Membership
from protiv.kit.money import round_cents
from protiv.timekeeping.models import Job

NO_BUDGET = "No budget yet. Enter one."


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfSource:
    """The starting point: a ProPay, a job without one, or nothing."""

    company: Company
    propay: ProPay | None
    job: Job | None

    @property
    def is_live(self) -> bool:
        return self.propay is not None and self.propay.status in LIVE_STATUSES

    def case(self, people: Collection[int] = ()) -> RealCase:
        """The current facts; `people` are workers whom a scenario pays besides those already named."""
        if self.propay is not None:
            return real.real_case(self.propay, people=people)
        if self.job is not None:
            return real.case_of_job(self.job, people=people)
        return real.empty_case(self.company, people=people)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfResult:
    """The results next to the current ones or, when starting from scratch, next to a `kept` outcome.

    `problem` says why there is nothing to show, `can_keep` whether this outcome can be kept for comparison.
    """

    problem: str = ""
    before: Outcome | None = None
    after: Outcome | None = None
    pool: Change[Decimal] | None = None
    bonus: Change[Decimal] | None = None
    true_up: Change[Decimal] | None = None
    figures: tuple[Figure, ...] = ()
    people: tuple[PersonOutcome, ...] = ()
    warnings: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    can_keep: bool = False
    kept: str = ""


# The form


def what_if_form(source: WhatIfSource, case: RealCase, data: Any, *, membership: Membership, today: date) -> WhatIfForm:
    """The submitted form, else one with the current values."""
    crew = crew_of(case)
    return WhatIfForm(
        data,
        company=source.company,
        propay=source.propay,
        job=source.job,
        crew=crew,
        initial={**_initial(source, case, membership, today), "crew": typed_crew(crew, source.company)},
    )


def _initial(source: WhatIfSource, case: RealCase, membership: Membership, today: date) -> dict[str, Any]:
    if source.propay is not None:
        return initial_of(source.propay, seen=terms_version(source.propay)) | _frozen_budget(source, case)
    initial: dict[str, Any] = {"manager": membership.pk, "budget_type": BudgetType.AMOUNT, "start_date": today}
    if source.job is not None:
        initial["start_date"] = min((entry.work_date for entry in case.entries), default=today)
        initial["title"] = source.job.name
        for one in reversed(filled_by_jobs()):
            if one.job_column and getattr(source.job, one.job_column.column) is not None:
                initial["budget_type"] = one.type
    return initial


def _frozen_budget(source: WhatIfSource, case: RealCase) -> dict[str, str]:
    """The job's hours or price as frozen at approval, if changed since; empty while the ProPay follows the job."""
    if source.propay is None or source.propay.status not in FROZEN_STATUSES or case.terms is None:
        return {}
    budget = case.terms.budget
    if budget.hours is not None:
        return {"budget_hours": typed_hours(int(budget.hours * MINUTES_PER_HOUR), source.company)}
    if budget.contract_amount is not None:
        return {"contract_amount": typed_dollars(round_cents(budget.contract_amount))}
    return {}


# The answer


def as_it_is(case: RealCase) -> WhatIfResult:
    """The current outcome, before any change."""
    solution, problem = _solve(case.as_case(), case.names)
    return _answer(outcome_of(solution), solution) if solution else WhatIfResult(problem=problem)


def scenario(source: WhatIfSource, case: RealCase, typed: Mapping[str, Any], *, keeps: bool = False) -> WhatIfResult:
    """The results for these terms and this crew, the cleaned data of `WhatIfForm`.

    With `keeps`, later results are compared with this one, if there is nothing real to compare with.
    """
    lines: list[ScenarioWorker] = typed["crew"]
    terms = scenario_terms(typed, job=source.propay.job if source.propay else source.job, case=case, lines=lines)
    if terms is None:
        return WhatIfResult(problem=NO_BUDGET)
    if newcomers := named_in(terms) - named_in(case.terms) - {entry.worker_id for entry in case.entries}:
        case = source.case(newcomers)
    names = {**case.names, **{line.worker_id: line.name for line in lines}}
    solution, problem = _solve(_scenario_case(case, terms, typed), names)
    if solution is None:
        return WhatIfResult(problem=problem)
    before, _problem = _solve(case.as_case(), case.names)
    if before is not None:
        return _answer(outcome_of(before), solution)
    kept = as_text(outcome_of(solution)) if keeps else typed["kept"]
    return replace(_answer(from_text(kept), solution), can_keep=True, kept=kept)


def _scenario_case(case: RealCase, terms: Terms, typed: Mapping[str, Any]) -> Case:
    said = typed["include_travel"]
    include_travel = case.include_travel if said is None else said
    entries = scenario_entries(
        case,
        typed["crew"],
        include_travel=include_travel,
        first_day=typed["start_date"],
        week_minutes=week_minutes_of(typed),
    )
    start, end = typed["start_date"], typed["end_date"]
    within = [entry for entry in entries if _is_within(entry, start, end)]
    outside = [entry for entry in entries if entry.is_worked and not _is_within(entry, start, end)]
    return real.case_of(
        terms,
        within,
        include_travel=include_travel,
        statuses=case.statuses,
        policies=case.policies,
        elsewhere=[*case.elsewhere, *divided(outside, case.policies.workdays(None, case.zone))],
        zone=case.zone,
    )


def _is_within(entry: Entry, start: date, end: date | None) -> bool:
    """Real time counts on the ProPay's days; added people get made-up days."""
    return isinstance(entry.worker_id, str) or (start <= entry.work_date and (end is None or entry.work_date <= end))


def _solve(case: Case | None, names: Mapping[WorkerId, str]) -> tuple[Solution | None, str]:
    """The calculated what-if, or why it can't be calculated."""
    if case is None:
        return None, NO_BUDGET
    try:
        return solving.solve(case, names=names), ""
    except solving.CaseError as problem:
        return None, problem.message


def _answer(before: Outcome | None, solution: Solution) -> WhatIfResult:
    steps = solution.result.trace + (solution.overtime.trace if solution.overtime else ())
    after = outcome_of(solution)
    pool, bonus, true_up = sums(before, after)
    return WhatIfResult(
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


def of_case(solution: Solution) -> WhatIfResult:
    """The results of a case that someone brought, with nothing to compare them with."""
    return _answer(None, solution)


# Saving


def terms_to_save(source: WhatIfSource, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The `services.ProPayInput` in the cleaned data; without a job nothing can be saved."""
    typed = {name: value for name, value in cleaned.items() if name not in ("crew", "week_hours", "kept")}
    if source.propay is None:
        typed["job"] = source.job or cleaned.get("job")
        typed["title"] = cleaned.get("title") or (typed["job"].name if typed["job"] else "")
    return typed


def crew_to_save(source: WhatIfSource, cleaned: Mapping[str, Any]) -> dict[int, WorkerTerms]:
    """The terms for real workers. Workers who never get a bonus need no terms on this ProPay."""
    everywhere = crew_rules(source.company).no_bonus
    known = {term.worker_id: term for term in source.propay.crew_terms.all()} if source.propay else {}
    typed = {}
    for line in cleaned["crew"]:
        if isinstance(line.worker_id, str):
            continue
        before = known.get(line.worker_id, CrewTerm())
        is_percent = cleaned["distribution"] == Distribution.FIXED_PERCENT
        is_typed = cleaned["distribution"] == Distribution.MANUAL
        typed[line.worker_id] = WorkerTerms(
            no_bonus=line.no_bonus if line.worker_id not in everywhere else before.no_bonus,
            fixed_percent=line.typed if is_percent else before.fixed_percent,
            manual_amount=line.typed if is_typed else before.manual_amount,
        )
    return typed
