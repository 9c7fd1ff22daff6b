"""Creating, editing, canceling and restoring: and that no ProPay claims the time of another."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from propay import services
from propay.models import ProPay, Share
from propay.rules.budgets import BudgetType
from propay.rules.states import ProPayStatus
from protiv.accounts.models import AuditEvent, Role
from protiv.timekeeping.models import Wage
from tests.make import factories
from tests.make.propays import NOW, START, make_propay
from tests.make.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen", synced_budget_minutes=80 * 60)


@pytest.fixture
def create(company, admin, job):
    """Create a ProPay with a dollar budget from October 1 on; whatever matters is passed."""

    def create(**terms: Any) -> ProPay:
        return services.create_propay(
            company=company,
            actor=admin,
            now=NOW,
            **{
                "job": job,
                "title": "Kitchen",
                "budget_type": BudgetType.AMOUNT,
                "fixed_amount": Decimal("5000.00"),
                "start_date": START,
                **terms,
            },
        )

    return create


@pytest.fixture
def edit(company, admin):
    def edit(propay: ProPay, **terms: Any) -> ProPay:
        return services.edit_propay(company=company, propay_id=propay.pk, actor=admin, now=NOW, **terms)

    return edit


# Creating


def test_create_propay_calculates_its_first_figures(company, job, create):
    worker = factories.make_worker(company)
    factories.make_wage(worker, "25.00")
    factories.make_entry(worker, job, minutes=600)

    propay = create()

    assert propay.status == ProPayStatus.STARTED
    assert propay.saving_amount == Decimal("4750.00")
    assert propay.pool_amount == Decimal("2375.00")
    assert propay.refreshed_at == NOW
    assert Share.objects.get().amount == Decimal("2375.00")


def test_create_propay_gives_the_crew_the_rest_of_the_pool(create):
    propay = create(company_percent=Decimal("12.5"))

    assert propay.crew_percent == Decimal("87.5")


def test_create_propay_keeps_only_the_budget_of_the_chosen_type(create):
    propay = create(
        budget_type=BudgetType.HOURS,
        budget_minutes=600,
        fixed_amount=Decimal("1"),
        contract_amount=Decimal("2"),
        labor_percent=Decimal("3"),
    )

    assert (propay.budget_minutes, propay.fixed_amount, propay.contract_amount, propay.labor_percent) == (
        600,
        None,
        None,
        None,
    )


def test_create_propay_leaves_an_audit_event(company, admin, create):
    propay = create()

    event = AuditEvent.objects.get(company=company)
    assert (event.actor, event.action, event.target) == (admin, "propay.created", f"propay:{propay.pk}")
    assert "Kitchen" in event.summary


@pytest.mark.parametrize("what", ["job", "manager", "cost_codes"])
def test_create_propay_refuses_what_belongs_to_another_company(create, what):
    other = factories.make_company()
    foreign = {
        "job": lambda: factories.make_job(other),
        "manager": lambda: factories.make_member(other, Role.ADMIN),
        "cost_codes": lambda: [factories.make_cost_code(other)],
    }[what]()

    with pytest.raises(ValidationError, match="belong to your company"):
        create(**{what: foreign})

    assert not ProPay.objects.exists()


def test_create_propay_refuses_a_worker_as_manager(company, create):
    with pytest.raises(ValidationError, match="Choose a manager or an admin."):
        create(manager=factories.make_member(company, Role.WORKER))


# One time entry, one ProPay


def refused(create, **terms: Any) -> bool:
    """Whether it is refused, and for the sake of the first one."""
    messages: list[str] = []
    try:
        create(**terms)
    except ValidationError as refusal:
        messages = refusal.messages
    assert all("“First 50% off”" in message for message in messages)
    return bool(messages)


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        ((START, None), (START, None), True),
        ((START, None), (date(2027, 1, 1), None), True),
        ((START, None), (date(2026, 1, 1), None), True),
        ((START, None), (date(2026, 1, 1), START - timedelta(1)), False),
        ((START, None), (date(2026, 1, 1), START), True),
        ((START, date(2026, 10, 31)), (date(2026, 11, 1), None), False),
        ((START, date(2026, 10, 31)), (date(2026, 10, 31), date(2026, 10, 31)), True),
        ((START, date(2026, 10, 31)), (date(2026, 10, 10), date(2026, 10, 11)), True),
    ],
)
def test_create_propay_refuses_dates_that_another_one_claims_and_names_it(create, first, second, is_refused):
    create(title="First 50% off", start_date=first[0], end_date=first[1])

    assert refused(create, start_date=second[0], end_date=second[1]) is is_refused


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [("", "", True), ("a", "", True), ("", "a", True), ("ab", "bc", True), ("ab", "c", False)],
)
def test_create_propay_refuses_cost_codes_that_another_one_claims(company, create, first, second, is_refused):
    codes = {name: factories.make_cost_code(company, name) for name in "abc"}
    create(title="First 50% off", cost_codes=[codes[name] for name in first])

    assert refused(create, cost_codes=[codes[name] for name in second]) is is_refused


def test_create_propay_lets_another_job_and_another_company_be(company, create):
    create()

    create(job=factories.make_job(company))
    assert ProPay.objects.count() == 2


@pytest.mark.parametrize("status", ["COMPLETE", "APPROVED", "PAID"])
def test_create_propay_respects_claims_until_they_are_canceled(job, create, status):
    make_propay(job, title="First 50% off", status=status)

    assert refused(create)


def test_a_canceled_propay_claims_nothing(job, create):
    make_propay(job, status=ProPayStatus.CANCELED)

    create()


def test_edit_propay_refuses_to_move_onto_the_claim_of_another(job, create, edit):
    create(title="First 50% off", end_date=date(2026, 10, 31))
    second = create(start_date=date(2026, 11, 1))

    with pytest.raises(ValidationError, match="First 50% off"):
        edit(second, start_date=date(2026, 10, 31))

    second.refresh_from_db()
    assert second.start_date == date(2026, 11, 1)


# Editing


def test_edit_propay_changes_the_given_terms_and_recalculates(company, job, create, edit):
    worker = factories.make_worker(company)
    factories.make_wage(worker, "25.00")
    factories.make_entry(worker, job, minutes=600)
    propay = create(title="Kitchen", company_percent=Decimal(10))

    edited = edit(propay, split_percent=Decimal(20))

    assert (edited.title, edited.company_percent, edited.split_percent) == ("Kitchen", Decimal(10), Decimal(20))
    assert edited.pool_amount == Decimal("950.00")
    assert edited.company_amount == Decimal("95.00")
    assert Share.objects.get().amount == Decimal("855.00")


def test_edit_propay_to_other_cost_codes_counts_their_time(company, job, create, edit):
    worker = factories.make_worker(company)
    factories.make_wage(worker, "25.00")
    paint, framing = factories.make_cost_code(company), factories.make_cost_code(company)
    factories.make_entry(worker, job, minutes=60, cost_code=paint)
    factories.make_entry(worker, job, minutes=90, cost_code=framing)
    propay = create(cost_codes=[paint])
    assert propay.actual_minutes == 60

    assert edit(propay, cost_codes=[framing]).actual_minutes == 90
    assert edit(propay, title="Other").actual_minutes == 90
    assert edit(propay, cost_codes=[]).actual_minutes == 150


def test_edit_propay_refuses_a_stale_form(company, create, edit):
    propay = create()
    seen = services.terms_version(propay)
    edit(propay, seen=seen, title="Theirs")

    with pytest.raises(ValidationError, match="Someone else changed"):
        edit(propay, seen=seen, title="Mine")

    propay.refresh_from_db()
    assert propay.title == "Theirs"


def test_a_refresh_does_not_make_a_form_stale(company, job, create, edit):
    propay = create()
    seen = services.terms_version(propay)
    worker = factories.make_worker(company)
    factories.make_wage(worker)
    factories.make_entry(worker, job)
    services.refresh(company=company, now=NOW)

    assert edit(propay, seen=seen, title="Mine").title == "Mine"


def test_terms_version_is_the_same_before_and_after_the_database(company, create):
    codes = [factories.make_cost_code(company), factories.make_cost_code(company)]
    created = create(cost_codes=codes, split_percent=Decimal("33.3"))
    stored = ProPay.objects.get(pk=created.pk)

    assert services.terms_version(stored) == services.terms_version(created)


def test_edit_propay_leaves_an_audit_event_that_names_what_was_changed(create, edit):
    propay = create()

    edit(propay, split_percent=Decimal(20), adjustment_type="PERCENT", adjustment_value=Decimal(5))

    event = AuditEvent.objects.get(action="propay.edited")
    assert event.summary.endswith("Changed: adjustment type, adjustment value, split percent.")


def test_edit_propay_that_changes_nothing_leaves_no_audit_event(create, edit):
    propay = create()

    edit(propay, title=propay.title, split_percent=propay.split_percent)

    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("status", ["APPROVED", "PAID", "CANCELED"])
def test_edit_propay_refuses_what_is_no_longer_open(job, edit, status):
    propay = make_propay(job, status=status)

    with pytest.raises(ValidationError, match="can't be changed"):
        edit(propay, title="Other")


def test_services_know_no_propay_of_another_company(company, admin, edit):
    propay = make_propay(factories.make_job(factories.make_company()))

    with pytest.raises(ProPay.DoesNotExist):
        edit(propay, title="Mine")
    with pytest.raises(ProPay.DoesNotExist):
        services.cancel_propay(company=company, propay_id=propay.pk, actor=admin)
    with pytest.raises(ProPay.DoesNotExist):
        services.restore_propay(company=company, propay_id=propay.pk, actor=admin, now=NOW)


# Canceling and restoring


def test_restore_propay_recalculates_a_canceled_propay(company, admin, job, create):
    propay = create()
    services.cancel_propay(company=company, propay_id=propay.pk, actor=admin)
    worker = factories.make_worker(company)
    factories.make_wage(worker, "25.00")
    factories.make_entry(worker, job, minutes=600)

    restored = services.restore_propay(company=company, propay_id=propay.pk, actor=admin, now=NOW)

    assert restored.status == ProPayStatus.STARTED
    assert restored.actual_amount == Decimal("250.00")
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["propay.created", "propay.canceled", "propay.restored"]


def test_restore_propay_refuses_where_another_one_claims_its_time_by_now(company, admin, create):
    first = create(title="First")
    services.cancel_propay(company=company, propay_id=first.pk, actor=admin)
    create(title="Second")

    with pytest.raises(ValidationError, match="“Second” already counts"):
        services.restore_propay(company=company, propay_id=first.pk, actor=admin, now=NOW)

    first.refresh_from_db()
    assert first.status == ProPayStatus.CANCELED


@pytest.mark.parametrize("status", ["APPROVED", "PAID", "CANCELED"])
def test_cancel_propay_refuses_what_is_approved_paid_or_canceled(company, admin, job, status):
    propay = make_propay(job, status=status)

    with pytest.raises(ValidationError, match="can't be canceled"):
        services.cancel_propay(company=company, propay_id=propay.pk, actor=admin)


@pytest.mark.parametrize("status", ["PENDING", "STARTED", "COMPLETE", "APPROVED", "PAID"])
def test_restore_propay_refuses_what_is_not_canceled(company, admin, job, status):
    propay = make_propay(job, status=status)

    with pytest.raises(ValidationError, match="Only a canceled"):
        services.restore_propay(company=company, propay_id=propay.pk, actor=admin, now=NOW)


# At the same moment


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_conflicting_creations_one_is_refused(create):
    outcomes = at_once(*[lambda number=number: create(title=f"No {number}") for number in range(4)])

    assert [type(outcome) for outcome in outcomes if outcome is not None] == [ValidationError] * 3
    assert ProPay.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_simultaneous_refreshes_neither_deadlock_nor_leave_old_figures(company, admin):
    workers = [factories.make_worker(company) for _ in range(3)]
    for worker in workers:
        factories.make_wage(worker, "10.00")
    jobs = [factories.make_job(company) for _ in range(4)]
    propays = [make_propay(job) for job in jobs]

    def sync(jobs: list[Any]) -> None:

        for job in jobs:
            with transaction.atomic():
                for worker in workers:
                    factories.make_entry(worker, job, minutes=60)
                services.refresh(company=company, job_ids=[job.pk], now=NOW)

    def raise_wages() -> None:

        for worker in reversed(workers):
            with transaction.atomic():
                Wage.objects.filter(worker=worker).update(hourly_amount="20.00")
                services.refresh(company=company, worker_ids=[worker.pk], now=NOW)

    outcomes = at_once(
        lambda: sync(jobs),
        lambda: sync(jobs[::-1]),
        raise_wages,
        lambda: services.refresh(company=company, now=NOW),
    )

    assert outcomes == [None] * 4
    for propay in propays:
        propay.refresh_from_db()
        assert (propay.actual_minutes, propay.actual_amount) == (360, Decimal("120.00"))
        assert sum(share.minutes for share in propay.shares.all()) == 360


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_propay_created_during_a_sync_has_its_time_whoever_comes_first(company, create):

    worker = factories.make_worker(company)
    factories.make_wage(worker, "10.00")
    jobs = [factories.make_job(company) for _ in range(6)]

    for job in jobs:
        entry = factories.make_entry(worker, job, minutes=60)

        def sync(job: Any = job, entry: Any = entry) -> None:
            with transaction.atomic():
                type(entry).objects.filter(pk=entry.pk).update(minutes=90)
                services.refresh(company=company, job_ids=[job.pk], now=NOW)

        assert at_once(sync, lambda job=job: create(job=job)) == [None, None]

    assert set(ProPay.objects.values_list("actual_minutes", flat=True)) == {90}
