"""Signing in, being locked out, and setting a password by mail."""

import socket

import pytest
from django.core import mail

from protiv.accounts.models import User
from tests.conftest import PASSWORD
from tests.make.links import link_in
from tests.make.queue import work_queue

NEW_PASSWORD = "seven-wet-shingles"


def sign_in_with(client, username, password):
    return client.post("/login/", {"username": username, "password": password})


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    """Run a step as if its transaction were committed, and return the mails it sent."""

    def run(step):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            step()
        work_queue()
        return mail.outbox

    return run


def test_email_and_password_sign_in(anonymous, admin):
    assert sign_in_with(anonymous, "admin@acme.test", PASSWORD).url == "/"


@pytest.mark.parametrize("typed", ["ADMIN@Acme.Test", "  admin@acme.test "])
def test_capitals_and_blanks_in_the_address_do_not_matter(anonymous, admin, typed):
    assert sign_in_with(anonymous, typed, PASSWORD).status_code == 302


@pytest.mark.parametrize(("email", "password"), [("admin@acme.test", "wrong"), ("nobody@acme.test", PASSWORD)])
def test_wrong_sign_in_does_not_say_what_was_wrong(anonymous, admin, email, password):
    response = sign_in_with(anonymous, email, password)
    assert response.status_code == 200
    assert "The email or the password" in response.text
    assert 'role="alert"' in response.text
    assert password not in response.text


def test_sign_in_needs_both_fields(anonymous, db):
    response = sign_in_with(anonymous, "", "")
    assert response.text.count("This field is required.") == 2
    assert response.text.count('aria-invalid="true"') == 2


def test_a_deactivated_user_cannot_sign_in(anonymous, admin):
    User.objects.update(is_active=False)
    assert sign_in_with(anonymous, "admin@acme.test", PASSWORD).status_code == 200


def test_sign_in_leads_to_the_requested_page_but_never_elsewhere(anonymous, admin):
    post = {"username": "admin@acme.test", "password": PASSWORD}
    assert anonymous.post("/login/", post | {"next": "//evil.example/"}).url == "/"
    anonymous.post("/logout/")
    assert anonymous.post("/login/", post | {"next": "/settings/"}).url == "/settings/"


@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_ten_wrong_passwords_lock_the_address_in_any_spelling(anonymous, admin, settings, path):
    for attempt in range(settings.AXES_FAILURE_LIMIT):
        email = "admin@acme.test" if attempt % 2 else "Admin@ACME.test"
        response = anonymous.post(path, {"username": email, "password": "wrong"})
    assert response.status_code == 429
    assert "Too many sign-in attempts" in response.text
    assert sign_in_with(anonymous, "admin@acme.test", PASSWORD).status_code == 429


def test_a_lockout_does_not_affect_others(anonymous, admin, manager, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in_with(anonymous, "admin@acme.test", "wrong")
    assert sign_in_with(anonymous, "manager@acme.test", PASSWORD).status_code == 302


def test_a_mailed_link_sets_a_new_password_once(anonymous, admin, deliver):
    (message,) = deliver(lambda: anonymous.post("/password-reset/", {"email": "Admin@acme.test"}))
    assert message.to == ["admin@acme.test"]
    form = anonymous.get(link_in(message))
    assert form.status_code == 302
    done = anonymous.post(form.url, {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}, follow=True)
    assert "Password set." in done.text
    assert sign_in_with(anonymous, "admin@acme.test", NEW_PASSWORD).url == "/"
    again = anonymous.get(link_in(message), follow=True)
    assert "This link no longer works" in again.text


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        (NEW_PASSWORD, "another-one-here", "didn’t match"),
        ("short", "short", "too short"),
        ("12345678901", "12345678901", "entirely numeric"),
        ("admin@acme.test", "admin@acme.test", "too similar"),
        ("", "", "This field is required."),
    ],
)
def test_a_bad_new_password_is_refused_with_the_reason(anonymous, admin, deliver, first, second, complaint):
    (message,) = deliver(lambda: anonymous.post("/password-reset/", {"email": "admin@acme.test"}))
    form = anonymous.get(link_in(message))
    response = anonymous.post(form.url, {"new_password1": first, "new_password2": second})
    assert complaint in response.text
    assert User.objects.get(pk=admin.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    "path", ["/password-reset/x/y/", "/password-reset/MQ/set-password/", "/password-reset/8J-M/y/"]
)
def test_a_made_up_link_offers_a_new_one(anonymous, admin, path):
    response = anonymous.get(path)
    assert response.status_code == 200
    assert "Request a new link" in response.text


def test_an_unknown_address_gets_the_same_answer_and_no_mail(anonymous, admin, deliver):
    answers = []
    mails = deliver(lambda: answers.append(anonymous.post("/password-reset/", {"email": "nobody@acme.test"})))
    known = anonymous.post("/password-reset/", {"email": "admin@acme.test"})
    assert mails == []
    assert (answers[0].status_code, answers[0].url) == (known.status_code, known.url)


def test_a_deactivated_user_gets_no_link(anonymous, admin, deliver):
    User.objects.update(is_active=False)
    assert deliver(lambda: anonymous.post("/password-reset/", {"email": admin.email})) == []


def test_a_mailed_link_leads_to_our_site_whatever_the_request_host(anonymous, admin, deliver, settings):
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["*"], "https://app.protiv.test"
    host = {"HTTP_HOST": "evil.test", "HTTP_X_FORWARDED_HOST": "evil.test"}
    (message,) = deliver(lambda: anonymous.post("/password-reset/", {"email": admin.email}, **host))
    assert "https://app.protiv.test/password-reset/" in message.body
    assert "evil" not in message.body


@pytest.mark.parametrize("typed", ["", "not an address"])
def test_the_reset_form_requires_an_address(anonymous, db, typed):
    response = anonymous.post("/password-reset/", {"email": typed})
    assert response.status_code == 200
    assert 'id="id_email_error"' in response.text


def test_a_mail_server_that_is_down_breaks_no_page(anonymous, admin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.nothing_here.EmailBackend"
    assert anonymous.post("/password-reset/", {"email": "admin@acme.test"}).url == "/password-reset/sent/"


def test_a_mail_server_that_hangs_does_not_block_the_worker_for_long(anonymous, admin, settings):
    assert 0 < settings.EMAIL_TIMEOUT <= 10
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = mute.getsockname()
        settings.EMAIL_TIMEOUT /= 100
        anonymous.post("/password-reset/", {"email": "admin@acme.test"})
        with pytest.raises(OSError, match="timed out"):
            work_queue()


def test_changing_the_password_keeps_this_session_and_ends_the_others(as_admin, admin, sign_in):
    elsewhere = sign_in(admin)
    post = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert as_admin.post("/password/", post).url == "/"
    assert as_admin.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302


def test_changing_the_password_needs_the_old_one(as_admin, admin):
    post = {"old_password": "wrong", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert "id_old_password_error" in as_admin.post("/password/", post).text
    assert User.objects.get(pk=admin.pk).check_password(PASSWORD)
