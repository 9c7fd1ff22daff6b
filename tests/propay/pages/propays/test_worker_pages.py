"""What workers see of ProPays and bonuses, in two languages."""

import pytest

from propay import services
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.propay.pages.propays.addresses import addresses
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_a_worker_sees_only_their_own_line_of_a_propay(as_worker, propay):
    response = as_worker.get(addresses(propay)["propay_detail"])

    text = text_of(response)
    assert "Your share $235.98" in text
    assert "Your hours 30:00" in text
    assert "your minutes ÷ the minutes of all who share it. 393.30 × 1800 / 3000 = $235.98" in text
    for secret in ("Ben", "157.32", "1,311", "786.60", "600.00", "20.00", "35.55", "2,097"):
        assert secret not in response.content.decode()


def test_a_worker_does_not_find_a_propay_without_a_share(as_worker, company, crew):
    job = factories.make_job(company)
    propay = make_propay(job)
    factories.make_entry(crew[1], job)
    services.refresh(company=company, now=NOW)

    assert as_worker.get(addresses(propay)["propay_detail"]).status_code == 404


def test_a_worker_does_not_learn_whose_wage_is_missing(as_worker, company, propay):
    factories.make_entry(factories.make_worker(company, "Dee Lo"), propay.job)
    services.refresh(company=company, now=NOW)

    for address in (addresses(propay)["propay_detail"], "/bonuses/", "/"):
        page = as_worker.get(address).content.decode()
        assert "Dee" not in page
        assert "Not calculated yet" in page


def test_a_worker_sees_their_own_bonuses_with_title_hours_and_share(as_worker, company, propay):
    response = as_worker.get("/bonuses/")

    assert "Your bonus to date $235.98 for 30:00 hours, before taxes." in text_of(response)
    assert "Kitchen remodel $235.98 30:00 hours Started" in text_of(response)
    assert "157.32" not in response.content.decode()
    assert "Your bonus to date $235.98" in text_of(as_worker.get("/"))


def test_a_worker_gets_nothing_from_a_canceled_propay(as_worker, as_manager, propay):
    as_manager.post(addresses(propay)["propay_cancel"])

    assert "No bonus yet" in text_of(as_worker.get("/bonuses/"))
    text = text_of(as_worker.get(addresses(propay)["propay_detail"]))
    assert "This ProPay was canceled: there is no bonus." in text
    assert "235.98" not in text


def test_a_sign_in_without_a_worker_is_told_so(as_worker):
    assert "Your account isn't linked to your hours yet." in text_of(as_worker.get("/bonuses/"))


def test_a_worker_without_time_is_told_what_to_expect(as_worker, crew):
    assert "When you work on a job with a ProPay, your share appears here." in text_of(as_worker.get("/"))


@pytest.mark.parametrize("asked", ["es", "es-MX,es;q=0.9,en;q=0.5"])
def test_worker_pages_are_in_spanish_on_request(as_worker, propay, asked):
    for address, words in (
        ("/", "Su bono a la fecha $235.98 por 30:00 horas, antes de impuestos."),
        ("/bonuses/", "Kitchen remodel $235.98 30:00 horas En curso"),
        (addresses(propay)["propay_detail"], "Desde 1 oct 2026"),
    ):
        response = as_worker.get(address, headers={"Accept-Language": asked})
        assert words in text_of(response)
        assert response["Content-Language"] == "es"
        assert "Accept-Language" in response["Vary"]


def test_pages_of_the_office_stay_in_english(as_manager, propay):
    response = as_manager.get(addresses(propay)["propay_detail"], headers={"Accept-Language": "es"})

    assert "How this was calculated" in text_of(response)


def test_worker_pages_are_in_english_for_everyone_else(as_worker, propay):
    for asked in ("fr", "en-US", "", "*"):
        response = as_worker.get("/bonuses/", headers={"Accept-Language": asked})
        assert "Your bonus to date" in text_of(response)
        assert response["Content-Language"] == "en"
