"""Access to the what-if, and that it takes few queries."""

import pytest
from django.urls import reverse

from propay.models import BonusPlan, PlanVersion
from tests.make import factories
from tests.propay.pages.what_if.scenario import HTMX, MONDAY, address, filled, tried
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_only_allowed_roles_can_use_what_if(anonymous, as_worker, as_manager, as_admin, as_stranger, job, propay):
    free = factories.make_job(propay.company)
    for where in (address(), address(propay), address(job=free)):
        assert anonymous.get(where).status_code == 302
        assert as_worker.get(where).status_code == as_worker.post(where).status_code == 403
        assert as_manager.get(where).status_code == as_admin.get(where).status_code == 200
    for where in (address(propay), address(job=job), address(job=free)):
        assert as_stranger.get(where).status_code == as_stranger.post(where).status_code == 404
    assert as_stranger.get(address()).status_code == 200


@pytest.mark.parametrize("query", ["?propay=x", "?propay=", "?propay=99999999", "?job=x", "?job=99999999"])
def test_an_unknown_address_is_not_found(as_manager, query):
    assert as_manager.get(reverse("what_if") + query).status_code == 404


def test_strangers_people_and_plans_are_not_offered_and_not_taken(as_manager, stranger, propay):
    other = stranger.memberships.get().company
    alien = factories.make_worker(other, "Al Ien")
    plan = PlanVersion.objects.create(
        company=other, plan=BonusPlan.objects.create(company=other, name="Theirs"), start_date=MONDAY
    )
    page = text_of(as_manager.get(address(propay)))
    assert "Al Ien" not in page
    assert "Theirs" not in page
    assert "Select a valid choice" in tried(as_manager, address(propay), lead=str(alien.pk))
    assert "There is no such plan" in tried(as_manager, address(propay), plan_version=str(plan.pk))


def test_answer_takes_few_queries_however_large_the_crew(
    as_manager, company, job, propay, django_assert_max_num_queries
):
    for _ in range(180):
        worker = factories.make_worker(company)
        factories.make_wage(worker)
        factories.make_entry(worker, job, work_date=MONDAY)
    data = filled(as_manager.get(address(propay)))
    with django_assert_max_num_queries(24):
        answer = as_manager.post(address(propay), data, headers=HTMX)
    assert len(answer.context["answer"].people) == 182
