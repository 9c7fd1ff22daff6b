"""Reads what pay law asks of a what-if case: policies, states, exempt statuses, schedules (bonus.md 9). Pure."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from propay.cases.fields import Fields
from propay.cases.limits import MOST_POLICIES, MOST_STATUSES
from propay.rules.labor import MINUTES_PER_HOUR
from propay.rules.policies import MIDNIGHT, Divisor, OvertimePolicy, OvertimeRule, Policies, StateMethod
from propay.rules.state_overtime import CALIFORNIA, COVERED_STATES
from propay.rules.worker_status import ExemptStatus, WorkerStatus, WorkSchedule
from protiv.kit.money import exact

ROW_KEYS = ("state", "rule", "method", "divisor", "workweek_start", "workday_start")
POLICY_KEYS = ROW_KEYS
STATUS_KEYS = ("exempt", "salaried", "schedule")
# Labor Code 511(a).
MOST_SCHEDULED_HOURS = Decimal(10)


class WeekdayName(StrEnum):
    """In `date.weekday` order."""

    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


def read_policies(fields: Fields) -> Policies:
    """The policies of `overtime`: the one of its own keys, and those of `policies` from their first days on."""
    rows = [_policy(fields, None)]
    for row in fields.nested_list("policies", most=MOST_POLICIES):
        row.only("from_date", *ROW_KEYS)
        rows.append(_policy(row, row.day("from_date")))
    try:
        return Policies(tuple(rows))
    except ValueError as error:
        raise fields.fail("policies", f"can't be used: {error}") from error


def _policy(fields: Fields, from_date: date | None) -> OvertimePolicy:
    first_day = fields.choice("workweek_start", WeekdayName, WeekdayName.MONDAY)
    return OvertimePolicy(
        from_date=from_date,
        state=_home_state(fields),
        method=fields.choice("method", StateMethod, StateMethod.FLAT_SUM),
        divisor=fields.choice("divisor", Divisor, Divisor.WEEK),
        first_weekday=list(WeekdayName).index(first_day),
        workday_start=fields.clock("workday_start", MIDNIGHT),
    )


def _home_state(fields: Fields) -> str | None:
    if fields.is_given("state") and fields.is_given("rule"):
        raise fields.fail("state", "and rule say the same: give one of them")
    if fields.is_given("state"):
        return read_state(fields)
    rule = fields.choice("rule", OvertimeRule, OvertimeRule.FEDERAL)
    return CALIFORNIA if rule == OvertimeRule.CALIFORNIA else None


def read_state(fields: Fields) -> str | None:
    """A state's postal code. One whose law no one has looked at is refused: the figure would look right."""
    return fields.one_of("state", COVERED_STATES) if fields.is_given("state") else None


def read_status(fields: Fields) -> WorkerStatus:
    """What overtime law asks about a worker."""
    return WorkerStatus(exempt=_exempt(fields), schedules=_schedules(fields), is_salaried=fields.flag("salaried"))


def _exempt(fields: Fields) -> tuple[ExemptStatus, ...]:
    """True, or a list of dated statuses."""
    if not fields.is_list("exempt"):
        return (ExemptStatus(federal=True, state=True),) if fields.flag("exempt") else ()
    rows = []
    for row in fields.nested_list("exempt", most=MOST_STATUSES):
        row.only("from_date", "federal", "state")
        first_day = row.day("from_date") if row.is_given("from_date") else None
        rows.append(ExemptStatus(from_date=first_day, federal=row.flag("federal"), state=row.flag("state")))
    fields.refuse_duplicates("exempt", [row.from_date for row in rows], ".from_date")
    return tuple(rows)


def _schedules(fields: Fields) -> tuple[WorkSchedule, ...]:
    """Hours by weekday, of the whole case."""
    schedule = fields.nested_or_none("schedule")
    if schedule is None:
        return ()
    schedule.only(*WeekdayName)
    given = [(place, name) for place, name in enumerate(WeekdayName) if schedule.has(name)]
    return (WorkSchedule(minutes=tuple((place, _minutes(schedule, name)) for place, name in given)),)


def _minutes(schedule: Fields, name: str) -> int:
    minutes = exact(schedule.hours(name, high=MOST_SCHEDULED_HOURS)) * MINUTES_PER_HOUR
    if minutes.denominator != 1:
        raise schedule.fail(name, "must be hours and whole minutes")
    return int(minutes)
