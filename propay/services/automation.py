"""Automatic ProPays: one for each job without any, from the plan in the company's automation rule.

An automatic ProPay starts on the go-live date, or on the start date of its plan version if that is later. It doesn't
start on the day of the job's first time, because time that arrives late must also count. The version is the one in
effect on the job's first day of time, or today for a job without time. Its budget follows the job's, entered or synced:
hours, or the plan's percentage of the contract price. A job without a budget still gets its ProPay, so that its time is
visible; the figures follow when the budget arrives.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q

from propay.models import (
    BONUS_TERMS,
    AutomationExclusion,
    AutomationMoment,
    AutomationRule,
    BonusPlan,
    ExclusionKind,
    PlanVersion,
    ProPay,
)
from propay.queries.time import ON_A_JOB
from propay.rules.budgets import BudgetDefinition, filled_by_jobs
from propay.rules.states import ProPayStatus
from propay.rules.trace import day as in_words
from propay.services.refreshing import refresh
from propay.services.shared import BATCH, lock, record_all, record_event
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import CostCode, Job, TimeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedProPay:
    """A ProPay that the automation creates. `has_budget`: the job has the hours or price that `budget_type` needs."""

    job: Job
    version: PlanVersion
    start_date: date
    budget_type: str
    labor_percent: Decimal | None
    has_budget: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLeftOut:
    """A job that gets no automatic ProPay, and why. `propay_id` is the ProPay that the reason refers to."""

    job: Job
    reason: str
    propay_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the automation would create now, the jobs it excludes, and how many jobs wait for their first time."""

    planned: tuple[PlannedProPay, ...] = ()
    left_out: tuple[JobLeftOut, ...] = ()
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Automated:
    """The ProPays created, those among them whose job has no budget, and the excluded jobs."""

    propay_ids: tuple[int, ...] = ()
    without_budget: tuple[int, ...] = ()
    left_out: tuple[JobLeftOut, ...] = ()


class _Claim(NamedTuple):
    propay_id: int
    title: str
    status: str
    is_whole: bool


class _Time(NamedTuple):
    """The first work date of a job, and the first one on a cost code that is not excluded."""

    first: date
    first_wanted: date | None


# Creating them


def automate(*, company: Company, actor: User | None = None, now: datetime) -> Automated:
    """Create the ProPays that are due, if switched on. Safe to call repeatedly. No actor: Protiv itself.

    A few queries for a thousand jobs. Never raises for a job's data: such a job is excluded with the reason.
    """
    if not AutomationRule.objects.filter(company=company, is_on=True).exists():
        return Automated()
    with transaction.atomic():
        company = lock(company)
        rule = rule_of(company)
        if rule is None or not rule.is_on:
            return Automated()
        proposal = propose(company=company, rule=rule, now=now)
        made = [_new_propay(company, one) for one in proposal.planned]
        ProPay.objects.bulk_create(made, batch_size=BATCH)
        record_all(made, actor, "propay.created", "Created", f"Created automatically from plan “{rule.plan}”.")
        if made:
            refresh(company=company, job_ids=[propay.job_id for propay in made], now=now)
        without = [propay.pk for propay, one in zip(made, proposal.planned, strict=True) if not one.has_budget]
        ids = tuple(propay.pk for propay in made)
        return Automated(propay_ids=ids, without_budget=tuple(without), left_out=proposal.left_out)


def _new_propay(company: Company, planned: PlannedProPay) -> ProPay:
    """Unsaved. The version's terms were checked when saved; the job has no other ProPay that could claim its time."""
    terms: dict[str, Any] = {name: getattr(planned.version, name) for name in BONUS_TERMS}
    return ProPay(
        company=company,
        job=planned.job,
        title=planned.job.name,
        is_automatic=True,
        plan_version=planned.version,
        start_date=planned.start_date,
        budget_type=planned.budget_type,
        labor_percent=planned.labor_percent,
        **terms,
    )


# What is due


def rule_of(company: Company) -> AutomationRule | None:
    """The company's automation rule, or None."""
    return AutomationRule.objects.filter(company=company).select_related("plan").first()


def propose(*, company: Company, rule: AutomationRule, now: datetime) -> Proposal:
    """What `automate` would do now if the rule were on. Changes nothing."""
    today = company.local_date(now)
    jobs = list(Job.objects.filter(company=company, is_active=True).order_by("name", "pk"))
    claims = _claims(company)
    exclusions = exclusions_of(company)
    excluded_codes = [one.cost_code_id for one in exclusions if one.cost_code_id is not None]
    times = _times(company, [job.pk for job in jobs if job.pk not in claims], excluded_codes)
    versions = list(PlanVersion.objects.filter(plan=rule.plan_id).select_related("plan").order_by("-start_date"))
    planned, left_out, waiting = [], [], 0
    for job in jobs:
        found = _judge(job, rule, exclusions, claims.get(job.pk, ()), times.get(job.pk), versions, today)
        if isinstance(found, PlannedProPay):
            planned.append(found)
        elif isinstance(found, JobLeftOut):
            left_out.append(found)
        elif job.pk not in claims:
            waiting += 1
    return Proposal(planned=tuple(planned), left_out=tuple(left_out), waiting=waiting)


