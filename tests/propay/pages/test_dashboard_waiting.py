"""What the dashboard says waits for a person, and that it leads there; for a worker, the latest statements."""

import re
from datetime import date

import pytest
from django.urls import reverse

from propay.models import LineMessage, ProPay
from propay.rules.budgets import BudgetType
from propay.rules.states import ProPayStatus
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay
from tests.make.statement_rows import make_line, make_statement

pytestmark = pytest.mark.django_db
LONG_AGO = (date(2026, 1, 5), date(2026, 1, 11))


def waiting(client) -> dict[str, str]:
    """The links of the list by their words."""
    page = client.get(reverse("dashboard")).content.decode()
    found = re.findall(r'<a class="list-group-item list-group-item-action" href="([^"]*)">(.*?)</a>', page, re.DOTALL)
    return {" ".join(re.sub("<[^>]*>", " ", text).split()): address for address, text in found}


def test_no_to_dos_are_shown_if_there_is_nothing_to_do(as_manager, company):
    make_propay(factories.make_job(company))
    assert waiting(as_manager) == {}


def test_to_dos_link_to_their_pages(as_manager, company):
    make_propay(factories.make_job(company), status=ProPayStatus.COMPLETE, title="Shed")
    make_propay(factories.make_job(company), budget_type=BudgetType.HOURS, title="Fence")
    changed = make_propay(factories.make_job(company), title="Deck")
    make_approved(changed, {})
    ProPay.objects.filter(pk=changed.pk).update(drifted_at=NOW, drift_amount="-3.00")
    statement = make_statement(factories.make_worker(company, "Ana Ruiz"), "50.00", period=LONG_AGO)
    make_statement(factories.make_worker(company), "10.00", period=LONG_AGO)
    LineMessage.objects.create(company=company, line=statement.lines.get(), text="Why?", created_at=NOW)
    found = waiting(as_manager)
    assert list(found) == [
        "1 open ProPay has no budget: enter its budget hours or contract price",
        "1 ProPay is ready to approve",
        "1 approved ProPay changed after approval: adjust it or dismiss the change",
        "1 worker question needs an answer",
        "2 unpaid statements from past pay periods",
    ]
    missing, complete, drifted, question, to_pay = (
        as_manager.get(address).content.decode() for address in found.values()
    )
    assert "Fence" in missing
    assert "Shed" not in missing
    assert "Shed" in complete
    assert "Deck" not in complete
    assert "Deck" in drifted
    assert "Shed" not in drifted
    assert "Why?" in question
    assert "Ana Ruiz" in to_pay


def test_another_companys_to_dos_are_not_shown(as_stranger, company):
    make_propay(factories.make_job(company), status=ProPayStatus.COMPLETE)
    make_line(make_statement(factories.make_worker(company), period=LONG_AGO), "5.00", category=_category(company))
    assert waiting(as_stranger) == {}


def _category(company):
    return company.adjustment_categories.create(name="Safety")


def test_a_workers_dashboard_shows_their_latest_statements(as_worker, company, worker_user):
    own = factories.make_worker(company, membership=worker_user.memberships.get())
    for day in (5, 12, 19):
        make_statement(own, f"{day}.25", period=(date(2026, 1, day), date(2026, 1, day + 6)))
    make_statement(factories.make_worker(company), "99.99", period=LONG_AGO)
    page = as_worker.get(reverse("dashboard"), headers={"accept-language": "es"}).content.decode()
    assert "Mis últimos recibos de bonos" in page
    assert ["$12.25" in page, "$19.25" in page, "$5.25" in page, "$99.99" in page] == [True, True, False, False]
