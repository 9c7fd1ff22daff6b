"""Every page and every form with hostile input: a clear answer, and never a server error.

On PostgreSQL, which takes neither NUL nor a number beyond bigint; on both databases with EXAMPLES=full. New pages,
parameters, and fields are found by themselves.
"""

from copy import deepcopy
from http import HTTPStatus

import pytest
from django.db import transaction

from protiv.accounts.models import User
from tests.journeys import hostile

pytestmark = [pytest.mark.django_db, pytest.mark.strictest]
# The others are numbers and texts that only a field reads.
IN_ADDRESSES = ("NUL", "huge", "long", "words", "last day")
IN_FORMS = ("NUL", "huge", "empty", "long", "commas", "exponent", "last day")


@pytest.fixture
def world(company, admin):
    return hostile.make_world(company, admin)


@pytest.fixture
def sends_everything(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.journeys.hostile.SendsEverything"]


def answer(client, method: str, path: str, *arguments, **options):
    """The answer to a request; whatever it changed is undone, a sign-out too."""
    cookies = deepcopy(client.cookies)
    try:
        with transaction.atomic():
            response = getattr(client, method)(path, *arguments, **options)
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
            return response
    finally:
        client.cookies = cookies


def faults_of(client, method: str, path: str, *arguments, **options) -> list[str]:
    """What is wrong with an answer."""
    try:
        status = answer(client, method, path, *arguments, **options).status_code
    except Exception as error:  # noqa: BLE001 (whatever it is, it would be an error of the server)
        return [f"{type(error).__name__}: {str(error)[:200]}"]
    return [str(status)] if status >= HTTPStatus.INTERNAL_SERVER_ERROR else []


def ask_everything(client, paths, methods, names) -> dict[str, list[str]]:
    """The faults of all pages. A page that doesn't take a method says so once."""
    found = {}
    for path in paths:
        for method in methods:
            if answer(client, method, path).status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                continue
            for name in names:
                if faults := faults_of(client, method, path, everything=name):
                    found[f"{method} {path} {name}"] = faults
    return found


def test_every_page_answers_any_parameters(as_admin, world, sends_everything):
    assert ask_everything(as_admin, hostile.addresses(world).values(), ["get"], IN_ADDRESSES) == {}


def test_every_form_answers_any_fields(as_admin, world, sends_everything):
    assert ask_everything(as_admin, hostile.addresses(world).values(), ["post"], IN_FORMS) == {}


def test_every_page_answers_a_worker_with_any_parameters(company, worker_user, sign_in, sends_everything):
    world = hostile.make_world(company, worker_user)
    paths = hostile.addresses(world).values()
    assert ask_everything(sign_in(worker_user), paths, ["get", "post"], ("NUL", "huge", "words")) == {}


def test_every_page_answers_a_stranger_with_any_parameters(anonymous, world, sends_everything):
    paths = hostile.addresses(world).values()
    assert ask_everything(anonymous, paths, ["get", "post"], ("NUL", "huge", "long")) == {}


def test_every_text_field_answers_while_the_other_fields_are_right(as_admin, world):
    """What is entered gets as far as it can: into a service, and into the database."""
    found, sent = {}, set()
    for route, path in hostile.addresses(world).items():
        response = as_admin.get(path)
        if response.streaming or response.status_code != HTTPStatus.OK:
            continue
        for action, form in hostile.forms_on(response.content.decode()):
            for field in form.texts - {name for where, name in sent if where == (action or route)}:
                sent.add((action or route, field))
                for name in ("NUL", "long"):
                    fields = form.fields | {field: hostile.VALUES[name]}
                    if faults := faults_of(as_admin, "post", action or path, fields):
                        found[f"{action or path} {field} {name}"] = faults
    assert found == {}
    assert len(sent) > 100


def test_no_address_with_an_impossible_key_is_found(as_admin, world):
    huge = {beginning: [hostile.HUGE if type(one) is int else one for one in keys] for beginning, keys in world.items()}
    for route, path in hostile.addresses(huge).items():
        if "<int:" in route:
            assert {answer(as_admin, method, path).status_code for method in ("get", "post")} <= {404, 405}, route


def test_the_django_admin_answers_any_parameters_and_fields(company, admin, sign_in, world, sends_everything):
    staff = User.objects.create_superuser("support@protiv.test", "correct-horse-battery")
    found = ask_everything(sign_in(staff), hostile.admin_addresses(), ["get"], ("NUL", "huge"))
    found |= ask_everything(sign_in(staff), hostile.admin_forms(), ["get", "post"], ("long", "words"))
    assert found == {}


@pytest.mark.parametrize("name", ["NUL", "long", "unicode", "words"])
@pytest.mark.parametrize("path", ["/login/", "/admin/login/"])
def test_signing_in_answers_any_address_and_any_password(anonymous, admin, path, name):
    value = hostile.VALUES[name]
    for typed in ({"username": value, "password": "x"}, {"username": admin.email, "password": value}):
        assert faults_of(anonymous, "post", path, typed) == []
        assert anonymous.post(path, typed).status_code == HTTPStatus.OK


HEADERS = ("HTTP_USER_AGENT", "HTTP_ACCEPT", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE", "HTTP_HX_TARGET")


@pytest.mark.parametrize("name", HEADERS)
def test_any_header_is_answered(anonymous, admin, name):
    typed = {"username": admin.email, "password": "wrong"}
    for value in ("a\0b", "x" * 5_000, "\xff\xfe"):
        assert faults_of(anonymous, "post", "/login/", typed, **{name: value}) == []
        assert faults_of(anonymous, "get", "/", **{name: value}) == []


@pytest.mark.parametrize("value", ['"abcdefgh\\000abcdefgh"', "x" * 5_000, "\xff", '"\\377"'])
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages", "other"])
def test_any_cookie_is_answered(anonymous, db, name, value):
    assert faults_of(anonymous, "get", "/login/", HTTP_COOKIE=f"{name}={value}") == []
    assert faults_of(anonymous, "get", "/", HTTP_COOKIE=f"{name}={value}") == []


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "%FF%FE", "%80", "\U0001f600"])
def test_any_bytes_in_an_address_are_answered(as_admin, text):
    for path in (f"/propays/?q={text}&job={text}&page={text}", f"/{text}/", f"/reports/{text}/", f"/time/?from={text}"):
        assert faults_of(as_admin, "get", path) == []


def test_more_parameters_than_any_page_sends_are_refused_with_the_limit(as_admin):
    for answer in (
        as_admin.get("/propays/?" + "status=x&" * 7_001),
        as_admin.post("/propays/approve/", {"seen": ["1:" + "0" * 32] * 7_001}),
    ):
        assert answer.status_code == HTTPStatus.BAD_REQUEST
        assert "at most 7,000 fields" in answer.content.decode()
    large = as_admin.post("/settings/", {"name": "x" * 3_000_000}, content_type="application/x-www-form-urlencoded")
    assert large.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.OK)
