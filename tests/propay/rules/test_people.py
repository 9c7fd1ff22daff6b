"""One person under several worker ids: sums and exemption by person."""

from datetime import date
from decimal import Decimal

from propay.rules.days import DayMinutes
from propay.rules.people import PersonLinks
from propay.rules.worker_status import ALWAYS_EXEMPT

ANA = PersonLinks({"ana 2": "ana", "ana 3": "ana"})
MONDAY = date(2026, 11, 2)


def test_all_ids_of_a_person_are_found_from_any_of_them():
    assert ANA.of("ana 2") == ANA.of("ana") == "ana"
    assert ANA.ids(["ana 3"]) == {"ana", "ana 2", "ana 3"}
    assert ANA.ids(["bob"]) == {"bob"}


def test_a_person_is_exempt_only_if_every_id_is():
    some = ANA.statuses(dict.fromkeys(("ana", "ana 2", "bob"), ALWAYS_EXEMPT))
    every = ANA.statuses(dict.fromkeys(("ana", "ana 2", "ana 3"), ALWAYS_EXEMPT))

    assert [some.exempt_in(person, [MONDAY]) for person in ("ana", "bob")] == [(False, False), (True, True)]
    assert every.exempt_in("ana", [MONDAY]) == (True, True)


def test_bonuses_and_minutes_are_the_persons():
    day = DayMinutes(worker_id="ana 3", work_date=MONDAY, minutes=60)

    assert ANA.bonuses({"ana": Decimal("1.00"), "ana 2": Decimal("0.50")}) == {"ana": Decimal("1.50")}
    assert [(one.worker_id, one.minutes) for one in ANA.days([day])] == [("ana", 60)]
