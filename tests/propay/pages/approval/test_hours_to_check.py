"""Implausible time (bonus.md 10.8): on the pages, confirmed at approval, skipped where many are approved."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from propay import services
from propay.models import Snapshot
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW
from tests.propay.pages.approval.reading import MONDAY, at, seen_of, status_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(crew):
    return crew[0]


@pytest.fixture
def overlap(company, ana, propay):
    """Ana is on another job while she is on the ProPay's."""
    elsewhere = factories.make_job(company, "Deck")
    clock = {"work_date": MONDAY + timedelta(days=1), "minutes": 120}
    here = factories.make_entry(ana, propay.job, start_time=time(7), stop_time=time(9), **clock)
    there = factories.make_entry(ana, elsewhere, start_time=time(8), stop_time=time(10), **clock)
    services.refresh(company=company, now=NOW)
    return here, there


SAID = "Ana Ruiz: two entries overlap on Oct 6, 2026."


@pytest.mark.parametrize("name", ["propay_detail", "propay_approve"])
def test_the_pages_of_a_propay_point_at_both_entries(as_manager, propay, overlap, name):
    response = as_manager.get(at(name, propay))

    assert f"{SAID} Kitchen, 7:00 AM – 9:00 AM · Deck, 8:00 AM – 10:00 AM" in text_of(response)
    for entry in overlap:
        assert reverse("time_entry", args=[entry.pk]) in response.content.decode()


def test_the_workers_page_points_at_them_for_a_manager(as_manager, ana, overlap):
    assert SAID in text_of(as_manager.get(reverse("worker_detail", args=[ana.pk])))


def test_plausible_time_asks_nothing(as_manager, propay):
    page = as_manager.get(at("propay_approve", propay))
    assert "checked_time" not in page.content.decode()


def test_approving_without_the_tick_is_refused_and_says_what_to_look_at(as_manager, propay, overlap):
    seen = seen_of(as_manager.get(at("propay_approve", propay)))

    response = as_manager.post(at("propay_approve", propay), {"seen": seen})

    assert "Check the hours listed here, then select this box to confirm them." in text_of(response)
    assert SAID in text_of(response)
    assert status_of(propay) == "STARTED"


def test_the_tick_approves_and_is_kept_with_the_approval(as_manager, manager, propay, overlap):
    seen = seen_of(as_manager.get(at("propay_approve", propay)))

    as_manager.post(at("propay_approve", propay), {"seen": seen, "checked_time": "on"})

    assert status_of(propay) == "APPROVED"
    snapshot = Snapshot.objects.get()
    assert snapshot.created_by_email == manager.email
    (confirmed,) = snapshot.figures["confirmed"]
    assert confirmed["question"] == "implausible_time"
    assert confirmed["shown"] == [SAID]
    assert confirmed["answers"] == {"checked_time": True}
    event = AuditEvent.objects.get(action="propay.approved")
    assert f"Confirmed: Some of its hours look like a mistake. {SAID}" in event.summary
    assert f"Confirmed: Some of its hours look like a mistake. {SAID}" in text_of(
        as_manager.get(at("propay_detail", propay))
    )


def test_a_tick_confirms_only_what_was_shown(as_manager, company, ana, propay, overlap):
    seen = seen_of(as_manager.get(at("propay_approve", propay)))
    factories.make_entry(ana, factories.make_job(company), minutes=15 * 60, work_date=MONDAY)

    as_manager.post(at("propay_approve", propay), {"seen": seen, "checked_time": "on"})

    assert status_of(propay) == "STARTED"


