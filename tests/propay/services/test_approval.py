"""Approving and unapproving: the snapshot, the lines on the statements, and who is refused why."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.figures import terms_of
from propay.frozen.figures import figures_of
from propay.frozen.steps import steps_of
from propay.frozen.terms import thaw
from propay.models import (
    BonusSettings,
    CrewTerm,
    LineKind,
    ProPay,
    Share,
    Snapshot,
    SnapshotEntry,
    Statement,
    StatementLine,
)
from propay.queries.propays import with_terms
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import TimeEntry
from tests.make import factories
from tests.make.propays import NOW, checked, make_propay, put

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 3)


@pytest.fixture
def bob(company):
    worker = factories.make_worker(company, "Bob Stone")
    factories.make_wage(worker, "30.00")
    return worker


@pytest.fixture
def make(company, ana, bob):
    """A ProPay on a job of its own: Ana 30 h at 20.00 and Bob 20 h at 30.00 cost 1,200.00."""

    def make(title="Kitchen", budget="2200.00", **fields):
        job = factories.make_job(company, title)
        for worker, days in ((ana, 3), (bob, 2)):
            for day in range(days):
                factories.make_entry(worker, job, minutes=600, work_date=date(2026, 10, 5 + day))
        propay = make_propay(job, fixed_amount=Decimal(budget), **fields)
        services.refresh(company=company, job_ids=[job.pk], now=NOW)
        propay.refresh_from_db()
        return propay

    return make


def approve(company, actor, *propays, **more):
    ids = [propay.pk for propay in propays]
    return services.approve_propays(
        company=company, actor=actor, propay_ids=ids, answers=checked(*propays), now=NOW, **more
    )


def unapprove(company, actor, propay, reason="Wrong week"):
    return services.unapprove_propay(company=company, propay_id=propay.pk, actor=actor, reason=reason, now=NOW)


def digests(company, *propays):
    preview = services.preview_approval(company=company, propay_ids=[propay.pk for propay in propays], now=NOW)
    return {pk: preview.seen(pk) for pk in preview.worked}


def amounts_on_statements(propay):
    lines = StatementLine.objects.filter(propay=propay, kind=LineKind.SHARE).order_by("pk")
    return {(line.worker_id, line.role): str(line.amount) for line in lines}


def status_of(propay):
    return ProPay.objects.get(pk=propay.pk).status


def test_approve_freezes_figures_terms_and_every_entry(company, admin, make, ana, bob):
    propay = make()

    approval = approve(company, admin, propay)

    assert approval.approved == (propay.pk,)
    assert approval.refusals == {}
    assert status_of(propay) == "APPROVED"
    snapshot = Snapshot.objects.get(propay=propay)
    assert (snapshot.kind, snapshot.number, snapshot.is_live) == ("APPROVAL", 1, True)
    assert snapshot.created_by_email == admin.email
    assert thaw(snapshot.terms) == terms_of(with_terms(ProPay.objects.all()).get(pk=propay.pk))
    figures = figures_of(snapshot.figures)
    assert (str(figures.saving_amount), str(figures.pool_amount)) == ("1000.00", "500.00")
    assert {key: str(share.amount) for key, share in figures.shares.items()} == {
        (ana.pk, "CREW"): "300.00",
        (bob.pk, "CREW"): "200.00",
    }
    assert [step.key for step in figures.trace][-2:] == [f"share.CREW.{ana.pk}", f"share.CREW.{bob.pk}"]
    assert snapshot.figures["rules"]["job"] == "Kitchen"
    claims = SnapshotEntry.objects.filter(snapshot=snapshot, is_live=True)
    assert set(claims.values_list("entry_id", flat=True)) == set(TimeEntry.objects.values_list("pk", flat=True))
    assert {(claim.worker_id, str(claim.wage)) for claim in claims} == {(ana.pk, "20.00"), (bob.pk, "30.00")}


def test_approve_puts_shares_and_true_ups_on_the_statements_of_today(company, admin, make, ana, bob):
    propay = make()
    elsewhere = factories.make_job(company)
    factories.make_entry(ana, elsewhere, minutes=20 * 60, work_date=date(2026, 10, 8))

    approve(company, admin, propay)

    assert amounts_on_statements(propay) == {(ana.pk, "CREW"): "300.00", (bob.pk, "CREW"): "200.00"}
    statement = Statement.objects.get(worker=ana)
    assert statement.start_date <= company.local_date(NOW) <= statement.end_date
    # 50 hours that week, 10 of them overtime: 0.5 × 300 / 50 × 10.
    assert (str(statement.bonus_amount), str(statement.federal_amount)) == ("300.00", "30.00")
    line = statement.lines.get(kind=LineKind.SHARE)
    assert [step.key for step in steps_of(line.steps)] == ["saving", "split", "part.crew", f"share.CREW.{ana.pk}"]


def test_approve_books_every_role_of_a_person(company, admin, make, ana):
    propay = make(lead=ana, lead_percent=20, crew_percent=80)

    approve(company, admin, propay)

    # A lead with a lead part draws nothing from the crew's.
    assert amounts_on_statements(propay)[ana.pk, "LEAD"] == "100.00"
    assert (ana.pk, "CREW") not in amounts_on_statements(propay)


def test_approving_a_loss_pays_no_one_and_claims_its_time(company, admin, make):
    propay = make(budget="1000.00")

    approve(company, admin, propay)

    assert status_of(propay) == "APPROVED"
    assert not StatementLine.objects.exists()
    assert SnapshotEntry.objects.filter(snapshot__propay=propay).count() == 5


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"completion_percent": Decimal("99.50")}, "It's 99.5% complete. You can approve a ProPay only at 100%."),
        ({"start_date": date(2026, 10, 20)}, "No time has been counted yet."),
    ],
)
def test_approve_refuses_what_is_not_done(company, admin, make, fields, reason):
    propay = make(**fields)

    approval = approve(company, admin, propay)

    assert (approval.approved, approval.refusals) == ((), {propay.pk: reason})
    assert status_of(propay) in ("PENDING", "STARTED")
    assert not Snapshot.objects.exists()


def test_approve_refuses_when_a_wage_is_missing_and_names_the_worker(company, admin, make):
    propay = make()
    factories.make_entry(factories.make_worker(company, "Cy Lane"), propay.job, work_date=DAY)

    approval = approve(company, admin, propay)

    assert approval.refusals[propay.pk].startswith("Missing wages: Cy Lane from Nov 3, 2026.")


@pytest.mark.parametrize("status", ["CANCELED", "PAID"])
def test_approve_refuses_what_is_not_open(company, admin, make, status):
    propay = make()
    put(propay, status)

    approval = approve(company, admin, propay)

    assert approval.refusals == {propay.pk: f"It's already {status.lower()}."}


def test_the_second_to_approve_is_told_who_was_first(company, admin, manager, make):
    propay = make()
    approve(company, admin, propay)

    approval = approve(company, manager, propay)

    assert approval.refusals == {propay.pk: f"It's already approved ({admin.email})."}
    assert Snapshot.objects.count() == 1
    assert StatementLine.objects.filter(kind=LineKind.SHARE).count() == 2


def test_approve_refuses_figures_that_changed_since_they_were_seen(company, admin, make, ana):
    propay = make()
    seen = digests(company, propay)
    factories.make_entry(ana, propay.job, minutes=60, work_date=DAY)

    assert "changed while you were reviewing" in approve(company, admin, propay, seen=seen).refusals[propay.pk]
    assert approve(company, admin, propay, seen=digests(company, propay)).approved == (propay.pk,)


def test_approve_recalculates_before_it_freezes(company, admin, make, ana):
    propay = make()
    factories.make_entry(ana, propay.job, minutes=600, work_date=DAY)

    approve(company, admin, propay)

    assert ProPay.objects.get(pk=propay.pk).actual_minutes == 60 * 60
    assert figures_of(Snapshot.objects.get().figures).actual_minutes == 60 * 60


def test_approving_many_reports_a_reason_for_each_refusal(company, admin, make):
    good, early = make("Kitchen"), make("Roof", completion_percent=Decimal(40))

    approval = approve(company, admin, good, early)

    assert approval.approved == (good.pk,)
    assert list(approval.refusals) == [early.pk]


def test_approve_of_another_company_changes_nothing(company, admin, make, stranger):
    propay = make()
    other = stranger.memberships.get().company

    approval = approve(other, stranger, propay)

    assert approval.refusals == {propay.pk: "There is no such ProPay."}
    assert status_of(propay) == "STARTED"


def test_managers_approve_unless_the_company_keeps_it_to_admins(company, admin, manager, worker_user, make):
    propay = make()
    with pytest.raises(ValidationError, match="You don't have permission to approve ProPays."):
        approve(company, worker_user, propay)
    BonusSettings.objects.create(company=company, managers_approve=False)
    with pytest.raises(ValidationError, match="You don't have permission to approve ProPays."):
        approve(company, manager, propay)
    BonusSettings.objects.update(managers_approve=True)
    assert approve(company, manager, propay).approved == (propay.pk,)
    BonusSettings.objects.update(managers_approve=False)
    with pytest.raises(ValidationError, match="You don't have permission to approve ProPays."):
        unapprove(company, manager, propay)
    unapprove(company, admin, propay)


def test_approve_refuses_hours_that_another_approved_propay_claims(company, admin, make, ana):
    kitchen, roof = make("Kitchen"), make("Roof")
    approve(company, admin, kitchen)
    TimeEntry.objects.filter(pk=SnapshotEntry.objects.first().entry_id).update(job=roof.job)
    services.refresh(company=company, now=NOW)

    approval = approve(company, admin, roof)

    assert "was already approved on ProPay “Kitchen” and then moved here" in approval.refusals[roof.pk]
    unapprove(company, admin, kitchen)
    assert approve(company, admin, roof).approved == (roof.pk,)


def test_approval_copies_the_companys_drive_time_default(company, admin, make, ana):
    propay = make()
    factories.make_entry(ana, propay.job, minutes=60, kind="travel", work_date=DAY)
    approve(company, admin, propay)

    company.include_travel = True
    company.save()
    services.refresh(company=company, job_ids=[propay.job_id], now=NOW)

    propay.refresh_from_db()
    assert propay.include_travel is False
    assert propay.drifted_at is None
    assert unapprove(company, admin, propay).include_travel is None
    assert ProPay.objects.get(pk=propay.pk).actual_minutes == 51 * 60


# Unapproving


def test_unapprove_removes_lines_and_claims_and_follows_the_time_again(company, admin, make, ana):
    propay = make()
    approve(company, admin, propay)

    unapprove(company, admin, propay)

    assert status_of(propay) == "STARTED"
    assert not StatementLine.objects.exists()
    assert not Snapshot.objects.filter(is_live=True).exists()
    assert SnapshotEntry.objects.filter(is_live=False).count() == 5
    assert set(Statement.objects.values_list("bonus_amount", flat=True)) == {Decimal("0.00")}
    factories.make_entry(ana, propay.job, minutes=60, work_date=DAY)
    services.refresh(company=company, job_ids=[propay.job_id], now=NOW)
    assert ProPay.objects.get(pk=propay.pk).actual_minutes == 51 * 60


def test_unapprove_of_a_complete_one_leaves_it_complete_and_it_can_be_approved_again(company, admin, make):
    propay = make(status="COMPLETE")
    approve(company, admin, propay)
    unapprove(company, admin, propay)
    assert status_of(propay) == "COMPLETE"

    approve(company, admin, propay)

    assert list(Snapshot.objects.order_by("number").values_list("number", "is_live")) == [(1, False), (2, True)]
    assert Share.objects.filter(propay=propay).count() == 2


def test_unapprove_refuses_when_some_of_it_was_paid(company, admin, make, ana):
    propay = make()
    approve(company, admin, propay)
    statement = Statement.objects.filter(worker=ana)
    statement.update(status="PAID", pay_date=DAY, paid_amount=Decimal("300.00"))

    with pytest.raises(ValidationError, match="already paid"):
        unapprove(company, admin, propay)

    assert status_of(propay) == "APPROVED"
    assert Snapshot.objects.get().is_live


@pytest.mark.parametrize("reason", ["", "  "])
def test_unapprove_requires_a_reason(company, admin, make, reason):
    propay = make()
    approve(company, admin, propay)
    with pytest.raises(ValidationError, match="Enter a reason"):
        unapprove(company, admin, propay, reason)


def test_unapprove_refuses_what_is_not_approved(company, admin, make):
    with pytest.raises(ValidationError, match="it can't be unapproved"):
        unapprove(company, admin, make())


def test_approving_and_unapproving_leave_audit_events(company, admin, make):
    propay = make()
    approve(company, admin, propay)
    unapprove(company, admin, propay)

    events = AuditEvent.objects.filter(target=f"propay:{propay.pk}").order_by("pk").values_list("action", "summary")
    assert list(events) == [
        ("propay.approved", "Approved the ProPay “Kitchen”. Pool 500.00."),
        ("propay.unapproved", "Unapproved the ProPay “Kitchen”. Wrong week"),
    ]


# Netting


@pytest.fixture
def nets(company):
    BonusSettings.objects.create(company=company, nets_losses=True)


def test_losses_are_not_netted_unless_the_company_says_so(company, admin, make):
    gain, loss = make("Kitchen"), make("Roof", "1000.00")
    approve(company, admin, gain, loss)
    assert [str(one.pool_amount) for one in ProPay.objects.order_by("pk")] == ["500.00", "0.00"]


def test_a_loss_is_paid_from_the_savings_approved_with_it(company, admin, make, nets, ana):
    gain, loss = make("Kitchen"), make("Roof", "1000.00")

    approve(company, admin, gain, loss)

    gain.refresh_from_db()
    assert (str(gain.netted_amount), str(gain.saving_amount), str(gain.pool_amount)) == ("200.00", "1000.00", "400.00")
    assert amounts_on_statements(gain)[ana.pk, "CREW"] == "240.00"
    assert thaw(Snapshot.objects.get(propay=gain).terms).netted_amount == Decimal("200.00")
    assert ProPay.objects.get(pk=loss.pk).netted_amount == 0
    services.refresh(company=company, job_ids=[gain.job_id, loss.job_id], now=NOW)
    assert not ProPay.objects.filter(drifted_at__isnull=False).exists()


def test_propays_netted_together_are_unapproved_together(company, admin, make, nets):
    gain, loss = make("Kitchen"), make("Roof", "1000.00")
    approve(company, admin, gain, loss)

    unapprove(company, admin, loss)

    assert [status_of(one) for one in (gain, loss)] == ["STARTED", "STARTED"]
    gain.refresh_from_db()
    assert (gain.netted_amount, str(gain.pool_amount)) == (0, "500.00")


def test_a_saving_that_covered_no_loss_is_unapproved_alone(company, admin, make, nets):
    kitchen, roof = make("Kitchen"), make("Roof")
    approve(company, admin, kitchen, roof)
    unapprove(company, admin, kitchen)
    assert [status_of(one) for one in (kitchen, roof)] == ["STARTED", "APPROVED"]


def test_no_one_gets_a_netting_that_was_not_seen(company, admin, make, nets, ana):
    gain, loss, other = make("Kitchen"), make("Roof", "1000.00"), make("Shed", "1200.00")
    seen = digests(company, gain, loss, other)
    factories.make_entry(ana, loss.job, minutes=60, work_date=DAY)

    approval = approve(company, admin, gain, loss, other, seen=seen)

    # The roof lost more, so the kitchen would pay more; the shed saved nothing and has no part in it.
    assert approval.approved == (other.pk,)
    assert "changed while you were reviewing" in approval.refusals[loss.pk]
    assert "changed while you were reviewing" in approval.refusals[gain.pk]


def test_a_saving_does_not_pay_for_a_loss_that_is_not_approved_with_it(company, admin, make, nets):
    gain, loss = make("Kitchen"), make("Roof", "1000.00")
    seen = digests(company, gain, loss)
    TimeEntry.objects.filter(pk=loss.job.time_entries.first().pk).update(work_date=DAY)

    approval = approve(company, admin, gain, loss, seen=seen)

    assert "changed while you were reviewing" in approval.refusals[loss.pk]
    assert (
        "These ProPays offset losses against savings and must be approved together, but at least one couldn't be "
        "approved."
    ) in approval.refusals[gain.pk]
    assert ProPay.objects.get(pk=gain.pk).netted_amount == 0


def test_netting_turned_on_later_was_not_seen(company, admin, make):
    gain, loss = make("Kitchen"), make("Roof", "1000.00")
    seen = digests(company, gain, loss)
    BonusSettings.objects.create(company=company, nets_losses=True)
    assert approve(company, admin, gain, loss, seen=seen).approved == ()
    assert approve(company, admin, gain, loss, seen=digests(company, gain, loss)).approved == (gain.pk, loss.pk)


def test_fixed_amounts_that_do_not_match_after_netting_are_refused(company, admin, make, nets, ana, bob):
    typed, gain, loss = make("Kitchen", distribution="MANUAL"), make("Shed"), make("Roof", "1000.00")
    for worker, amount in ((ana, "300.00"), (bob, "200.00")):
        CrewTerm.objects.create(company=company, propay=typed, worker=worker, manual_amount=Decimal(amount))
    services.refresh(company=company, now=NOW)

    approval = approve(company, admin, typed, gain, loss)

    assert approval.approved == (gain.pk, loss.pk)
    assert approval.refusals[typed.pk].startswith("After its offset for losses:")
    assert str(ProPay.objects.get(pk=gain.pk).netted_amount) == "200.00"
    typed.refresh_from_db()
    assert (typed.netted_amount, typed.figure_note, str(typed.pool_amount)) == (0, "", "500.00")
