"""Weeks that aren't wholly imported, and what an approver types for the days outside of what is (bonus.md 10.3)."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from propay.models import OutsideHours, Share
from propay.queries.known import known_dates
from propay.queries.overtime import Earned, overtime_due, policies_of
from propay.queries.people import people_of
from propay.queries.workdays import counted_days, frozen_days
from propay.rules.known import IncompleteWeek
from propay.rules.trace import day, hours
from propay.services.shared import record_event
from protiv.accounts.models import Company, User
from protiv.kit.money import ZERO
from protiv.timekeeping.models import Worker
from protiv.timekeeping.selectors import told_apart

# (worker id, first date, last date) of what is asked for, both dates included.
Span = tuple[int, date, date]
FIELD_NAME = re.compile(r"outside_([0-9]{1,18})_([0-9]{4}-[0-9]{2}-[0-9]{2})_([0-9]{4}-[0-9]{2}-[0-9]{2})")


def incomplete_weeks_of(
    company: Company, bonuses: Mapping[int, Mapping[int, Decimal]], *, is_frozen: bool
) -> dict[int, list[IncompleteWeek]]:
    """The weeks of these bonuses (ProPay id, worker id, dollars) that are cut; `is_frozen`: by what approval froze.

    A few queries where nothing is cut, which is nearly always.
    """
    policies = policies_of(company)
    people = people_of(company)
    ids = people.ids(worker_id for one in bonuses.values() for worker_id in one)
    workers = Worker.objects.filter(company=company, pk__in=ids)
    if not any(known.cuts_weeks(policies) for known in known_dates(list(workers)).values()):
        return {}
    counted = (frozen_days if is_frozen else counted_days)(bonuses, policies.workdays(None, company.zone))
    earned = {pk: Earned(bonuses=bonuses[pk], counted=counted.get(pk, ())) for pk in bonuses}
    due = overtime_due(company=company, policies=policies, people=people, earned=earned)
    found = {pk: due.incomplete_weeks(pk) for pk in bonuses}
    return {pk: weeks for pk, weeks in found.items() if weeks}


def shares_of(propay_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """What each worker would get of these ProPays by their figures of now, in all roles."""
    found: dict[int, dict[int, Decimal]] = {}
    rows = Share.objects.filter(propay__in=propay_ids, amount__gt=0).values_list("propay_id", "worker_id", "amount")
    for propay_id, worker_id, amount in rows:
        own = found.setdefault(propay_id, {})
        own[worker_id] = own.get(worker_id, ZERO) + (amount or ZERO)
    return found


def field_name(span: Span) -> str:
    """What the approval form calls the number for these days of a worker."""
    worker_id, first, last = span
    return f"outside_{worker_id}_{first}_{last}"


def typed_in(answers: Mapping[str, Any]) -> dict[Span, int]:
    """The minutes among the answers of an approval form."""
    found = {}
    for name, minutes in answers.items():
        if match := FIELD_NAME.fullmatch(name):
            found[int(match[1]), date.fromisoformat(match[2]), date.fromisoformat(match[3])] = int(minutes)
    return found


def in_words(span: Span) -> str:
    """The days, as in "from Oct 5, 2026 to Oct 7, 2026"."""
    _worker_id, first, last = span
    return f"on {day(first)}" if first == last else f"from {day(first)} to {day(last)}"


def keep_outside_hours(*, company: Company, actor: User | None, minutes: Mapping[Span, int], now: datetime) -> None:
    """Store what was typed, over what was typed before. The caller holds the company's lock."""
    names = told_apart(worker_id for worker_id, _first, _last in minutes)
    for (worker_id, first, last), typed in minutes.items():
        OutsideHours.objects.update_or_create(
            company=company,
            worker_id=worker_id,
            first_date=first,
            last_date=last,
            defaults={"minutes": typed, "created_by": actor, "created_at": now},
        )
        summary = (
            f"Entered {hours(typed)} of {names[worker_id]} {in_words((worker_id, first, last))}, which isn't imported."
        )
        record_event(company.pk, actor, "outside_hours.entered", f"worker:{worker_id}", summary)
