"""Exempt status and schedule with dates: what they change, what they need, and their pages (bonus.md 11.3, 11.10)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from propay import services
from propay.models import Statement, StatementStatus
from propay.services import booking, true_ups
from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import OvertimeExemption, WorkerSchedule
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
SCHEDULE = {**dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), 600), "is_under_agreement": False}
TEN = {**dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "10")}


@pytest.fixture
def statement(company, ana):
    """300.00 for 45 hours from Monday to Friday: 16.67 by the federal rule (bonus.md 11.3)."""
    job = factories.make_job(company, "Kitchen")
    entries = [factories.make_entry(ana, job, minutes=540, work_date=MONDAY + timedelta(day)) for day in range(5)]
    return book(company, ana, job, entries, "300.00")


def book(company, ana, job, entries, amount) -> Statement:
    propay = make_propay(job)
    snapshot = make_approved(propay, {ana: amount}, dict.fromkeys(entries, "20.00"))
    booking.book_shares(
        company=company,
        snapshot=snapshot,
        shares={(ana.pk, "CREW"): Decimal(amount)},
        period=booking.current_period(company=company, day=company.local_date(NOW)),
        actor=None,
        now=NOW,
    )
    true_ups.update_true_ups(company=company, propay_ids=[propay.pk], now=NOW)
    return Statement.objects.get()


@pytest.fixture
def save(company, admin, ana):
    def save(model, from_date, *, row_id=None, reason="It was entered wrong.", **values) -> None:
        row = services.StatusRow(model=model, from_date=from_date, values=values, row_id=row_id)
        target = {"company": company, "worker_id": ana.pk, "row": row, "now": NOW}
        effect = services.preview_worker_status(**target)
        services.save_worker_status(**target, actor=admin, reason=reason, seen=effect.seen if effect else "")

    return save


@pytest.fixture
def exempt(save):
    def exempt(from_date, **options) -> None:
        save(OvertimeExemption, from_date, **{"is_federal": True, "is_state": True} | options)

    return exempt


def overtime_of(statement: Statement) -> tuple[str, str]:
    statement.refresh_from_db()
    return (str(statement.federal_amount), str(statement.state_extra_amount))


def test_a_promotion_keeps_the_overtime_of_the_weeks_before(statement, exempt):
    exempt(MONDAY + timedelta(7))

    assert overtime_of(statement) == ("16.67", "0.00")


def test_a_week_is_exempt_only_if_all_its_days_are(statement, exempt):
    exempt(MONDAY + timedelta(1))
    assert overtime_of(statement) == ("16.67", "0.00")
    exempt(MONDAY)
    assert overtime_of(statement) == ("0.00", "0.00")


def test_federal_and_state_law_exempt_apart(company, statement, exempt):
    factories.set_policy(company, state="CA")
    true_ups.update_all_true_ups(company=company, now=NOW)
    both = overtime_of(statement)

    exempt(MONDAY, is_state=False)
    assert overtime_of(statement) == ("0.00", str(sum(map(Decimal, both))))
    row = OvertimeExemption.objects.get()
    exempt(MONDAY, row_id=row.pk, is_federal=False)
    assert overtime_of(statement) == ("16.67", "0.00")


def test_what_is_locked_or_paid_does_not_change(statement, exempt):
    Statement.objects.update(status=StatementStatus.PAID, pay_date=date(2026, 11, 20), paid_amount=0)

    exempt(None)

    assert overtime_of(statement) == ("16.67", "0.00")
    assert Statement.objects.count() == 1


def test_a_change_of_open_overtime_needs_a_review_and_a_reason(company, admin, ana, statement, exempt):
    row = services.StatusRow(model=OvertimeExemption, from_date=None, values={"is_federal": True, "is_state": True})
    target = {"company": company, "worker_id": ana.pk, "row": row, "now": NOW}
    effect = services.preview_worker_status(**target)
    assert [(one.before, one.after) for one in effect.shown] == [(Decimal("16.67"), Decimal("0.00"))]
    assert overtime_of(statement) == ("16.67", "0.00")
    with pytest.raises(ValidationError, match="say why"):
        services.save_worker_status(**target, actor=admin)
    with pytest.raises(ValidationError, match="different now"):
        services.save_worker_status(**target, actor=admin, seen="0" * 16, reason="Promoted.")
    assert not OvertimeExemption.objects.exists()

    exempt(None, reason="Promoted.")

    event = AuditEvent.objects.get()
    assert (event.actor, event.target) == (admin, f"worker:{ana.pk}")
    assert event.summary == (
        "Set the exempt status of Ana Ruiz from the beginning: federal yes, state yes. Reason: Promoted."
    )


def test_the_same_day_twice_is_refused(exempt):
    exempt(MONDAY)

    with pytest.raises(ValidationError, match="from Oct 5, 2026 on already"):
        exempt(MONDAY)


def test_a_removed_status_gives_the_overtime_back(statement, exempt, save):
    exempt(None)
    save(OvertimeExemption, None, row_id=OvertimeExemption.objects.get().pk)

    assert overtime_of(statement) == ("16.67", "0.00")
    assert not OvertimeExemption.objects.exists()


def test_scheduled_hours_of_a_day_are_no_daily_overtime(company, ana, save):
    factories.set_policy(company, state="CA")
    job = factories.make_job(company, "Kitchen")
    entries = [factories.make_entry(ana, job, minutes=600, work_date=MONDAY + timedelta(day)) for day in range(4)]
    statement = book(company, ana, job, entries, "100.00")
    assert overtime_of(statement) == ("0.00", "37.50")

    save(WorkerSchedule, MONDAY, **SCHEDULE)

    assert overtime_of(statement) == ("0.00", "0.00")


# The pages


def test_the_pages_are_for_admins_of_the_company(as_admin, as_manager, as_worker, as_stranger, anonymous, company, ana):
    schedule = ana.schedules.create(company=company, monday=600)
    paths = [
        reverse("exemption_create", args=[ana.pk]),
        reverse("exemption_edit", args=[ana.pk, factories.set_exempt(ana).pk]),
        reverse("schedule_create", args=[ana.pk]),
        reverse("schedule_edit", args=[ana.pk, schedule.pk]),
    ]
    for path in paths:
        assert as_admin.get(path).status_code == 200
        for method in ("get", "post"):
            assert getattr(as_manager, method)(path).status_code == 403
            assert getattr(as_worker, method)(path).status_code == 403
            assert getattr(as_stranger, method)(path).status_code == 404
            assert getattr(anonymous, method)(path)["Location"].startswith("/login/")


def test_a_status_is_entered_after_a_review(as_admin, ana, statement):
    path = reverse("exemption_create", args=[ana.pk])
    typed = {"from_date": "2026-10-05", "is_federal": "on", "is_state": "on"}
    page = as_admin.post(path, typed)
    assert "16.67" in page.text
    seen = page.context["effect"].seen
    assert "Enter a reason." in as_admin.post(path, typed | {"seen": seen}).text

    answer = as_admin.post(path, typed | {"seen": seen, "reason": "Salaried foreman."})

    assert answer["Location"] == reverse("worker_pay_flags", args=[ana.pk])
    assert "from Oct 5, 2026 on" in as_admin.get(answer["Location"]).text
    assert overtime_of(statement) == ("0.00", "0.00")


def test_a_status_is_removed_after_a_review(as_admin, ana, statement):
    row = factories.set_exempt(ana)
    true_ups.update_open_true_ups_of(company=ana.company, worker_id=ana.pk, now=NOW)
    path = reverse("exemption_edit", args=[ana.pk, row.pk])
    seen = as_admin.post(path, {"action": "remove"}).context["effect"].seen
    assert OvertimeExemption.objects.exists()

    as_admin.post(path, {"action": "remove", "seen": seen, "reason": "He is paid by the hour."})

    assert not OvertimeExemption.objects.exists()
    assert overtime_of(statement) == ("16.67", "0.00")


def test_a_status_without_a_date_is_asked_for(as_admin, as_manager, ana):
    row = factories.set_exempt(ana)
    for client in (as_admin, as_manager):
        assert "Since when are these workers exempt" in client.get(reverse("worker_list")).text
    path = reverse("exemption_edit", args=[ana.pk, row.pk])
    assert path in as_admin.get(reverse("worker_pay_flags", args=[ana.pk])).text

    as_admin.post(path, {"from_date": "2026-10-05", "is_federal": "on", "is_state": "on"})

    assert OvertimeExemption.objects.get().from_date == MONDAY
    assert "Since when are these workers exempt" not in as_admin.get(reverse("worker_list")).text


def test_a_schedule_is_entered_as_hours_by_weekday(as_admin, ana):
    as_admin.post(reverse("schedule_create", args=[ana.pk]), {"from_date": "2026-10-05", **TEN})

    row = WorkerSchedule.objects.get()
    assert row.minutes == ((0, 600), (1, 600), (2, 600), (3, 600))
    page = as_admin.get(reverse("schedule_edit", args=[ana.pk, row.pk]))
    assert page.context["form"]["monday"].value() == "10:00"
    assert "Monday 10:00" in as_admin.get(reverse("worker_detail", args=[ana.pk])).text


@pytest.mark.parametrize(
    ("name", "wrong", "field"),
    [
        ("exemption_create", {"from_date": ""}, "from_date"),
        ("exemption_create", {"from_date": "soon"}, "from_date"),
        ("schedule_create", {"from_date": ""}, "from_date"),
        ("schedule_create", {"monday": "11"}, "monday"),
        ("schedule_create", {"sunday": "ten"}, "sunday"),
    ],
)
def test_wrong_input_is_refused_at_its_field(as_admin, ana, name, wrong, field):
    response = as_admin.post(reverse(name, args=[ana.pk]), {"from_date": "2026-10-05", **wrong})

    assert list(response.context["form"].errors) == [field]
    assert not OvertimeExemption.objects.exists()
    assert not WorkerSchedule.objects.exists()
