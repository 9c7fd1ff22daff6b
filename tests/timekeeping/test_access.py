"""Permissions on Time, Team, and Jobs."""

import pytest
from django.urls import reverse

from protiv.timekeeping.models import Wage
from tests.make import factories

READ = [
    # name, what it needs, answers for admin, manager, worker
    ("time_list", "", (200, 200, 200)),
    ("time_export", "", (200, 200, 200)),
    ("time_entry", "entry", (200, 200, 404)),
    ("worker_list", "", (200, 200, 403)),
    ("worker_detail", "worker", (200, 200, 403)),
    ("wage_correct", "wage", (200, 403, 403)),
    ("wage_set_many", "", (200, 403, 403)),
    ("wage_import", "", (200, 403, 403)),
    ("wage_template", "", (200, 403, 403)),
    ("job_list", "", (200, 200, 403)),
    ("job_detail", "job", (200, 200, 403)),
]
WRITE = [
    ("worker_link", "worker", (302, 403, 403)),
    ("wage_set", "worker", (200, 403, 403)),
    ("wage_correct", "wage", (200, 403, 403)),
    ("wage_remove", "wage", (302, 403, 403)),
    ("wage_set_many", "", (200, 403, 403)),
    ("wage_import", "", (200, 403, 403)),
    ("wage_import_confirm", "", (400, 403, 403)),
    ("job_detail", "job", (302, 302, 403)),
]
ONLY_POST = ("worker_link", "wage_set", "wage_remove", "wage_import_confirm")


@pytest.fixture
def urls(ana, job, refreshed):
    wage = factories.make_wage(ana)
    entry = factories.make_entry(ana, job)
    needs = {"": [], "entry": [entry.pk], "worker": [ana.pk], "wage": [ana.pk, wage.pk], "job": [job.pk]}
    return lambda name, needed: reverse(name, args=needs[needed])


@pytest.mark.parametrize(("name", "needed", "answers"), READ, ids=[line[0] for line in READ])
def test_reading_depends_on_the_role(urls, as_admin, as_manager, as_worker, name, needed, answers):
    url = urls(name, needed)
    assert tuple(client.get(url).status_code for client in (as_admin, as_manager, as_worker)) == answers


@pytest.mark.parametrize(("name", "needed", "answers"), WRITE, ids=[line[0] for line in WRITE])
def test_writing_depends_on_the_role(urls, as_admin, as_manager, as_worker, name, needed, answers):
    url = urls(name, needed)
    assert tuple(client.post(url).status_code for client in (as_worker, as_manager, as_admin)) == answers[::-1]


@pytest.mark.parametrize(("name", "needed"), [line[:2] for line in READ + WRITE if line[1]])
def test_a_stranger_gets_404(urls, as_stranger, name, needed):
    url = urls(name, needed)
    assert as_stranger.get(url).status_code == (405 if name in ONLY_POST else 404)
    assert as_stranger.post(url).status_code == (405 if name in ("time_entry", "worker_detail") else 404)
    assert Wage.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["time_list", "time_export", "worker_list", "wage_set_many", "wage_template", "job_list"]
)
def test_a_stranger_sees_nothing_of_the_company_in_lists(urls, as_stranger, name):
    response = as_stranger.get(urls(name, ""))
    text = (response.getvalue() if response.streaming else response.content).decode()
    assert response.status_code == 200
    for word in ("Ana", "Maple", "w-ana"):
        assert word not in text


@pytest.mark.parametrize(("name", "needed"), sorted({line[:2] for line in READ + WRITE}))
def test_anonymous_people_are_sent_to_the_sign_in(urls, anonymous, name, needed):
    url = urls(name, needed)
    for response in (anonymous.get(url), anonymous.post(url)):
        assert response.status_code in (302, 405)
        if response.status_code == 302:
            assert response.url.startswith("/login/")


def test_a_user_of_no_company_gets_404(urls, sign_in):
    client = sign_in(factories.make_user())
    for name, needed, _ in READ:
        assert client.get(urls(name, needed)).status_code == 404


@pytest.mark.parametrize("name", ["time_list", "time_export"])
def test_read_only_pages_refuse_a_post(urls, as_admin, name):
    assert as_admin.post(urls(name, "")).status_code == 405
