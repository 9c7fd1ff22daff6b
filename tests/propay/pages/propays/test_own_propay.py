"""What a worker sees of a ProPay: the calculation of their own share, in two languages, and nothing about others."""

import html
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import ProPay
from protiv.accounts.models import Membership
from tests.make import factories
from tests.make.propays import NOW
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(company, worker_user):
    """Ana, who signs in as the worker, and Ben: 500.00 of 1,000.00 are used, so the pool is 250.00."""
    ana = factories.make_worker(company, "Ana Ruiz", membership=Membership.objects.get(user=worker_user))
    ben = factories.make_worker(company, "Ben Odermatt")
    factories.make_wage(ana, "20.00")
    factories.make_wage(ben, "30.00")
    return [ana, ben]


def read(client, propay: ProPay, language: str = "en") -> str:
    where = reverse("propay_detail", args=[propay.pk])
    return html.unescape(text_of(client.get(where, headers={"Accept-Language": language})))


@pytest.mark.parametrize(
    ("fields", "english", "spanish"),
    [
        (
            {},
            "÷ the minutes of all who share it. 250.00 × 600 / 1200 = $125.00",
            "÷ los minutos de todos los que la comparten. 250.00 × 600 / 1200 = $125.00",
        ),
        ({"distribution": "EQUAL"}, "in equal shares. 250.00 × 1 / 2 = $125.00", "en partes iguales."),
        (
            {"distribution": "LEAD_WEIGHTED"},
            "with more weight for the lead. 250.00 × 1 / 2",
            "pero el jefe de cuadrilla recibe más.",
        ),
        (
            {"distribution": "WAGE"},
            "by each worker's wage. = $100.00",
            "según el salario por hora de cada quien. = $100.00",
        ),
        (
            {"distribution": "HOURS_TIMES_WAGE"},
            "by each worker's hours × wage. = $100.00",
            "según las horas × el salario por hora de cada quien. = $100.00",
        ),
    ],
)
def test_a_worker_reads_how_their_share_was_calculated(as_worker, make, fields, english, spanish):
    propay = make(**fields)

    assert english in read(as_worker, propay)
    assert spanish in read(as_worker, propay, "es")


@pytest.mark.parametrize("distribution", ["WAGE", "HOURS_TIMES_WAGE"])
def test_numbers_do_not_reveal_a_coworkers_wage(as_worker, make, distribution):
    text = read(as_worker, make(distribution=distribution))

    for told in ("250.00", "150.00", "Ben", "30.00", "500.00", "× 20", "1000"):
        assert told not in text


def test_a_fixed_percentage_and_a_fixed_amount_are_shown(as_worker, company, admin, crew, make):
    terms = {
        crew[0].pk: services.WorkerTerms(fixed_percent=Decimal(60), manual_amount=Decimal(90)),
        crew[1].pk: services.WorkerTerms(fixed_percent=Decimal(40), manual_amount=Decimal(160)),
    }
    propay = make(distribution="FIXED_PERCENT")
    services.set_crew_terms(company=company, propay_id=propay.pk, workers=terms, actor=admin, now=NOW)
    assert "percentages that your manager set. 250.00 × 60 / 100 = $150.00" in read(as_worker, propay)

    services.edit_propay(company=company, propay_id=propay.pk, actor=admin, now=NOW, distribution="MANUAL")
    assert "The amount that your manager set. = $90.00" in read(as_worker, propay)


def test_every_role_of_the_worker_is_shown_and_they_add_up(as_worker, crew, make):
    propay = make(crew_percent=60, lead_percent=40, lead=crew[0], lead_also_shares=True)

    text = read(as_worker, propay)

    assert "Your share $175.00" in text
    assert "Crew The crew's part × your minutes" in text
    assert "150.00 × 600 / 1200 = $75.00" in text
    assert "Crew lead The part of the pool for the crew lead. 100.00 / 1 = $100.00" in text
    assert "Jefe de cuadrilla La porción del fondo de bonos para el jefe de cuadrilla." in read(as_worker, propay, "es")


def test_a_lead_with_no_crew_share_sees_only_the_leads_part(as_worker, crew, make):
    text = read(as_worker, make(crew_percent=60, lead_percent=40, lead=crew[0]))

    assert "Your share $100.00" in text
    assert "your minutes" not in text


def test_approved_figures_stay_as_frozen(as_worker, company, admin, crew, make):
    propay = make()
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    factories.make_entry(crew[0], propay.job, minutes=600, work_date=date(2026, 11, 3))
    services.refresh(company=company, now=NOW)

    text = read(as_worker, propay)

    assert "250.00 × 600 / 1200 = $125.00" in text
    assert "Approved: it's on your bonus statement." in text
    assert "Aprobado: aparece en su recibo de bonos." in read(as_worker, propay, "es")


def test_after_a_drift_was_adjusted_the_share_is_what_is_owed_now(as_worker, company, admin, crew, make):
    """15 + 10 hours cost 600.00, so the pool is 200.00."""
    propay = make()
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    factories.make_entry(crew[0], propay.job, minutes=300, work_date=date(2026, 11, 3))
    services.refresh(company=company, now=NOW)
    seen = services.drift_of(company=company, propay_id=propay.pk).worked.digest
    services.resolve_drift_by_adjusting(
        company=company, propay_id=propay.pk, actor=admin, note="Late entry", seen=seen, now=NOW
    )

    text = read(as_worker, propay)

    assert "Your share $120.00" in text
    assert "200.00 × 900 / 1500 = $120.00" in text
    assert "Your hours 15:00" in text


def test_a_worker_without_time_after_an_adjusted_drift_is_owed_nothing(as_worker, company, admin, crew, make):
    propay = make()
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    propay.job.time_entries.filter(worker=crew[0]).update(minutes=0)
    services.refresh(company=company, now=NOW)
    seen = services.drift_of(company=company, propay_id=propay.pk).worked.digest
    services.resolve_drift_by_adjusting(
        company=company, propay_id=propay.pk, actor=admin, note="Other job", seen=seen, now=NOW
    )

    text = read(as_worker, propay)

    assert "Your share $0.00" in text
    assert "Your hours 0:00" in text


def test_without_a_figure_there_are_no_steps(as_worker, company, make):
    propay = make()
    factories.make_entry(factories.make_worker(company, "Dee Lo"), propay.job)
    services.refresh(company=company, now=NOW)

    assert "How this was calculated" not in read(as_worker, propay)


def test_the_worker_finds_their_own_hours_behind_it(as_worker, crew, make):
    propay = make()
    page = as_worker.get(reverse("propay_detail", args=[propay.pk]))

    entries = as_worker.get(page.context["own"].entries_url).context["page_obj"]

    assert [(entry.worker_id, entry.minutes) for entry in entries] == [(crew[0].pk, 600)]
