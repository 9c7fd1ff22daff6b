"""Statements, pay runs, adjustments and questions: who may open and change them."""

import re

import pytest
from django.urls import reverse

from propay.models import Statement, StatementLine, StatementStatus
from tests.make.statement_rows import PERIOD_KEY
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]

MEMBERS = ("statement_list", "statement_detail")
MANAGERS = ("question_list", "pay_run_list", "pay_run_detail", "pay_run_progress")
ADMINS = ("adjustment_create", "category_list")
POSTS_OF_MEMBERS = ("question_ask",)
POSTS_OF_MANAGERS = ("question_answer",)
POSTS_OF_ADMINS = ("statement_pay", "pay_run_start", "adjustment_remove", "category_set", "statement_unlock")


@pytest.fixture
def addresses(statement, adjustment, pay_run):
    keys = {
        "statement_detail": statement.pk,
        "statement_unlock": statement.pk,
        "pay_run_detail": pay_run.pk,
        "pay_run_progress": pay_run.pk,
        "question_ask": adjustment.pk,
        "question_answer": adjustment.pk,
        "adjustment_remove": adjustment.pk,
        "category_set": adjustment.category_id,
    }
    names = (*MEMBERS, *MANAGERS, *ADMINS, *POSTS_OF_MEMBERS, *POSTS_OF_MANAGERS, *POSTS_OF_ADMINS)
    return {name: reverse(name, args=[keys[name]] if name in keys else []) for name in names}


def test_pages_open_only_for_allowed_roles(addresses, as_admin, as_manager, as_worker):
    for name in (*MEMBERS, *MANAGERS, *ADMINS):
        assert as_admin.get(addresses[name]).status_code == 200, name
        assert as_manager.get(addresses[name]).status_code == (403 if name in ADMINS else 200), name
        assert as_worker.get(addresses[name]).status_code == (200 if name in MEMBERS else 403), name


def test_changes_are_only_for_allowed_roles(addresses, as_manager, as_worker):
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


def test_a_change_requires_a_post(addresses, as_admin):
    for name in (*POSTS_OF_MEMBERS, *POSTS_OF_MANAGERS, *POSTS_OF_ADMINS):
        assert as_admin.get(addresses[name]).status_code == 405, name


def test_pages_hold_no_inline_style_or_script(addresses, as_admin):
    for name in (*MEMBERS, *MANAGERS, *ADMINS):
        body = as_admin.get(addresses[name]).content.decode()
        assert " style=" not in body, name
        assert not re.search(r"<script(?![^>]*\bsrc=)", body), name
