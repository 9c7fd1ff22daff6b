"""The steps of an overtime true-up as its statement line keeps them."""

from datetime import date
from decimal import Decimal

from propay.queries.overtime import OvertimeDue
from propay.rules.known import INCOMPLETE_STEP, IncompleteWeek
from propay.rules.trace import Step, dollars, hours


def true_up_steps(due: OvertimeDue, key: tuple[int, int, date], settled: tuple[Decimal, Decimal] | None) -> list[Step]:
    """The steps of one week; `key` is what earned the bonus (as in `due`), worker id, and the week's first day.

    `settled`: what is on locked or paid statements for it, federal and state.
    """
    earned_by, worker_id, week_start = key
    steps = []
    if earned_by in due.results:
        cut = (one for one in due.incomplete_weeks(earned_by) if (one.worker_id, one.week_start) == key[1:])
        steps = [*due.results[earned_by].steps_of(worker_id, week_start), *map(_incomplete, cut)]
    return [*steps, _before(*settled)] if settled else steps


def _incomplete(week: IncompleteWeek) -> Step:
    """What the statement says about a week of which some days aren't imported."""
    return Step(
        key=INCOMPLETE_STEP,
        label="Incomplete week",
        formula=f"{week.days_in_words} not imported; hours of these days as entered by hand",
        result=hours(week.typed_minutes) if week.is_answered else "unknown",
    )


def _before(federal: Decimal, extra: Decimal) -> Step:
    return Step(
        key="true_up.paid",
        label="Already on an earlier statement for this week",
        formula=(f"{dollars(federal)} federal + {dollars(extra)} state overtime premium; this line is the difference"),
        result=dollars(federal + extra),
    )
