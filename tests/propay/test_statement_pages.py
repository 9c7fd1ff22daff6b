"""Statements, pay runs, adjustments and questions as pages: who may open them, what stands there, what they change."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from propay import services
from propay.models import (
    AdjustmentCategory,
    BonusSettings,
    LineMessage,
    PayRun,
    ProPay,
    Share,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.services import pay_runs
from protiv.accounts.models import Membership
from tests import factories
from tests.propay.rows import NOW, unguarded
from tests.propay.statement_rows import (
    NEXT_PERIOD,
    PAY_DATE,
    PERIOD,
    make_full_statement,
    make_line,
    make_pay_run,
    make_statement,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]
PERIOD_KEY = f"{PERIOD[0]}_{PERIOD[1]}"
MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def _anchored(company):
    BonusSettings.objects.create(company=company, period_anchor_date=PERIOD[0])


@pytest.fixture
def ana(company, worker_user):
    """Ana signs in as the worker."""
    return factories.make_worker(company, "Ana Ruiz", membership=Membership.objects.get(user=worker_user))


@pytest.fixture
def ben(company):
    return factories.make_worker(company, "Ben Cole")


@pytest.fixture
def statement(ana):
    """235.00 of Ana's, 20.00 of it overtime on the kitchen's share; nobody asked anything yet."""
    statement = make_full_statement(ana)
    LineMessage.objects.all().delete()
    return statement


@pytest.fixture
def adjustment(statement):
    return statement.lines.get(kind="ADJUSTMENT")


@pytest.fixture
def pay_run(company, admin, statement):
    return make_pay_run(company, created_by=admin)


@pytest.fixture
def queued(monkeypatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(pay_runs, "async_task", lambda _path, run_id: ids.append(run_id))
    monkeypatch.setattr(pay_runs.transaction, "on_commit", lambda do: do())
    return ids


def text_of(response) -> str:
    """What a person reads: tags and runs of white space gone."""
    assert response.status_code == 200
    body = re.sub(r"<svg.*?</svg>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def pay(company, admin, *statements):
    services.pay_statements(
        company=company, actor=admin, statement_ids=[one.pk for one in statements], pay_date=PAY_DATE, now=NOW
    )


# Who may

MEMBERS = ("statement_list", "statement_detail")
MANAGERS = ("question_list", "pay_run_list", "pay_run_detail", "pay_run_progress")
ADMINS = ("adjustment_create", "category_list")
POSTS_OF_MEMBERS = ("question_ask",)
POSTS_OF_MANAGERS = ("question_answer",)
POSTS_OF_ADMINS = ("statement_pay", "pay_run_start", "adjustment_remove", "category_set")


@pytest.fixture
def addresses(statement, adjustment, pay_run):
    keys = {
        "statement_detail": statement.pk,
        "pay_run_detail": pay_run.pk,
        "pay_run_progress": pay_run.pk,
        "question_ask": adjustment.pk,
        "question_answer": adjustment.pk,
        "adjustment_remove": adjustment.pk,
        "category_set": adjustment.category_id,
    }
    names = (*MEMBERS, *MANAGERS, *ADMINS, *POSTS_OF_MEMBERS, *POSTS_OF_MANAGERS, *POSTS_OF_ADMINS)
    return {name: reverse(name, args=[keys[name]] if name in keys else []) for name in names}


def test_pages_open_for_those_who_may(addresses, as_admin, as_manager, as_worker):
    for name in (*MEMBERS, *MANAGERS, *ADMINS):
        assert as_admin.get(addresses[name]).status_code == 200, name
        assert as_manager.get(addresses[name]).status_code == (403 if name in ADMINS else 200), name
        assert as_worker.get(addresses[name]).status_code == (200 if name in MEMBERS else 403), name


def test_changes_are_for_those_who_may(addresses, as_manager, as_worker):
    for name in POSTS_OF_ADMINS:
        assert as_manager.post(addresses[name]).status_code == 403, name
    for name in (*POSTS_OF_ADMINS, *POSTS_OF_MANAGERS):
        assert as_worker.post(addresses[name]).status_code == 403, name
    assert as_manager.post(addresses["question_ask"]).status_code == 404, "a question is asked by the line's worker"
    assert Statement.objects.get().status == StatementStatus.OPEN
    assert StatementLine.objects.count() == 3


def test_a_stranger_finds_nothing(addresses, as_stranger):
    for name, address in addresses.items():
        if name in ("statement_list", "question_list", "pay_run_list", "adjustment_create", "category_list"):
            text = text_of(as_stranger.get(address))
            assert "Ana Ruiz" not in text, name
            assert "Retire Safety" not in text, name
        elif name not in ("statement_pay", "pay_run_start"):
            method = as_stranger.post if name in (*POSTS_OF_MEMBERS, *POSTS_OF_MANAGERS, *POSTS_OF_ADMINS) else None
            assert (method or as_stranger.get)(address).status_code == 404, name
    as_stranger.post(addresses["statement_pay"], {"statement": Statement.objects.get().pk, "pay_date": "2026-11-13"})
    start = as_stranger.post(f"{addresses['pay_run_start']}?period={PERIOD_KEY}", {"pay_date": "2026-11-13"})
    assert start.status_code == 404
    assert Statement.objects.get().status == StatementStatus.OPEN


def test_pages_need_a_sign_in(addresses, anonymous):
    for address in addresses.values():
        assert reverse("login") in anonymous.get(address).headers["Location"]


def test_a_change_is_a_post(addresses, as_admin):
    for name in (*POSTS_OF_MEMBERS, *POSTS_OF_MANAGERS, *POSTS_OF_ADMINS):
        assert as_admin.get(addresses[name]).status_code == 405, name


def test_pages_hold_no_inline_style_or_script(addresses, as_admin):
    for name in (*MEMBERS, *MANAGERS, *ADMINS):
        body = as_admin.get(addresses[name]).content.decode()
        assert " style=" not in body, name
        assert not re.search(r"<script(?![^>]*\bsrc=)", body), name


# The list


def test_an_empty_list_says_what_to_do(as_admin):
    assert "Approve a ProPay" in text_of(as_admin.get(reverse("statement_list")))


def test_the_list_shows_the_three_columns_and_totals(as_manager, statement, company, admin, ben):
    pay(company, admin, make_statement(ben, "-30.00"))

    text = text_of(as_manager.get(reverse("statement_list")))

    assert "To pay $235.00 on 1 open statement" in text
    assert "Paid $0.00 on 1 statement" in text
    assert "Overtime on it $20.00 federal, and $0.00 state extra" in text
    assert "Ana Ruiz $215.00 $20.00 $0.00 $235.00 Open" in text
    assert "Ben Cole −$30.00 $0.00 $0.00 −$30.00 Paid Nov 13, 2026" in text


def test_the_list_opens_at_the_oldest_period_with_something_to_pay(as_manager, statement, company, admin, ben):
    make_statement(ben, "40.00", period=NEXT_PERIOD)
    assert "Ana Ruiz" in text_of(as_manager.get(reverse("statement_list")))

    pay(company, admin, statement)
    text = text_of(as_manager.get(reverse("statement_list")))
    assert "Ben Cole" in text
    assert "Oct 26 – Nov 8, 2026 (paid)" in text
    assert "Ana Ruiz" in text_of(as_manager.get(reverse("statement_list"), {"period": PERIOD_KEY}))


def test_the_list_filters_by_status_and_words(as_manager, statement, company, admin, ben):
    pay(company, admin, make_statement(ben, "10.00"))

    def found(**asked):
        text = text_of(as_manager.get(reverse("statement_list"), {"period": PERIOD_KEY, **asked}))
        return [name for name in ("Ana Ruiz", "Ben Cole") if name in text]

    assert found() == ["Ana Ruiz", "Ben Cole"]
    assert found(status="PAID") == ["Ben Cole"]
    assert found(q="ruiz") == ["Ana Ruiz"]
    assert found(status="nonsense", period="nonsense") == ["Ana Ruiz", "Ben Cole"]
    assert "No statement of this pay period fits" in text_of(as_manager.get(reverse("statement_list"), {"q": "nobody"}))


def test_a_manager_is_offered_no_payment(as_manager, as_admin, statement):
    assert "Pay the whole period" not in text_of(as_manager.get(reverse("statement_list")))
    assert "Pay the whole period (1)" in text_of(as_admin.get(reverse("statement_list")))


def test_the_list_takes_as_many_queries_for_many_as_for_few(as_admin, statement, company):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_admin.get(reverse("statement_list"))
        return len(queries)

    few = count()
    for _ in range(5):
        make_statement(factories.make_worker(company), "5.00")
    assert count() == few


# Paying


def test_paying_the_ticked_ones(as_admin, statement, ben):
    other = make_statement(ben, "-5.00")
    address = f"{reverse('statement_pay')}?period={PERIOD_KEY}"

    response = as_admin.post(address, {"statement": [statement.pk, other.pk], "pay_date": "2026-11-13"}, follow=True)

    text = text_of(response)
    assert response.redirect_chain[0][0].endswith(f"?period={PERIOD_KEY}")
    assert "Paid 2 statements, $235.00 in all." in text
    assert "Below zero and so paid with nothing: 1. Nothing is ever taken from wages." in text
    assert Statement.objects.get(pk=statement.pk).paid_amount == Decimal("235.00")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"pay_date": ""}, "Enter the day on which the workers get the money."),
        ({"pay_date": "soon"}, "Enter a date, like 2026-11-20."),
        ({"pay_date": "2026-10-01"}, "before the pay period"),
        ({"pay_date": "2026-11-13", "statement": ""}, "Choose at least one statement"),
        ({"pay_date": "2026-11-13", "statement": "x"}, "Choose at least one statement"),
        ({"pay_date": "2026-11-13", "statement": "9" * 20}, "Choose at least one statement"),
    ],
)
def test_paying_says_what_is_wrong_and_keeps_the_ticks(as_admin, statement, fields, text):
    response = as_admin.post(reverse("statement_pay"), {"statement": statement.pk, **fields})

    assert text in text_of(response)
    ticked = f'value="{statement.pk}" checked' in response.content.decode()
    assert ticked == ("statement" not in fields)
    assert Statement.objects.get().status == StatementStatus.OPEN


def test_the_one_who_comes_second_is_told(as_admin, statement, company, admin, ben):
    pay(company, admin, statement)
    other = make_statement(ben, "5.00")

    refused = as_admin.post(reverse("statement_pay"), {"statement": statement.pk, "pay_date": "2026-11-20"})
    mixed = as_admin.post(
        reverse("statement_pay"), {"statement": [statement.pk, other.pk], "pay_date": "2026-11-20"}, follow=True
    )

    told = "the statement of Ana Ruiz was paid by admin@acme.test already, with the pay date 2026-11-13."
    assert f"Nothing was paid now: {told}" in text_of(refused)
    assert f"Left alone: {told}" in text_of(mixed)


# Pay runs


def test_a_pay_run_starts_from_the_list_and_shows_its_progress(as_admin, statement, queued):
    response = as_admin.post(f"{reverse('pay_run_start')}?period={PERIOD_KEY}", {"pay_date": "2026-11-13"}, follow=True)

    run = PayRun.objects.get()
    assert queued == [run.pk]
    assert "0 of 1 statements paid" in text_of(response)
    progress = reverse("pay_run_progress", args=[run.pk])
    assert f'hx-get="{progress}"' in response.content.decode()

    services.work_pay_run(pay_run_id=run.pk, clock=lambda: NOW)
    done = as_admin.get(progress)
    assert "hx-get" not in done.content.decode(), "nobody asks for more when it is done"
    assert "1 of 1 statements paid" in text_of(done)
    assert "$235.00 paid on 1 statement." in text_of(done)
    assert "Oct 26 – Nov 8, 2026 Nov 13, 2026 1 of 1 $235.00 Done" in text_of(as_admin.get(reverse("pay_run_list")))


def test_a_pay_run_is_refused_with_its_reason(as_admin, statement, pay_run):
    address = f"{reverse('pay_run_start')}?period={PERIOD_KEY}"

    assert "A pay run is at work already." in text_of(as_admin.post(address, {"pay_date": "2026-11-13"}))
    assert "Enter the day on which" in text_of(as_admin.post(address, {"pay_date": ""}))
    assert as_admin.post(reverse("pay_run_start"), {"pay_date": "2026-11-13"}).status_code == 404


def test_a_pay_run_that_failed_says_so(as_manager, pay_run):
    PayRun.objects.update(state="FAILED", error_text="Paying stopped 5 times.")

    text = text_of(as_manager.get(reverse("pay_run_detail", args=[pay_run.pk])))

    assert "Failed" in text
    assert "Paying stopped 5 times." in text


def test_a_pay_run_tells_what_was_paid_by_hand_meanwhile(as_manager, pay_run):
    PayRun.objects.update(state="DONE", ended_at=NOW)

    assert "5 others had been paid by hand meanwhile" in text_of(
        as_manager.get(reverse("pay_run_detail", args=[pay_run.pk]))
    )


def test_no_pay_run_says_what_to_do(as_manager):
    assert "Start one from the statements" in text_of(as_manager.get(reverse("pay_run_list")))


# One statement


def test_a_statement_shows_its_lines_and_their_steps(as_manager, statement, ben):
    text = text_of(as_manager.get(reverse("statement_detail", args=[statement.pk])))

    assert "Total $235.00 not paid yet" in text
    assert "Kitchen remodel Crew" in text
    assert "Share of Ana Ruiz (hours) 200.00 × 50 h / 50 h = 200.00" in text
    assert "somebody else" not in text, "nobody else's share stands on a statement"
    assert "Week of Nov 2 – Nov 8, 2026" in text
    assert "$20.00" in text
    assert "State extra $0.00" in text, "among the sums; a line without any doesn't speak of it"
    assert "· State extra" not in text
    assert "0.5 × 200.00 / 50 h × 10 h" in text
    assert "They are not legal advice." in text
    assert "Safety Bonus · No accident all month $15.00" in text


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
    assert "Paid $235.00 on Nov 13, 2026 by admin@acme.test" in text
    assert "Remove" not in text


@pytest.mark.parametrize(
    ("rolls", "said"), [(False, "It is not carried over either."), (True, "It is carried over to")]
)
def test_a_statement_below_zero_says_what_becomes_of_it(as_manager, company, admin, ben, rolls, said):
    BonusSettings.objects.update(rolls_over_negative=rolls)
    below = make_statement(ben, "-30.00")
    address = reverse("statement_detail", args=[below.pk])
    assert "If it stays so it is paid with nothing" in text_of(as_manager.get(address))

    pay(company, admin, below)

    assert said in text_of(as_manager.get(address))
    if rolls:
        following = Statement.objects.get(status=StatementStatus.OPEN)
        text = text_of(as_manager.get(reverse("statement_detail", args=[following.pk])))
        assert "Carried over from Oct 26 – Nov 8, 2026" in text


@pytest.mark.parametrize(("rolls", "said"), [(False, "the rest is forgiven"), (True, "the rest is carried over")])
def test_paying_a_period_says_before_what_becomes_of_statements_below_zero(as_admin, ben, rolls, said):
    BonusSettings.objects.update(rolls_over_negative=rolls)
    make_statement(ben, "-30.00")
    page = as_admin.get(reverse("statement_list"))
    assert f"1 statement is below zero. Paid now, it is paid with nothing, and {said}" in text_of(page)
    assert "1 below zero is paid with nothing." in page.content.decode()


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


# Adjustments


@pytest.fixture
def fields(statement, ana):
    category = AdjustmentCategory.objects.get()
    return {
        "workers": [ana.pk],
        "kind": "BONUS",
        "amount": "$1,250.50",
        "category": category.pk,
        "start_date": PERIOD[0].isoformat(),
        "note": "Thank you",
    }


def test_an_adjustment_for_one_worker_leads_to_the_statement(as_admin, fields, statement):
    response = as_admin.post(reverse("adjustment_create"), fields)

    assert response.headers["Location"] == reverse("statement_detail", args=[statement.pk])
    assert statement.lines.get(note="Thank you").amount == Decimal("1250.50")


def test_a_deduction_for_many_workers(as_admin, fields, ana, ben):
    as_admin.post(
        reverse("adjustment_create"), {**fields, "workers": [ana.pk, ben.pk], "kind": "DEDUCTION", "amount": "10"}
    )

    lines = StatementLine.objects.filter(note="Thank you").order_by("worker")
    assert [(line.worker, line.amount) for line in lines] == [(ana, Decimal("-10.00")), (ben, Decimal("-10.00"))]


def test_an_adjustment_to_a_paid_period_says_where_it_went(as_admin, fields, statement, company, admin):
    pay(company, admin, statement)
    make_statement(factories.make_worker(company), "1.00")

    text = text_of(as_admin.post(reverse("adjustment_create"), fields, follow=True))

    assert "1 of them belongs to a later pay period" in text
    assert StatementLine.objects.get(note="Thank you").statement.start_date == NEXT_PERIOD[0]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"workers": []}, "Choose at least one worker."),
        ({"workers": ["0"]}, "0 is not one of the available choices"),
        ({"workers": ["9" * 20]}, "is not one of the available choices"),
        ({"kind": ""}, "Choose a bonus or a deduction."),
        ({"amount": ""}, "Enter an amount, like 50.00."),
        ({"amount": "lots"}, "“lots” is not an amount."),
        ({"amount": "-5"}, "is not an amount."),
        ({"amount": "0"}, "must be more than 0"),
        ({"amount": "2000000"}, "Check the amount."),
        ({"category": ""}, "Choose a category."),
        ({"start_date": "2020-01-01"}, "is not one of the available choices"),
        ({"note": "x" * 501}, "at most 500 characters"),
    ],
)
def test_an_adjustment_says_what_is_wrong(as_admin, fields, wrong, text):
    response = as_admin.post(reverse("adjustment_create"), {**fields, **wrong})

    assert text in text_of(response)
    assert StatementLine.objects.count() == 3


def test_the_form_for_an_adjustment_begins_with_the_statement_it_came_from(as_admin, statement, ana, company):
    retired = factories.make_worker(company, "Rita Old", is_active=False)
    address = f"{reverse('adjustment_create')}?worker={ana.pk}&start={PERIOD[0]}"

    body = as_admin.get(address).content.decode()

    assert re.search(rf'value="{ana.pk}"[^>]*checked', body)
    assert re.search(rf'value="{PERIOD[0]}" selected', body)
    assert retired.name not in body


def test_who_left_can_be_adjusted_as_long_as_there_is_something_to_pay_them(as_admin, fields, statement, ana):
    type(ana).objects.filter(pk=ana.pk).update(is_active=False)

    as_admin.post(reverse("adjustment_create"), fields)

    assert statement.lines.filter(note="Thank you").exists()


def test_the_form_for_an_adjustment_says_where_a_category_is_missing(as_admin, statement):
    assert "Add one first" not in text_of(as_admin.get(reverse("adjustment_create")))
    AdjustmentCategory.objects.update(is_active=False)

    assert "Add one first" in text_of(as_admin.get(reverse("adjustment_create")))


def test_removing_an_adjustment(as_admin, statement, adjustment):
    text = text_of(as_admin.post(reverse("adjustment_remove", args=[adjustment.pk]), follow=True))

    assert "Removed the adjustment." in text
    assert not StatementLine.objects.filter(pk=adjustment.pk).exists()


def test_removing_an_adjustment_says_why_not(as_admin, statement, adjustment, company, admin):
    pay(company, admin, statement)

    text = text_of(as_admin.post(reverse("adjustment_remove", args=[adjustment.pk]), follow=True))

    assert "This was paid, so it stands." in text
    assert StatementLine.objects.filter(pk=adjustment.pk).exists()


def test_only_an_adjustment_is_removed(as_admin, statement):
    share = statement.lines.get(kind="SHARE")

    assert as_admin.post(reverse("adjustment_remove", args=[share.pk])).status_code == 404


def test_categories_are_added_retired_and_brought_back(as_admin):
    assert "No category yet" in text_of(as_admin.get(reverse("category_list")))
    assert "Enter a name" in text_of(as_admin.post(reverse("category_list"), {"name": " "}))

    assert "Added the category “Tools”." in text_of(
        as_admin.post(reverse("category_list"), {"name": "Tools"}, follow=True)
    )
    assert "of this name already" in text_of(as_admin.post(reverse("category_list"), {"name": "tools"}))

    address = reverse("category_set", args=[AdjustmentCategory.objects.get().pk])
    assert "Tools Retired" in text_of(as_admin.post(address, {"is_active": "no"}, follow=True))
    as_admin.post(address, {"is_active": "yes"})
    assert AdjustmentCategory.objects.get().is_active


# Questions


def test_a_worker_asks_and_the_office_answers(as_worker, as_manager, statement, adjustment):
    assert "No question waits" in text_of(as_manager.get(reverse("question_list")))

    asked = as_worker.post(reverse("question_ask", args=[adjustment.pk]), {"text": "Which month?"}, follow=True)
    assert "Which month?" in text_of(asked)
    assert asked.redirect_chain[0][0].endswith(f"#line-{adjustment.pk}")
    assert "1 question from workers waits for an answer" in text_of(as_manager.get(reverse("statement_list")))
    assert "Ana Ruiz Question" in text_of(as_manager.get(reverse("statement_list")))
    assert "Which month?" in text_of(as_manager.get(reverse("question_list")))

    as_manager.post(reverse("question_answer", args=[adjustment.pk]), {"text": "October."})
    assert "No question waits" in text_of(as_manager.get(reverse("question_list")))
    text = text_of(as_worker.get(reverse("statement_detail", args=[statement.pk])))
    assert text.index("Which month?") < text.index("October.")
    assert "manager@acme.test" not in text


def test_a_question_without_words_is_refused(as_worker, adjustment):
    for text, said in (("  ", "Write a few words."), ("x" * 2001, "longer than 2000 letters")):
        response = as_worker.post(reverse("question_ask", args=[adjustment.pk]), {"text": text}, follow=True)
        assert said in text_of(response)
    assert not LineMessage.objects.exists()


# A worker's own


def test_a_worker_sees_the_own_statements_and_no_others(as_worker, statement, ben):
    other = make_statement(ben, "77.00")

    text = text_of(as_worker.get(reverse("statement_list")))

    assert "$235.00" in text
    assert "77.00" not in text
    assert as_worker.get(reverse("statement_detail", args=[other.pk])).status_code == 404
    line = other.lines.get()
    assert as_worker.post(reverse("question_ask", args=[line.pk]), {"text": "Why?"}).status_code == 404


def test_a_worker_reads_the_own_statement_in_own_words(as_worker, statement):
    text = text_of(as_worker.get(reverse("statement_detail", args=[statement.pk])))

    assert "On this statement so far $235.00" in text
    assert "Your share 200.00 × 50 h / 50 h = 200.00" in text
    assert "Overtime by federal law 0.5 × 200.00 / 50 h × 10 h = 20.00" in text
    assert "1,000.00" not in text, "what the job cost tells of coworkers' wages"
    assert "They are not legal advice." in text
    assert "Ask a question" in text


def test_a_worker_sees_what_was_paid(as_worker, statement, company, admin):
    pay(company, admin, statement)

    assert "Paid to you $235.00 paid on Nov. 13, 2026" in text_of(
        as_worker.get(reverse("statement_detail", args=[statement.pk]))
    )


def test_own_statements_speak_spanish_to_who_asks_for_it(as_worker, statement):
    spanish = {"headers": {"Accept-Language": "es-MX"}}

    listed = text_of(as_worker.get(reverse("statement_list"), **spanish))
    shown = text_of(as_worker.get(reverse("statement_detail", args=[statement.pk]), **spanish))

    assert "Mis recibos" in listed
    assert "todavía puede cambiar" in listed
    for words in (
        "Su parte",
        "Horas extra sobre el bono",
        "Hacer una pregunta",
        "No son asesoría legal",
        "Inicio Bonos Horas",
        "Trabajador de Acme Roofing",
        "Cerrar sesión",
    ):
        assert words in shown, words


def test_asking_answers_in_spanish_to_who_asks_in_it(as_worker, statement, adjustment):
    address, spanish = reverse("question_ask", args=[adjustment.pk]), {"headers": {"Accept-Language": "es"}}

    assert "No se envió nada." in text_of(as_worker.post(address, {"text": " "}, follow=True, **spanish))
    assert "Enviada." in text_of(as_worker.post(address, {"text": "¿Qué mes?"}, follow=True, **spanish))
    assert "Inicio Bonos" not in text_of(as_worker.get(reverse("statement_list")))


def test_a_worker_without_statements_is_told_what_will_come(as_worker, ana):
    assert "When a bonus of yours is approved" in text_of(as_worker.get(reverse("statement_list")))


def test_a_sign_in_without_a_worker_is_told_so(as_worker):
    assert "not tied to your time yet" in text_of(as_worker.get(reverse("statement_list")))


def test_the_bonuses_lead_to_statements_and_pay_runs(as_manager, as_worker, ana):
    office, own = (client.get(reverse("bonuses")).content.decode() for client in (as_manager, as_worker))

    assert reverse("statement_list") in office
    assert reverse("pay_run_list") in office
    assert reverse("statement_list") in own
    assert reverse("pay_run_list") not in own


@pytest.mark.parametrize("distribution", ["HOURS_TIMES_WAGE", "WAGE", "MANUAL"])
def test_own_steps_tell_no_coworkers_wage(as_worker, as_manager, statement, distribution):
    address = reverse("statement_detail", args=[statement.pk])
    with unguarded():
        ProPay.objects.update(distribution=distribution)

    own = text_of(as_worker.get(address))

    assert "Your share = 200.00" in own
    assert "50 h / 50 h" not in own
    assert "50 h / 50 h" in text_of(as_manager.get(address))


def test_a_worker_is_led_to_no_page_that_is_not_there(as_worker, as_manager, statement):
    address = reverse("statement_detail", args=[statement.pk])
    propay_page = reverse("propay_detail", args=[ProPay.objects.get().pk])
    assert propay_page in as_worker.get(address).content.decode()
    with unguarded():
        Share.objects.all().delete()
        ProPay.objects.update(status="STARTED")

    assert propay_page not in as_worker.get(address).content.decode()
    assert as_worker.get(propay_page).status_code == 404
    assert propay_page in as_manager.get(address).content.decode()
