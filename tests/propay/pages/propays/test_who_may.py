"""The pages of ProPays, bonuses and the dashboard: who may open them."""

import re

import pytest
from django.urls import reverse

from tests.propay.pages.propays.addresses import addresses

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["dashboard", "propay_list", "propay_create", "propay_job_facts", "bonuses"])
def test_pages_need_a_sign_in(anonymous, name):
    response = anonymous.get(reverse(name))

    assert response.status_code == 302
    assert reverse("login") in response["Location"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("dashboard", 200), ("bonuses", 200), ("propay_list", 403), ("propay_create", 403), ("propay_job_facts", 403)],
)
def test_a_worker_opens_only_their_own_pages(as_worker, name, status):
    assert as_worker.get(reverse(name)).status_code == status


@pytest.mark.parametrize(
    ("name", "method"), [("propay_edit", "get"), ("propay_cancel", "post"), ("propay_restore", "post")]
)
def test_a_worker_changes_nothing(as_worker, propay, name, method):
    assert getattr(as_worker, method)(addresses(propay)[name]).status_code == 403
    propay.refresh_from_db()
    assert propay.status == "STARTED"


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("propay_detail", "get"),
        ("propay_edit", "get"),
        ("propay_edit", "post"),
        ("propay_cancel", "post"),
        ("propay_restore", "post"),
    ],
)
def test_a_stranger_finds_nothing(as_stranger, propay, name, method):
    assert getattr(as_stranger, method)(addresses(propay)[name]).status_code == 404


def test_a_stranger_sees_nothing_in_lists(as_stranger, propay):
    for name in ("dashboard", "propay_list", "bonuses"):
        page = as_stranger.get(reverse(name), {"tab": "all"}).content.decode()
        assert "Kitchen" not in page
        assert "Ana" not in page


@pytest.mark.parametrize("name", ["propay_cancel", "propay_restore"])
def test_a_change_requires_a_post(as_manager, propay, name):
    assert as_manager.get(addresses(propay)[name]).status_code == 405


def test_pages_hold_no_inline_style_or_script(as_manager, propay):
    for address in ("/", "/propays/", "/propays/create/", "/bonuses/", addresses(propay)["propay_detail"]):
        page = as_manager.get(address).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
