"""What a version of a plan would change about open ProPays, and applying it to selected ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from hashlib import blake2b
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from propay.figures import plan_day as in_words
from propay.figures import terms_of, without_overtime, work_out
from propay.models import (
    BONUS_TERMS,
    LIVE_STATUSES,
    PlanVersion,
    ProPay,
)
from propay.queries.propays import with_terms
from propay.queries.settings import CrewRules, crew_rules
from propay.queries.time import WorkerTime, time_of
from propay.rules.budgets import types_with
from propay.services.checks import late_overtime_terms, overtime_terms
from propay.services.refreshing import refresh
from propay.services.shared import lock, record_all, record_event
from protiv.accounts.models import Company, User

# As many as a person can review before confirming.
SHOWN_AT_MOST = 200
CHANGED_MEANWHILE = "It changed while you were reviewing it. Review it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The effect on one open ProPay: `changes` are (term, before, after), pools are dollars.

    `refusal` says why it can't take the version. `is_in_force`: the version is in effect on its first day. `seen` is a
    digest of all this, so that only what someone reviewed is applied.
    """

    propay_id: int
    title: str
    start_date: date
    changes: tuple[tuple[str, Any, Any], ...]
    pool_before: Decimal | None
    pool_after: Decimal | None
    refusal: str
    is_in_force: bool
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The ProPays that took the version, and (title, reason) for those that did not."""

    propay_ids: tuple[int, ...]
    refused: tuple[tuple[str, str], ...]


def effects_of_version(*, company: Company, version: PlanVersion) -> list[Effect]:
    """The open ProPays of this plan whose terms would differ, latest first; the same few queries for all.

    ProPays for which a later version is in effect, and those beyond `SHOWN_AT_MOST`, are excluded. Nothing is stored.
    """
    propays = list(_would_change(company, version)[:SHOWN_AT_MOST])
    counts_travel = company.include_travel if version.include_travel is None else version.include_travel
    time = time_of([propay.pk for propay in propays], include_travel=counts_travel)
    rules = crew_rules(company)
    return [_effect(propay, version, time[propay.pk], rules) for propay in propays]


def apply_version_to(
    *, company: Company, version_id: int, seen: Mapping[int, str], actor: User, now: datetime
) -> Applied:
    """Give the version's terms to these open ProPays (id → `Effect.seen`), and recalculate them together.

    One whose changes differ from those seen is skipped, and so is one that can't take the terms.
    """
    with transaction.atomic():
        company = lock(company)
        version = PlanVersion.objects.select_related("plan").get(company=company, pk=version_id)
        effects = {effect.propay_id: effect for effect in effects_of_version(company=company, version=version)}
        taking, refused = [], []
        for propay in ProPay.objects.filter(company=company, pk__in=seen).order_by("pk"):
            effect = effects.get(propay.pk)
            if effect is None or effect.seen != seen[propay.pk]:
                refused.append((propay.title, CHANGED_MEANWHILE))
            elif effect.refusal:
                refused.append((propay.title, effect.refusal))
            else:
                taking.append(propay)
        if taking:
            _store(company, version, taking, actor, now)
        return Applied(propay_ids=tuple(propay.pk for propay in taking), refused=tuple(refused))


def _store(company: Company, version: PlanVersion, propays: Sequence[ProPay], actor: User, now: datetime) -> None:
    """The terms were checked with the version: they affect neither budgets nor claimed time."""
    stored = ProPay.objects.filter(pk__in=[propay.pk for propay in propays])
    stored.update(plan_version=version, **{name: getattr(version, name) for name in BONUS_TERMS})
    if version.labor_percent is not None:
        stored.filter(budget_type__in=types_with("labor_percent")).update(labor_percent=version.labor_percent)
    since = f"plan “{version.plan.name}” effective {in_words(version.start_date)}"
    record_all(propays, actor, "propay.edited", "Edited", f"It now uses the rules of {since}.")
    refresh(company=company, job_ids=[propay.job_id for propay in propays], now=now)
    count = "1 open ProPay" if len(propays) == 1 else f"{len(propays)} open ProPays"
    record_event(
        company.pk, actor, "plan.applied", f"plan:{version.plan_id}", f"Applied the rules of {since} to {count}."
    )


def _would_change(company: Company, version: PlanVersion) -> QuerySet[ProPay]:
    """Open ProPays of the plan that start before its next version and differ from this one."""
    propays = ProPay.objects.filter(company=company, status__in=LIVE_STATUSES, plan_version__plan=version.plan_id)
    later = PlanVersion.objects.filter(plan=version.plan_id, start_date__gt=version.start_date)
    following = later.order_by("start_date").values_list("start_date", flat=True).first()
    if following is not None:
        propays = propays.filter(start_date__lt=following)
    differs = reduce(or_, (_is_not(name, getattr(version, name)) for name in BONUS_TERMS))
    if version.labor_percent is not None:
        differs |= Q(budget_type__in=types_with("labor_percent")) & _is_not("labor_percent", version.labor_percent)
    return with_terms(propays.filter(differs)).order_by("-start_date", "-pk")


def _is_not(name: str, value: Any) -> Q:
    return Q(**{f"{name}__isnull": False}) if value is None else ~Q(**{name: value})


def _changes(propay: ProPay, version: PlanVersion) -> tuple[tuple[str, Any, Any], ...]:
    """The rules that differ. The budget stays, except for the labor percentage of a price."""
    terms: dict[str, Any] = {name: getattr(version, name) for name in BONUS_TERMS}
    if propay.budget_type in types_with("labor_percent") and version.labor_percent is not None:
        terms["labor_percent"] = version.labor_percent
    pairs = ((name, getattr(propay, name), value) for name, value in terms.items())
    return tuple((name, before, after) for name, before, after in pairs if before != after)


def _effect(propay: ProPay, version: PlanVersion, time: list[WorkerTime], rules: CrewRules) -> Effect:
    changes, pool_before, pool_after, refusal = _changes(propay, version), propay.pool_amount, None, ""
    if version.other_percent and not propay.others.all():
        refusal = "No one is named for the “Others” part. Choose them on the ProPay first."
    elif late := late_overtime_terms(version, overtime_terms(propay), has_time=propay.actual_minutes > 0):
        refusal = next(iter(late.values()))
    else:
        for name, _before, after in changes:
            setattr(propay, name, after)  # never saved
        terms = terms_of(propay, rules=rules)
        same_pool = without_overtime(terms) if terms else None
        pool_after = work_out(propay, time, names={}, rules=rules, terms=same_pool, explains=False).pool_amount
    shown = [*(one for change in changes for one in change), pool_before, pool_after]
    return Effect(
        propay_id=propay.pk,
        title=propay.title,
        start_date=propay.start_date,
        changes=changes,
        pool_before=pool_before,
        pool_after=pool_after,
        refusal=refusal,
        is_in_force=propay.start_date >= version.start_date,
        seen=blake2b(repr([*map(_plain, shown)]).encode(), digest_size=8).hexdigest(),
    )


def _plain(value: Any) -> str:
    """The same text for 50 and 50.00."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
