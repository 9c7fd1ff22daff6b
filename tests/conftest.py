"""The fixed cast of all tests: an admin, a manager and a worker of one company, and a stranger."""

import os
from collections.abc import Callable

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from hypothesis import settings as examples

from propay.models import guards
from protiv.accounts.models import Company, Role, User
from tests.make import factories
from tests.make.browser import Browser
from tests.make.pocket import POCKET

PASSWORD = "correct-horse-battery"
DATABASE = {"db", "transactional_db", "live_server", "stack"}
# How many examples Hypothesis tries of each property; without a deadline, because a busy machine is not a wrong cent.
examples.register_profile("few", deadline=None)
examples.register_profile("full", deadline=None, max_examples=1_000)
examples.load_profile(os.environ.get("EXAMPLES", "few"))
# The two databases share the work: tests that don't depend on the database run on one of them; `make full` runs all of
# it twice.
RUNS_ALL_ON_BOTH = os.environ.get("EXAMPLES") == "full"


def pytest_configure(config):
    # Playwright's event loop runs in the tests' thread; Django would take them for asynchronous code.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    # A thread that a failed test left behind with its locks fails the next tests; it doesn't hold them up forever.
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        settings.DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c lock_timeout=60s"
    # Nothing is collected before the tests: WhiteNoise has no files of its own to serve.
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")


def pytest_runtest_setup(item):
    if item.get_closest_marker("postgresql") and connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time")
    if not RUNS_ALL_ON_BOTH and (reason := _elsewhere(item)):
        pytest.skip(reason)


def _elsewhere(item) -> str:
    """Say why a test runs on the other database; empty where it runs on this one."""
    if connection.vendor == "sqlite":
        return "runs on PostgreSQL, which takes less" if item.get_closest_marker("strictest") else ""
    if item.get_closest_marker("embedded"):
        return "runs on SQLite"
    if POCKET.slug in item.name:
        return "the core knows no provider: PostgreSQL is shown with one of them"
    if "pages" in item.path.parts and not item.get_closest_marker("postgresql"):
        return "runs on SQLite; on PostgreSQL, hostile input opens every page"
    return "" if _needs_database(item) else "touches no database: runs with SQLite"


def _needs_database(item) -> bool:
    return bool(item.get_closest_marker("django_db")) or not DATABASE.isdisjoint(item.fixturenames)


@pytest.fixture(autouse=True)
def _quick_tests(settings):
    """Weak hashes: a real one takes longer than most tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True, scope="session")
def _flushes_in_spite_of_guards():
    """A test that commits is followed by a flush of all tables, which SQLite does by deleting rows."""
    if connection.vendor != "sqlite":
        yield
        return
    flush = TransactionTestCase._fixture_teardown

    def unguarded(self):
        guards.lift_on(connection, apps)
        flush(self)
        guards.install_on(connection, apps)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", unguarded)
        yield


@pytest.fixture
def company(db) -> Company:
    return factories.make_company("Acme Roofing", slug="acme", time_zone="America/Denver")


def _member(company: Company, role: Role, email: str) -> User:
    user = factories.make_user(email, password=PASSWORD)
    factories.make_member(company, role, user=user)
    return user


@pytest.fixture
def admin(company) -> User:
    return _member(company, Role.ADMIN, "admin@acme.test")


@pytest.fixture
def manager(company) -> User:
    return _member(company, Role.MANAGER, "manager@acme.test")


@pytest.fixture
def worker_user(company) -> User:
    return _member(company, Role.WORKER, "worker@acme.test")


@pytest.fixture
def stranger(db) -> User:
    """The admin of another company."""
    return _member(factories.make_company("Other Builders", slug="other"), Role.ADMIN, "admin@other.test")


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A client in which a user has signed in."""

    def client_of(user: User) -> Client:
        client = Browser()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


@pytest.fixture
def as_admin(admin, sign_in) -> Client:
    return sign_in(admin)


@pytest.fixture
def as_manager(manager, sign_in) -> Client:
    return sign_in(manager)


@pytest.fixture
def as_worker(worker_user, sign_in) -> Client:
    return sign_in(worker_user)


@pytest.fixture
def as_stranger(stranger, sign_in) -> Client:
    return sign_in(stranger)


@pytest.fixture
def anonymous(db) -> Client:
    return Client()
