"""Password links are limited for each address and each network, and tell no one whose address it is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessFailureLog
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from protiv.accounts import link_limits, lockout
from tests.conftest import PASSWORD
from tests.make import factories
from tests.make.queue import work_queue

EMAIL, OFFICE, CAFE = "admin@acme.test", "198.51.100.7", "203.0.113.9"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _behind_a_proxy(settings):
    settings.TRUSTED_PROXIES = 1


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 11, 11, 8, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def ask(email=EMAIL, at=OFFICE):
    return Client().post("/password-reset/", {"email": email}, headers={"X-Forwarded-For": at}, follow=True)


def sent():
    work_queue()
    return [message.to for message in mail.outbox]


def test_a_link_is_mailed_by_the_worker_and_not_by_the_request(admin):
    ask()
    assert (mail.outbox, OrmQ.objects.count()) == ([], 1)
    assert sent() == [[EMAIL]]


def test_an_address_gets_five_links_an_hour_in_any_spelling_and_from_anywhere(admin, clock):
    for number in range(link_limits.LINKS_PER_ADDRESS * 2):
        ask("Admin@ACME.test" if number % 2 else EMAIL, at=f"198.51.100.{number}")
    assert sent() == [[EMAIL]] * link_limits.LINKS_PER_ADDRESS
    clock.shift(lockout.WINDOW + timedelta(seconds=1))
    ask()
    assert len(sent()) == link_limits.LINKS_PER_ADDRESS + 1


def test_a_network_gets_a_limited_number_of_links_for_all_addresses(company, settings):
    settings.SIGN_IN_NETWORK_LIMIT = 3
    users = [factories.make_user(f"crew{number}@acme.test") for number in range(5)]
    for user in users:
        ask(user.email)
    assert len(sent()) == 3
    ask(users[4].email, at=CAFE)
    assert len(sent()) == 4


def test_the_page_says_the_same_whoever_asks_and_however_often(admin):
    pages = [ask(), ask("nobody@acme.test"), *(ask() for _ in range(link_limits.LINKS_PER_ADDRESS))]
    assert {page.status_code for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    assert "up to 5 links an hour" in pages[0].text


def test_known_and_unknown_addresses_take_the_same_queries(admin):
    """As long as the answer takes, it tells nothing: no one's account is looked up for it."""
    asked = []
    for email in (EMAIL, "nobody@acme.test"):
        with CaptureQueriesContext(connection) as queries:
            ask(email)
        asked.append([query["sql"].split()[0] for query in queries])
        assert not [query for query in queries if "accounts_user" in query["sql"]]
    assert asked[0] == asked[1]


def test_requests_for_links_make_no_one_wait_to_sign_in(admin, settings):
    settings.SIGN_IN_NETWORK_LIMIT = 5
    for _ in range(5):
        ask()
    post = {"username": EMAIL, "password": PASSWORD}
    assert Client().post("/login/", post, headers={"X-Forwarded-For": OFFICE}).status_code == 302


def test_wrong_passwords_take_no_one_a_link(admin):
    for _ in range(lockout.FREE_TRIES):
        Client().post("/login/", {"username": EMAIL, "password": "no"}, headers={"X-Forwarded-For": OFFICE})
    ask()
    assert sent() == [[EMAIL]]


def test_an_address_too_long_for_the_log_is_answered_as_any_other(db):
    assert ask(f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 50}.test").status_code == 200
    assert sent() == []


def test_requests_are_kept_for_a_day(admin, clock):
    ask()
    clock.shift(lockout.KEPT + timedelta(seconds=1))
    ask()
    assert AccessFailureLog.objects.count() == 1


def test_a_request_that_support_cleared_sends_nothing(admin):
    ask()
    AccessFailureLog.objects.all().delete()
    assert sent() == []
