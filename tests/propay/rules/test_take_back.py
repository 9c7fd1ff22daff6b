"""Whether money that was already earned can be taken back (bonus.md 11.2)."""

from datetime import date

import pytest

from propay.rules.take_back import NotCollected, TakeBack, TakeBackRules

FIRST, THEN = date.min, date(2026, 11, 9)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (TakeBack.YES, (None, None)),
        (TakeBack.WITH_CONSENT, (None, NotCollected.NO_CONSENT)),
        (TakeBack.NEVER, (NotCollected.NEVER, NotCollected.NEVER)),
    ],
)
def test_the_setting_and_a_consent_decide(setting, expected):
    rules = TakeBackRules(settings=((FIRST, setting),), consents={1})
    assert (rules.why_not(1, THEN), rules.why_not(2, THEN)) == expected


@pytest.mark.parametrize("setting", TakeBack)
def test_nothing_is_taken_back_from_who_left(setting):
    rules = TakeBackRules(settings=((FIRST, setting),), consents={1}, left={1})
    assert rules.why_not(1, THEN) == NotCollected.LEFT


def test_the_setting_on_the_day_counts():
    rules = TakeBackRules(settings=((FIRST, TakeBack.NEVER), (THEN, TakeBack.YES)))
    assert rules.on(date(2026, 11, 8)) == TakeBack.NEVER
    assert rules.on(THEN) == TakeBack.YES
