"""Password guessing is slowed down and stopped; people who know their password get in."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from axes.models import AccessFailureLog, AccessLog
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from protiv.accounts import lockout
from tests.conftest import PASSWORD
from tests.make import factories

NEW_PASSWORD = "seven-wet-shingles"
OFFICE, CAFE = "198.51.100.7", "203.0.113.9"
EMAIL = "admin@acme.test"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _behind_a_proxy(settings):
    settings.TRUSTED_PROXIES = 1


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 11, 11, 8, 0, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def attempt(email=EMAIL, password="wrong", *, at=OFFICE, path="/login/", client=None):
    client = client or Client()
    # Every request comes from the proxy; the left part is made up by the client.
    forwarded = f"192.0.2.{AccessFailureLog.objects.count() % 250}, {at}"
    return client.post(path, {"username": email, "password": password}, headers={"X-Forwarded-For": forwarded})


def fail(clock, times, **who):
    """Enter wrong passwords, waiting as required. Returns the waits in seconds."""
    waits = []
    for _ in range(times):
        answer = attempt(**who)
        waits.append(int(answer.get("Retry-After", 0)))
        clock.shift(timedelta(seconds=waits[-1]))
    return waits


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_it_slows_a_guesser_down_and_then_locks(clock, admin, path):
    assert fail(clock, 10, path=path) == [0, 0, 0, 0, 5, 10, 20, 40, 80, 900]
    assert attempt(password=PASSWORD, path="/login/").status_code == 302


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_it_says_how_long_to_wait_and_reads_no_password_before(clock, admin, path):
    fail(clock, 9, path=path)
    answer = attempt(path=path)
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "Try again in 15 minutes." in answer.text
    assert f'href="{path}"' in answer.text
    clock.shift(timedelta(minutes=14, seconds=40))
    answer = attempt(password=PASSWORD, path=path)
    assert (answer.status_code, answer["Retry-After"]) == (429, "20")
    assert "Try again in 20 seconds." in answer.text


def test_it_counts_for_an_hour(clock, admin):
    assert fail(clock, 11)[-2:] == [900, 900]
    clock.shift(timedelta(hours=1))
    assert fail(clock, 5) == [0, 0, 0, 0, 5]


def test_attempts_during_a_wait_do_not_extend_it(clock, admin):
    fail(clock, 4)
    for _ in range(30):
        assert attempt()["Retry-After"] == "5"
    clock.shift(timedelta(seconds=5))
    assert attempt(password=PASSWORD).status_code == 302


def test_it_ignores_case_and_spaces_in_addresses(clock, admin):
    for typed in ("Admin@Acme.test", " admin@acme.test ", "ADMIN@ACME.TEST", EMAIL):
        attempt(typed)
    assert attempt("aDmin@acme.test").status_code == 429


def test_it_locks_no_one_out_from_other_networks(clock, admin):
    fail(clock, 9)
    assert attempt(password=PASSWORD).status_code == 302
    fail(clock, 9)
    assert attempt().status_code == 429
    assert attempt(password=PASSWORD, at=CAFE).status_code == 302
    assert attempt(password=PASSWORD).status_code == 429


def test_it_ignores_addresses_made_up_by_the_client(clock, admin):
    fail(clock, 9)
    forged = {"X-Forwarded-For": f"{CAFE}, {OFFICE}", "X-Real-Ip": CAFE, "Forwarded": f"for={CAFE}"}
    wrong = {"username": EMAIL, "password": "wrong"}
    assert Client().post("/login/", wrong, headers=forged)["Retry-After"] == "900"


def test_it_treats_an_ipv6_network_as_one_address(clock, admin):
    for number in range(5):
        answer = attempt(at=f"2001:db8:1:2::{number:x}")
    assert answer.status_code == 429
    assert attempt(password=PASSWORD, at="2001:db8:1:2:ffff::1").status_code == 429
    assert attempt(password=PASSWORD, at="2001:db8:1:3::1").status_code == 302
    assert AccessLog.objects.get().ip_address == "2001:db8:1:3::1"


def test_it_does_not_reveal_whether_an_address_is_known(clock, admin):
    known = [fail(clock, 9), attempt().content]
    unknown = [fail(clock, 9, email="nobody@acme.test", at=CAFE), attempt("nobody@acme.test", at=CAFE).content]
    assert known == unknown


def spray(times, *, start=0, at=OFFICE):
    return [attempt(f"user{number}@acme.test", "Summer2026!", at=at) for number in range(start, start + times)]


def test_it_stops_one_password_tried_on_many_accounts(clock, admin, settings):
    answers = spray(settings.SIGN_IN_NETWORK_LIMIT)
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "900")
    assert attempt(password=PASSWORD).status_code == 429
    assert attempt(password=PASSWORD, at=CAFE).status_code == 302


def test_it_keeps_counting_a_sprayer_who_signs_in(clock, admin, settings):
    spray(settings.SIGN_IN_NETWORK_LIMIT - 1)
    assert attempt(password=PASSWORD).status_code == 302
    assert spray(1, start=100)[0].status_code == 429


def test_it_gives_a_sprayer_one_attempt_per_quarter_hour(clock, admin, settings):
    spray(settings.SIGN_IN_NETWORK_LIMIT)
    clock.shift(timedelta(minutes=15))
    assert spray(1, start=100)[0]["Retry-After"] == "900"
    assert spray(1, start=101)[0].status_code == 429
    clock.shift(timedelta(hours=1))
    assert spray(1, start=102)[0].status_code == 200


def test_one_forgotten_password_does_not_lock_out_an_office(clock, admin, manager):
    for _ in range(3):
        fail(clock, 10)
    assert attempt(manager.email, PASSWORD).status_code == 302


def test_it_clears_the_failures_of_a_successful_sign_in(clock, company, settings):
    for number in range(settings.SIGN_IN_NETWORK_LIMIT * 2):
        user = factories.make_user(f"crew{number}@acme.test", password=PASSWORD)
        attempt(user.email)
        assert attempt(user.email, PASSWORD).status_code == 302


def set_password(client, user, at=OFFICE):
    token = default_token_generator.make_token(user)
    form = client.get(f"/password-reset/{urlsafe_base64_encode(force_bytes(user.pk))}/{token}/")
    passwords = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(form.url, passwords, headers={"X-Forwarded-For": at}).status_code == 302


def test_setting_a_new_password_lifts_the_lock_everywhere(clock, admin, anonymous):
    fail(clock, 9)
    fail(clock, 9, at=CAFE)
    assert attempt().status_code == 429
    assert attempt(at=CAFE).status_code == 429
    set_password(anonymous, admin)
    assert attempt(password=NEW_PASSWORD, client=anonymous).status_code == 302
    assert attempt(password=NEW_PASSWORD, at=CAFE).status_code == 302


def test_requesting_a_link_lifts_no_lock(clock, admin, anonymous):
    fail(clock, 9)
    attempt()
    anonymous.post("/password-reset/", {"email": EMAIL})
    assert attempt(password=PASSWORD).status_code == 429


def test_setting_a_new_password_lets_one_in_from_a_locked_network(clock, admin, anonymous, settings):
    spray(settings.SIGN_IN_NETWORK_LIMIT)
    set_password(anonymous, admin)
    assert attempt("user1@acme.test", client=anonymous).status_code == 429
    assert attempt(password=NEW_PASSWORD, client=anonymous).status_code == 302
    assert attempt("user2@acme.test").status_code == 429


def test_failures_are_kept_for_a_day_without_the_input(clock, admin):
    attempt(password="a secret")
    row = AccessFailureLog.objects.get()
    assert "a secret" not in str(vars(row))
    clock.shift(lockout.KEPT + timedelta(seconds=1))
    attempt()
    assert AccessFailureLog.objects.count() == 1


def test_an_attempt_costs_few_queries(clock, admin, django_assert_max_num_queries):
    spray(40)
    with django_assert_max_num_queries(9):
        attempt()


def test_the_log_names_the_clients_address(clock, admin, caplog):
    attempt(at=CAFE)
    fail(clock, 9)
    attempt()
    assert f"'address': '{CAFE}'" in caplog.text
    assert "sign-in paused" in caplog.text


def test_support_can_lift_a_lock_from_the_console(clock, admin, settings):
    fail(clock, 9)
    attempt()
    call_command("axes_reset_username", EMAIL)
    assert attempt(password=PASSWORD).status_code == 302
    spray(settings.SIGN_IN_NETWORK_LIMIT)
    call_command("axes_reset_ip", OFFICE)
    assert attempt(password=PASSWORD).status_code == 302
