"""From when which rules for overtime on a bonus apply: stored, refused, recalculated (bonus.md 11.4)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from propay import services
from propay.models import LineKind, Statement, StatementStatus
from propay.services import booking, true_ups
from protiv.accounts.models import AuditEvent, PayPolicy
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
THURSDAY = date(2026, 11, 19)


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
    def save(from_date=None, reason="It was entered wrong.", **changes) -> None:
        rules = {"company": company, "from_date": from_date, "now": NOW, **factories.policy_values(**changes)}
        effect = services.preview_pay_policy(**rules)
        services.save_pay_policy(actor=admin, reason=reason, seen=effect.seen if effect else "", **rules)

    return save


def overtime_of(statement: Statement) -> tuple[str, str]:
    statement.refresh_from_db()
    return (str(statement.federal_amount), str(statement.state_extra_amount))


def pay(statement: Statement) -> None:
    Statement.objects.filter(pk=statement.pk).update(
        status=StatementStatus.PAID, pay_date=date(2026, 11, 20), paid_amount=0
    )


def test_another_rule_recalculates_what_is_not_paid(approved, save):
    statement = Statement.objects.get()
    assert overtime_of(statement) == ("0.00", "0.00")

    save(state="CA")
    assert overtime_of(statement) == ("0.00", "18.00")  # case C2
    save(state="CA", method="PRODUCTION")
    assert overtime_of(statement) == ("0.00", "5.05")
    save()
    assert overtime_of(statement) == ("0.00", "0.00")


def test_another_rule_changes_nothing_that_was_paid(approved, save):
    statement = Statement.objects.get()
    pay(statement)

    save(state="CA")

    assert overtime_of(statement) == ("0.00", "0.00")
    assert Statement.objects.count() == 1


def test_another_workweek_recalculates_what_is_not_paid(company, ana, approved, save):
    # 38 h from Monday to Thursday; with the Sunday before it, 48 h in the week from Sunday on.
    factories.make_entry(ana, factories.make_job(company), minutes=600, work_date=MONDAY - timedelta(1))

    save(workweek_start="SUNDAY")

    # 0.5 × 64.00 / 48 h × 8 h
    assert overtime_of(Statement.objects.get()) == ("5.33", "0.00")
    assert Statement.objects.get().lines.get(kind=LineKind.TRUE_UP).week_start == MONDAY - timedelta(1)


def test_a_later_policy_changes_no_week_before_it(company, ana, approved, save):
    factories.make_entry(ana, factories.make_job(company), minutes=600, work_date=MONDAY + timedelta(4))
    true_ups.update_all_true_ups(company=company, now=NOW)
    before = overtime_of(Statement.objects.get())
    assert before == ("5.33", "0.00")

    save(THURSDAY, workweek_start="THURSDAY", state="CA")

    assert overtime_of(Statement.objects.get()) == before
    company.refresh_from_db()
    assert company.workweek_start_date(THURSDAY - timedelta(1)) == date(2026, 11, 16)
    assert company.workweek_start_date(THURSDAY + timedelta(6)) == THURSDAY


def test_a_first_day_that_is_not_of_its_own_workweek_is_refused(company, save):
    with pytest.raises(ValidationError, match="Nov 23, 2026"):
        save(THURSDAY, state="CA")

    assert PayPolicy.objects.count() == 1
    assert not AuditEvent.objects.exists()


def test_saving_is_recorded(company, admin, save):
    save(THURSDAY, workweek_start="THURSDAY", state="CA")

    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.target) == (admin, "pay_policy.saved", f"company:{company.pk}")
    assert event.summary.startswith("Set the pay rules from Nov 19, 2026 on: workweek from Thursday 00:00, California")


def test_days_that_have_begun_need_a_reason_and_a_review(company, admin, approved, save):
    rules = {"company": company, "actor": admin, "now": NOW, "from_date": None, **factories.policy_values(state="CA")}
    with pytest.raises(ValidationError, match="say why"):
        services.save_pay_policy(**rules)
    with pytest.raises(ValidationError, match="say why"):
        save(state="CA", reason="")
    with pytest.raises(ValidationError, match="different now"):
        services.save_pay_policy(**rules, reason="Wrong state.", seen="0" * 16)
    assert (company.pay_policies.get().state, overtime_of(Statement.objects.get())) == ("", ("0.00", "0.00"))

    save(state="CA", reason="Wrong state.")

    assert AuditEvent.objects.get().summary.endswith("Reason: Wrong state.")


def test_the_review_shows_whose_open_overtime_changes_and_stores_nothing(company, ana, approved, save):
    save(state="CA")
    rules = {"company": company, "from_date": None, "now": NOW, **factories.policy_values()}

    effect = services.preview_pay_policy(**rules)

    (change,) = effect.shown
    assert (change.name, change.week_start) == (f"Ana Ruiz (ID {ana.external_id})", MONDAY)
    assert (change.before, change.after, effect.lowered) == (Decimal("18.00"), Decimal("0.00"), 1)
    assert (company.pay_policies.get().state, overtime_of(Statement.objects.get())) == ("CA", ("0.00", "18.00"))


def test_rules_that_have_not_begun_need_no_review(company, approved):
    coming = {"from_date": date(2026, 11, 30), "now": NOW, **factories.policy_values(state="CA")}
    assert services.preview_pay_policy(company=company, **coming) is None


def test_two_changes_within_one_workweek_are_refused(company, save):
    save(date(2026, 11, 26), workweek_start="THURSDAY")

    with pytest.raises(ValidationError, match="two weeks after"):
        save(date(2026, 11, 27), workweek_start="FRIDAY")


def test_only_coming_rules_are_removed(company, admin, save):
    save(date(2026, 11, 26), workweek_start="THURSDAY")
    first, coming = company.pay_policies.order_by("pk")
    remove = {"company": company, "actor": admin, "now": NOW}
    with pytest.raises(ValidationError, match="in effect already"):
        services.remove_pay_policy(policy_id=first.pk, **remove)

    services.remove_pay_policy(policy_id=coming.pk, **remove)

    assert company.pay_policies.get() == first
    assert AuditEvent.objects.latest("pk").summary == "Removed the pay rules from Nov 26, 2026 on."


# The pages


def typed(**changes):
    return {**factories.policy_values(**changes), "workday_start": "00:00"} | changes


def test_the_pages_are_for_admins_of_the_company(as_admin, as_manager, as_worker, as_stranger, anonymous, company):
    pk = company.pay_policies.get().pk
    paths = [reverse("pay_rules"), reverse("pay_rules_create"), reverse("pay_rules_edit", args=[pk])]
    for path in paths:
        assert as_admin.get(path).status_code == 200
        assert as_manager.get(path).status_code == 403
        assert as_worker.get(path).status_code == 403
        assert anonymous.get(path)["Location"].startswith("/login/")
    assert as_stranger.get(paths[2]).status_code == 404
    assert as_stranger.post(reverse("pay_rules_remove", args=[pk])).status_code == 404
    assert as_worker.post(reverse("pay_rules_remove", args=[pk])).status_code == 403


def test_rules_are_added_from_a_date_on(as_admin, company):
    page = as_admin.post(
        reverse("pay_rules_create"), typed(from_date="2099-11-05", workweek_start="THURSDAY", state="OR"), follow=True
    )

    assert "Pay rules saved." in page.text
    assert "From Thursday, Nov 5, 2099" in page.text
    assert "Oregon isn't covered yet" in page.text
    assert company.pay_policies.exclude(from_date=None).get().state == "OR"


def test_a_correction_is_reviewed_before_it_is_saved(as_admin, company, approved):
    path = reverse("pay_rules_edit", args=[company.pay_policies.get().pk])
    page = as_admin.post(path, typed(state="CA"))
    seen = page.context["effect"].seen
    assert "18.00" in page.text
    assert "Correct a mistake" not in page.text
    page = as_admin.post(path, typed(state="CA", seen=seen))
    assert "Enter a reason." in page.text
    assert company.pay_policies.get().state == ""

    answer = as_admin.post(path, typed(state="CA", seen=seen, reason="We are in California."))

    assert answer["Location"] == reverse("pay_rules")
    assert overtime_of(Statement.objects.get()) == ("0.00", "18.00")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"from_date": ""}, "from_date"),
        ({"from_date": "2099-11-06"}, "from_date"),
        ({"workweek_start": "FUNDAY"}, "workweek_start"),
        ({"workday_start": "25:00"}, "workday_start"),
        ({"workday_start": ""}, "workday_start"),
        ({"state": "XX"}, "state"),
        ({"method": "AVERAGE"}, "method"),
        ({"divisor": ""}, "divisor"),
        ({"take_back": "MAYBE"}, "take_back"),
    ],
)
def test_wrong_input_is_refused_at_its_field(as_admin, company, wrong, field):
    response = as_admin.post(reverse("pay_rules_create"), typed(**{"from_date": "2099-11-02"} | wrong))

    assert list(response.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in response.text
    assert PayPolicy.objects.count() == 1
