"""Approving several ProPays at once."""

from decimal import Decimal

import pytest

from propay.models import BonusSettings, ProPay
from tests.make import factories
from tests.propay.pages.approval.reading import MONDAY, at, status_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_several_are_selected_reviewed_and_approved_together(as_manager, make):
    good, other, early = make("Kitchen"), make("Roof"), make("Shed", completion_percent=Decimal(40))
    as_manager.post(at("propay_complete", good))
    listed = as_manager.get(at("propay_list")).content.decode()
    assert listed.count('name="id"') == 3

    page = as_manager.get(at("propay_approve_many"), {"id": [good.pk, other.pk, early.pk]})

    text = text_of(page)
    assert "Approve 2 of 3" in text
    assert (text.count("Not marked complete"), "Roof Not marked complete" in text) == (1, True)
    assert "Shed Not approved: It's 40% complete. You can approve a ProPay only at 100%. — —" in text
    seen = [f"{line.propay.pk}:{line.seen}" for line in page.context["good"]]
    response = as_manager.post(at("propay_approve_many"), {"seen": seen}, follow=True)
    assert "Approved 2 ProPays." in text_of(response)
    assert [status_of(one) for one in (good, other, early)] == ["APPROVED", "APPROVED", "STARTED"]


def test_propays_that_changed_are_named(as_manager, make, crew):
    good, other = make("Kitchen"), make("Roof")
    page = as_manager.get(at("propay_approve_many"), {"id": [good.pk, other.pk]})
    factories.make_entry(crew[0], other.job, minutes=60, work_date=MONDAY)
    seen = [f"{line.propay.pk}:{line.seen}" for line in page.context["good"]]

    text = text_of(as_manager.post(at("propay_approve_many"), {"seen": seen}, follow=True))

    assert "Approved 1 ProPay." in text
    assert "“Roof” wasn't approved. The figures changed" in text


def test_the_page_of_many_shows_netting(as_manager, company, make):
    BonusSettings.objects.create(company=company, nets_losses=True)
    gain, loss = make("Kitchen"), make("Roof", "300.00")

    page = as_manager.get(at("propay_approve_many"), {"id": [gain.pk, loss.pk]})

    # 100.00 too much on the roof, from 1,000.00 saved in the kitchen.
    assert "Kitchen Not marked complete $1,000.00 $100.00 $450.00" in text_of(page)
    seen = [f"{line.propay.pk}:{line.seen}" for line in page.context["good"]]
    as_manager.post(at("propay_approve_many"), {"seen": seen})
    assert str(ProPay.objects.get(pk=gain.pk).pool_amount) == "450.00"
    text = text_of(as_manager.get(at("propay_unapprove", loss)))
    assert "so these are unapproved too: Kitchen" in text


@pytest.mark.parametrize("ids", [[], ["x"], ["9" * 30], ["999999"]])
def test_an_empty_selection_leads_back_to_the_list(as_manager, propay, ids):
    assert as_manager.get(at("propay_approve_many"), {"id": ids}).url == at("propay_list")


@pytest.mark.parametrize("seen", [[], ["x"], ["1:zz"], ["999999:" + "0" * 32]])
def test_nonsense_approves_nothing(as_manager, propay, seen):
    as_manager.post(at("propay_approve_many"), {"seen": seen}, follow=True)
    assert status_of(propay) == "STARTED"


def test_another_companys_propays_are_not_seen(as_stranger, propay):
    assert as_stranger.get(at("propay_approve_many"), {"id": [propay.pk]}).url == at("propay_list")


def test_only_approvers_can_select_and_only_where_useful(as_manager, company, propay):
    assert 'name="id"' not in as_manager.get(at("propay_list"), {"tab": "canceled"}).content.decode()
    BonusSettings.objects.create(company=company, managers_approve=False)
    assert 'name="id"' not in as_manager.get(at("propay_list")).content.decode()


def test_the_page_of_many_takes_the_same_queries_for_more(as_manager, make, django_assert_max_num_queries):
    ids = [make(f"Job {number}").pk for number in range(8)]
    with django_assert_max_num_queries(32):
        as_manager.get(at("propay_approve_many"), {"id": ids})
