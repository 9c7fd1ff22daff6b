"""Setting up the automation, and what it proposes before it is on."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import ProPay
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW
from tests.propay.services.automation.dates import BEFORE, GO_LIVE

pytestmark = pytest.mark.django_db


# Setting it up


def test_save_automation_rule_refuses_a_go_live_day_before_the_plan_starts(switch_on):
    with pytest.raises(ValidationError) as refusal:
        switch_on(go_live_date=BEFORE)

    assert refusal.value.message_dict == {
        "go_live_date": ["Plan “Standard” starts on Nov 1, 2026. Choose that date or a later one."]
    }


def test_save_automation_rule_refuses_archived_and_foreign_plans(company, admin, stranger, plan, switch_on):
    services.set_plan_active(company=company, plan_id=plan.pk, is_active=False, actor=admin)
    other = stranger.memberships.get().company
    foreign = services.create_plan(company=other, actor=stranger, name="Foreign", start_date=GO_LIVE)

    for refused in (plan, foreign):
        with pytest.raises(ValidationError, match="is archived"):
            switch_on(plan=refused)


def test_save_automation_rule_refuses_a_plan_with_a_part_for_others(company, admin, plan, switch_on):
    services.set_plan_terms(
        company=company, plan_id=plan.pk, start_date=date(2027, 1, 1), actor=admin, other_percent=Decimal(10)
    )

    with pytest.raises(ValidationError, match="must be named"):
        switch_on()


def test_save_automation_rule_leaves_an_audit_event_where_something_changed(switch_on):
    switch_on()
    switch_on()
    switch_on(is_on=False)

    summaries = AuditEvent.objects.filter(action="automation.set").order_by("pk").values_list("summary", flat=True)
    assert list(summaries) == [
        "Turned automation on: plan “Standard”, when a job gets its first time entry, go-live date Nov 1, 2026.",
        "Turned automation off: plan “Standard”, when a job gets its first time entry, go-live date Nov 1, 2026.",
    ]


def test_a_plan_that_the_automation_uses_stays_active(company, admin, plan, switch_on):
    switch_on()

    with pytest.raises(ValidationError, match="Choose another plan in Settings → Automation first"):
        services.set_plan_active(company=company, plan_id=plan.pk, is_active=False, actor=admin)


# Proposing


def test_propose_previews_automate_and_creates_nothing(company, switch_on, automate, worked):
    rule = switch_on(is_on=False)
    worked("Kitchen")
    worked("Before", work_date=BEFORE)
    factories.make_job(company, "Waits")

    proposal = services.propose(company=company, rule=rule, now=NOW)

    assert [one.job.name for one in proposal.planned] == ["Kitchen"]
    assert [one.job.name for one in proposal.left_out] == ["Before"]
    assert proposal.waiting == 1
    assert not ProPay.objects.exists()
    switch_on()
    assert len(automate().propay_ids) == 1
