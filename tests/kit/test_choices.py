"""A company with more jobs than a list should have."""

import pytest

from protiv.kit import choices
from tests.make import factories
from tests.make.propays import make_propay

pytestmark = pytest.mark.django_db
PAGES = ["/time/", "/propays/create/", "/propays/"]


@pytest.fixture
def jobs(company, monkeypatch):
    for module in ("protiv.kit.choices", "propay.pages.propays"):
        monkeypatch.setattr(f"{module}.LISTED_AT_MOST", 3)
    jobs = [factories.make_job(company, f"Job {letter}") for letter in "ABCDE"]
    for job in jobs:
        make_propay(job)
        factories.make_entry(factories.make_worker(company), job)
    return jobs


def options(response) -> str:
    return response.content.decode().split('name="job"')[1].split("</select>")[0]


@pytest.mark.parametrize("path", PAGES)
def test_a_list_of_jobs_stays_short(as_manager, jobs, path):
    listed = options(as_manager.get(path))
    assert [f"Job {letter}" in listed for letter in "ABCDE"] == [True, True, True, False, False]


@pytest.mark.parametrize("path", PAGES)
def test_the_chosen_job_is_listed_whatever_its_position(as_manager, jobs, path):
    listed = options(as_manager.get(f"{path}?job={jobs[4].pk}"))
    assert f'value="{jobs[4].pk}" selected' in listed
    assert "Job D" not in listed


def test_a_job_that_is_not_listed_can_be_filtered_by(as_manager, jobs):
    page = as_manager.get(f"/time/?job={jobs[4].pk}")
    assert list(page.context["page_obj"]) == list(jobs[4].time_entries.all())


def test_the_note_on_a_truncated_list_names_the_limit():
    assert str(choices.LISTED_AT_MOST) in choices.IF_NOT_LISTED


@pytest.mark.parametrize("path", PAGES[:2])
def test_a_truncated_list_says_so(as_manager, jobs, path):
    assert choices.IF_NOT_LISTED in as_manager.get(path).content.decode()


def test_a_whole_list_says_nothing(as_manager, company):
    factories.make_entry(factories.make_worker(company), factories.make_job(company))
    assert choices.IF_NOT_LISTED not in as_manager.get("/time/").content.decode()


def test_a_choice_longer_than_any_key_is_refused_on_the_form(as_manager, jobs):
    response = as_manager.post("/propays/create/", {"job": "9" * 5_000})
    assert response.status_code == 200
    assert response.context["form"].errors["job"]
