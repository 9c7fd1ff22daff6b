"""A pool that includes its overtime, and shares that contain it, on the what-if page (bonus.md 11.6 and 11.7)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from propay.models import ProPay
from tests.propay.pages.what_if.scenario import HTMX, address, filled, terms, zoe

pytestmark = pytest.mark.django_db


def sums(client, **changes: object) -> tuple[Decimal, Decimal, Decimal]:
    """The pool, the bonuses, and the overtime on them, of 50 hours in one week."""
    answer = client.post(address(), terms([zoe("50")], week_hours="50", **changes), headers=HTMX).context["answer"]
    return answer.pool.after, answer.bonus.after, answer.true_up.after


def test_room_for_overtime_in_the_pool_can_be_tried(as_manager):
    assert sums(as_manager) == (Decimal("450.00"), Decimal("450.00"), Decimal("45.00"))
    included = sums(as_manager, pool_includes_overtime="on")
    assert included == (Decimal("450.00"), Decimal("409.09"), Decimal("40.91"))


def test_total_earnings_can_be_tried(as_manager):
    assert sums(as_manager, distribution="TOTAL_EARNINGS") == (Decimal("450.00"), Decimal("450.00"), Decimal("0.00"))


def test_trying_it_on_a_real_propay_and_saving_it_is_refused_once_time_counts(as_manager, propay):
    page = as_manager.get(address(propay))
    data = {**filled(page), "pool_includes_overtime": "on"}
    answer = as_manager.post(address(propay), data, headers=HTMX).context["answer"]
    assert answer.bonus.after + answer.true_up.after == answer.pool.after == Decimal("500.00")

    saved = as_manager.post(address(propay), {**data, "save": "1"})

    assert "fixed before the first minute counts" in saved.content.decode()
    assert not ProPay.objects.get(pk=propay.pk).pool_includes_overtime


def test_pages_say_that_the_pool_includes_overtime(as_manager, as_admin, propay):
    ProPay.objects.filter(pk=propay.pk).update(pool_includes_overtime=True)
    text = as_manager.get(reverse("propay_detail", args=[propay.pk])).content.decode()
    assert "Comes out of the pool" in text
    plan = {
        "name": "With room",
        "split_percent": "50",
        "crew_percent": "100",
        **{f"{part}_percent": "0" for part in ("lead", "manager", "company", "other")},
        "distribution": "PER_HOUR",
        "burden_percent": "0",
        "pool_includes_overtime": "on",
    }
    answer = as_admin.post(reverse("plan_create"), plan, follow=True)
    assert "the pool includes the overtime on the bonuses" in answer.content.decode()
