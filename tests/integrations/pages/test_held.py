"""Hours on hold: the question on the connection's page, who may answer it, and where else it is said."""

from decimal import Decimal

import pytest
from django.urls import reverse

from integrations.models import Connection
from propay.models import BonusSettings
from propay.services import refresh
from protiv.timekeeping.models import HeldEntry, HoldReason, TimeEntry
from tests.make import factories
from tests.make.connections import NOON, make_connection, make_run
from tests.make.propays import make_propay
from tests.make.systems import address, here, system
from tests.reading import markup_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
DECIDE = "/integrations/*/held/"


@pytest.fixture
def active(company, tasks) -> Connection:
    return make_connection(company, last_success_at=NOON)


@pytest.fixture
def ana(company, worker_user):
    worker = factories.make_worker(company, "Ana Ruiz", membership=worker_user.memberships.get())
    factories.make_wage(worker)
    return worker


@pytest.fixture
def propay(company, ana):
    return make_propay(factories.make_job(company, "Kitchen"), fixed_amount=Decimal("5000.00"))


@pytest.fixture
def held(active, ana, propay):
    """Two of Ana's three entries are on hold."""
    run = make_run(active, "PARTIAL", held_count=2)
    entries = [factories.make_entry(ana, propay.job, connection_id=active.pk) for _ in range(3)]
    for entry in entries[:2]:
        hold(entry, run)
    refresh(company=active.company, now=NOON)
    return entries


def hold(entry: TimeEntry, run, reason: str = HoldReason.WORKER, **fields) -> HeldEntry:
    return HeldEntry.objects.create(
        **{
            "company": entry.company,
            "connection_id": run.connection_id,
            "entry": entry,
            "reason": reason,
            "run_id": run.pk,
            "held_at": NOON,
            **fields,
        }
    )


def answer(client, ana, decision="DELETED", **changes):
    last_id = HeldEntry.objects.latest("pk").pk if HeldEntry.objects.exists() else 0
    data = {"held": [f"WORKER-{ana.pk}-open"], "up_to": last_id, "decision": decision}
    return client.post(here(DECIDE), {**data, **changes}, follow=True)


def test_the_page_names_whose_hours_are_gone_and_on_which_propays(as_admin, held, propay):
    page = as_admin.get(address())
    text, word = text_of(page), system().words.worker.capitalize()
    assert f"{word} “Ana Ruiz” 2 16:00 Nov 3, 2026 Kitchen Waiting for a decision" in text
    assert f"Were they deleted in {system().name}, or did the sign-in lose access to them?" in text
    assert reverse("propay_detail", args=[propay.pk]) in markup_of(page)
    assert "They were deleted" in text
    assert "The sign-in lost access" in text


def test_nothing_on_hold_asks_nothing(as_admin, active):
    assert "Hours on hold" not in text_of(as_admin.get(address()))


def test_deleted_hours_are_voided(as_admin, held, ana, propay):
    page = text_of(answer(as_admin, ana, "DELETED"))
    assert "These hours are voided." in page
    assert "Hours on hold" not in page.replace("Hours on hold right now", "").split("Recent syncs")[0]
    assert TimeEntry.objects.filter(voided_at=NOON).count() == 2
    propay.refresh_from_db()
    assert propay.actual_minutes == 480


def test_after_lost_access_the_hours_stay_and_a_notice_asks_for_it(as_admin, held, ana, propay):
    page = text_of(answer(as_admin, ana, "LOST_ACCESS"))
    assert "The sign-in lost access to some hours." in page
    assert system().people_missing in page
    assert "Were they deleted" not in page
    propay.refresh_from_db()
    assert propay.actual_minutes == 3 * 480
    assert "can't be approved" not in text_of(as_admin.get(reverse("propay_detail", args=[propay.pk])))
    page = text_of(answer(as_admin, ana, "DELETED", held=[f"WORKER-{ana.pk}-kept"]))
    assert "These hours are voided." in page


