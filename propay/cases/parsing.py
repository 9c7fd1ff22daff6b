"""Reads a what-if case (bonus.md 9): plain JSON data in, the calculation's input out. Pure.

Strict: an unknown key, a number where a string belongs, or a value out of range is a `CaseError` that names the field.
Missing keys take the documented default. A worker who only appears in `time` is an ordinary worker. Besides what is
documented there, budget hours may be "80:20", and `netted_amount` is the part of the saving that covers other ProPays'
losses.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from propay.cases.building import Case, Entry, OvertimeTerms, build_case, overtime_terms
from propay.cases.fields import CaseError, Fields
from propay.cases.law import POLICY_KEYS, STATUS_KEYS, read_policies, read_state, read_status
from propay.cases.limits import MOST_ENTRIES, MOST_LINES, MOST_PEOPLE, MOST_WEEKS
from propay.cases.statements import ByHand, Deduction, TypedBonus
from propay.rules.budgets import (
    DEFINITIONS,
    LARGEST_AMOUNT,
    LARGEST_HOURS,
    Budget,
    BudgetColumn,
    TaskLine,
    definition_of,
)
from propay.rules.people import PersonLinks
from propay.rules.policies import Policies
from propay.rules.take_back import DeductionCategory, TakeBack
from propay.rules.terms import (
    PART_NAMES,
    Adjustment,
    AdjustmentType,
    CrewMember,
    Distribution,
    PoolPercents,
    Terms,
)
from propay.rules.worker_status import WorkerStatus
from protiv.kit.money import WAGE_PLACES, Number, normal_wage
from protiv.timekeeping.clock import FURTHEST_START, LONGEST
from protiv.timekeeping.records import EntryKind

# Wide enough for any contractor, narrow enough to catch a typo: dollars fit Decimal(12, 2), an entry two years.
MAX_AMOUNT = LARGEST_AMOUNT
MAX_HOURS = LARGEST_HOURS
MAX_FACTOR = Decimal(1000)
HUNDRED = Decimal(100)
ZERO = Decimal(0)

CASE_KEYS = (
    "budget",
    "adjustment",
    "completion_percent",
    "split_percent",
    "pool",
    "distribution",
    "pool_includes_overtime",
    "lead_weight",
    "lead_also_shares",
    "include_travel",
    "include_overtime_cost",
    "burden_percent",
    "netted_amount",
    "penalties",
    "disqualified",
    "lead",
    "manager",
    "others",
    "workers",
    "time",
    "overtime",
    "typed_bonuses",
    "deductions",
    "take_back",
    "consents",
)
MEMBER_KEYS = ("id", "no_bonus", "fixed_percent", "manual_amount", "same_person_as")
ENTRY_KEYS = (
    "worker",
    "date",
    "minutes",
    "ot1_minutes",
    "ot2_minutes",
    "wage",
    "kind",
    "cost_code",
    "start",
    "stop",
    "state",
)
ADJUSTMENT_LIMITS = {
    AdjustmentType.PERCENT: (-HUNDRED, MAX_FACTOR),
    AdjustmentType.MULTIPLY: (ZERO, MAX_FACTOR),
    AdjustmentType.AMOUNT: (ZERO, MAX_AMOUNT),
    AdjustmentType.HOURS: (ZERO, MAX_HOURS),
}


def read_case(data: object) -> Case:
    """Read one case from plain JSON data. Also raises CaseError if it is too large."""
    fields = Fields(data)
    fields.only(*CASE_KEYS)
    workers = [_worker(worker) for worker in fields.nested_list("workers", most=MOST_PEOPLE)]
    fields.refuse_duplicates("workers", [member.worker_id for member, _ in workers], ".id")
    _check_links(member for member, _ in workers)
    entries = [_entry(entry) for entry in fields.nested_list("time", most=MOST_ENTRIES)]
    include_travel = fields.flag("include_travel")
    terms = _terms(fields, tuple(member for member, _ in workers))
    case = build_case(
        terms,
        entries,
        include_travel=include_travel,
        statuses={member.worker_id: status for member, status in workers},
        overtime=_overtime(fields.nested_or_none("overtime"), entries, PersonLinks(terms.same_person)),
        by_hand=_by_hand(fields),
    )
    _check_overtime(case)
    _check_size(case)
    return case


def _overtime(fields: Fields | None, time: list[Entry], people: PersonLinks) -> OvertimeTerms | None:
    """Without `all_time`, the entries in `time` are all the time worked."""
    if fields is None:
        return None
    fields.only(*POLICY_KEYS, "policies", "all_time")
    everything = time
    if fields.has("all_time"):
        everything = [_entry(entry) for entry in fields.nested_list("all_time", most=MOST_ENTRIES)]
    return overtime_terms(read_policies(fields), everything, time, people=people)


def _by_hand(fields: Fields) -> ByHand:
    return ByHand(
        bonuses=tuple(_typed_bonus(one) for one in fields.nested_list("typed_bonuses", most=MOST_LINES)),
        deductions=tuple(_deduction(one) for one in fields.nested_list("deductions", most=MOST_LINES)),
        take_back=fields.choice("take_back", TakeBack, TakeBack.YES),
        consents=frozenset(fields.texts("consents", most=MOST_PEOPLE)),
    )


def _typed_bonus(fields: Fields) -> TypedBonus:
    """Promised unless the case says otherwise; then it has the work dates over which it was earned."""
    fields.only("worker", "amount", "promised", "first_day", "last_day")
    earned = None
    if not fields.has("promised") or fields.flag("promised"):
        earned = (fields.day("first_day"), fields.day("last_day"))
        if earned[1] < earned[0]:
            raise fields.fail("last_day", "can't be before first_day")
    return TypedBonus(worker_id=fields.text("worker"), amount=_dollars(fields), earned=earned)


def _deduction(fields: Fields) -> Deduction:
    fields.only("worker", "amount", "category")
    category = fields.choice("category", DeductionCategory, DeductionCategory.OTHER)
    return Deduction(worker_id=fields.text("worker"), amount=_dollars(fields), category=category)


def _dollars(fields: Fields) -> Decimal:
    return fields.decimal("amount", low=Decimal("0.01"), high=MAX_AMOUNT, places=2).quantize(Decimal("0.01"))


def _check_links(crew: Iterable[CrewMember]) -> None:
    """A person has one primary id: a link never leads to itself or to another linked id."""
    primary = {member.worker_id: member.same_person_as for member in crew if member.same_person_as is not None}
    for worker_id, person in primary.items():
        if person == worker_id or person in primary:
            raise CaseError("workers.same_person_as", f"of {worker_id} must be an id that isn't linked itself")


def _check_overtime(case: Case) -> None:
    """Shares that overtime decides about need all hours, and can't be typed."""
    terms = case.terms
    if terms.needs_overtime and case.overtime is None:
        raise CaseError("overtime", "is required, because overtime decides about the shares")
    if terms.pool_includes_overtime and terms.distribution == Distribution.MANUAL:
        raise CaseError("pool_includes_overtime", "can't go with amounts that are entered by hand")


