"""A worker whose browser asks for Spanish reads Spanish: the time pages and the error pages."""

import datetime
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import ConnectionState
from protiv.kit import choices, paging
from protiv.timekeeping.models import TimeEntryVersion
from tests.make import factories
from tests.make.connections import make_connection
from tests.reading import text_of

TIME = "/time/"
DAY = datetime.date(2026, 11, 3)
MOMENT = datetime.datetime(2026, 11, 9, 17, 0, tzinfo=datetime.UTC)
SPANISH = {"headers": {"Accept-Language": "es-US,es;q=0.9,en;q=0.5"}}
# What reads the same in both: names, users' text, minutes, and “no”.
NAMES = {"Protiv", "Acme Roofing", "Ana Maria Ruiz", "Maple Street 12", "J-1 · Maple Street 12", "Oak Lane", "Framing"}
NAMES |= {"English", "Español", "worker@acme.test", "Rain", "t-77", "(450 min)", "(480 min)", "no"}
SPOKEN = re.compile(r'\s(?:title|aria-label|data-label|placeholder)="([^"]*)"|>([^<>]+)<')


def words_of(response) -> set[str]:
    """Each text of the page that is seen or read out, by itself."""
    body = re.sub(r"<style.*?</style>", "", response.content.decode(), flags=re.DOTALL)
    found = {" ".join(unescape(one or other).split()) for one, other in SPOKEN.findall(body)}
    return {text for text in found if re.search(r"[A-Za-z]{2}", text)}


def left_in_english(client, address) -> set[str]:
    """The texts that stay unchanged for Spanish readers."""
    return words_of(client.get(address, **SPANISH)) & words_of(client.get(address)) - NAMES


@pytest.fixture
def tied(ana, worker_membership):
    ana.membership = worker_membership
    ana.save()
    return ana


@pytest.fixture
def entry(tied, job):
    """An entry with every field set that was changed, voided, and restored."""
    entry = factories.make_entry(
        tied,
        job,
        450,
        DAY,
        external_id="t-77",
        cost_code=factories.make_cost_code(job.company, "Framing"),
        start_time=datetime.time(7, 0),
        stop_time=datetime.time(14, 30),
        regular_minutes=420,
        ot1_minutes=30,
        comment="Rain",
        added_run_id=12,
        changed_run_id=15,
        modified_at=MOMENT,
    )
    names = ("company", "worker", "job", "cost_code", "start_time", "stop_time")
    same = {name: getattr(entry, name) for name in (*names, "regular_minutes", "ot1_minutes", "ot2_minutes")}
    for before in (
        {"kind": "travel", "work_date": DAY - datetime.timedelta(days=1), "minutes": 60, "is_open": True},
        {"kind": "work", "work_date": DAY, "minutes": 450, "voided_at": MOMENT, "voided_run_id": 14},
        {"kind": "work", "work_date": DAY, "minutes": 450, "comment": "Rain"},
    ):
        runs = {"changed_run_id": 13, "replaced_run_id": 15, "replaced_at": MOMENT}
        TimeEntryVersion.objects.create(entry=entry, **same, **before, **runs)
    return entry


def test_the_time_list_of_a_worker_is_spanish_as_a_whole(as_worker, entry, job):
    factories.make_entry(entry.worker, job, 60, DAY, kind="travel", is_open=True)
    factories.make_entry(entry.worker, job, 60, DAY, kind="meal_break", voided=True)
    factories.make_entry(entry.worker, None, 60, DAY, kind="time_off", is_final=True)
    factories.make_entry(entry.worker, job, -30, DAY, kind="auto_lunch", is_final=True, is_reopened=True)

    response = as_worker.get(f"{TIME}?voided=1", **SPANISH)

    assert response["Content-Language"] == "es"
    assert "Accept-Language" in response["Vary"]
    assert '<html lang="es">' in response.text
    text = text_of(response)
    for words in (
        "Trabajador de Acme Roofing",
        "Obra Todas las obras",
        "Tipo Todos los tipos Trabajo Traslado Descanso para comer Descuento automático de comida Permiso o vacaciones",
        "Registros anulados Ocultar Mostrar",
        "5 registros, 7:00 horas trabajadas.",
        "mar 3 nov 2026 J-1 · Maple Street 12 Framing Trabajo 7:30",
        "Sin marcar salida",
        "Reabierto",
    ):
        assert words in text, words
    labels = [str(field.label) for field in response.context["form"]]
    assert labels == ["Job", "From", "To", "Kind", "Voided entries"], "outside of the page they are English again"
    assert left_in_english(as_worker, f"{TIME}?voided=1") == set()


def test_one_entry_is_shown_in_the_singular(as_worker, entry):
    assert "1 registro, 7:30 horas trabajadas." in text_of(as_worker.get(TIME, **SPANISH))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("job=0", "Esa obra no existe en su empresa."),
        ("from=3.11.2026", "Fecha no válida."),
        ("from=2026-11-05&to=2026-11-01", "La fecha final es anterior a la fecha inicial."),
        ("kind=WORK", "“WORK” no es una de las opciones."),
        ("kind=travel", "No se encontraron horas"),
    ],
)
def test_a_filter_that_finds_nothing_says_why_in_spanish(as_worker, entry, query, says):
    assert says in text_of(as_worker.get(f"{TIME}?{query}", **SPANISH))
    assert left_in_english(as_worker, f"{TIME}?{query}") == set()


