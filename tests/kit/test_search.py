"""Searching a list: a few words; anything else is explained next to the box, stays in it, and lists nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from propay import services
from protiv.accounts.models import User
from protiv.kit import search
from protiv.timekeeping.models import Worker
from tests.make import factories, statement_rows
from tests.make.propays import NOW, make_propay
from tests.reading import markup_of

pytestmark = pytest.mark.django_db
LISTS = ["propay_list", "bonuses", "statement_list", "worker_list", "wage_set_many", "job_list", "integration_list"]
WRONG = {
    "x" * 101: search.TOO_LONG,
    "a " * 1_900: search.TOO_LONG,
    "a b c d e f g h i j k": search.TOO_MANY_WORDS,
    "Ana\0": search.UNREADABLE,
    "Ana\x07": search.UNREADABLE,
}


@pytest.fixture
def rows(company, admin):
    """A row in each list, found by its name."""
    worker = factories.make_worker(company, "Ana Kitchen")
    factories.make_wage(worker, "20.00")
    job = factories.make_job(company, "Kitchen")
    factories.make_entry(worker, job, minutes=600, work_date=NOW.date() - timedelta(1))
    make_propay(job, title="Kitchen remodel")
    services.refresh(company=company, now=NOW)
    statement_rows.make_statement(worker, "15.00")


def listed(response) -> list[object]:
    context = response.context
    return list(context["cards"]) if "cards" in context else list(context["page_obj"])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_searched_by_a_few_words(as_admin, rows, name):
    word = "ExakTime" if name == "integration_list" else "kitch"
    assert len(listed(as_admin.get(reverse(name), {"q": f" {word}\t{word} "}))) == 1
    assert listed(as_admin.get(reverse(name), {"q": f"{word} " * 9 + "zz"})) == []


@pytest.mark.parametrize("words", WRONG, ids=["characters", "1900 words", "words", "NUL", "control"])
@pytest.mark.parametrize("name", LISTS)
def test_a_search_that_cannot_be_used_lists_nothing_and_says_why(as_admin, rows, name, words):
    response = as_admin.get(reverse(name), {"q": words})
    assert response.status_code == 200
    assert listed(response) == []
    assert WRONG[words] in markup_of(response)
    assert "Nothing is listed" in markup_of(response)
    form = response.context.get("search") or response.context["form"]
    assert form["q"].value() == words
    assert f'value="{words}"' in markup_of(response)


def test_a_search_by_htmx_gets_the_reason_in_the_place_of_the_cards(as_admin):
    response = as_admin.get(reverse("integration_list"), {"q": "x" * 101}, headers={"HX-Request": "true"})
    assert "longer than 100 characters" in markup_of(response)
    assert "integration-card" not in markup_of(response)


def test_a_wrong_search_asks_the_database_for_no_words(as_admin, rows, django_assert_max_num_queries):
    with django_assert_max_num_queries(14) as queries:
        as_admin.get(reverse("propay_list"), {"q": "kitchen " * 500})
    assert not [query for query in queries.captured_queries if "KITCHEN" in query["sql"].upper()]


@pytest.mark.parametrize("words", WRONG, ids=["characters", "1900 words", "words", "NUL", "control"])
def test_the_django_admin_says_that_a_list_is_not_filtered(company, sign_in, words):
    factories.make_worker(company, "Ana Ruiz")
    client = sign_in(User.objects.create_superuser("support@protiv.test", "correct-horse-battery"))
    response = client.get(reverse("admin:timekeeping_worker_changelist"), {"q": words})
    assert WRONG[words] in markup_of(response)
    assert response.context["cl"].result_count == Worker.objects.count() == 1
    looked_up = {"app_label": "accounts", "model_name": "membership", "field_name": "company", "term": words}
    answer = client.get(reverse("admin:autocomplete"), looked_up)
    assert (answer.status_code, answer.json()) == (400, {"error": [WRONG[words]]})


def test_the_django_admin_finds_a_company_by_its_name(company, sign_in):
    client = sign_in(User.objects.create_superuser("support@protiv.test", "correct-horse-battery"))
    looked_up = {"app_label": "accounts", "model_name": "membership", "field_name": "company", "term": "roof"}
    answer = client.get(reverse("admin:autocomplete"), looked_up)
    assert [one["text"] for one in answer.json()["results"]] == ["Acme Roofing"]
