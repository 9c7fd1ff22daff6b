"""The overtime that a ProPay's bonus makes due, and what looks like a pseudo bonus: from all of its entries.

It takes longer than the rest of the page, which loads it afterward.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from propay.cases.building import divided
from propay.frozen.evidence import Payee
from propay.frozen.figures import amounts_of, figures_of
from propay.models import FROZEN_STATUSES, ProPay, Snapshot
from propay.pages.pay_policies import not_covered
from propay.queries.bonus_overtime import bonus_overtime_of
from propay.queries.overtime import Earned, overtime_due, policies_of
from propay.queries.people import pairs_in_a_workweek, people_of
from propay.rules.bonus_overtime import included_in
from propay.rules.calculations import calculate
from propay.rules.days import DayMinutes
from propay.rules.known import IncompleteWeek
from propay.rules.overtime import OvertimeResult, TrueUp
from propay.rules.policies import DAYS_PER_WEEK, Policies
from propay.rules.pseudo_bonus import pseudo_bonus_warnings, weeks_with_bonus
from propay.rules.terms import Terms
from propay.rules.trace import Step, hours
from propay.rules.trace import day as in_words
from propay.services.approval_questions import same_person_text
from propay.what_if.real import Basis, basis_of
from protiv.kit.money import ZERO
from protiv.timekeeping.selectors import told_apart

LAST_DAY = timedelta(days=DAYS_PER_WEEK - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRow:
    """A worker's workweek in which the bonus makes overtime due."""

    worker_id: int
    name: str
    week_start: date
    last_day: date
    bonus: Decimal
    worked_minutes: int
    overtime_minutes: int
    federal: Decimal
    state_extra: Decimal
    steps: list[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtime:
    """The weeks by worker and date, their totals, and warnings to check before anything is paid."""

    rows: list[WeekRow]
    warnings: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        return sum((row.federal + row.state_extra for row in self.rows), ZERO)

    @property
    def has_state_extra(self) -> bool:
        return any(row.state_extra for row in self.rows)


def overtime_of(propay: ProPay) -> Overtime:
    """Uses the product's own calculation; empty while there is no bonus."""
    basis = basis_of(propay)
    if basis.terms is None:
        return Overtime(rows=[], warnings=())
    policies = policies_of(propay.company)
    workdays = policies.workdays(None, propay.company.zone)
    counted = list(divided(basis.counted, workdays))
    amounts = _shares(propay, basis.terms, basis)
    bonuses: dict[int, Decimal] = {}
    for (worker_id, _role), amount in amounts.items():
        bonuses[worker_id] = bonuses.get(worker_id, ZERO) + amount
    included = included_in(propay.distribution, amounts)
    earned = {propay.pk: Earned(bonuses=bonuses, included=included, counted=counted)}
    people = people_of(propay.company)
    due = overtime_due(company=propay.company, policies=policies, people=people, earned=earned)
    overtime = due.results[propay.pk]
    weeks = weeks_with_bonus(
        [week for week in overtime.true_ups if not week.is_exempt],
        policies=policies,
        counted=people.days(counted),
        worked=_with_wages(due.worked, people.days(divided(basis.entries, workdays))),
        terms=basis.terms,
    )
    pseudo_bonuses = [warning.message(due.names[int(warning.worker_id)]) for warning in pseudo_bonus_warnings(weeks)]
    incomplete = _incomplete(due.incomplete_weeks(propay.pk), due.names)
    rows = [_row(week, due.names, overtime) for week in overtime.true_ups if week.federal or week.state_extra]
    odd = (*_state_not_covered(propay, policies), *_same_person(propay), *pseudo_bonuses)
    return Overtime(rows=rows, warnings=(*overtime.warnings, *incomplete, *odd))


def _state_not_covered(propay: ProPay, policies: Policies) -> list[str]:
    """A standing notice: no one looked at the law of the job's state."""
    home = policies.rows[-1].state
    name = not_covered((propay.job.state_code or home) if home else "")
    return [f"{name} isn't covered yet: overtime is calculated by the federal rule only."] if name else []


def _shares(propay: ProPay, terms: Terms, basis: Basis) -> dict[Payee, Decimal]:
    """Everyone's share; those that depend on overtime as approved, because hours change later."""
    if terms.needs_overtime and propay.status in FROZEN_STATUSES:
        return amounts_of(figures_of(Snapshot.objects.get(propay=propay, is_live=True).figures))
    overtime = bonus_overtime_of(propay.company, {propay.pk: terms}).get(propay.pk)
    slices = [entry.slice for entry in basis.counted]
    result = calculate(terms, slices, overtime=overtime, explains=False)
    return {(int(share.worker_id), share.role): share.amount for share in result.shares}


def _same_person(propay: ProPay) -> list[str]:
    """Workers who may be one person."""
    together = pairs_in_a_workweek(propay.company, [propay.pk]).get(propay.pk, [])
    names = told_apart(worker_id for pair, _week in together for worker_id in pair)
    return [same_person_text(names[first], names[second], week) for (first, second), week in together]


def _incomplete(weeks: Iterable[IncompleteWeek], names: Mapping[int, str]) -> list[str]:
    """One sentence for each cut week, whoever is concerned."""
    found: defaultdict[tuple[date, str], list[IncompleteWeek]] = defaultdict(list)
    for week in weeks:
        found[week.week_start, week.days_in_words].append(week)
    return [
        f"Incomplete week of {in_words(start)}: hours on {days} aren't imported. "
        + (f"Entered by hand: {typed}." if (typed := _typed(own, names)) else "Overtime can be too low.")
        for (start, days), own in sorted(found.items())
    ]


def _typed(weeks: Iterable[IncompleteWeek], names: Mapping[int, str]) -> str:
    return ", ".join(f"{names[week.worker_id]} {hours(week.typed_minutes)}" for week in weeks if week.is_answered)


def _with_wages(worked: Iterable[DayMinutes], own: Iterable[DayMinutes]) -> list[DayMinutes]:
    """All hours with the wages of the ProPay's own time, as far as they are known; all by person."""
    known = {(day.worker_id, day.work_date): day.wage for day in own}
    return [replace(day, wage=known.get((day.worker_id, day.work_date))) for day in worked]


def _row(week: TrueUp, names: Mapping[int, str], overtime: OvertimeResult) -> WeekRow:
    worker_id = int(week.worker_id)
    return WeekRow(
        worker_id=worker_id,
        name=names[worker_id],
        week_start=week.week_start,
        last_day=week.week_start + LAST_DAY,
        bonus=week.bonus,
        worked_minutes=week.worked_minutes,
        overtime_minutes=week.overtime_minutes,
        federal=week.federal,
        state_extra=week.state_extra,
        steps=overtime.steps_of(worker_id, week.week_start),
    )
