"""Limits of the what-if page: more is refused on the form, before any of it is calculated."""

import pytest

from propay.pages import what_if as pages
from tests.propay.pages.what_if.scenario import HTMX, address, filled, terms, zoe
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def refused(client, people, **changes: object) -> str:
    """The form's error on the crew; the input is still there, and nothing is calculated."""
    response = client.post(address(), terms(people, **changes))
    assert response.context["answer"] is None
    form = response.context["form"]
    assert [person.hours for person in form["crew"].value()] == [person["hours"] for person in people]
    return " ".join(form.errors["crew"])


def test_two_thousand_made_up_days_are_calculated(as_manager):
    text = text_of(as_manager.post(address(), terms([zoe("10000"), zoe("6000")]), headers=HTMX))
    assert "Hours Zoe 10000 h + Zoe 6000 h" in text


def test_more_days_than_the_page_takes_are_refused_before_there_are_any(as_manager, monkeypatch):
    monkeypatch.setattr(pages, "scenario_entries", None)
    told = refused(as_manager, [zoe("10000"), zoe("6000:01")])
    assert told == (
        "The hours of added people make 2,001 days of work, and a what-if can have at most 2,000. Enter fewer hours "
        "for them, or more hours per week."
    )
    assert "make 50,000 days" in refused(as_manager, [zoe("10000")], week_hours="1")


def test_hours_of_one_person_have_a_limit(as_manager):
    assert refused(as_manager, [zoe("99999")] * 3, week_hours="1").startswith("Zoe: enter at most 10,000 hours")


@pytest.mark.parametrize("hours", ["1," + "000," * 2_000 + "000", "1," + "000," * 2_000 + "000:30", "9" * 5_000])
def test_hours_of_thousands_of_digits_are_refused(as_manager, hours):
    assert "isn't a number of hours" in refused(as_manager, [zoe(hours)])


def test_a_name_with_nul_is_refused_like_in_any_field(as_manager):
    assert refused(as_manager, [zoe("8", name="Z\0e")]) == "Z\0e: Null characters are not allowed."


def test_the_maximum_number_of_people_is_calculated(as_manager):
    response = as_manager.post(address(), terms([zoe("8")] * 1_000), headers=HTMX)
    assert response.status_code == 200
    assert response.context["form"].errors == {}
    assert response.context["answer"] is not None


def test_more_people_than_the_maximum_are_refused(as_manager):
    response = as_manager.post(address(), terms([zoe("8")] * 1_001))
    (told,) = response.context["form"].errors["crew"]
    assert told == "A what-if can have at most 1,000 people. Remove some of them."
    assert len(response.context["form"]["crew"].value()) == 1_001


def test_days_of_a_real_worker_are_not_made_up(as_manager, propay):
    """Hours that are changed stay on the real days, however few hours a week others work."""
    page = as_manager.get(address(propay))
    data = filled(page) | {"crew_hours": ["9000", "20:00"], "week_hours": "1"}
    assert "Hours Ana Ruiz 9000 h + Ben Ode 20 h" in text_of(as_manager.post(address(propay), data, headers=HTMX))


@pytest.mark.parametrize(
    "change",
    [
        ("{", "[" * 90_000),
        ('"minutes": 2400', '"minutes": 1e999'),
        ('"minutes": 2400', '"minutes": ' + "9" * 4_000),
        ('"500.00"', '"1e999999999"'),
        ('"500.00"', '"' + "9" * 9_000 + '.00"'),
        ('"Zoe"', '"\\ud800"'),
        ('"Zoe"', '"\\u0000"'),
    ],
    ids=["nested", "float", "minutes", "exponent", "digits", "surrogate", "NUL"],
)
def test_kept_text_that_no_outcome_gives_is_ignored(as_manager, change):
    typed = terms([zoe("40")])
    kept = as_manager.post(address(), typed | {"keep": "1"}, headers=HTMX).context["answer"].kept
    assert as_manager.post(address(), typed | {"kept": kept}, headers=HTMX).context["answer"].before is not None
    assert change[0] in kept
    response = as_manager.post(address(), typed | {"kept": kept.replace(*change, 1)}, headers=HTMX)
    assert response.status_code == 200
    assert response.context["answer"].before is None
