"""Fragments shared by several pages of the product."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone

from propay import charts, services
from propay.figures import budget_minutes_of
from propay.figures import plan_day as plan_day_in_words
from propay.forms import terms
from propay.models import ProPay, Statement
from propay.pages.lunches import last_word, waiting_lunches
from propay.pages.people import person_of, suggestions_of
from propay.pages.steps import Steps
from propay.pages.worker_statuses import exempt_without_date as without_date
from propay.pages.worker_statuses import statuses_of
from propay.rules.budgets import definition_of
from propay.rules.statement_states import UNPAID
from propay.rules.states import ProPayStatus
from propay.services import DueDates
from protiv.accounts.models import Company
from protiv.timekeeping.models import TimeEntry, Worker
from protiv.timekeeping.records import EntryKind

register = template.Library()


@register.inclusion_tag("propay/_bar.html", takes_context=True)
def budget_bar(context: RequestContext, propay: ProPay) -> dict[str, Any]:
    """Actual against budget, as a bar with words. `propay.job` must be loaded."""
    minutes = budget_minutes_of(propay)
    return {
        "bar": charts.bar_of(propay, minutes),
        "propay": propay,
        "in_hours": charts.is_in_hours(propay),
        "budget_minutes": minutes,
        "company": context["request"].company,
    }


@register.inclusion_tag("propay/_figure.html", takes_context=True)
def figure(context: RequestContext, amount: Decimal | None, steps: Steps, *key: Any) -> dict[str, Any]:
    """An amount that links to its step; plain text if no step explains it. The parts of `key` form the step's key."""
    company = context["request"].company
    return {"amount": amount, "company": company, "anchor": steps.anchor(".".join(map(str, key)))}


@register.inclusion_tag("propay/_figure.html", takes_context=True)
def figure_hours(context: RequestContext, minutes: int, steps: Steps, *key: Any) -> dict[str, Any]:
    """The same for counted time."""
    company = context["request"].company
    return {"minutes": minutes, "company": company, "anchor": steps.anchor(".".join(map(str, key)))}


@register.inclusion_tag("propay/_worker_pay_flags.html", takes_context=True)
def pay_flags(context: RequestContext, worker: Worker) -> dict[str, Any]:
    """On a worker's page: whether they get crew shares and are owed overtime, and where to change it."""
    person = person_of(worker, words="", today=context["today"])
    return {
        "worker": worker,
        "request": context["request"],
        "statuses": statuses_of(worker, context["today"]),
        "ids": [one for one in person.ids if one != worker],
        "has_suggestion": bool(person.suggested),
        "is_admin": context["request"].membership.is_admin,
    }


@register.inclusion_tag("propay/_exempt_without_date.html", takes_context=True)
def exempt_without_date(context: RequestContext) -> dict[str, Any]:
    """On the Team page: who is exempt from overtime without a date from which on."""
    request = context["request"]
    return {"found": without_date(request.company), "is_admin": request.membership.is_admin}


@register.inclusion_tag("propay/_person_suggestions.html", takes_context=True)
def person_suggestions(context: RequestContext) -> dict[str, Any]:
    """On the Team page: who may be the same person as another worker."""
    request = context["request"]
    return {"suggestions": suggestions_of(request.company), "is_admin": request.membership.is_admin}


@register.inclusion_tag("propay/_entry_exclusion.html", takes_context=True)
def entry_exclusion(context: RequestContext, entry: TimeEntry) -> dict[str, Any]:
    """On an entry's page: whether a person said that it doesn't count, and who can say so."""
    return {
        "entry": entry,
        "word": last_word(entry) if entry.kind == EntryKind.AUTO_LUNCH else None,
        "membership": context["request"].membership,
        "company": context["request"].company,
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag("propay/_time_decisions.html", takes_context=True)
def time_decisions(context: RequestContext) -> dict[str, Any]:
    """On the Time page, for managers: lunches to confirm, and where commutes are set."""
    request = context["request"]
    return {"lunches": waiting_lunches(request.company).count(), "is_admin": request.membership.is_admin}


@register.simple_tag(takes_context=True)
def due_dates(context: RequestContext) -> DueDates:
    """What is past its payday in the company, for lists and pages of ProPays and statements."""
    company = context["request"].company
    return services.due_dates(company, company.local_date(timezone.now()))


@register.filter
def is_past_payday(row: ProPay | Statement, due: DueDates) -> bool:
    """Whether a completed ProPay isn't approved, or a statement isn't paid, though its payday is over."""
    if isinstance(row, ProPay):
        return row.status == ProPayStatus.COMPLETE and bool(
            row.completed_at and row.completed_at < due.completed_before
        )
    is_owed = max(row.bonus_amount, row.federal_amount, row.state_extra_amount) > 0
    return is_owed and row.status in UNPAID and row.end_date <= due.ended_by


@register.filter
def is_to_come(statement: Statement, company: Company) -> bool:
    """Whether a statement is marked as paid on a day that is still to come."""
    today = company.local_date(timezone.now())
    return statement.pay_date is not None and statement.pay_date > today


@register.filter
def job_words(budget_type: str) -> str:
    """What a job lacks if a budget of this type is missing."""
    return definition_of(budget_type).job_words


@register.simple_tag
def shown_with(name: str) -> str:
    """Another field of the form and its choices with which this one shows, as `static/propay_form.js` reads them."""
    decided_by, choices = terms.shown_with()[name]
    return " ".join([decided_by, *choices])


@register.filter
def plan_day(value: date) -> str:
    """The day from which a plan's rules apply: `the start`, `Nov 2, 2026`."""
    return plan_day_in_words(value)


@register.filter
def level(value: Any) -> str:
    """An axis label of a chart, with thousands commas: `1,500`, `7.5`."""
    return f"{value.normalize():,f}"