def _check_size(case: Case) -> None:
    """Count people, who may be in several of the lists, and weeks."""
    worked = case.overtime.worked if case.overtime else ()
    terms, calendar = case.terms, (case.overtime.policies if case.overtime else Policies()).calendar()
    named = {member.worker_id for member in terms.crew} | {*terms.others, terms.lead, terms.manager}
    people = (named | {day.worker_id for day in (*case.counted, *worked)}) - {None}
    if len(people) > MOST_PEOPLE:
        raise CaseError("people", f"must be at most {MOST_PEOPLE:,} in one case, not {len(people):,}")
    weeks = {calendar.week_and_day(day)[0] for day in (*case.counted, *worked)}
    if len(weeks) > MOST_WEEKS:
        raise CaseError("weeks", f"with time must be at most {MOST_WEEKS:,} in one case, not {len(weeks):,}")


def _terms(fields: Fields, crew: tuple[CrewMember, ...]) -> Terms:
    pool = _pool(fields.nested("pool")) if fields.has("pool") else PoolPercents()
    others = fields.texts("others", most=MOST_PEOPLE)
    if pool.other and not others:
        raise fields.fail("others", "must name someone, because pool.other is greater than 0")
    adjustment = fields.nested_or_none("adjustment")
    return Terms(
        budget=_budget(fields.nested("budget")),
        adjustment=_adjustment(adjustment) if adjustment else None,
        completion_percent=_percent(fields, "completion_percent", "100"),
        split_percent=_percent(fields, "split_percent", "50"),
        pool=pool,
        distribution=fields.choice("distribution", Distribution, Distribution.PER_HOUR),
        pool_includes_overtime=fields.flag("pool_includes_overtime"),
        lead_weight=fields.decimal("lead_weight", "1.5", low=Decimal("0.01"), high=HUNDRED),
        lead_also_shares=fields.flag("lead_also_shares"),
        include_overtime_cost=fields.flag("include_overtime_cost"),
        burden_percent=fields.decimal("burden_percent", "0", low=ZERO, high=MAX_FACTOR),
        netted_amount=fields.decimal("netted_amount", "0", low=ZERO, high=MAX_AMOUNT, places=2),
        penalties=fields.decimals("penalties", low=ZERO, high=MAX_AMOUNT, places=2, most=MOST_LINES),
        disqualified=fields.flag("disqualified"),
        lead=fields.text_or_none("lead"),
        manager=fields.text_or_none("manager"),
        others=others,
        crew=crew,
    )


def _pool(fields: Fields) -> PoolPercents:
    fields.only(*PART_NAMES)
    percents = {name: _percent(fields, name, "100" if name == "crew" else "0") for name in PART_NAMES}
    total = sum(percents.values())
    if total != HUNDRED:
        raise CaseError(fields.path, f"must total 100, not {total}")
    return PoolPercents(**percents)


