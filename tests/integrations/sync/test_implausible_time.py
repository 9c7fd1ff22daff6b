"""The whole way of implausible time (bonus.md 10.8): synced, on the pages, and asked about at approval."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.urls import reverse

from integrations.models import RunState, Trigger
from integrations.services import request_sync
from propay.models import ProPay, Snapshot
from protiv.timekeeping.models import Job, TimeEntry, Worker
from tests.make.browser import Browser
from tests.make.factories import make_member, make_wage
from tests.make.propays import make_propay
from tests.make.runs import on, work
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit", "noon")]
DAY = date(2026, 10, 20)


@pytest.fixture
def as_boss(connection):
    client = Browser()
    user = make_member(connection.company, "ADMIN").user
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shift(external_id: str, start: int, stop: int, job: str = "l-1"):
    minutes = (stop - start) * 60
    return on(
        DAY,
        external_id,
        minutes=minutes,
        regular_minutes=minutes,
        start_time=time(start),
        stop_time=time(stop),
        job_external_id=job,
    )


@pytest.fixture
def propay(connection, provider, clock, tasks):
    """One person from 7 to 15 and from 7 to 22 on one job, and from 7 to 15 on another: 31 hours on a day."""
    provider.add(shift("morning", 7, 15), shift("long", 7, 22), shift("elsewhere", 7, 15, "l-2"))
    assert work(clock).state == RunState.SUCCEEDED
    make_wage(Worker.objects.get(external_id="p-1"), "20.00")
    return make_propay(
        Job.objects.get(external_id="l-1"), start_date=DAY, end_date=DAY, fixed_amount=Decimal("1400.00")
    )


def test_31_hours_on_a_day_are_not_approved_in_silence(propay, as_boss):
    # Others of the sandbox have the same name.
    name = f"{Worker.objects.get(external_id='p-1').name} (ID p-1)"
    found = [
        f"{name}: 31:00 hours on Oct 20, 2026, more than a day has.",
        f"{name}: two entries overlap on Oct 20, 2026.",
        f"{name}: the same start and stop 2 times on Oct 20, 2026.",
    ]
    page = as_boss.get(reverse("propay_approve", args=[propay.pk]))
    for response in (page, as_boss.get(reverse("propay_detail", args=[propay.pk]))):
        assert all(text in text_of(response) for text in found)
        for entry in TimeEntry.objects.filter(external_id__in=["morning", "long", "elsewhere"]):
            assert reverse("time_entry", args=[entry.pk]) in response.content.decode()
    seen = {"seen": page.context["preview"].seen}

    as_boss.post(reverse("propay_approve", args=[propay.pk]), seen)
    assert ProPay.objects.get().status == "PENDING"

    as_boss.post(reverse("propay_approve", args=[propay.pk]), seen | {"checked_time": "on"})
    assert ProPay.objects.get().status == "APPROVED"
    (confirmed,) = Snapshot.objects.get().figures["confirmed"]
    assert confirmed["shown"] == found


def test_hours_corrected_at_the_provider_are_not_asked_about(propay, as_boss, provider, connection, clock):
    provider.add(shift("long", 15, 22), shift("elsewhere", 22, 23, "l-2"))
    clock.advance(hours=3)
    connection.refresh_from_db()
    request_sync(connection=connection, trigger=Trigger.MANUAL, now=clock(), since=DAY)
    assert work(clock).state == RunState.SUCCEEDED
    assert "checked_time" not in as_boss.get(reverse("propay_approve", args=[propay.pk])).content.decode()
