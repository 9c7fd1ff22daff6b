"""Database rows from before stored data had a version: rows that commit 85b956d wrote.

`stored_version_1.json` holds a ProPay of each budget type, approved; one paid and then changed; one that drifted; one
whose drift was adjusted, one where it was dismissed; and one that is live. Approved data can't be rewritten, so these
formats must stay readable.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core import serializers
from django.core.management.color import no_style
from django.db import connection
from django.urls import reverse

from propay import services
from propay.frozen.steps import steps_of
from propay.frozen.terms import thaw
from propay.models import (
    ProPay,
    Snapshot,
    Statement,
    StatementLine,
)
from propay.rules.states import ProPayStatus
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import TimeEntry
from tests.make.factories import set_policy
from tests.make.propays import unguarded

pytestmark = pytest.mark.django_db
ROWS = Path(__file__).parent / "stored_version_1.json"
LATER = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOURS, AMOUNT, CONTRACT, RATE, TASKS, PAID, ADJUSTED, DRIFTED, DISMISSED, LIVE = range(1, 11)


@pytest.fixture(autouse=True)
def _stored(db):
    with unguarded():
        rows = list(serializers.deserialize("json", ROWS.read_text()))
        for row in rows:
            row.save()
    models = list({type(row.object) for row in rows})
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


@pytest.fixture
def company():
    return Company.objects.get()


@pytest.fixture
def admin():
    return User.objects.get()


# Steps of a true-up that lines from before don't have.
NEW_STEPS = (".hours", ".raised")


def kept():
    """Everything that was approved, booked, or paid, as the database has it, but for the words of a line's steps.

    Labels are in today's words, and a true-up says more since 0.1: an open line gets both at the next refresh.
    """
    tables = (
        (ProPay, ["refreshed_at"]),
        (Snapshot, []),
        (Statement, []),
        (StatementLine, []),
    )
    found = {
        model.__name__: [
            {name: value for name, value in row.items() if name not in left_out}
            for row in model.objects.order_by("pk").values()
        ]
        for model, left_out in tables
    }
    for line in found["StatementLine"]:
        steps = [step for step in steps_of(line["steps"]) if not step.key.endswith(NEW_STEPS)]
        line["steps"] = [(step.key, step.formula, step.result) for step in steps]
    return found


def change(propay_id, minutes=600):
    """What a sync does to the first entry of a ProPay's job."""
    entry = TimeEntry.objects.filter(job__propays=propay_id).order_by("pk").first()
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=minutes, regular_minutes=minutes)
    services.refresh(company=entry.company, job_ids={entry.job_id}, now=LATER)


def drift(company, propay_id):
    return services.drift_of(company=company, propay_id=propay_id)


def test_all_old_formats_are_among_the_rows():
    stored = [row["fields"] for row in json.loads(ROWS.read_text()) if row["model"] == "propay.snapshot"]
    assert {row["terms"]["fields"]["budget"]["fields"]["type"]["value"] for row in stored} == {
        "HOURS",
        "AMOUNT",
        "PERCENT_OF_CONTRACT",
        "RATE",
        "TASKS",
    }
    assert not any("version" in row["terms"] or "version" in row["figures"] for row in stored)


def test_a_refresh_of_everything_finds_no_drift_and_writes_nothing(company):
    before = kept()
    services.refresh(company=company, now=LATER)
    services.update_all_true_ups(company=company, now=LATER)
    assert kept() == before


@pytest.mark.parametrize("propay_id", [HOURS, AMOUNT, CONTRACT, RATE, TASKS, ADJUSTED])
def test_approved_propays_do_not_drift_under_their_stored_terms(company, propay_id):
    assert not drift(company, propay_id).exists


def test_old_drift_is_still_the_same_difference(company):
    found = drift(company, DRIFTED)
    assert (found.exists, found.is_dismissed, found.amount) == (True, False, Decimal("171.38"))
    assert drift(company, DISMISSED).is_dismissed


@pytest.mark.parametrize("propay_id", [HOURS, AMOUNT, RATE, TASKS, ADJUSTED, DISMISSED, PAID])
def test_time_that_changes_today_drifts_and_can_be_dismissed(company, admin, propay_id):
    change(propay_id)
    found = drift(company, propay_id)
    assert found.exists
    services.dismiss_drift(
        company=company, propay_id=propay_id, actor=admin, reason="No", seen=found.worked.digest, now=LATER
    )
    services.refresh(company=company, now=LATER)
    assert ProPay.objects.get(pk=propay_id).drifted_at is None


def test_an_adjusted_drift_leaves_nothing_to_adjust(company, admin):
    seen = drift(company, DRIFTED).worked.digest
    services.resolve_drift_by_adjusting(company=company, propay_id=DRIFTED, actor=admin, note="", seen=seen, now=LATER)
    services.refresh(company=company, now=LATER)
    assert ProPay.objects.get(pk=DRIFTED).drifted_at is None
    assert not drift(company, DRIFTED).exists
    terms = [thaw(one.terms) for one in Snapshot.objects.filter(propay=DRIFTED)]
    assert terms[0] == terms[1]


def test_a_paid_statement_keeps_the_rules_it_was_paid_under(company, admin):
    paid = list(Statement.objects.filter(status="PAID").values_list("overtime_policy", flat=True))
    assert paid == [{"rule": "FEDERAL", "method": "FLAT_SUM", "first_weekday": 0}] * 2
    set_policy(company, state="CA")
    before = StatementLine.objects.filter(propay=PAID).count()
    services.update_all_true_ups(company=company, now=LATER)
    assert StatementLine.objects.filter(propay=PAID).count() == before


def test_an_old_approval_can_be_unapproved(company, admin):
    services.unapprove_propay(company=company, propay_id=HOURS, actor=admin, reason="Wrong", now=LATER)
    propay = ProPay.objects.get(pk=HOURS)
    assert (propay.status, propay.budget_minutes) == (ProPayStatus.STARTED, None)


def test_every_page_that_shows_stored_data_opens(admin, sign_in):
    client = sign_in(admin)
    for propay_id in ProPay.objects.values_list("pk", flat=True):
        assert client.get(reverse("propay_detail", args=[propay_id])).status_code == 200
    assert client.get(reverse("propay_drift", args=[DRIFTED])).status_code == 200
    for statement_id in Statement.objects.values_list("pk", flat=True):
        answer = client.get(reverse("statement_detail", args=[statement_id]))
        assert answer.status_code == 200
        assert b"step-result" in answer.content
    for name in ("dashboard", "bonuses", "propay_list"):
        assert client.get(reverse(name)).status_code == 200
