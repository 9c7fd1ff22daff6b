"""After approval: what a sync, a wage or a correction would change shows as drift, and someone decides about it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.frozen.steps import steps_of
from propay.models import LineKind, ProPay, Snapshot, SnapshotEntry, Statement, StatementLine
from propay.services import refreshing
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import Job, TimeEntry, Wage
from protiv.timekeeping.services import set_wage
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
LATER = NOW + timedelta(days=21)


@pytest.fixture
def bob(company):
    worker = factories.make_worker(company, "Bob Stone")
    factories.make_wage(worker, "20.00")
    return worker


@pytest.fixture
def entries(company, ana, bob):
    job = factories.make_job(company, "Kitchen")
    return [factories.make_entry(worker, job, minutes=600, work_date=MONDAY) for worker in (ana, bob)]


@pytest.fixture
def propay(company, admin, entries):
    """Approved: 20 hours cost 400.00 of 1,400.00; of the 1,000.00 saved Ana and Bob get 250.00 each."""
    propay = make_propay(entries[0].job, fixed_amount=Decimal("1400.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    return propay


def change(entry, **values):
    """What a sync does: the entry says something else, and its jobs are recalculated."""
    before = entry.job_id
    TimeEntry.objects.filter(pk=entry.pk).update(**values)
    entry.refresh_from_db()
    refresh(entry.company, {before, entry.job_id})


def refresh(company, job_ids=None, *, worker_ids=None):
    """All jobs, where neither is given."""
    if job_ids is None and worker_ids is None:
        job_ids = set(Job.objects.filter(company=company).values_list("pk", flat=True))
    services.refresh(company=company, job_ids=job_ids, worker_ids=worker_ids, now=LATER)


def stored(propay):
    propay.refresh_from_db()
    return (propay.drifted_at, None if propay.drift_amount is None else str(propay.drift_amount))


def look(propay):
    return services.drift_of(company=propay.company, propay_id=propay.pk)


def adjust(propay, actor, note="", seen=None):
    return services.resolve_drift_by_adjusting(
        company=propay.company,
        propay_id=propay.pk,
        actor=actor,
        note=note,
        seen=look(propay).worked.digest if seen is None else seen,
        now=LATER,
    )


def dismiss(propay, actor, reason="A typing error", seen=None):
    return services.dismiss_drift(
        company=propay.company,
        propay_id=propay.pk,
        actor=actor,
        reason=reason,
        seen=look(propay).worked.digest if seen is None else seen,
        now=LATER,
    )


def pay_all(propay, actor):
    ids = list(Statement.objects.filter(status="OPEN").values_list("pk", flat=True))
    services.pay_statements(
        company=propay.company, actor=actor, statement_ids=ids, pay_date=date(2026, 11, 20), now=NOW
    )


# Finding it


def test_a_refresh_without_a_change_marks_nothing(company, propay):
    refresh(company)
    assert stored(propay) == (None, None)
    assert not look(propay).exists


def test_less_time_is_drift_and_the_approved_figures_stay(company, propay, entries, ana, bob):
    change(entries[0], minutes=300)

    # 15 hours cost 300.00; of 1,100.00 saved half is 550.00, which is 50.00 more.
    assert stored(propay) == (LATER, "50.00")
    assert (propay.actual_minutes, str(propay.pool_amount)) == (1200, "500.00")
    drift = look(propay)
    assert [(one.entry_id, one.before.minutes, one.after.minutes) for one in drift.entries] == [
        (entries[0].pk, 600, 300)
    ]
    assert {(one.worker_id, str(one.before), str(one.after)) for one in drift.amounts} == {
        (ana.pk, "250.00", "183.33"),
        (bob.pk, "250.00", "366.67"),
    }


@pytest.mark.parametrize(
    ("values", "amount"),
    [
        ({"kind": "meal_break"}, "100.00"),
        ({"is_open": True}, "100.00"),
        ({"voided_at": NOW, "voided_run_id": 7}, "100.00"),
        ({"work_date": date(2026, 9, 1)}, "100.00"),
        ({"work_date": date(2026, 10, 6)}, "0.00"),
        ({"kind": "auto_lunch"}, None),
        ({"ot1_minutes": 60}, None),
        ({"comment": "Typed"}, None),
    ],
)
def test_only_changes_of_time_cause_drift(propay, entries, values, amount):
    change(entries[0], **values)
    assert stored(propay)[1] == amount


def test_a_wage_with_four_decimals_counts_in_full_and_does_not_drift(company, admin, ana):
    """Rounded to cents, 10 hours would cost 251.30 (bonus.md 10.6)."""
    Wage.objects.filter(worker=ana).delete()
    services_wage = {"company": company, "worker": ana, "start_date": date(2026, 1, 1), "actor": admin, "now": NOW}
    set_wage(**services_wage, hourly_amount=Decimal("25.1275"))
    entry = factories.make_entry(ana, factories.make_job(company, "Porch"), minutes=600, work_date=MONDAY)
    propay = make_propay(entry.job, fixed_amount=Decimal("1400.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    propay.refresh_from_db()
    assert str(propay.actual_amount) == "251.28"
    assert [str(wage) for wage in SnapshotEntry.objects.values_list("wage", flat=True)] == ["25.1275"]

    done = set_wage(**services_wage, hourly_amount=Decimal("25.12750"))
    refresh(company)
    refresh(company, worker_ids={ana.pk})
    assert (done.changed, stored(propay), look(propay).exists) == (0, (None, None), False)

    set_wage(**services_wage, hourly_amount=Decimal("25.1274"))
    assert [(str(one.before.wage), str(one.after.wage)) for one in look(propay).entries] == [("25.1275", "25.1274")]
    assert stored(propay) == (NOW, "0.01")


def test_time_of_another_worker_is_drift(company, propay, entries, ana, bob):
    change(entries[0], worker=bob)
    assert stored(propay)[1] == "0.00"
    assert {(one.worker_id, str(one.difference)) for one in look(propay).amounts} == {
        (ana.pk, "-250.00"),
        (bob.pk, "250.00"),
    }
    assert look(propay).entries[0].differs_in("worker_id")


def test_new_time_and_time_that_moved_away_are_drift_in_the_same_refresh(company, propay, entries, bob):
    other = factories.make_job(company, "Roof")
    change(entries[0], job=other)
    factories.make_entry(bob, propay.job, minutes=60, work_date=MONDAY)
    refresh(company, {propay.job_id})

    gone, new = look(propay).entries
    assert (gone.after, new.before) == (None, None)
    assert stored(propay)[1] == "90.00"


def test_a_wage_that_changes_is_drift(company, propay, ana):
    Wage.objects.filter(worker=ana).update(hourly_amount=Decimal("30.00"))
    refresh(company, worker_ids={ana.pk})
    assert stored(propay)[1] == "-50.00"
    assert look(propay).entries[0].differs_in("wage")


def test_a_wage_that_changes_back_or_again_is_followed_also_where_it_was_dismissed(company, admin, propay, ana):
    wages = Wage.objects.filter(worker=ana)
    for amount, expected in (("30.00", "-50.00"), ("40.00", "-100.00"), ("20.00", None)):
        wages.update(hourly_amount=Decimal(amount))
        refresh(company, worker_ids={ana.pk})
        assert stored(propay)[1] == expected
    wages.update(hourly_amount=Decimal("30.00"))
    refresh(company, worker_ids={ana.pk})
    dismiss(propay, admin)
    factories.make_entry(ana, propay.job, minutes=60, work_date=MONDAY)
    refresh(company, worker_ids={ana.pk})
    assert stored(propay)[1] == "-65.00"


def test_a_wage_from_a_later_day_on_touches_nothing_that_was_approved(company, propay, ana, monkeypatch):
    marked = []
    monkeypatch.setattr(refreshing, "mark_drift", lambda *, propay_ids, now: marked.extend(propay_ids))
    factories.make_wage(ana, "35.00", start_date=MONDAY + timedelta(1))
    refresh(company, worker_ids={ana.pk})
    assert marked == []
    Wage.objects.filter(worker=ana).update(hourly_amount=Decimal("21.00"))
    refresh(company, worker_ids={ana.pk})
    assert marked == [propay.pk]


def test_a_missing_wage_is_drift_without_an_amount_and_cannot_be_adjusted(company, admin, propay, ana):
    Wage.objects.filter(worker=ana).delete()
    refresh(company, worker_ids={ana.pk})
    assert stored(propay) == (LATER, None)
    with pytest.raises(ValidationError, match="Missing wages: Ana Ruiz"):
        adjust(propay, admin)


def test_budget_and_rules_stay_frozen_even_if_jobs_and_workers_change(company, admin, entries):
    propay = make_propay(entries[0].job, budget_type="HOURS", fixed_amount=None)
    Job.objects.update(synced_budget_minutes=3000)
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    Job.objects.update(synced_budget_minutes=9000)
    type(entries[0].worker).objects.update(no_bonus=True)
    refresh(company)
    assert stored(propay) == (None, None)


def test_drift_goes_away_with_the_change(company, propay, entries):
    change(entries[0], minutes=300)
    change(entries[0], minutes=600)
    assert stored(propay) == (None, None)


def test_an_entry_split_in_two_is_not_drift(company, propay, entries, ana):
    change(entries[0], minutes=240)
    factories.make_entry(ana, propay.job, minutes=360, work_date=MONDAY)
    refresh(company, {propay.job_id})
    assert stored(propay) == (None, None)


def test_drift_keeps_the_moment_it_was_first_seen(company, propay, entries):
    change(entries[0], minutes=300)
    TimeEntry.objects.filter(pk=entries[0].pk).update(minutes=360)
    services.refresh(company=company, job_ids={propay.job_id}, now=LATER + timedelta(hours=1))
    assert stored(propay) == (LATER, "40.00")


def test_a_paid_propay_drifts_too(company, admin, propay, entries):
    pay_all(propay, admin)
    change(entries[0], minutes=300)
    assert stored(propay)[1] == "50.00"


def test_an_unapproved_propay_has_no_drift(company, admin, propay, entries):
    change(entries[0], minutes=300)
    services.unapprove_propay(company=company, propay_id=propay.pk, actor=admin, reason="Hours changed", now=LATER)
    assert stored(propay) == (None, None)
    assert propay.actual_minutes == 900


def test_marking_drift_takes_the_same_few_queries_for_many(company, admin, propay, django_assert_max_num_queries):
    idle = factories.make_company()
    with django_assert_max_num_queries(5):
        services.refresh(company=idle, now=LATER)
    others = []
    for number in range(12):
        job = factories.make_job(company, f"Job {number}")
        entry = factories.make_entry(factories.make_worker(company), job, minutes=600)
        factories.make_wage(entry.worker)
        others.append(make_propay(job))
    services.approve_propays(company=company, actor=admin, propay_ids=[one.pk for one in others], now=NOW)
    TimeEntry.objects.update(minutes=480)
    with django_assert_max_num_queries(18):
        refresh(company)
    assert ProPay.objects.filter(drifted_at=LATER).count() == 13


# Adjusting


def test_adjusting_takes_todays_figures_and_pays_the_differences_on_the_next_open_statements(
    company, admin, propay, entries, ana, bob
):
    pay_all(propay, admin)
    change(entries[0], minutes=300)

    adjust(propay, admin, "Ana left at noon")

    assert stored(propay) == (None, None)
    old, new = Snapshot.objects.order_by("number")
    assert (old.is_live, new.is_live, new.kind, new.note) == (False, True, "ADJUSTMENT", "Ana left at noon")
    assert new.terms == old.terms
    assert set(SnapshotEntry.objects.filter(is_live=True).values_list("snapshot_id", "minutes")) == {
        (new.pk, 300),
        (new.pk, 600),
    }
    lines = StatementLine.objects.filter(kind=LineKind.DRIFT)
    assert {(line.worker_id, str(line.amount), line.snapshot_id) for line in lines} == {
        (ana.pk, "-66.67", new.pk),
        (bob.pk, "116.67", new.pk),
    }
    line = lines.get(worker=ana)
    today = company.local_date(LATER)
    assert line.statement.status == "OPEN"
    assert line.statement.start_date <= today <= line.statement.end_date
    assert steps_of(line.steps)[-1].formula == "183.33 - 250.00"
    assert propay.status == "PAID"
    event = AuditEvent.objects.get(action="propay.adjusted")
    assert (
        event.summary
        == "Adjusted the change after approval on the ProPay “Kitchen”. Shares change by 50.00 in total. Ana left at "
        "noon"
    )


def test_adjusting_twice_books_each_difference_once(company, admin, propay, entries, ana):
    change(entries[0], minutes=300)
    adjust(propay, admin)
    change(entries[0], minutes=600)
    adjust(propay, admin)
    amounts = StatementLine.objects.filter(worker=ana).values_list("amount", flat=True)
    assert sum(amounts) == Decimal("250.00")
    assert Statement.objects.get(worker=ana, bonus_amount=Decimal("0.00")).lines.count() == 2


def test_adjusting_brings_the_true_ups_up_to_date(company, admin, propay, entries, bob):
    factories.make_entry(bob, factories.make_job(company), minutes=40 * 60, work_date=MONDAY + timedelta(1))
    change(entries[0], minutes=300)
    adjust(propay, admin)
    # 50 hours, 10 over 40: 0.5 × 366.67 / 50 × 10.
    federal = StatementLine.objects.filter(worker=bob, kind=LineKind.TRUE_UP).values_list("federal_amount", flat=True)
    assert sum(federal) == Decimal("36.67")


def test_adjusting_refuses_what_was_not_seen(company, admin, propay, entries):
    change(entries[0], minutes=300)
    seen = look(propay).worked.digest
    change(entries[0], minutes=360)
    for decide in (adjust, dismiss):
        with pytest.raises(ValidationError, match="Time changed again while you were reviewing."):
            decide(propay, admin, seen=seen)
    assert Snapshot.objects.count() == 1


def test_adjusting_refuses_where_nothing_differs_or_nothing_is_approved(company, admin, propay, entries):
    for decide in (adjust, dismiss):
        with pytest.raises(ValidationError, match="no longer a difference"):
            decide(propay, admin)
    services.unapprove_propay(company=company, propay_id=propay.pk, actor=admin, reason="No", now=NOW)
    for decide in (adjust, dismiss):
        with pytest.raises(ValidationError, match="its figures still follow time"):
            decide(propay, admin, seen="x")


def test_workers_and_strangers_cannot_decide(company, propay, entries, worker_user, stranger):
    change(entries[0], minutes=300)
    for actor in (worker_user, stranger):
        for decide in (adjust, dismiss):
            with pytest.raises(ValidationError, match="You don't have permission to approve ProPays."):
                decide(propay, actor)


def test_adjusting_releases_moved_hours_for_their_new_propay(company, admin, propay, entries):
    roof = make_propay(factories.make_job(company, "Roof"))
    change(entries[0], job=roof.job)

    def approve():
        return services.approve_propays(company=company, actor=admin, propay_ids=[roof.pk], now=LATER)

    assert "then moved here" in approve().refusals[roof.pk]
    adjust(propay, admin)
    assert approve().approved == (roof.pk,)
    change(entries[0], job=propay.job)
    with pytest.raises(ValidationError, match="was already approved on ProPay “Roof”"):
        adjust(propay, admin)


def test_an_adjusted_propay_is_unapproved_as_a_whole(company, admin, propay, entries):
    change(entries[0], minutes=300)
    adjust(propay, admin)
    services.unapprove_propay(company=company, propay_id=propay.pk, actor=admin, reason="All wrong", now=LATER)
    assert not StatementLine.objects.exists()
    assert not SnapshotEntry.objects.filter(is_live=True).exists()


# Dismissing


def test_a_dismissed_drift_comes_back_only_with_another_change(company, admin, propay, entries):
    change(entries[0], minutes=300)
    dismiss(propay, admin, "Clock was broken")
    assert stored(propay) == (None, None)
    assert look(propay).is_dismissed
    refresh(company)
    assert stored(propay) == (None, None)
    change(entries[0], minutes=360)
    assert stored(propay) == (LATER, "40.00")
    assert not StatementLine.objects.filter(kind=LineKind.DRIFT).exists()
    event = AuditEvent.objects.get(action="propay.drift_dismissed")
    assert event.summary.endswith("It would change the shares by 50.00. Clock was broken")
    assert Snapshot.objects.get().dismissed_reason == "Clock was broken"


def test_dismissing_requires_a_reason(company, admin, propay, entries):
    change(entries[0], minutes=300)
    with pytest.raises(ValidationError, match="Enter a reason"):
        dismiss(propay, admin, " ")


def test_a_dismissed_drift_can_still_be_adjusted(company, admin, propay, entries):
    change(entries[0], minutes=300)
    dismiss(propay, admin)
    adjust(propay, admin)
    assert StatementLine.objects.filter(kind=LineKind.DRIFT).count() == 2
