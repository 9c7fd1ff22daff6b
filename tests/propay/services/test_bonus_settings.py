"""Company-wide bonus settings and one worker's pay settings: stored, refused, recalculated."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import (
    BonusSettings,
    Share,
    Statement,
    StatementStatus,
)
from propay.queries.settings import bonus_settings
from propay.services import booking, true_ups
from protiv.accounts.models import AuditEvent, PayPeriodLength
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
PATH = "/settings/bonuses/"
VALUES = {
    "pay_period": PayPeriodLength.BIWEEKLY,
    "period_anchor_date": None,
    "managers_approve": True,
    "nets_losses": False,
    "rolls_over_negative": False,
    "payday_days": 7,
}
TYPED = {
    "payday_days": "7",
    "pay_period": "BIWEEKLY",
    "period_anchor_date": "",
    "managers_approve": "on",
}


@pytest.fixture
def approved(company, ana):
    """An approved bonus of 64.00 for four days of 9:30: nothing over 40 hours, six over 8 a day."""
    job = factories.make_job(company, "Kitchen")
    entries = [factories.make_entry(ana, job, minutes=570, work_date=MONDAY + timedelta(day)) for day in range(4)]
    propay = make_propay(job)
    snapshot = make_approved(propay, {ana: "64.00"}, dict.fromkeys(entries, "20.00"))
    booking.book_shares(
        company=company,
        snapshot=snapshot,
        shares={(ana.pk, "CREW"): Decimal("64.00")},
        period=booking.current_period(company=company, day=company.local_date(NOW)),
        actor=None,
        now=NOW,
    )
    true_ups.update_true_ups(company=company, propay_ids=[propay.pk], now=NOW)
    return propay


@pytest.fixture
def save(company, admin):
    def save(**values) -> BonusSettings:
        return services.save_bonus_settings(company=company, actor=admin, now=NOW, **{**VALUES, **values})

    return save


@pytest.fixture
def set_flags(company, admin, ana):
    def set_flags(*, no_bonus=False, is_salaried=False) -> bool:
        return services.set_worker_flags(
            company=company, worker_id=ana.pk, no_bonus=no_bonus, is_salaried=is_salaried, actor=admin, now=NOW
        )

    return set_flags


def overtime_of(statement: Statement) -> tuple[str, str]:
    statement.refresh_from_db()
    return (str(statement.federal_amount), str(statement.state_extra_amount))


def pay(statement: Statement) -> None:
    Statement.objects.filter(pk=statement.pk).update(
        status=StatementStatus.PAID, pay_date=date(2026, 11, 20), paid_amount=0
    )


# The settings


def test_saving_stores_everything_and_records_the_changes(company, admin, save):
    save(
        pay_period=PayPeriodLength.WEEKLY,
        period_anchor_date=MONDAY,
        managers_approve=False,
    )

    company.refresh_from_db()
    stored = bonus_settings(company)
    assert company.pay_period == "WEEKLY"
    assert (stored.period_anchor_date, stored.managers_approve) == (MONDAY, False)
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.target) == (admin, "bonus_settings.updated", f"company:{company.pk}")
    assert event.summary == (
        "Changed pay period from “Every two weeks (biweekly)” to “Weekly”; period anchor date from “company default” "
        "to “2026-10-05”; managers approve from on to off."
    )


def test_saving_the_same_again_records_nothing(save):
    save()

    assert not AuditEvent.objects.exists()
    assert not BonusSettings.objects.exists()


def test_other_settings_change_no_true_up(approved, save, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        save(nets_losses=True)


# The page


def test_only_admins_see_the_settings(as_admin, as_manager, as_worker, anonymous):
    for path in (PATH, reverse("bonus_periods")):
        assert as_admin.get(path).status_code == 200
        assert as_manager.get(path).status_code == 403
        assert as_worker.get(path).status_code == 403
        assert anonymous.get(path)["Location"].startswith("/login/")


def test_the_page_shows_stored_values_and_saves_the_input(as_admin, company, save):
    save(nets_losses=True)
    form = as_admin.get(PATH).context["form"]
    assert (form["nets_losses"].value(), form["managers_approve"].value()) == (True, True)

    response = as_admin.post(PATH, {**TYPED, "period_anchor_date": "2026-10-05"})

    assert response["Location"] == PATH
    stored = bonus_settings(company)
    assert (stored.nets_losses, stored.period_anchor_date) == (False, MONDAY)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"pay_period": "DAILY"}, "pay_period"),
        ({"pay_period": ""}, "pay_period"),
        ({"period_anchor_date": "soon"}, "period_anchor_date"),
        ({"period_anchor_date": "0026-10-05"}, "period_anchor_date"),
    ],
)
def test_wrong_input_is_refused_at_its_field(as_admin, typed, field):
    response = as_admin.post(PATH, {**TYPED, **typed})

    assert list(response.context["form"].errors) == [field]
    assert not BonusSettings.objects.exists()
    assert f'id="id_{field}_error"' in response.text


def test_a_first_day_is_ignored_for_monthly_periods(as_admin, company):
    as_admin.post(PATH, {**TYPED, "pay_period": "MONTHLY", "period_anchor_date": "soon"})

    company.refresh_from_db()
    assert company.pay_period == "MONTHLY"
    assert not BonusSettings.objects.exclude(period_anchor_date=None).exists()


@pytest.mark.parametrize(
    ("asked", "first", "second"),
    [
        ({"pay_period": "WEEKLY", "period_anchor_date": ""}, 0, 7),
        ({"pay_period": "WEEKLY", "period_anchor_date": "2026-10-07"}, 2, 7),
        ({"pay_period": "BIWEEKLY", "period_anchor_date": "2026-10-07"}, 2, 14),
    ],
)
def test_the_upcoming_periods_follow_the_input(as_admin, asked, first, second):
    periods = as_admin.get(reverse("bonus_periods"), asked).context["periods"]

    assert len(periods) == 4
    assert periods[0].start_date.weekday() == first
    assert periods[1].start_date - periods[0].start_date == timedelta(second)
    assert not BonusSettings.objects.exists()


@pytest.mark.parametrize("asked", [{}, {"pay_period": "DAILY"}, {"pay_period": "WEEKLY", "period_anchor_date": "x"}])
def test_there_are_no_upcoming_periods_while_the_days_are_invalid(as_admin, asked):
    assert "Enter valid dates to see the upcoming pay periods." in as_admin.get(reverse("bonus_periods"), asked).text


def test_settings_are_of_the_users_own_company(as_stranger, company, save):
    save(nets_losses=True)

    as_stranger.post(PATH, {**TYPED, "pay_period": "MONTHLY"})

    company.refresh_from_db()
    assert (company.pay_period, bonus_settings(company).nets_losses) == ("BIWEEKLY", True)


# One worker


def test_a_worker_without_a_bonus_leaves_the_share_to_the_others(company, ana, set_flags):
    job = factories.make_job(company)
    ben = factories.make_worker(company, "Ben Okafor")
    factories.make_wage(ben, "20.00")
    for worker in (ana, ben):
        factories.make_entry(worker, job)
    propay = make_propay(job)
    services.refresh(company=company, now=NOW)
    assert Share.objects.get(propay=propay, worker=ana).amount == Decimal("1170.00")

    assert set_flags(no_bonus=True) is True

    shares = dict(Share.objects.filter(propay=propay).values_list("worker", "amount"))
    assert shares == {ana.pk: Decimal("0.00"), ben.pk: Decimal("2340.00")}
    event = AuditEvent.objects.get(action="worker.flags_set")
    assert (event.target, event.summary) == (
        f"worker:{ana.pk}",
        "Ana Ruiz now isn't eligible for crew shares and is paid by the hour.",
    )


def test_a_worker_without_bonus_keeps_what_was_approved(ana, approved, set_flags):
    set_flags(no_bonus=True)

    assert Share.objects.get(propay=approved).amount == Decimal("64.00")
    assert Statement.objects.get().bonus_amount == Decimal("64.00")


def test_unchanged_flags_record_nothing(set_flags):
    assert set_flags() is False
    assert not AuditEvent.objects.exists()


def test_the_page_of_flags_is_for_admins_of_the_company(as_admin, as_manager, as_worker, as_stranger, anonymous, ana):
    path = reverse("worker_pay_flags", args=[ana.pk])

    for method in ("get", "post"):
        assert getattr(as_manager, method)(path).status_code == 403
        assert getattr(as_worker, method)(path).status_code == 403
        assert getattr(as_stranger, method)(path).status_code == 404
        assert getattr(anonymous, method)(path)["Location"].startswith("/login/")
    response = as_admin.post(path, {"no_bonus": "on", "is_salaried": "on"})

    ana.refresh_from_db()
    assert response["Location"] == reverse("worker_detail", args=[ana.pk])
    assert (ana.no_bonus, ana.is_salaried) == (True, True)
    assert as_admin.get(path).context["form"]["is_salaried"].value() is True


def test_the_page_of_a_worker_shows_the_flags_and_to_admins_the_way_to_change_them(
    as_admin, as_manager, ana, set_flags
):
    set_flags(no_bonus=True)
    path = reverse("worker_detail", args=[ana.pk])

    for client, changes in ((as_admin, True), (as_manager, False)):
        text = client.get(path).text
        assert "Not eligible" in text
        assert (reverse("worker_pay_flags", args=[ana.pk]) in text) is changes