@pytest.mark.parametrize(
    "changes", [{"held": []}, {"held": ["WORKER-9999999-open"]}, {"held": ["x"]}, {"up_to": "-1"}, {"decision": "X"}]
)
def test_an_answer_to_something_else_changes_nothing(as_admin, held, ana, changes):
    assert answer(as_admin, ana, **changes).status_code == 200
    assert HeldEntry.objects.count() == 2
    assert not TimeEntry.objects.exclude(voided_at=None).exists()


def test_a_second_answer_says_that_nothing_is_left(as_admin, held, ana):
    HeldEntry.objects.exclude(entry=held[0]).delete()
    assert "There was nothing left to decide" in text_of(answer(as_admin, ana, "DELETED", up_to=0))


# Who may


def test_a_manager_decides_where_managers_approve(as_manager, company, held, ana):
    BonusSettings.objects.update_or_create(company=company, defaults={"managers_approve": False})
    page = text_of(as_manager.get(address()))
    assert "An admin of Acme Roofing can decide." in page
    assert "They were deleted" not in page
    assert answer(as_manager, ana, "DELETED").status_code == 403
    BonusSettings.objects.update(managers_approve=True)
    assert "They were deleted" in text_of(as_manager.get(address()))
    assert answer(as_manager, ana, "DELETED").status_code == 200
    assert not HeldEntry.objects.exists()


def test_workers_and_strangers_decide_nothing(as_worker, as_stranger, held, ana):
    assert answer(as_worker, ana, "DELETED").status_code == 403
    assert answer(as_stranger, ana, "DELETED").status_code == 404
    assert as_worker.get(here(DECIDE)).status_code in (403, 405)
    assert HeldEntry.objects.count() == 2


# Where else it is said


def test_every_page_of_the_office_points_to_the_question(as_manager, as_worker, held):
    page = markup_of(as_manager.get("/"))
    assert f"{system().name} no longer shows hours that were imported." in page
    assert f"{address()}#held" in page
    assert "no longer shows hours" not in markup_of(as_worker.get("/"))


@pytest.mark.parametrize("name", ["propay_detail", "propay_approve"])
def test_the_propay_says_that_it_cant_be_approved(as_admin, held, propay, name):
    page = text_of(as_admin.get(reverse(name, args=[propay.pk])))
    assert "2 of its time entries (16:00 hours) can no longer be found" in page


def test_approving_several_leaves_it_out(as_admin, held, propay):
    page = text_of(as_admin.get(reverse("propay_approve_many"), {"id": [propay.pk]}))
    assert "2 of its time entries (16:00 hours) can no longer be found" in page


def test_the_entry_is_marked(as_admin, as_worker, held):
    assert text_of(as_admin.get(reverse("time_list"))).count("On hold") == 2
    for client in (as_admin, as_worker):
        page = text_of(client.get(reverse("time_entry", args=[held[0].pk])))
        assert "can no longer be found in your time-tracking system" in page


def test_a_worker_reads_it_in_spanish(as_worker, held):
    page = text_of(as_worker.get(reverse("time_entry", args=[held[0].pk]), headers={"Accept-Language": "es"}))
    assert "Sigue contando hasta que su empresa decida." in page
    assert "En espera" in page


def test_the_run_says_so(as_admin, held, active):
    page = text_of(as_admin.get(reverse("integration_run", args=[active.runs.get().pk])))
    assert "Hours on hold" in page
    assert "On hold 2" in page


def test_so_much_is_listed_that_the_page_can_bear(as_admin, active, company):
    run = make_run(active, "PARTIAL")
    for _ in range(27):
        worker = factories.make_worker(company)
        hold(factories.make_entry(worker, None, kind="time_off", connection_id=active.pk), run)
    hold(factories.make_entry(worker, None, kind="time_off", connection_id=active.pk), run, HoldReason.MANY)
    page = text_of(as_admin.get(address()))
    assert "3 more are listed here once some of these are decided." in page
