"""Automatic lunches that were worked through (bonus.md 11.9): nothing counts before a manager confirms it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.models import LunchStatus, Statement, WorkedLunch
from propay.queries.workdays import hours_worked
from propay.rules.policies import Policies
from propay.services.refreshing import refresh
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import TimeEntry
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


@pytest.fixture
def member(ana, worker_user):
    ana.membership = worker_user.memberships.get()
    ana.save()
    return ana.membership


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen")


@pytest.fixture
def lunch(ana, job):
    """Five days of 8:30 on the job, of which the time tracking takes 0:30 away each day; Monday's lunch."""
    for offset in range(5):
        factories.make_entry(ana, job, 510, MONDAY + timedelta(offset))
        factories.make_entry(ana, job, -30, MONDAY + timedelta(offset), EntryKind.AUTO_LUNCH)
    return TimeEntry.objects.get(kind=EntryKind.AUTO_LUNCH, work_date=MONDAY)


def tell(company, member, entry) -> WorkedLunch:
    return services.tell_worked_lunch(company=company, membership=member, entry_id=entry.pk, now=NOW)


def decide(company, manager, lunch, *, is_confirmed=True) -> WorkedLunch:
    return services.decide_worked_lunch(
        company=company, actor=manager, lunch_id=lunch.pk, is_confirmed=is_confirmed, now=NOW
    )


def minutes_worked(company, ana) -> int:
    workdays = Policies().workdays(None, company.zone)
    return sum(day.minutes for day in hours_worked(company, [ana.pk], (MONDAY, MONDAY + timedelta(6)), workdays))


def test_a_workers_word_changes_nothing_by_itself(company, member, ana, lunch):
    told = tell(company, member, lunch)
    assert tell(company, member, lunch) == told, "twice is once"
    assert minutes_worked(company, ana) == 2400
    assert AuditEvent.objects.filter(action="lunch.told").count() == 1


def test_a_confirmed_lunch_counts_in_hours_cost_and_share(company, member, manager, ana, job, lunch):
    propay = make_propay(job)
    refresh(company=company, now=NOW)
    decide(company, manager, tell(company, member, lunch))
    propay.refresh_from_db()
    assert (propay.actual_minutes, minutes_worked(company, ana)) == (2430, 2430)
    event = AuditEvent.objects.get(action="lunch.confirmed")
    assert event.summary == f"{ana} worked through the automatic lunch of 0:30 h on Oct 5, 2026."


def test_a_declined_lunch_stays_taken_away_and_can_be_told_again(company, member, manager, ana, lunch):
    declined = decide(company, manager, tell(company, member, lunch), is_confirmed=False)
    assert declined.status == LunchStatus.DECLINED
    assert minutes_worked(company, ana) == 2400
    assert tell(company, member, lunch).status == LunchStatus.WAITING
    with pytest.raises(ValidationError, match="declined already"):
        decide(company, manager, declined)


def test_an_approved_propay_keeps_its_figures_and_shows_a_change(company, admin, member, manager, job, lunch):
    propay = make_propay(job, fixed_amount=Decimal("2000.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    propay.refresh_from_db()
    before = (propay.actual_minutes, propay.pool_amount)
    decide(company, manager, tell(company, member, lunch))
    propay.refresh_from_db()
    assert (propay.actual_minutes, propay.pool_amount) == before
    assert propay.drifted_at is not None
    # Half an hour beyond 40 is overtime now: its true-up is due at once.
    assert Statement.objects.get().federal_amount > 0


def test_only_an_own_live_automatic_lunch_can_be_told(company, member, manager, ana, job, lunch):
    other = factories.make_worker(company, "Ben Ortiz")
    for entry in (
        factories.make_entry(other, job, -30, MONDAY, EntryKind.AUTO_LUNCH),
        factories.make_entry(ana, job, 60, MONDAY),
        factories.make_entry(ana, job, -30, MONDAY, EntryKind.AUTO_LUNCH, voided=True),
    ):
        with pytest.raises(ValidationError, match="isn't an automatic lunch of yours"):
            tell(company, member, entry)
    decide(company, manager, tell(company, member, lunch))
    with pytest.raises(ValidationError, match="already counts"):
        tell(company, member, lunch)
