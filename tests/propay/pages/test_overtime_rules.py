"""The page that explains overtime on a bonus (bonus.md 6 and 11), for everyone of a company, in both languages."""

from datetime import date

import pytest
from django.urls import reverse

from protiv.accounts.models import PayPolicy
from tests.reading import text_of

pytestmark = pytest.mark.django_db
ADDRESS = "/bonuses/overtime-rules/"


def policy(company, **values):
    PayPolicy.objects.filter(company=company).update(**values)


def test_the_federal_rule_and_its_example(as_manager, company):
    text = text_of(as_manager.get(reverse("overtime_rules")))
    assert "Your workweek starts on Monday at 12:00 AM." in text
    assert "Regular rate raised by $2.00 an hour Overtime hours 10:00 Federal overtime on the bonus $10.00" in text
    assert "Added to your statement $10.00" in text
    assert "in a day" not in text


@pytest.mark.parametrize(
    ("state", "says", "added"),
    [
        ("CA", ["hours over 8 in a day", "Hours over 12 in a day are double time", "seventh day"], "$37.50"),
        ("AK", ["Alaska: hours over 8 in a day"], "$10.00"),
        ("CO", ["hours over 12 in a day", "12 in a row"], "$10.00"),
        ("NV", ["Nevada: hours over 8 in a day", "below $18.00 an hour"], "$10.00"),
        ("PA", ["Pennsylvania, if you have a salary"], "$10.00"),
        ("TX", [], "$10.00"),
    ],
)
def test_each_state_with_its_source_and_example(as_manager, company, state, says, added):
    policy(company, state=state)
    text = text_of(as_manager.get(ADDRESS))
    assert [one for one in says if one not in text] == []
    assert f"Added to your statement {added}" in text
    assert "29 CFR 778.208" in text


def test_the_rules_of_today_count_and_not_those_to_come(as_manager, company):
    PayPolicy.objects.create(company=company, from_date=date(2199, 1, 7), workweek_start="MONDAY", state="CA")
    assert "in a day" not in text_of(as_manager.get(ADDRESS))


def test_a_worker_reads_it_in_spanish(as_worker, company):
    policy(company, state="CA", workweek_start="SUNDAY")
    text = text_of(as_worker.get(ADDRESS, headers={"accept-language": "es"}))
    assert "Cómo funcionan aquí las horas extra sobre un bono" in text
    assert "Tu semana laboral empieza el domingo" in text
    assert "Se suma a tu estado de cuenta $37.50" in text


def test_a_stranger_and_someone_signed_out_see_nothing_of_it(client, as_stranger, company):
    policy(company, state="CA")
    assert "in a day" not in text_of(as_stranger.get(ADDRESS))
    assert client.get(ADDRESS).status_code == 302