def test_a_long_list_says_in_spanish_where_it_ends(as_worker, tied, job, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED_AT_MOST", 2)
    monkeypatch.setattr(choices, "LISTED_AT_MOST", 1)
    for number in range(3):
        factories.make_entry(tied, job, work_date=DAY - datetime.timedelta(days=number))
    factories.make_entry(tied, factories.make_job(job.company, "Oak Lane"), work_date=DAY - datetime.timedelta(days=3))

    text = text_of(as_worker.get(TIME, **SPANISH))

    assert "Más de 2 registros." in text
    assert "Ver el 2 nov 2026 y fechas anteriores" in text
    assert "Solo se muestran los primeros 300." in text
    assert left_in_english(as_worker, TIME) == set()


def test_an_entry_and_its_history_are_spanish_as_a_whole(as_worker, entry):
    address = reverse("time_entry", args=[entry.pk])

    text = text_of(as_worker.get(address, **SPANISH))

    for words in (
        "martes 3 de noviembre de 2026",
        "7:00 AM a 2:30 PM, hora local",
        "7:00 normales, 0:30 extra, 0:00 dobles",
        "9 nov 2026, 10:00 AM MST (hace ",
        "por sincronización 15",
        "Tipo de Traslado a Trabajo",
        "Fecha de trabajo de lun 2 nov 2026 a mar 3 nov 2026",
        "Sin marcar salida de sí a no",
        "Horas de 1:00 a 7:30",
        "Comentario de (vacío) a Rain",
        "Anulado",
        "Recuperado",
    ):
        assert words in text, words
    assert left_in_english(as_worker, address) == set()


@pytest.mark.parametrize(
    "state",
    [
        {"is_open": True, "start_time": datetime.time(7, 0)},
        {"is_final": True, "is_reopened": True},
        {"voided": True, "job": None, "kind": "time_off"},
    ],
)
def test_an_entry_that_does_not_count_says_so_in_spanish(as_worker, tied, job, state):
    entry = factories.make_entry(tied, **{"job": job, "external_id": "t-77", **state})
    assert left_in_english(as_worker, reverse("time_entry", args=[entry.pk])) == set()


def test_an_unlinked_worker_or_one_without_time_is_told_in_spanish(as_worker, ana, worker_membership):
    assert "Su cuenta todavía no está vinculada con sus horas" in text_of(as_worker.get(TIME, **SPANISH))
    assert left_in_english(as_worker, TIME) == set()
    ana.membership = worker_membership
    ana.save()
    assert "Todavía no hay horas" in text_of(as_worker.get(TIME, **SPANISH))
    assert left_in_english(as_worker, TIME) == set()


@pytest.mark.parametrize(
    "state", [ConnectionState.INITIAL_SYNC, ConnectionState.PAUSED, ConnectionState.REAUTH_REQUIRED]
)
def test_the_notice_about_old_figures_is_in_spanish(as_worker, company, tied, state):
    make_connection(company, state, last_success_at=MOMENT)
    assert left_in_english(as_worker, TIME) == set()


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/settings/", 403, "Usted no tiene acceso a esta página"),
        ("/no-such-page/", 404, "No existe esa página"),
        ("/time/999999/", 404, "No existe esa página"),
        ("/company/switch/", 405, "No se cambió nada"),
    ],
)
def test_error_pages_are_in_spanish_for_workers_only(as_worker, as_manager, as_stranger, address, status, says):
    response = as_worker.get(address, **SPANISH)

    assert (response.status_code, response["Content-Language"]) == (status, "es")
    assert "Accept-Language" in response["Vary"]
    assert '<html lang="es">' in response.text
    assert says in text_of(response)
    assert left_in_english(as_worker, address) == set()
    for client in (as_manager, as_stranger):
        assert says not in client.get(address, **SPANISH).text


def test_an_expired_form_is_reported_in_spanish(worker_user):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(worker_user)

    response = strict.post("/company/switch/", **SPANISH)

    assert response.status_code == 403
    assert "Envíe el formulario otra vez, por favor" in text_of(response)
    assert "Please" in strict.post("/company/switch/").text


def test_a_manager_stays_in_english(as_manager, entry):
    for address in (TIME, reverse("time_entry", args=[entry.pk])):
        response = as_manager.get(address, **SPANISH)
        assert response["Content-Language"] == "en"
        assert words_of(response) == words_of(as_manager.get(address))
        assert '<html lang="en">' in response.text


@pytest.mark.parametrize("asked", ["en-US", "fr", "", "*"])
def test_a_worker_whose_browser_asks_for_anything_else_reads_english(as_worker, entry, asked):
    response = as_worker.get(TIME, headers={"Accept-Language": asked})
    assert response["Content-Language"] == "en"
    assert "Accept-Language" in response["Vary"]
    assert "1 entry, 7:30 hours worked." in text_of(response)
    assert "Tue, Nov 3, 2026" in text_of(response)
