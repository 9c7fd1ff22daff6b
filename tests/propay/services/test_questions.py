"""A worker asks about a line; the office answers; both stay with the line."""

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import LineMessage, StatementLine
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW
from tests.make.statement_rows import PAY_DATE, make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(company, worker_user):
    worker = factories.make_worker(company, "Ana Ruiz", membership=worker_user.memberships.get())
    return make_statement(worker, "40.00").lines.get()


@pytest.fixture
def ask(company):
    def ask(actor, line, text="Why so little?"):
        return services.ask_question(company=company, actor=actor, line_id=line.pk, text=text, now=NOW)

    return ask


@pytest.fixture
def answer(company):
    def answer(actor, line, text="It was a short week."):
        return services.answer_question(company=company, actor=actor, line_id=line.pk, text=text, now=NOW)

    return answer


def test_a_question_and_its_answer_stay_with_the_line(ask, answer, line, worker_user, manager):
    ask(worker_user, line, "  Why so little? ")
    answer(manager, line)

    messages = LineMessage.objects.order_by("pk").values_list("line", "author", "is_answer", "text")
    assert list(messages) == [
        (line.pk, worker_user.pk, False, "Why so little?"),
        (line.pk, manager.pk, True, "It was a short week."),
    ]
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "question.asked",
        "question.answered",
    ]


def test_ask_question_works_on_a_paid_line(ask, company, admin, line, worker_user):
    services.pay_statements(company=company, actor=admin, statement_ids=[line.statement_id], pay_date=PAY_DATE, now=NOW)

    ask(worker_user, line)

    assert line.messages.count() == 1


def test_ask_question_refuses_another_workers_line(ask, line, manager, stranger):
    for actor in (manager, stranger):
        with pytest.raises(StatementLine.DoesNotExist):
            ask(actor, line)


def test_answer_question_knows_no_line_of_another_company(answer, manager):
    other = make_statement(factories.make_worker(factories.make_company()), "5.00").lines.get()

    with pytest.raises(StatementLine.DoesNotExist):
        answer(manager, other)


def test_answer_question_refuses_if_no_one_asked(answer, line, manager):
    with pytest.raises(ValidationError, match="No one asked about this line."):
        answer(manager, line)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_message_is_refused(ask, line, worker_user, text):
    with pytest.raises(ValidationError, match="Enter a message before you send."):
        ask(worker_user, line, text)
    assert not LineMessage.objects.exists()
