"""`create_company`: what it creates, what it refuses, and its exit codes."""

import os
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, base, call_command

from protiv.accounts.management.commands import create_company as module
from protiv.accounts.models import AuditEvent, Company, Membership, User
from tests.conftest import PASSWORD
from tests.make import factories

VARIABLE = "PROTIV_ADMIN_PASSWORD"


@pytest.fixture
def run(db, monkeypatch, capsys):
    monkeypatch.setenv(VARIABLE, "seven-wet-shingles")

    def create(name="Acme Roofing", **options):
        options = {"slug": "acme", "time_zone": "America/Denver", "admin_email": "A@acme.test"} | options
        call_command("create_company", name, **options)
        return capsys.readouterr().out

    return create


def test_it_creates_the_company_and_its_admin(run):
    assert run(workweek_start="SUNDAY") == "Created Acme Roofing (acme) with the admin a@acme.test.\n"
    company = Company.objects.get()
    assert (company.slug, company.time_zone) == ("acme", "America/Denver")
    assert company.pay_policies.get().workweek_start == "SUNDAY"
    membership = Membership.objects.get(company=company)
    assert (membership.user.email, membership.role) == ("a@acme.test", "ADMIN")
    assert membership.user.check_password("seven-wet-shingles")
    assert AuditEvent.objects.get().action == "company.created"


def test_an_existing_user_is_added_and_keeps_the_password(run, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    user = factories.make_user("a@acme.test", password=PASSWORD)
    assert "who keeps their current password" in run()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert user.memberships.get().is_admin


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"time_zone": "America/Denwer"}, "time_zone: “America/Denwer” is not a time zone."),
        ({"slug": "acme roofing"}, "slug: Enter a valid"),
        ({"slug": "taken"}, "slug: Company with this Slug already exists."),
        ({"slug": ""}, "slug: This field cannot be blank."),
        ({"name": ""}, "name: This field cannot be blank."),
        ({"name": "x" * 121}, "name: Ensure this value has at most 120 characters"),
        ({"admin_email": "no address"}, "email: Enter a valid email address."),
        ({"admin_email": ""}, "email: This field cannot be blank."),
    ],
)
def test_errors_are_named_and_nothing_is_created(run, options, complaint):
    factories.make_company(slug="taken")
    with pytest.raises(CommandError, match=complaint[:20]) as refused:
        run(**options)
    assert complaint in str(refused.value)
    assert (Company.objects.count(), User.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("password", "complaint"), [("", "too short"), ("abc", "too short"), ("password123", "common")]
)
def test_a_weak_password_is_refused_and_nothing_is_created(run, monkeypatch, password, complaint):
    monkeypatch.setenv(VARIABLE, password)
    with pytest.raises(CommandError, match=complaint):
        run()
    assert (Company.objects.count(), User.objects.count()) == (0, 0)


class Terminal:
    @staticmethod
    def isatty():
        return True


def test_the_password_is_asked_twice_in_a_terminal(run, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(module.sys, "stdin", Terminal)
    answers = iter(["seven-wet-shingles", "seven-wet-shingles", "seven-wet-shingles", "seven-dry-shingles"])
    monkeypatch.setattr(module.getpass, "getpass", lambda _prompt: next(answers))
    assert "Created Acme Roofing" in run()
    with pytest.raises(CommandError, match="passwords don't match"):
        run(slug="second", admin_email="b@acme.test")
    assert Company.objects.count() == 1


def test_without_password_and_terminal_it_says_what_to_set(run, monkeypatch):
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr(module.sys, "stdin", open(os.devnull))  # noqa: PTH123, SIM115
    with pytest.raises(CommandError, match=VARIABLE):
        run()


@pytest.fixture
def ended(db, monkeypatch, capsys):
    """Exit code, output, and errors of `manage.py create_company`, as the shell gets them."""
    monkeypatch.setenv(VARIABLE, "seven-wet-shingles")
    # A command that ends closes its connections; this one is in the middle of the test's transaction.
    monkeypatch.setattr(base, "connections", SimpleNamespace(close_all=lambda: None))

    def ended(*arguments):
        code = 0
        try:
            module.Command().run_from_argv(["manage.py", "create_company", *arguments])
        except SystemExit as exit_:
            code = exit_.code
        return code, *capsys.readouterr()

    return ended


def test_exit_codes(ended):
    arguments = ["Acme", "--slug", "acme", "--time-zone", "America/Denver"]
    done = ended(*arguments, "--admin-email", "a@acme.test")
    assert done[:2] == (0, "Created Acme (acme) with the admin a@acme.test.\n")
    code, _, errors = ended(*arguments, "--admin-email", "a@acme.test")
    assert code == 1
    assert "slug: Company with this Slug already exists." in errors
    assert "Traceback" not in errors
    assert ended(*arguments)[0] == 2
    assert ended(*arguments, "--admin-email", "a@acme.test", "--workweek-start", "FUNDAY")[0] == 2
