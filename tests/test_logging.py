"""No secret may appear in a log line."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.contrib.auth.tokens import default_token_generator
from django.test import RequestFactory
from django.urls import resolve

from protiv.logging import REDACTED, logging_config, redact, shown_path


def redacted(**event):
    return dict(redact(None, "info", event))


@pytest.mark.parametrize(
    "key", ["password", "PASSWORD", "new_password", "access_token", "Authorization", "Set-Cookie", "client_secret"]
)
def test_value_under_a_secret_key_is_replaced(key):
    assert redacted(**{key: "hunter2"})[key] == REDACTED


def test_secrets_are_found_at_any_depth():
    event = redacted(answer={"rows": [{"user": "ana", "api_key": "k"}], "login": ({"password": "p"},)})
    assert event["answer"] == {"rows": [{"user": "ana", "api_key": REDACTED}], "login": [{"password": REDACTED}]}


def test_harmless_values_stay():
    assert redacted(event="run finished", count=3, company="Acme", rate=None) == {
        "event": "run finished",
        "count": 3,
        "company": "Acme",
        "rate": None,
    }


def test_a_value_cannot_forge_a_second_line():
    assert redacted(path="/a\r\n{}")["path"] == "/a\\r\\n{}"


@pytest.fixture
def written():
    """Gives our handlers to the root logger for one test, and what they wrote."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()

    def install(*, as_json):
        config = logging_config(as_json=as_json, level="INFO")
        config["handlers"]["stderr"]["stream"] = stream
        logging.config.dictConfig(config)
        return stream.getvalue

    yield install
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def log_as_json(written):
    """What production writes, line by line."""
    read = written(as_json=True)
    return lambda: [json.loads(line) for line in read().splitlines()]


def test_lines_of_our_own_and_of_libraries_are_json_without_secrets(log_as_json):
    structlog.get_logger("protiv.test").info("signed in", password="hunter2", connection=7)
    logging.getLogger("some.library").warning("called", extra={"token": "hunter2"})
    ours, theirs = log_as_json()
    assert (ours["event"], ours["password"], ours["connection"]) == ("signed in", REDACTED, 7)
    assert theirs["event"] == "called"
    assert "hunter2" not in json.dumps([ours, theirs])


def test_the_request_line_hides_the_token_of_a_mailed_link(admin):
    token = default_token_generator.make_token(admin)
    request = RequestFactory().get(f"/password-reset/MQ/{token}/")
    request.resolver_match = resolve(request.path)
    assert shown_path(request) == f"/password-reset/MQ/{REDACTED}/"


def test_each_request_leaves_one_line_with_who_and_how_long(as_admin, admin, log_as_json):
    as_admin.get("/settings/?token=hunter2")
    line = next(line for line in log_as_json() if line["event"] == "request")
    assert (line["method"], line["path"], line["status"], line["user_id"]) == ("GET", "/settings/", 200, admin.pk)
    assert line["request_id"]
    assert "hunter2" not in json.dumps(line)


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_shows_no_local_variables(written, as_json):
    def fail(password):
        raise RuntimeError("no")

    read = written(as_json=as_json)
    try:
        fail("".join(["hun", "ter2"]))
    except RuntimeError:
        logging.getLogger("some.library").exception("failed")
    assert "RuntimeError: no" in read()
    assert "hunter2" not in read()
