"""The parts of the pool on a ProPay's page: percentages as they hold, beside the amounts that come from them."""

import re
from decimal import Decimal
from html import unescape

import pytest

from propay import services
from propay.models import ProPay
from tests.make.propays import NOW
from tests.propay.pages.propays.addresses import addresses
from tests.reading import text_of

pytestmark = pytest.mark.django_db
LEAD_10 = {"crew_percent": Decimal(90), "lead_percent": Decimal(10)}
NO_LEAD = "No crew lead: the lead's 10% goes to the crew."
PARTS = re.compile(r"(Crew|Lead|Manager|Company|Other) \$([\d,.]+) ([\d.]+)%")


def shown(client, propay):
    """The page's text, and each part as (amount, percentage)."""
    text = unescape(text_of(client.get(addresses(propay)["propay_detail"])))
    return text, {name: (amount, percent) for name, amount, percent in PARTS.findall(text)}


def test_a_leads_part_without_a_lead_goes_to_the_crew(as_manager, make):
    text, parts = shown(as_manager, make(**LEAD_10))
    assert parts == {"Crew": ("222.25", "100")}
    assert text.count(NO_LEAD) == 2
    assert "Bonus pool 100% crew. No crew lead" in text
    assert "Lead part" not in text


def test_with_a_lead_the_parts_are_as_agreed(as_manager, make, crew):
    text, parts = shown(as_manager, make(**LEAD_10, lead=crew[0]))
    assert parts == {"Crew": ("200.03", "90"), "Lead": ("22.22", "10")}
    assert "Bonus pool 90% crew, 10% lead" in text
    assert "No crew lead" not in text


def test_a_managers_part_without_a_manager_goes_to_the_company(as_manager, make):
    text, parts = shown(as_manager, make(crew_percent=Decimal(80), manager_percent=Decimal(20)))
    assert parts == {"Crew": ("177.80", "80"), "Company": ("44.45", "20")}
    assert "No manager: the manager's 20% goes to the company." in text


def test_with_no_one_eligible_the_crews_part_goes_to_the_company(as_manager, admin, make, crew):
    propay = make(**LEAD_10)
    nothing = {worker.pk: services.WorkerTerms(no_bonus=True) for worker in crew}
    services.set_crew_terms(company=propay.company, propay_id=propay.pk, workers=nothing, actor=admin, now=NOW)
    text, parts = shown(as_manager, ProPay.objects.get(pk=propay.pk))
    assert parts == {"Company": ("222.25", "100")}
    assert NO_LEAD in text
    assert "No one is eligible: the crew's 100% goes to the company." in text


def test_approved_propays_show_the_same(as_manager, admin, make):
    propay = make(**LEAD_10)
    look = services.preview_approval(company=propay.company, propay_ids=[propay.pk], now=NOW)
    seen = {key: one.digest for key, one in look.worked.items()}
    services.approve_propays(company=propay.company, actor=admin, propay_ids=[propay.pk], seen=seen, now=NOW)
    text, parts = shown(as_manager, ProPay.objects.get(pk=propay.pk))
    assert parts == {"Crew": ("222.25", "100")}
    assert NO_LEAD in text