def test_many_at_a_time_skip_it_name_it_and_link_to_its_page(as_manager, make, propay, overlap):
    other = make("Shed", day=MONDAY + timedelta(days=7))

    page = as_manager.get(at("propay_approve_many"), {"id": [propay.pk, other.pk]})

    text = text_of(page)
    assert "Approve 1 of 2" in text
    assert f"Not approved: Some of its hours look like a mistake. {SAID}" in text
    assert f'href="{at("propay_approve", propay)}"' in page.content.decode()
    preview = services.preview_approval(company=propay.company, propay_ids=[propay.pk, other.pk], now=NOW)
    seen = [f"{one.pk}:{preview.seen(one.pk)}" for one in (propay, other)]
    told = text_of(as_manager.post(at("propay_approve_many"), {"seen": seen, "checked_time": "on"}, follow=True))
    assert (status_of(propay), status_of(other)) == ("STARTED", "APPROVED")
    assert "“Kitchen” wasn't approved. Some of its hours look like a mistake." in told


def test_time_elsewhere_counts_for_the_day_and_the_week(as_manager, company, ana, propay):
    elsewhere = factories.make_job(company)
    factories.make_entry(ana, elsewhere, minutes=15 * 60, work_date=MONDAY)
    for day in range(1, 7):
        factories.make_entry(ana, elsewhere, minutes=13 * 60, work_date=MONDAY + timedelta(days=day))

    text = text_of(as_manager.get(at("propay_approve", propay)))

    assert "Ana Ruiz: 25:00 hours on Oct 5, 2026, more than a day has." in text
    assert "Ana Ruiz: 103:00 hours in the workweek that starts on Oct 5, 2026." in text


def test_two_ids_of_one_person_are_one_person(as_manager, company, ana, crew, propay):
    rehired = factories.make_worker(company, "Ana Ruiz")
    factories.make_entry(rehired, factories.make_job(company), minutes=15 * 60, work_date=MONDAY)
    assert "25:00" not in text_of(as_manager.get(at("propay_approve", propay)))
    type(rehired).objects.filter(pk=rehired.pk).update(same_person_as=ana)
    assert "Ana Ruiz: 25:00 hours on Oct 5, 2026" in text_of(as_manager.get(at("propay_approve", propay)))
    assert "Ana Ruiz: 25:00 hours" in text_of(as_manager.get(reverse("worker_detail", args=[rehired.pk])))


def test_what_only_concerns_others_is_not_asked(as_manager, company, ana, propay):
    elsewhere = factories.make_job(company)
    for start in (7, 8):
        factories.make_entry(
            ana,
            elsewhere,
            minutes=120,
            work_date=MONDAY + timedelta(days=1),
            start_time=time(start),
            stop_time=time(start + 2),
        )
    assert "overlap" not in text_of(as_manager.get(at("propay_approve", propay)))


def test_a_date_in_the_future_is_pointed_out(as_manager, ana, propay):
    factories.make_entry(ana, propay.job, minutes=60, work_date=date(2026, 11, 10))
    text = text_of(as_manager.get(at("propay_approve", propay)))
    assert "Ana Ruiz: 1:00 hours on Nov 10, 2026, which is in the future." in text


def test_a_long_list_says_how_many_more_there_are(as_manager, company, ana, propay):
    for day in range(25):
        factories.make_entry(ana, propay.job, minutes=17 * 60, work_date=date(2026, 10, 7) + timedelta(days=day))
    text = text_of(as_manager.get(at("propay_approve", propay)))
    # 25 long entries in 3 workweeks of more than 100 hours, and a fourth with 85.
    assert text.count("17:00 hours in one entry") < 25
    assert "And 8 more" in text


def test_the_number_of_queries_does_not_grow(as_manager, company, crew, make, django_assert_max_num_queries):
    propays = [make(f"Job {number}", day=MONDAY + timedelta(days=number)) for number in range(12)]
    for propay in propays[1:]:
        factories.make_entry(crew[0], propay.job, minutes=17 * 60, work_date=MONDAY + timedelta(days=20))
    few, many = [], []
    company.pay_policy_on(MONDAY)  # read once per company
    for ids, counted in (([propays[0].pk, propays[1].pk], few), ([one.pk for one in propays], many)):
        with django_assert_max_num_queries(60) as queries:
            services.preview_approval(company=company, propay_ids=ids, now=NOW)
        counted.append(len(queries))
    assert few == many
