"""What workers see of their own statements, and what they ask about them."""

import pytest
from django.urls import reverse

from propay.models import LineMessage, ProPay, Share
from tests.make.locked import lock_statement
from tests.make.propays import unguarded
from tests.make.statement_rows import make_statement, pay
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]


# Questions


def test_a_worker_asks_and_the_office_answers(as_worker, as_manager, statement, adjustment):
    assert "No open questions" in text_of(as_manager.get(reverse("question_list")))

    asked = as_worker.post(reverse("question_ask", args=[adjustment.pk]), {"text": "Which month?"}, follow=True)
    assert "Which month?" in text_of(asked)
    assert asked.redirect_chain[0][0].endswith(f"#line-{adjustment.pk}")
    assert "1 question from workers needs an answer" in text_of(as_manager.get(reverse("statement_list")))
    assert "Ana Ruiz Question" in text_of(as_manager.get(reverse("statement_list")))
    assert "Which month?" in text_of(as_manager.get(reverse("question_list")))

    as_manager.post(reverse("question_answer", args=[adjustment.pk]), {"text": "October."})
    assert "No open questions" in text_of(as_manager.get(reverse("question_list")))
    text = text_of(as_worker.get(reverse("statement_detail", args=[statement.pk])))
    assert text.index("Which month?") < text.index("October.")
    assert "manager@acme.test" not in text


def test_a_question_without_words_is_refused(as_worker, adjustment):
    for text, said in (("  ", "Enter a message before you send."), ("x" * 2001, "longer than 2000 characters")):
        response = as_worker.post(reverse("question_ask", args=[adjustment.pk]), {"text": text}, follow=True)
        assert said in text_of(response)
    assert not LineMessage.objects.exists()


# A worker's own


def test_a_worker_sees_only_their_own_statements(as_worker, statement, ben):
    other = make_statement(ben, "77.00")

    text = text_of(as_worker.get(reverse("statement_list")))

    assert "$235.00" in text
    assert "77.00" not in text
    assert as_worker.get(reverse("statement_detail", args=[other.pk])).status_code == 404
    line = other.lines.get()
    assert as_worker.post(reverse("question_ask", args=[line.pk]), {"text": "Why?"}).status_code == 404


def test_a_worker_reads_their_statement_in_plain_words(as_worker, statement):
    text = text_of(as_worker.get(reverse("statement_detail", args=[statement.pk])))

    assert "On this statement so far, before taxes $235.00" in text
    assert "Your share 200.00 × 50 h / 50 h = 200.00" in text
    assert "Overtime due under federal law 0.5 × 200.00 / 50 h × 10 h = 20.00" in text
    assert "1,000.00" not in text, "what the job cost tells of coworkers' wages"
    assert "This isn't legal advice." in text
    assert "Ask a question" in text


def test_a_worker_sees_what_was_paid(as_worker, statement, company, admin):
    pay(company, admin, statement)

    assert "Bonus on this statement, before taxes $235.00 Pay date: Nov 13, 2026." in text_of(
        as_worker.get(reverse("statement_detail", args=[statement.pk]))
    )


def test_own_statements_are_in_spanish_on_request(as_worker, statement):
    spanish = {"headers": {"Accept-Language": "es-MX"}}

    listed = text_of(as_worker.get(reverse("statement_list"), **spanish))
    shown = text_of(as_worker.get(reverse("statement_detail", args=[statement.pk]), **spanish))

    assert "Mis recibos" in listed
    assert "puede cambiar" in listed
    for words in (
        "Su parte",
        "Pago de horas extra por su bono",
        "Hacer una pregunta",
        "Esto no es asesoría legal",
        "Inicio Bonos Horas",
        "Trabajador de Acme Roofing",
        "Cerrar sesión",
    ):
        assert words in shown, words


def test_asking_in_spanish_gets_a_spanish_response(as_worker, statement, adjustment):
    address, spanish = reverse("question_ask", args=[adjustment.pk]), {"headers": {"Accept-Language": "es"}}

    assert "No se envió nada." in text_of(as_worker.post(address, {"text": " "}, follow=True, **spanish))
    assert "Enviada." in text_of(as_worker.post(address, {"text": "¿Qué mes?"}, follow=True, **spanish))
    assert "Inicio Bonos" not in text_of(as_worker.get(reverse("statement_list")))


def test_a_worker_without_statements_is_told_what_to_expect(as_worker, ana):
    assert ("When one of your bonuses is approved, it appears here with its pay date.") in text_of(
        as_worker.get(reverse("statement_list"))
    )


def test_a_sign_in_without_a_worker_is_told_so(as_worker):
    assert "Your account isn't linked to your hours yet." in text_of(as_worker.get(reverse("statement_list")))


@pytest.mark.parametrize("distribution", ["HOURS_TIMES_WAGE", "WAGE", "MANUAL"])
def test_own_steps_do_not_reveal_a_coworkers_wage(as_worker, as_manager, statement, distribution):
    address = reverse("statement_detail", args=[statement.pk])
    with unguarded():
        ProPay.objects.update(distribution=distribution)

    own = text_of(as_worker.get(address))

    assert "Your share = 200.00" in own
    assert "50 h / 50 h" not in own
    assert "50 h / 50 h" in text_of(as_manager.get(address))


def test_a_worker_gets_no_link_to_a_missing_page(as_worker, as_manager, statement):
    address = reverse("statement_detail", args=[statement.pk])
    propay_page = reverse("propay_detail", args=[ProPay.objects.get().pk])
    assert propay_page in as_worker.get(address).content.decode()
    with unguarded():
        Share.objects.all().delete()
        ProPay.objects.update(status="STARTED")

    assert propay_page not in as_worker.get(address).content.decode()
    assert as_worker.get(propay_page).status_code == 404
    assert propay_page in as_manager.get(address).content.decode()


def test_a_worker_reads_that_a_locked_statement_is_in_payroll(as_worker, statement):
    lock_statement(statement)

    assert "In payroll" in text_of(as_worker.get(reverse("statement_list")))
    text = text_of(as_worker.get(reverse("statement_detail", args=[statement.pk])))

    assert "Bonus on this statement, before taxes $235.00 It's in your company's payroll file" in text
    assert "Locked" not in text
