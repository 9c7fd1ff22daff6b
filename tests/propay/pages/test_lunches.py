"""The pages of automatic lunches that were worked through, and of commutes: who sees and who may do what."""

from datetime import date, time

import pytest
from django.urls import reverse

from propay.models import LunchStatus, WorkedLunch
from protiv.timekeeping.models import CostCode
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)
SPANISH = {"headers": {"Accept-Language": "es-US,es;q=0.9"}}


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen")


@pytest.fixture
def lunch(ana, job, worker_user):
    ana.membership = worker_user.memberships.get()
    ana.save()
    factories.make_entry(ana, job, 510, MONDAY, start_time=time(7), stop_time=time(15, 30))
    return factories.make_entry(ana, job, -30, MONDAY, EntryKind.AUTO_LUNCH)


def tell(client, entry, **more):
    return client.post(reverse("lunch_tell", args=[entry.pk]), follow=True, **more)


def test_a_worker_says_it_in_spanish_and_a_manager_confirms(as_worker, as_manager, lunch):
    page = text_of(as_worker.get(reverse("time_entry", args=[lunch.pk]), **SPANISH))
    assert "Trabajé durante la comida" in page
    assert "Un gerente tiene que confirmarlo" in text_of(tell(as_worker, lunch, **SPANISH))
    assert "Lunches to confirm 1" in text_of(as_manager.get(reverse("time_list")))
    page = text_of(as_manager.get(reverse("lunch_list")))
    assert "Ana Ruiz" in page
    word = WorkedLunch.objects.get()
    as_manager.post(reverse("lunch_decide", args=[word.pk]), {"is_confirmed": "yes"})
    lunch.refresh_from_db()
    assert lunch.excluded_at is not None
    assert "Sus minutos no se descuentan" in text_of(as_worker.get(reverse("time_entry", args=[lunch.pk]), **SPANISH))
    assert "No cuenta" in text_of(as_worker.get(reverse("time_list"), **SPANISH))


def test_a_manager_declines_on_the_entrys_page(as_worker, as_manager, lunch):
    tell(as_worker, lunch)
    assert "says that they worked through this lunch" in text_of(as_manager.get(reverse("time_entry", args=[lunch.pk])))
    word = WorkedLunch.objects.get()
    as_manager.post(reverse("lunch_decide", args=[word.pk]), {"is_confirmed": "no"})
    word.refresh_from_db()
    assert word.status == LunchStatus.DECLINED
    assert "declined" in text_of(as_worker.get(reverse("time_entry", args=[lunch.pk])))


def test_no_one_else_can_tell_or_decide(as_worker, as_stranger, as_manager, anonymous, company, job, lunch):
    other = factories.make_worker(company, "Ben Ortiz")
    of_ben = factories.make_entry(other, job, -30, MONDAY, EntryKind.AUTO_LUNCH)
    assert as_worker.post(reverse("lunch_tell", args=[of_ben.pk])).status_code == 404
    assert as_stranger.post(reverse("lunch_tell", args=[lunch.pk])).status_code == 404
    assert "isn't an automatic lunch of yours" in text_of(tell(as_manager, lunch))
    tell(as_worker, lunch)
    decide = reverse("lunch_decide", args=[WorkedLunch.objects.get().pk])
    assert as_worker.post(decide, {"is_confirmed": "yes"}).status_code == 403
    assert as_stranger.post(decide, {"is_confirmed": "yes"}).status_code == 404
    assert as_worker.get(reverse("lunch_list")).status_code == 403
    assert anonymous.get(reverse("lunch_list")).status_code == 302
    assert WorkedLunch.objects.get().status == LunchStatus.WAITING


def test_approval_points_out_lunches_without_a_gap_and_doubtful_breaks(as_admin, ana, job, lunch):
    factories.make_entry(ana, job, 25, MONDAY, EntryKind.MEAL_BREAK)
    propay = make_propay(job)
    page = text_of(as_admin.get(reverse("propay_approve", args=[propay.pk])))
    assert "Lunches were taken away on days whose clock shows no break." in page
    assert "Ana Ruiz: 0:30 h on Oct 5, 2026." in page
    assert "Ana Ruiz: a break of 25 minutes on Oct 5, 2026." in page
    page = text_of(as_admin.get(reverse("propay_detail", args=[propay.pk])))
    assert "Ana Ruiz: a break of 25 minutes on Oct 5, 2026." in page


def test_an_admin_marks_cost_codes_and_trips_as_commutes(as_admin, company, ana, job):
    code = factories.make_cost_code(company, "Home to site")
    assert "Home to site Counts" in text_of(as_admin.get(reverse("commute_list")))
    as_admin.post(reverse("commute_code_set", args=[code.pk]), {"is_commute": "yes"})
    assert CostCode.objects.get(pk=code.pk).is_commute
    assert "Home to site Commute" in text_of(as_admin.get(reverse("commute_list")))
    trip = factories.make_entry(ana, job, 30, MONDAY, EntryKind.TRAVEL)
    page = as_admin.post(reverse("commute_entry_set", args=[trip.pk]), {"is_commute": "yes"}, follow=True)
    assert "This is a commute between home and work" in text_of(page)


def test_only_an_admin_of_the_company_sets_commutes(as_manager, as_worker, as_stranger, company, ana, job):
    code = factories.make_cost_code(company, "Home to site")
    trip = factories.make_entry(ana, job, 30, MONDAY, EntryKind.TRAVEL)
    paths = [reverse("commute_code_set", args=[code.pk]), reverse("commute_entry_set", args=[trip.pk])]
    for path in paths:
        assert as_manager.post(path, {"is_commute": "yes"}).status_code == 403
        assert as_worker.post(path, {"is_commute": "yes"}).status_code == 403
        assert as_stranger.post(path, {"is_commute": "yes"}).status_code == 404
    trip.refresh_from_db()
    assert trip.excluded_at is None
    assert not CostCode.objects.get(pk=code.pk).is_commute
