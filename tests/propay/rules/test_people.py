"""One person under several worker ids: sums, exemption, and pay by person."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from propay.rules.overtime import DayMinutes
from propay.rules.people import PersonLinks

ANA = PersonLinks({"ana 2": "ana", "ana 3": "ana"})
MONDAY = date(2026, 11, 2)


def test_all_ids_of_a_person_are_found_from_any_of_them():
    assert ANA.of("ana 2") == ANA.of("ana") == "ana"
    assert ANA.ids(["ana 3"]) == {"ana", "ana 2", "ana 3"}
    assert ANA.ids(["bob"]) == {"bob"}


def test_a_person_is_exempt_only_if_every_id_is():
    assert ANA.exempt({"ana", "ana 2", "bob"}) == {"bob"}
    assert ANA.exempt({"ana", "ana 2", "ana 3"}) == {"ana"}


def test_bonuses_and_minutes_are_the_persons():
    day = DayMinutes(worker_id="ana 3", work_date=MONDAY, minutes=60)

    assert ANA.bonuses({"ana": Decimal("1.00"), "ana 2": Decimal("0.50")}) == {"ana": Decimal("1.50")}
    assert [(one.worker_id, one.minutes) for one in ANA.days([day])] == [("ana", 60)]


def test_pay_of_a_day_is_unknown_if_that_of_any_id_is():
    known = {("ana", MONDAY): Fraction(10), ("ana 2", MONDAY): Fraction(5)}

    assert ANA.pay(known) == {("ana", MONDAY): Fraction(15)}
    assert ANA.pay({**known, ("ana 3", MONDAY): None}) == {("ana", MONDAY): None}