def exclusions_of(company: Company) -> list[AutomationExclusion]:
    """The company's exclusions, oldest first."""
    return list(AutomationExclusion.objects.filter(company=company).select_related("cost_code", "job").order_by("pk"))


def _judge(
    job: Job,
    rule: AutomationRule,
    exclusions: Iterable[AutomationExclusion],
    claims: Sequence[_Claim],
    time: _Time | None,
    versions: Iterable[PlanVersion],
    today: date,
) -> PlannedProPay | JobLeftOut | None:
    """Decide about one job; None if it has its ProPay or waits for its first time."""
    if claims:
        return _left_to_its_propays(job, claims)
    if why := _excluded(job, exclusions):
        return JobLeftOut(job=job, reason=why)
    if time is not None and time.first < rule.go_live_date:
        reason = f"It has time from {in_words(time.first)}, before the go-live date. Create its ProPay manually."
        return JobLeftOut(job=job, reason=reason)
    if time is not None and time.first_wanted is None:
        return JobLeftOut(job=job, reason="All its time to date is on excluded cost codes.")
    appeared = rule.moment == AutomationMoment.JOB_APPEARS and job.pk > rule.known_job_id
    if time is None and not (appeared and today >= rule.go_live_date):
        return None
    day = time.first if time else today
    version = next((one for one in versions if one.start_date <= day), None)
    if version is None:
        return JobLeftOut(job=job, reason=f"Plan “{rule.plan}” has no rules in effect on {in_words(day)}.")
    if version.other_percent:
        reason = f"Plan “{rule.plan}” has an “Others” part, and those people must be named on each ProPay."
        return JobLeftOut(job=job, reason=reason)
    return _planned(job, version, max(rule.go_live_date, version.start_date))


def _planned(job: Job, version: PlanVersion, start_date: date) -> PlannedProPay:
    """The plan's budget type; if it has none (or one that no job can fill), the type that the job has."""
    definition = _definition(job, version)
    numbers = _numbers(definition, job, version)
    return PlannedProPay(
        job=job,
        version=version,
        start_date=start_date,
        budget_type=definition.type,
        labor_percent=numbers.get("labor_percent"),
        has_budget=definition.job_column is not None and numbers[definition.job_column.column] is not None,
    )


def _definition(job: Job, version: PlanVersion) -> BudgetDefinition:
    """Hours take precedence over the price; they are the missing budget if a job has neither."""
    fillable = filled_by_jobs()
    named = [one for one in fillable if one.type == version.budget_type]
    fitting = [one for one in fillable if None not in _numbers(one, job, version).values()]
    return (named or fitting or fillable)[0]


def _numbers(definition: BudgetDefinition, job: Job, version: PlanVersion) -> dict[str, Any]:
    """The values from the job and the plan, by column."""
    return {one.column: getattr(job if one.from_job else version, one.column) for one in definition.columns}


def _left_to_its_propays(job: Job, claims: Sequence[_Claim]) -> JobLeftOut | None:
    """A job whose ProPays are canceled or claim only a part of it; None: one of them claims all of its time."""
    live = [claim for claim in claims if claim.status != ProPayStatus.CANCELED]
    if not live:
        reason = f"Its ProPay “{claims[0].title}” was canceled. Restore it if you want this job to have a ProPay."
        return JobLeftOut(job=job, reason=reason, propay_id=claims[0].propay_id)
    if any(claim.is_whole for claim in live):
        return None
    reason = (
        f"ProPay “{live[0].title}” covers some of its dates or cost codes. Create another ProPay manually for the rest."
    )
    return JobLeftOut(job=job, reason=reason, propay_id=live[0].propay_id)


def _excluded(job: Job, exclusions: Iterable[AutomationExclusion]) -> str:
    for one in exclusions:
        if one.kind == ExclusionKind.JOB and one.job_id == job.pk:
            return "This job is excluded."
        if one.kind == ExclusionKind.NAME_PATTERN and any(fits(one.pattern, text) for text in (job.name, job.number)):
            return f"Its name or number matches “{one.pattern}”."
    return ""


def fits(pattern: str, text: str) -> bool:
    """Whether a name matches, ignoring case: all of it with * (any text) or ? (one character), else a part of it."""
    pattern, text = pattern.casefold(), text.casefold()
    if not set(pattern) & {"*", "?"}:
        return pattern in text
    wild = {"*": ".*", "?": "."}
    return re.fullmatch("".join(wild.get(one) or re.escape(one) for one in pattern), text, re.DOTALL) is not None


