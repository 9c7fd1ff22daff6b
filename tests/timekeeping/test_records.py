"""What is time worked (bonus.md 6.2 and 11.9): one definition in Python, one in SQL."""

import pytest

from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.records import EntryKind, is_worked
from protiv.timekeeping.selectors import IS_WORKED
from tests.make import factories

LENGTHS = (-30, -1, 0, 1, 20, 21, 29, 30, 480)


@pytest.mark.django_db
def test_sql_and_python_agree_about_what_is_time_worked(ana, job):
    entries = [factories.make_entry(ana, job, minutes, kind=kind) for kind in EntryKind for minutes in LENGTHS]
    in_sql = set(TimeEntry.objects.filter(IS_WORKED).values_list("pk", flat=True))
    assert in_sql == {entry.pk for entry in entries if is_worked(entry.kind, entry.minutes)}


@pytest.mark.parametrize(("minutes", "counts"), [(-5, False), (0, False), (1, True), (20, True), (21, False)])
def test_a_meal_break_of_up_to_20_minutes_is_time_worked(minutes: int, counts: bool) -> None:
    assert is_worked(EntryKind.MEAL_BREAK, minutes) is counts


def test_paid_breaks_always_are_time_worked_and_commutes_never() -> None:
    assert is_worked(EntryKind.PAID_BREAK, 45)
    assert not is_worked(EntryKind.COMMUTE, 15)
    assert not is_worked(EntryKind.TIME_OFF, 15)
