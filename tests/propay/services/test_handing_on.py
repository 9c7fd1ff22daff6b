"""A ProPay is calculated once for each look at it: at approval, the result is handed on instead of recalculated."""

from decimal import Decimal

import pytest
from django.urls import reverse

from propay import figures, services
from propay.models import BonusSettings, ProPay, Share, Snapshot
from tests.make import factories
from tests.make.propays import NOW, checked, make_propay

pytestmark = pytest.mark.django_db


@pytest.fixture
def calculated(monkeypatch) -> list[int]:
    """How often the calculation ran: one item each time."""
    calls: list[int] = []
    real = figures.calculate

    def calculate(*args, **options):
        calls.append(1)
        return real(*args, **options)

    monkeypatch.setattr(figures, "calculate", calculate)
    return calls


@pytest.fixture
def make(company, ana):
    """A ProPay with ten hours on it, refreshed; its labor costs $200."""

    def make(title: str = "Kitchen", amount: str = "1000.00") -> ProPay:
        job = factories.make_job(company, title)
        factories.make_entry(ana, job, minutes=600)
        propay = make_propay(job, title=title, fixed_amount=Decimal(amount))
        services.refresh(company=company, now=NOW)
        return propay

    return make


def approve(company, admin, propays, seen=None):
    ids = [propay.pk for propay in propays]
    return services.approve_propays(
        company=company, actor=admin, propay_ids=ids, seen=seen, answers=checked(*propays), now=NOW
    )


def test_the_approval_page_calculates_once(as_admin, make, calculated):
    propay = make()
    calculated.clear()
    assert as_admin.get(reverse("propay_approve", args=[propay.pk])).status_code == 200
    assert len(calculated) == 1


def test_approving_calculates_once(as_admin, make, calculated):
    propay = make()
    address = reverse("propay_approve", args=[propay.pk])
    seen = as_admin.get(address).context["preview"].seen
    calculated.clear()
    as_admin.post(address, {"seen": seen})
    assert len(calculated) == 1
    assert Snapshot.objects.get().propay == propay


def test_several_are_calculated_once_each(company, admin, make, calculated):
    propays = [make(f"Job {number}") for number in range(3)]
    calculated.clear()
    assert len(approve(company, admin, propays).approved) == 3
    assert len(calculated) == 3


def test_a_saving_that_pays_for_a_loss_is_recalculated(company, admin, make, calculated):
    BonusSettings.objects.update_or_create(company=company, defaults={"nets_losses": True})
    saving, loss = make("Saving", "1000.00"), make("Loss", "100.00")
    calculated.clear()
    approve(company, admin, [saving, loss])
    assert len(calculated) == 3
    saving.refresh_from_db()
    assert (saving.status, saving.netted_amount) == ("APPROVED", Decimal("100.00"))
    assert saving.pool_amount == Share.objects.get(propay=saving).amount == Decimal("350.00")
    assert Snapshot.objects.get(propay=saving).figures["pool_amount"] == "350.00"


def test_stale_figures_are_corrected_on_approval_and_refusal(company, admin, make):
    """Both are stored from the one calculation."""
    good, refused = make("Good"), make("Refused")
    ProPay.objects.filter(pk=refused.pk).update(completion_percent=Decimal(90))
    ProPay.objects.update(pool_amount=Decimal("1.00"), status="PENDING")
    Share.objects.all().delete()

    assert approve(company, admin, [good, refused]).approved == (good.pk,)

    good.refresh_from_db()
    refused.refresh_from_db()
    assert (good.status, good.pool_amount) == ("APPROVED", Decimal("400.00"))
    assert (refused.status, refused.pool_amount) == ("STARTED", Decimal("350.00"))
    assert list(Share.objects.order_by("propay").values_list("amount", flat=True)) == [
        Decimal("400.00"),
        Decimal("350.00"),
    ]
    assert Snapshot.objects.get().figures["before"]["status"] == "STARTED"


def test_a_propay_refused_with_its_netting_group_keeps_its_figures(company, admin, make):
    BonusSettings.objects.update_or_create(company=company, defaults={"nets_losses": True})
    saving, loss = make("Saving", "1000.00"), make("Loss", "100.00")
    done = approve(company, admin, [saving, loss], seen={saving.pk: "other", loss.pk: "other"})
    assert not done.approved
    saving.refresh_from_db()
    assert (saving.pool_amount, saving.netted_amount) == (Decimal("400.00"), 0)


def test_approving_three_takes_no_more_queries_than_it_needs(company, admin, make, django_assert_max_num_queries):
    propays = [make(f"Job {number}") for number in range(3)]
    # PostgreSQL takes two more: it copies into a table of its own.
    with django_assert_max_num_queries(88):
        approve(company, admin, propays)


def test_looking_at_a_drift_and_adjusting_it_calculates_once_each(company, admin, make, ana, calculated):
    propay = make()
    approve(company, admin, [propay])
    factories.make_entry(ana, propay.job, minutes=60)
    services.refresh(company=company, now=NOW)
    calculated.clear()
    drift = services.drift_of(company=company, propay_id=propay.pk)
    assert len(calculated) == 1
    services.resolve_drift_by_adjusting(
        company=company, propay_id=propay.pk, actor=admin, note="", seen=drift.worked.digest, now=NOW
    )
    assert len(calculated) == 2