def _budget(fields: Fields) -> Budget:
    definition = definition_of(fields.one_of("type", DEFINITIONS))
    names = [column.name for column in definition.columns]
    fields.only("type", *names, *(["tasks"] if definition.has_lines else []))
    numbers = {column.name: _number(fields, column) for column in definition.columns}
    tasks = _tasks(fields) if definition.has_lines else ()
    return Budget(type=definition.type, **numbers, tasks=tasks)


def _number(fields: Fields, column: BudgetColumn) -> Number:
    if column.is_hours:
        return fields.hours(column.name, high=column.most)
    return fields.decimal(column.name, low=ZERO, high=column.most)


def _tasks(fields: Fields) -> tuple[TaskLine, ...]:
    lines = tuple(_task(line) for line in fields.nested_list("tasks", most=MOST_LINES))
    if not lines:
        raise fields.fail("tasks", "must have at least one line")
    fields.refuse_duplicates("tasks", [line.cost_code for line in lines], ".cost_code")
    return lines


def _task(fields: Fields) -> TaskLine:
    fields.only("cost_code", "hours", "amount")
    hours = fields.hours("hours", high=MAX_HOURS) if fields.is_given("hours") else None
    amount = fields.decimal_or_none("amount", low=ZERO, high=MAX_AMOUNT)
    if (hours is None) == (amount is None):
        raise CaseError(fields.path, "must have hours or amount, one of the two")
    return TaskLine(cost_code=fields.text("cost_code"), hours=hours, amount=amount)


def _adjustment(fields: Fields) -> Adjustment:
    fields.only("type", "value")
    kind = fields.choice("type", AdjustmentType)
    low, high = ADJUSTMENT_LIMITS[kind]
    return Adjustment(type=kind, value=fields.decimal("value", low=low, high=high))


def _worker(fields: Fields) -> tuple[CrewMember, WorkerStatus]:
    """What the terms say about a worker, and what overtime law depends on."""
    fields.only(*MEMBER_KEYS, *STATUS_KEYS)
    member = CrewMember(
        worker_id=fields.text("id"),
        no_bonus=fields.flag("no_bonus"),
        fixed_percent=fields.decimal_or_none("fixed_percent", low=ZERO, high=HUNDRED),
        manual_amount=fields.decimal_or_none("manual_amount", low=ZERO, high=MAX_AMOUNT, places=2),
        same_person_as=fields.text_or_none("same_person_as"),
    )
    return member, read_status(fields)


def _entry(fields: Fields) -> Entry:
    """One entry of `time`, or of `all_time`, where the keys that only matter for cost may be given and aren't used."""
    fields.only(*ENTRY_KEYS)
    entry = Entry(
        worker_id=fields.text("worker"),
        work_date=fields.day("date"),
        minutes=fields.minutes("minutes"),
        ot1_minutes=fields.minutes("ot1_minutes", 0),
        ot2_minutes=fields.minutes("ot2_minutes", 0),
        wage=_wage(fields),
        kind=fields.choice("kind", EntryKind, EntryKind.WORK),
        cost_code=fields.text_or_none("cost_code"),
        stretch=_stretch(fields),
        state=read_state(fields),
    )
    _check_minutes(fields, entry)
    return entry


def _wage(fields: Fields) -> Decimal | None:
    """Dollars per hour as they are everywhere (bonus.md 10.6)."""
    wage = fields.decimal_or_none("wage", low=ZERO, high=MAX_AMOUNT, places=WAGE_PLACES)
    return None if wage is None else normal_wage(wage)


def _check_minutes(fields: Fields, entry: Entry) -> None:
    if entry.kind == EntryKind.AUTO_LUNCH and entry.minutes > 0:
        raise fields.fail("minutes", "must not be greater than 0: an automatic lunch deduction removes minutes")
    sign = -1 if entry.minutes < 0 else 1
    overtime = (sign * entry.ot1_minutes, sign * entry.ot2_minutes)
    if min(overtime) < 0 or sum(overtime) > sign * entry.minutes:
        raise fields.fail("ot1_minutes", "and ot2_minutes are part of minutes and can't come to more")


def _stretch(fields: Fields) -> tuple[datetime, datetime] | None:
    """Start and stop go together, near the date and each other: a slip would be divided over weeks."""
    start, stop = fields.moment_or_none("start"), fields.moment_or_none("stop")
    if start is None and stop is None:
        return None
    if start is None or stop is None:
        raise fields.fail("start" if start is None else "stop", "is required: start and stop go together")
    if stop < start:
        raise fields.fail("stop", "can't be before start")
    if stop - start > LONGEST:
        raise fields.fail("stop", f"must be within {LONGEST.days} days of start")
    if abs(start.date() - fields.day("date")) > FURTHEST_START:
        raise fields.fail("start", "must be on the date, the day before, or the day after")
    return start, stop


def _percent(fields: Fields, key: str, default: str) -> Decimal:
    return fields.decimal(key, default, low=ZERO, high=HUNDRED)
