"""How a week's true-up is calculated, in steps that a person can check (bonus.md 6 and 11). Pure."""

from fractions import Fraction

from propay.rules.terms import WorkerId
from propay.rules.trace import Trace, dollars, exact_dollars, hours, number
from propay.rules.trace import day as in_words
from propay.rules.week_hours import FEDERAL, WeekHours
from propay.rules.week_pay import LawPay, WeekPay
from protiv.kit.money import round_cents

NO_HOURS = "no hours worked"
EXEMPT = "exempt"


def explain(worker_id: WorkerId, row: WeekPay, trace: Trace) -> None:
    """Add the steps of one person's week."""
    earned = row.earned
    key = f"true_up.{worker_id}.{earned.week.start}"
    label = f"{trace.name(worker_id)}, week of {in_words(earned.week.start)}"
    if earned.hours.worked > 0:
        trace.add(f"{key}.hours", f"Hours worked: {label}", _days(earned.hours), hours(earned.hours.worked))
        rate = earned.bonus.owes * 60 / earned.hours.worked
        formula = f"{exact_dollars(earned.bonus.owes)} / {hours(earned.hours.worked)}"
        trace.add(f"{key}.raised", "Regular rate raised by", formula, f"{_rounded(rate)} an hour")
    if earned.bonus.included:
        formula = f"{exact_dollars(earned.bonus.included)} is a percentage of total earnings (29 CFR 778.210)"
        trace.add(f"{key}.included", "Contains its overtime", formula, exact_dollars(earned.bonus.included))
    federal_exempt, state_exempt = earned.is_exempt
    formula = EXEMPT if federal_exempt else _federal_formula(row)
    trace.add(f"{key}.federal", f"Federal true-up ({FEDERAL.source}): {label}", formula, _rounded(row.federal))
    if row.laws:
        names = " and ".join(law.rule.name for law in row.laws)
        sources = "; ".join(law.rule.source for law in row.laws)
        formula = " + ".join(map(_law_formula, row.laws))
        title = f"{names} true-up (includes federal; {sources}): {label}"
        trace.add(f"{key}.total", title, formula, _rounded(row.total))
    elif state_exempt and not earned.hours.is_federal:
        trace.add(f"{key}.total", f"State true-up: {label}", EXEMPT, dollars(row.amount - row.federal_amount))


def _federal_formula(row: WeekPay) -> str:
    week = row.earned.hours
    if week.worked <= 0:
        return NO_HOURS
    return f"0.5 × {exact_dollars(row.earned.bonus.owes)} / {hours(week.worked)} × {hours(week.over_forty)}"


def _law_formula(law: LawPay) -> str:
    premium = f"{number(law.factor)} × {hours(law.overtime)} + {number(law.double_factor)} × {hours(law.double_time)}"
    return f"{exact_dollars(law.divided)} / {hours(law.minutes)} × ({premium})"


def _days(week: WeekHours) -> str:
    """The hours of each day, as in `Mon 10 h + Tue 8:30 h`, with the day's overtime where there is some."""
    return " + ".join(f"{one.day:%a} {hours(one.straight + one.overtime + one.double_time)}" for one in week.days)


def _rounded(value: Fraction) -> str:
    """The unrounded figure and its cents."""
    return f"{exact_dollars(value)}, rounded {dollars(round_cents(value))}"
