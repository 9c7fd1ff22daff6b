"""Which time is final: in a closed pay period, or signed off."""

from datetime import date

import pytest

from integrations.exaktime.finality import Finality
from protiv.timekeeping.records import PayPeriodRecord


def period(name, start, end, *, is_closed=False):
    return PayPeriodRecord(name, date(2026, 11, start), date(2026, 11, end), is_closed)


def test_closed_period_is_final_for_everyone_from_first_to_last_day():
    finality = Finality([period("a", 2, 15, is_closed=True)])
    assert [finality.is_final("p", date(2026, 11, day)) for day in (1, 2, 15, 16)] == [False, True, True, False]


def test_open_period_is_final_for_those_signed_off():
    finality = Finality([period("a", 2, 15)])
    assert not finality.is_final("p-101", date(2026, 11, 3))
    finality.learn("a", ["p-101"])
    assert finality.is_final("p-101", date(2026, 11, 3))
    assert not finality.is_final("p-102", date(2026, 11, 3))


@pytest.mark.parametrize(
    ("closed", "signed", "is_final"),
    [
        ((True, True), {}, True),
        ((True, False), {}, False),
        ((True, False), {"b": ["p"]}, True),
        ((False, False), {"a": ["p"]}, False),
        ((False, False), {"a": ["p"], "b": ["p"]}, True),
    ],
)
def test_overlapping_periods_must_all_agree(closed, signed, is_final):
    finality = Finality([period("a", 2, 15, is_closed=closed[0]), period("b", 2, 8, is_closed=closed[1])])
    for name, people in signed.items():
        finality.learn(name, people)
    assert finality.is_final("p", date(2026, 11, 3)) is is_final


def test_only_open_periods_in_the_window_need_sign_offs():
    periods = [period("a", 1, 7), period("b", 8, 14), period("c", 15, 21), period("d", 8, 14, is_closed=True)]
    finality = Finality(periods)
    assert finality.periods_to_learn(date(2026, 11, 7), date(2026, 11, 8)) == ["a"]
    assert finality.periods_to_learn(date(2026, 11, 7), date(2026, 11, 9)) == ["a", "b"]
    assert finality.periods_to_learn(date(2026, 11, 14), date(2026, 11, 15)) == ["b"]
    finality.learn("b", [])
    assert finality.periods_to_learn(date(2026, 11, 7), date(2026, 11, 16)) == ["a", "c"]
