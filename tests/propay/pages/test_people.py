"""Marking two workers as the same person: who may, what is shown first, and what the suggestions lead to."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from propay import services
from propay.models import LineKind, Statement, StatementLine
from protiv.timekeeping.models import DifferentPeople, Worker
from tests.make import factories
from tests.make.propays import NOW, make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)


@pytest.fixture
def rehired(company, ana):
    Worker.objects.filter(pk=ana.pk).update(email="ana@example.com")
    worker = factories.make_worker(company, "Ana Ruiz", email="ana@example.com", number="77")
    factories.make_wage(worker, "20.00")
    return worker


@pytest.fixture
def approved(company, admin, ana, rehired):
    """250.00 for each id, in one week of 50 hours."""
    job = factories.make_job(company, "Kitchen")
    for number, worker in enumerate((ana, rehired)):
        for offset in range(3):
            factories.make_entry(worker, job, minutes=500, work_date=MONDAY + timedelta(3 * number + offset))
    propay = make_propay(job, fixed_amount=Decimal(1500), split_percent=100)
    services.refresh(company=company, now=NOW)
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    return propay


def test_only_admins_decide(as_admin, as_manager, as_worker, as_stranger, anonymous, ana, rehired):
    for name in ("worker_person", "worker_person_link"):
        path = reverse(name, args=[rehired.pk]) + f"?other={ana.pk}"
        assert as_admin.get(path).status_code == 200
        assert as_manager.get(path).status_code == 403
        assert as_worker.get(path).status_code == 403
        assert as_stranger.get(path).status_code == 404
        assert anonymous.get(path).status_code == 302
    for name in ("worker_person_link", "worker_person_end", "worker_person_different"):
        path = reverse(name, args=[rehired.pk])
        assert as_manager.post(path, {"other": ana.pk}).status_code == 403
        assert as_stranger.post(path, {"other": ana.pk}).status_code == 404


def test_the_review_shows_the_true_up_and_the_confirmation_books_it(as_admin, approved, ana, rehired):
    path = reverse("worker_person_link", args=[rehired.pk])

    review = as_admin.get(f"{path}?other={ana.pk}")

    assert "$50.00" in text_of(review)
    assert not StatementLine.objects.filter(kind=LineKind.TRUE_UP).exists()
    seen = review.context["effect"].seen
    as_admin.post(path, {"other": ana.pk, "seen": seen})
    line = StatementLine.objects.get(kind=LineKind.TRUE_UP)
    assert (line.worker, line.federal_amount) == (ana, Decimal("50.00"))
    shown = text_of(as_admin.get(reverse("worker_detail", args=[rehired.pk])))
    assert f"Same person as Ana Ruiz (ID {ana.external_id})" in shown

    end = reverse("worker_person_end", args=[rehired.pk])
    as_admin.post(end, {"seen": as_admin.get(end).context["effect"].seen})
    assert not Worker.objects.filter(same_person_as__isnull=False).exists()


def test_the_pages_worker_can_be_the_primary_one(as_admin, ana, rehired):
    path = reverse("worker_person_link", args=[rehired.pk])
    typed = {"other": ana.pk, "is_primary": "on"}

    seen = as_admin.get(path, typed).context["effect"].seen
    as_admin.post(path, {**typed, "seen": seen})

    ana.refresh_from_db()
    assert ana.same_person_as == rehired


def test_a_suggestion_can_be_declined_and_does_not_return(as_admin, ana, rehired):
    detail, page = (reverse(name, args=[ana.pk]) for name in ("worker_detail", "worker_person"))
    assert "May have another ID" in text_of(as_admin.get(detail))
    assert "may be the same person as another one" in text_of(as_admin.get(reverse("worker_list")))
    assert "Suggested" in text_of(as_admin.get(page))

    as_admin.post(reverse("worker_person_different", args=[ana.pk]), {"other": rehired.pk})

    assert DifferentPeople.objects.count() == 1
    assert "May have another ID" not in text_of(as_admin.get(detail))
    assert "may be the same person as another one" not in text_of(as_admin.get(reverse("worker_list")))
    assert "Suggested" not in text_of(as_admin.get(page))


def test_the_search_finds_others_and_says_when_no_one_matches(as_admin, ana, rehired):
    page = reverse("worker_person", args=[ana.pk])

    assert [one.pk for one in as_admin.get(page, {"q": "77"}).context["person"].found] == [rehired.pk]
    assert "No other worker matches “nobody”" in text_of(as_admin.get(page, {"q": "nobody"}))


def test_the_propays_overtime_warns_while_a_suggestion_is_open(as_admin, approved):
    shown = text_of(as_admin.get(reverse("propay_overtime", args=[approved.pk])))

    assert "may be the same person, and both worked in the week of Nov 2, 2026" in shown


def test_managers_see_a_suggestion_and_no_way_to_decide(as_manager, ana, rehired):
    detail = as_manager.get(reverse("worker_detail", args=[ana.pk]))

    assert "May have another ID" in text_of(detail)
    assert reverse("worker_person", args=[ana.pk]) not in detail.content.decode()
    assert "may be the same person as another one" in text_of(as_manager.get(reverse("worker_list")))


@pytest.mark.parametrize("signed_in", ["primary", "rehired"])
def test_a_person_sees_the_pay_and_the_time_of_all_their_ids(company, admin, ana, rehired, approved, client, signed_in):
    """The true-up is on the primary's statement, whichever ID the sign-in is linked to."""
    member = factories.make_member(company, "WORKER", user=factories.make_user("ana@home.test"))
    Worker.objects.filter(pk=(ana if signed_in == "primary" else rehired).pk).update(membership=member)
    statements = {one.worker: one.pk for one in Statement.objects.select_related("worker")}
    client.force_login(member.user)
    seen = [client.get(reverse("statement_detail", args=[statements[worker]])).status_code for worker in (ana, rehired)]
    assert sorted(seen) == [200, 404]

    Worker.objects.filter(pk=rehired.pk).update(same_person_as=ana)

    for worker in (ana, rehired):
        assert client.get(reverse("statement_detail", args=[statements[worker]])).status_code == 200
    assert len(client.get(reverse("statement_list")).context["page_obj"].object_list) == 2
    assert client.get(reverse("time_list")).context["page_obj"].paginator.count == 6
    assert "$500.00" in text_of(client.get(reverse("propay_detail", args=[approved.pk])))
    line = StatementLine.objects.get(worker=rehired, kind=LineKind.SHARE)
    assert client.post(reverse("question_ask", args=[line.pk]), {"text": "Why?"}).status_code == 302