def _claims(company: Company) -> dict[int, list[_Claim]]:
    """All ProPays of each active job, oldest first; one query."""
    codes = ProPay.cost_codes.through.objects.filter(propay=OuterRef("pk"))
    propays = ProPay.objects.filter(company=company, job__is_active=True).annotate(has_codes=Exists(codes))
    claims: dict[int, list[_Claim]] = {}
    columns = ("job_id", "pk", "title", "status", "end_date", "has_codes")
    for job_id, pk, title, status, end_date, has_codes in propays.order_by("pk").values_list(*columns):
        claims.setdefault(job_id, []).append(_Claim(pk, title, status, end_date is None and not has_codes))
    return claims


def _times(company: Company, job_ids: Collection[int], excluded_codes: Collection[int]) -> dict[int, _Time]:
    """When each of these jobs first had time; one query."""
    entries = TimeEntry.objects.filter(ON_A_JOB, company=company, job__in=job_ids)
    wanted = Min("work_date", filter=~Q(cost_code__in=excluded_codes))
    rows: Iterable[Any] = entries.order_by().values_list("job").annotate(Min("work_date"), wanted=wanted)
    return {job_id: _Time(first, first_wanted) for job_id, first, first_wanted in rows}


# Setup


def save_automation_rule(
    *, company: Company, actor: User, is_on: bool, plan: BonusPlan, moment: str, go_live_date: date
) -> AutomationRule:
    """Switch the automation on or off and set its plan, trigger, and go-live date.

    Refused (ValidationError) if the plan is archived, starts later, or has a part for others.
    """
    with transaction.atomic():
        company = lock(company)
        rule = rule_of(company) or AutomationRule(company=company)
        _check_plan(company, plan, go_live_date)
        if is_on and not rule.is_on:
            rule.known_job_id = Job.objects.filter(company=company).aggregate(last=Max("pk"))["last"] or 0
        before = (rule.is_on, rule.plan_id, rule.moment, rule.go_live_date)
        rule.is_on, rule.plan, rule.moment, rule.go_live_date = is_on, plan, moment, go_live_date
        if before != (is_on, plan.pk, moment, go_live_date):
            rule.save()
            did = f"Turned automation {'on' if is_on else 'off'}: plan “{plan}”, "
            summary = f"{did}{rule.get_moment_display().lower()}, go-live date {in_words(go_live_date)}."
            record_event(company.pk, actor, "automation.set", "automation", summary)
        return rule


def _check_plan(company: Company, plan: BonusPlan, go_live_date: date) -> None:
    versions = PlanVersion.objects.filter(company=company, plan=plan, plan__is_active=True)
    first = versions.order_by("start_date").first()
    if first is None:
        raise ValidationError({"plan": "This plan is archived. Choose another one."})
    if go_live_date < first.start_date:
        starts = in_words(first.start_date)
        raise ValidationError({"go_live_date": f"Plan “{plan}” starts on {starts}. Choose that date or a later one."})
    if versions.filter(other_percent__gt=0).exists():
        raise ValidationError(
            {
                "plan": f"Plan “{plan}” has an “Others” part, and those people must be named on each ProPay. Choose "
                "another plan."
            }
        )


def add_exclusion(
    *,
    company: Company,
    actor: User,
    kind: str,
    pattern: str = "",
    cost_code: CostCode | None = None,
    job: Job | None = None,
) -> AutomationExclusion:
    """Exclude jobs from now on. Existing ProPays stay."""
    with transaction.atomic():
        company = lock(company)
        if any(one is not None and one.company_id != company.pk for one in (cost_code, job)):
            raise ValidationError("The job and the cost code must belong to your company.")
        values: dict[str, Any] = {"kind": kind, "pattern": pattern, "cost_code": cost_code, "job": job}
        exclusion, is_new = AutomationExclusion.objects.get_or_create(company=company, **values)
        if is_new:
            _record_exclusion(exclusion, actor, "automation.excluded", "Excluded")
        return exclusion


def remove_exclusion(*, company: Company, exclusion_id: int, actor: User) -> None:
    """Remove an exclusion: the next run creates the ProPays of its jobs."""
    with transaction.atomic():
        company = lock(company)
        exclusions = AutomationExclusion.objects.select_related("cost_code", "job")
        exclusion = exclusions.get(company=company, pk=exclusion_id)
        _record_exclusion(exclusion, actor, "automation.included", "No longer excluded:")
        exclusion.delete()


def _record_exclusion(exclusion: AutomationExclusion, actor: User, action: str, did: str) -> None:
    what = exclusion.pattern or exclusion.cost_code or exclusion.job
    summary = f"{did} {exclusion.get_kind_display().lower()}: “{what}”."
    record_event(exclusion.company_id, actor, action, "automation", summary)
