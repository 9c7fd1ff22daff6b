"""Everyone can pick English or Spanish: on the sign-in page for the browser, signed in for themselves."""

import re

import pytest
from django.conf import settings
from django.test import Client

from protiv.accounts.models import User
from tests.conftest import PASSWORD

SPANISH_BROWSER = {"headers": {"Accept-Language": "es-MX,es;q=0.9"}}


def switch(client, language, **fields):
    return client.post("/language/", {"language": language, **fields})


def language_of(client, address, **request):
    return client.get(address, **request)["Content-Language"]


def test_a_choice_before_sign_in_wins_over_the_browser(client, db):
    assert switch(client, "es", next="/login/?next=/time/").url == "/login/?next=/time/"
    assert "Iniciar sesión" in client.get("/login/").text
    switch(client, "en-us")
    assert language_of(client, "/login/", **SPANISH_BROWSER) == "en"


def test_both_languages_are_offered_with_the_pages_own_marked(client, db):
    for request, marked in (({}, "English"), (SPANISH_BROWSER, "Español")):
        page = client.get("/login/", **request).text
        buttons = re.findall(r'<button [^>]*lang="(..)"( aria-current="true")?>(\w+)</button>', page)
        assert buttons == [
            (code, ' aria-current="true"' if name == marked else "", name)
            for code, name in (("en", "English"), ("es", "Español"))
        ]


@pytest.mark.parametrize("role", ["as_admin", "as_manager", "as_worker"])
def test_everyone_signed_in_finds_the_switch_in_the_menu(role, request):
    assert 'action="/language/"' in request.getfixturevalue(role).get("/time/").text


def test_what_a_worker_chose_is_theirs_in_every_browser(as_worker, worker_user):
    switch(as_worker, "es")
    assert User.objects.get(pk=worker_user.pk).language == "es"
    elsewhere = Client()
    elsewhere.post("/login/", {"username": worker_user.email, "password": PASSWORD})
    assert language_of(elsewhere, "/password/") == "es"
    switch(elsewhere, "en-us")
    assert language_of(elsewhere, "/password/", **SPANISH_BROWSER) == "en"


def test_the_office_gets_english_until_someone_there_chooses(as_admin, admin):
    assert language_of(as_admin, "/password/", **SPANISH_BROWSER) == "en"
    switch(as_admin, "es")
    assert language_of(as_admin, "/password/") == "es"


def test_ones_own_choice_wins_over_that_of_the_browser(as_worker, worker_user):
    switch(as_worker, "es")
    as_worker.cookies[settings.LANGUAGE_COOKIE_NAME] = "en-us"
    assert language_of(as_worker, "/password/") == "es"


@pytest.mark.parametrize("language", ["", "fr", "es-mx", "x" * 600, "\0"])
def test_an_unknown_language_is_refused(as_worker, worker_user, language):
    assert switch(as_worker, language).status_code == 400
    assert User.objects.get(pk=worker_user.pk).language == ""


def test_a_made_up_cookie_changes_nothing(client, db):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    assert language_of(client, "/login/") == "en"
    assert language_of(client, "/login/", **SPANISH_BROWSER) == "es"


def test_it_never_leads_elsewhere_and_is_a_post(client, db):
    assert switch(client, "es", next="//evil.example/").url == "/"
    assert client.get("/language/").status_code == 405
