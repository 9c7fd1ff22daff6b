"""One statement: its lines, their steps, and its status."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from propay import services
from propay.models import AdjustmentCategory, BonusSettings, LineMessage, Statement, StatementStatus
from protiv.accounts.templatetags.formats import day
from tests.make.locked import lock_statement
from tests.make.propays import NOW
from tests.make.statement_rows import make_line, make_statement, pay
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]


def test_a_statement_shows_its_lines_and_their_steps(as_manager, statement, ben):
    text = text_of(as_manager.get(reverse("statement_detail", args=[statement.pk])))

    assert "Total $235.00 not paid yet" in text
    assert "Kitchen remodel Crew" in text
    assert "Share of Ana Ruiz (hours) 200.00 × 50 h / 50 h = 200.00" in text
    assert "somebody else" not in text, "nobody else's share stands on a statement"
    assert "Week of Nov 2 – Nov 8, 2026" in text
    assert "$20.00" in text
    assert "State overtime premium $0.00" in text, "among the sums; a line without any doesn't speak of it"
    assert "· State overtime premium" not in text
    assert "0.5 × 200.00 / 50 h × 10 h" in text
    assert "This isn't legal advice." in text
    assert "Safety Bonus · Discretionary · No accident all month $15.00" in text


def test_a_statement_links_to_the_hours_behind_it(as_manager, statement, ana):
    response = as_manager.get(reverse("statement_detail", args=[statement.pk]))
    job_id = statement.lines.get(kind="SHARE").propay.job_id

    for query in (
        f"worker={ana.pk}&amp;from=2026-11-02&amp;to=2026-11-08",
        f"worker={ana.pk}&amp;job={job_id}&amp;from=2026-10-01",
    ):
        address = f"{reverse('time_list')}?{query}"
        assert address in response.content.decode()
        assert "Ana Ruiz" in text_of(as_manager.get(address.replace("&amp;", "&")))


def test_a_paid_statement_says_when_and_by_whom_and_offers_no_change(as_admin, statement, company, admin):
    address = reverse("statement_detail", args=[statement.pk])
    assert "Remove Safety" in text_of(as_admin.get(address))

    pay(company, admin, statement)

    text = text_of(as_admin.get(address))
    assert "To be paid $235.00 pay date Nov 13, 2026, marked paid by admin@acme.test" in text
    assert "Remove" not in text


def test_a_statement_with_a_pay_date_to_come_says_when_it_pays(as_admin, as_worker, statement, company, admin):
    tomorrow = company.local_date(NOW) + timedelta(days=1)
    payment = {"statement_ids": [statement.pk], "pay_date": tomorrow, "now": NOW}
    services.pay_statements(company=company, actor=admin, **payment)
    address = reverse("statement_detail", args=[statement.pk])
    says = f"Pays {day(tomorrow)}"

    assert says in text_of(as_admin.get(address))
    assert "To be paid $235.00" in text_of(as_admin.get(address))
    assert says in text_of(as_admin.get(reverse("statement_list")))
    assert says in text_of(as_worker.get(address))
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert says not in text_of(as_admin.get(address))


@pytest.mark.parametrize(
    ("rolls", "said"),
    [(False, "$30.00 of deductions and corrections wasn't collected"), (True, "The negative balance carries over to")],
)
def test_a_negative_statement_says_what_happens_to_it(as_manager, company, admin, ben, rolls, said):
    BonusSettings.objects.update(rolls_over_negative=rolls)
    below = make_statement(ben, "-30.00")
    address = reverse("statement_detail", args=[below.pk])
    open_text = text_of(as_manager.get(address))
    assert "$30.00 of deductions and corrections can't be collected on this statement." in open_text
    assert "Nothing is taken from hourly wages or from overtime." in open_text
    assert ("subtracted from the next bonus statement" in open_text) == rolls
    assert ("counts only against later corrections of the same ProPay" in open_text) == (not rolls)

    pay(company, admin, below)

    assert said in text_of(as_manager.get(address))
    if rolls:
        following = Statement.objects.get(status=StatementStatus.OPEN)
        text = text_of(as_manager.get(reverse("statement_detail", args=[following.pk])))
        assert "Negative balance from Oct 26 – Nov 8, 2026" in text


@pytest.mark.parametrize(
    ("rolls", "said"),
    [
        (False, "a correction counts only against later corrections of the same ProPay"),
        (True, "What is left of the bonus column carries to the next statement"),
    ],
)
def test_paying_a_period_explains_negative_statements_beforehand(as_admin, ben, rolls, said):
    BonusSettings.objects.update(rolls_over_negative=rolls)
    make_statement(ben, "-30.00")
    page = as_admin.get(reverse("statement_list"))
    assert "1 statement has deductions and corrections that can't be collected now." in text_of(page)
    assert said in text_of(page)
    assert "What deductions and corrections can't collect on 1 of them" in page.content.decode()


def test_a_statement_takes_as_many_queries_for_many_lines_as_for_few(as_manager, statement, company, worker_user):
    def count():
        with CaptureQueriesContext(connection) as queries:
            as_manager.get(reverse("statement_detail", args=[statement.pk]))
        return len(queries)

    LineMessage.objects.create(
        company=company, line=statement.lines.first(), author=worker_user, text="Why?", created_at=NOW
    )
    few = count()
    for number in range(5):
        category = AdjustmentCategory.objects.create(company=company, name=f"Reason {number}")
        line = make_line(statement, "1.00", category=category)
        LineMessage.objects.create(company=company, line=line, author=worker_user, text="Why?", created_at=NOW)
    assert count() == few


# Locked


def test_an_admin_unlocks_a_statement(as_admin, statement):
    lock_statement(statement)
    address = reverse("statement_detail", args=[statement.pk])
    text = text_of(as_admin.get(address))
    assert "Ana Ruiz Locked" in text
    assert "locked, not paid yet" in text
    assert "Add adjustment" not in text

    response = as_admin.post(reverse("statement_unlock", args=[statement.pk]), follow=True)

    assert "Unlocked. This statement can change again" in text_of(response)
    assert Statement.objects.get().status == StatementStatus.OPEN


def test_a_manager_sees_a_locked_statement_and_no_way_to_unlock_it(as_manager, statement):
    lock_statement(statement)
    response = as_manager.get(reverse("statement_detail", args=[statement.pk]))
    assert "Ana Ruiz Locked" in text_of(response)
    assert reverse("statement_unlock", args=[statement.pk]) not in response.text


def test_unlocking_what_is_not_locked_says_so(as_admin, statement):
    response = as_admin.post(reverse("statement_unlock", args=[statement.pk]), follow=True)
    assert "The statement for Ana Ruiz is open, so it can't be unlocked." in text_of(response)
