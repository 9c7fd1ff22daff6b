"""Forms that make money book once: a token in the form, a constraint in the database."""

import ast
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from propay.models import AdjustmentCategory, BonusSettings, StatementLine
from protiv.accounts.form_tokens import KEPT_FOR, forget_old_tokens
from protiv.accounts.models import UsedFormToken
from tests.make import factories
from tests.make.propays import NOW
from tests.make.statement_rows import PERIOD, make_statement
from tests.make.threads import at_once
from tests.reading import text_of

ROOT = Path(__file__).parents[2]
TOKEN = re.compile(r'<input type="hidden" name="form_token" value="([0-9a-f]{32})">')


@pytest.fixture
def form(company):
    """What an admin types on the page for adjustments."""
    with time_machine.travel(NOW, tick=False):
        BonusSettings.objects.create(company=company, period_anchor_date=PERIOD[0])
        ana = factories.make_worker(company, "Ana Ruiz")
        make_statement(ana, "1.00")
        yield {
            "workers": [ana.pk],
            "kind": "BONUS",
            "amount": "7.77",
            "category": AdjustmentCategory.objects.get().pk,
            "start_date": PERIOD[0].isoformat(),
            "note": "No accident",
            "promise": "DISCRETIONARY",
        }


def booked() -> int:
    return StatementLine.objects.filter(note="No accident").count()


ADDRESS = "adjustment_create"


def send(client, form, **more):
    return client.post(reverse(ADDRESS), {**form, **more})


def token_of(response) -> str:
    (token,) = TOKEN.findall(response.content.decode())
    return token


@pytest.mark.django_db
def test_a_form_sent_twice_books_once_and_comes_back_filled_in_with_a_new_token(as_admin, form):
    token = token_of(as_admin.get(reverse(ADDRESS)))
    assert send(as_admin, form, form_token=token).status_code == 302

    again = send(as_admin, form, form_token=token)

    assert booked() == 1
    assert "This was already done, so nothing was done a second time. See the workers' statements" in text_of(again)
    assert 'value="7.77"' in again.content.decode()
    assert "No accident" in again.content.decode()
    assert token_of(again) != token
    assert send(as_admin, form, form_token=token_of(again)).status_code == 302
    assert booked() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "nonsense", "A" * 32, "0" * 33])
def test_a_form_without_a_token_books_nothing_and_comes_back_with_one(as_admin, form, token):
    response = send(as_admin, form, form_token=token)

    assert booked() == 0
    assert "This page is out of date, so nothing was done." in text_of(response)
    assert send(as_admin, form, form_token=token_of(response)).status_code == 302


@pytest.mark.django_db
def test_a_refused_form_keeps_its_token(as_admin, form):
    token = uuid4().hex
    assert send(as_admin, form, form_token=token, amount="0").status_code == 200
    assert not UsedFormToken.objects.exists()
    assert send(as_admin, form, form_token=token).status_code == 302


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_five_requests_at_once_one_books(as_admin, admin, form, sign_in):
    token = uuid4().hex
    clients = [sign_in(admin) for _ in range(5)]
    answers = []

    outcomes = at_once(
        *[lambda client=client: answers.append(send(client, form, form_token=token)) for client in clients]
    )

    assert outcomes == [None] * 5
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 302]
    assert booked() == 1
    told = [text_of(answer) for answer in answers if answer.status_code == 200]
    assert all("This was already done" in text for text in told)


@pytest.mark.django_db
def test_old_tokens_are_forgotten(company):
    for age in (KEPT_FOR + timedelta(minutes=1), KEPT_FOR - timedelta(minutes=1)):
        UsedFormToken.objects.create(company=company, token=uuid4().hex, used_at=NOW - age)
    forget_old_tokens(now=NOW)
    assert UsedFormToken.objects.get().used_at > NOW - KEPT_FOR


# No view that makes money is without it

WRITERS = {
    "lock_statements",
    "unlock_statements",
    "close_statements",
    "book_shares",
    "book_drift",
    "book_adjustment",
    "import_wages",
    "automate",
    "dismiss_drift",
    "PayRun",
}
# What follows time by itself, and the demo: no form of theirs makes money.
NOT_FORMS = {"refreshing", "demo", "true_ups"}
VIEWS = [*(ROOT / "propay/views").glob("*.py"), *(ROOT / "protiv/timekeeping/views").glob("*.py")]
SERVICES = [*(ROOT / "propay/services").glob("*.py"), ROOT / "protiv/timekeeping/services.py"]


def names_in(node: ast.AST) -> set[str]:
    names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return names | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def services_that_make_money() -> set[str]:
    """The functions of the services that reach a writer, by name."""
    functions = {
        (path.stem, one.name): names_in(one)
        for path in SERVICES
        if path.stem not in NOT_FORMS
        for one in ast.parse(path.read_text()).body
        if isinstance(one, ast.FunctionDef)
    }
    found: set[str] = set()
    reached = WRITERS
    while reached - found:
        found |= reached
        reached = {name for (_, name), used in functions.items() if used & found}
    return {name for name in found if not name.startswith("_")}


def used_outside_once(tree: ast.AST) -> set[str]:
    """The names that are used outside every `with once(...)`."""

    class Outside(ast.NodeVisitor):
        names: set[str] = set()

        def visit_With(self, node: ast.With) -> None:
            calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
            if not any(isinstance(call.func, ast.Name) and call.func.id == "once" for call in calls):
                self.generic_visit(node)

        def visit_Call(self, node: ast.Call) -> None:
            if isinstance(node.func, ast.Attribute):
                self.names.add(node.func.attr)
            self.generic_visit(node)

    visitor = Outside()
    visitor.names = set()
    visitor.visit(tree)
    return visitor.names


def test_every_view_that_makes_money_does_it_once():
    money = services_that_make_money()
    assert {
        "add_adjustment",
        "approve_propays",
        "pay_statements",
        "start_pay_run",
        "resolve_drift_by_adjusting",
        "dismiss_drift",
        "automate",
        "import_wages",
        "create_payroll_file",
        "unlock_statement",
    } <= money
    bare = {path.name: used_outside_once(ast.parse(path.read_text())) & money for path in VIEWS}
    assert {name: found for name, found in bare.items() if found} == {}
