"""The reports: who may open them, and what is asked of them."""

import pytest
from django.urls import reverse

from propay.reports import REPORTS
from tests.make import factories
from tests.make.propays import make_propay
from tests.propay.reports.reading import SLUGS, file, page

pytestmark = pytest.mark.django_db

DOORS = ("report", "report_print", "report_file")


# Who may


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("door", DOORS)
def test_reports_are_for_admins_and_managers(as_admin, as_manager, as_worker, anonymous, kitchen, slug, door):
    address = reverse(door, args=[slug])

    assert as_admin.get(address).status_code == 200
    assert as_manager.get(address).status_code == 200
    assert as_worker.get(address).status_code == 403
    assert anonymous.get(address)["Location"].startswith(reverse("login"))
    assert as_admin.post(address).status_code == 405


def test_the_list_links_to_every_report_and_is_in_the_menu(as_manager, as_worker, anonymous):
    answer = as_manager.get(reverse("report_list")).content.decode()

    assert all(reverse("report", args=[slug]) in answer for slug in SLUGS)
    assert reverse("report_list") in as_manager.get(reverse("dashboard")).content.decode()
    assert reverse("report_list") not in as_worker.get(reverse("dashboard")).content.decode()
    assert as_worker.get(reverse("report_list")).status_code == 403
    assert anonymous.get(reverse("report_list")).status_code == 302


@pytest.mark.parametrize("slug", SLUGS)
def test_a_stranger_sees_nothing_of_another_company(as_stranger, kitchen, ana, slug):
    for door in ("report", "report_print"):
        answer = as_stranger.get(reverse(door, args=[slug])).content.decode()
        assert "Kitchen" not in answer
        assert "Ana Ruiz" not in answer
    assert file(as_stranger, slug) == []


@pytest.mark.parametrize("door", DOORS)
def test_an_unknown_report_is_not_found(as_manager, door):
    assert as_manager.get(reverse(door, args=["gossip"])).status_code == 404


def test_someone_of_no_company_finds_nothing(sign_in):
    assert sign_in(factories.make_user()).get(reverse("report_list")).status_code == 404


# What is asked


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "2026-13-40"}, "Enter a valid date, like 2026-11-02."),
        ({"from": "2026-11-09", "to": "2026-11-08"}, "The end date is before the start date. Swap them."),
    ],
)
def test_wrong_dates_are_named_and_nothing_is_shown(as_manager, kitchen, slug, query, words):
    answer = page(as_manager, slug, **query)

    assert words in answer
    assert "Nothing is shown" in answer
    assert "Kitchen" not in answer
    for door in ("report_file", "report_print"):
        refused = as_manager.get(reverse(door, args=[slug]), query)
        assert refused.status_code == 400
        assert words in refused.content.decode()


@pytest.mark.parametrize("slug", SLUGS)
def test_choices_of_another_company_are_refused(as_manager, stranger, slug):
    other = stranger.memberships.get().company
    theirs = {
        "worker": factories.make_worker(other).pk,
        "job": make_propay(factories.make_job(other)).job_id,
        "manager": stranger.memberships.get().pk,
        "status": "NONSENSE",
        "dates": "NONSENSE",
    }
    for name in REPORTS[slug].filters:
        refused = as_manager.get(reverse("report_file", args=[slug]), {name: theirs[name]})
        assert refused.status_code == 400
        assert "Choose one from the list." in refused.content.decode()


@pytest.mark.parametrize("slug", SLUGS)
def test_an_empty_report_says_what_to_do(as_manager, slug):
    answer = page(as_manager, slug)

    assert "Nothing to report" in answer
    assert "Export CSV" not in answer
