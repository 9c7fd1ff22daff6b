"""The pages: who may open them, what stands on them, and that they take as many queries for many rows as for few."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from propay import services
from propay.models import BudgetType, ProPay, Share
from propay.pages import propays as pages
from protiv.accounts.models import Membership
from protiv.timekeeping.models import TimeEntry
from tests import factories
from tests.propay.rows import NOW, START, make_propay, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen", number="17", synced_budget_minutes=80 * 60)


@pytest.fixture
def crew(company, worker_user):
    """Ana, who signs in as the worker, and Ben."""
    ana = factories.make_worker(company, "Ana Ruiz", membership=Membership.objects.get(user=worker_user))
    ben = factories.make_worker(company, "Ben Odermatt")
    factories.make_wage(ana, "20.00")
    factories.make_wage(ben, "35.55")
    return [ana, ben]


@pytest.fixture
def propay(company, job, crew):
    """80 budget hours, of which 30 + 20 are used: costs 1,311.00, saves 786.60, pool 393.30."""
    propay = make_propay(job, title="Kitchen remodel", budget_type=BudgetType.HOURS)
    for worker, days in zip(crew, (3, 2), strict=True):
        for day in range(days):
            factories.make_entry(worker, job, minutes=600, work_date=date(2026, 11, 2) + timedelta(day))
    services.refresh(company=company, now=NOW)
    propay.refresh_from_db()
    return propay


def text_of(response) -> str:
    """What a person reads: tags and runs of white space gone."""
    assert response.status_code == 200
    body = re.sub(r"<svg.*?</svg>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def addresses(propay: ProPay) -> dict[str, str]:
    names = ("propay_detail", "propay_edit", "propay_cancel", "propay_restore")
    return {name: reverse(name, args=[propay.pk]) for name in names}


# Who may


@pytest.mark.parametrize("name", ["dashboard", "propay_list", "propay_create", "propay_job_facts", "bonuses"])
def test_pages_need_a_sign_in(anonymous, name):
    response = anonymous.get(reverse(name))

    assert response.status_code == 302
    assert reverse("login") in response["Location"]


@pytest.mark.parametrize(
    ("name", "status"),
    [("dashboard", 200), ("bonuses", 200), ("propay_list", 403), ("propay_create", 403), ("propay_job_facts", 403)],
)
def test_a_worker_opens_the_own_pages_and_no_others(as_worker, name, status):
    assert as_worker.get(reverse(name)).status_code == status


@pytest.mark.parametrize(
    ("name", "method"), [("propay_edit", "get"), ("propay_cancel", "post"), ("propay_restore", "post")]
)
def test_a_worker_changes_nothing(as_worker, propay, name, method):
    assert getattr(as_worker, method)(addresses(propay)[name]).status_code == 403
    propay.refresh_from_db()
    assert propay.status == "STARTED"


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("propay_detail", "get"),
        ("propay_edit", "get"),
        ("propay_edit", "post"),
        ("propay_cancel", "post"),
        ("propay_restore", "post"),
    ],
)
def test_a_stranger_finds_nothing(as_stranger, propay, name, method):
    assert getattr(as_stranger, method)(addresses(propay)[name]).status_code == 404


def test_a_stranger_sees_nothing_in_lists(as_stranger, propay):
    for name in ("dashboard", "propay_list", "bonuses"):
        page = as_stranger.get(reverse(name), {"tab": "all"}).content.decode()
        assert "Kitchen" not in page
        assert "Ana" not in page


@pytest.mark.parametrize("name", ["propay_cancel", "propay_restore"])
def test_a_change_is_a_post(as_manager, propay, name):
    assert as_manager.get(addresses(propay)[name]).status_code == 405


# The list


def test_the_list_shows_budget_saving_and_pool(as_manager, propay):
    text = text_of(as_manager.get(reverse("propay_list")))

    assert "Kitchen remodel 17 · Kitchen" in text
    assert "50:00 of 80:00 h 63 %" in text
    assert "$2,097.60 $1,311.00 $786.60 $393.30" in text


def test_the_list_finds_what_has_no_budget_anywhere(as_manager, company, propay):
    bare = factories.make_job(company, "Bare")
    make_propay(bare, title="No hours", budget_type=BudgetType.HOURS)
    make_propay(bare, title="No price", budget_type=BudgetType.PERCENT_OF_CONTRACT, labor_percent=Decimal(30))
    make_propay(bare, title="Typed here", budget_type=BudgetType.HOURS, budget_minutes=60)
    make_propay(bare, title="Gone", budget_type=BudgetType.HOURS, status="CANCELED")
    typed = factories.make_job(company, "Typed", typed_contract_amount=Decimal(5000))
    make_propay(typed, title="On the job", budget_type=BudgetType.PERCENT_OF_CONTRACT, labor_percent=Decimal(30))

    response = as_manager.get(reverse("propay_list"), {"tab": "missing"})

    assert sorted(one.title for one in response.context["page_obj"]) == ["No hours", "No price"]
    assert "Missing budget 2" in text_of(response)


def test_the_list_says_why_there_is_no_figure(as_manager, company, propay):
    factories.make_entry(factories.make_worker(company, "Dee Lo"), propay.job)
    services.refresh(company=company, now=NOW)

    assert "Wages are missing: Dee Lo" in text_of(as_manager.get(reverse("propay_list")))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["Kitchen remodel", "Over", "Pending"]),
        ({"tab": "started"}, ["Kitchen remodel", "Over"]),
        ({"tab": "pending"}, ["Pending"]),
        ({"tab": "over"}, ["Over"]),
        ({"tab": "canceled"}, ["Gone"]),
        ({"tab": "all"}, ["Gone", "Kitchen remodel", "Over", "Pending"]),
        ({"tab": "nonsense"}, ["Kitchen remodel", "Over", "Pending"]),
        ({"q": "kitch"}, ["Kitchen remodel"]),
        ({"q": "17 remodel"}, ["Kitchen remodel"]),
        ({"q": "17 bath"}, []),
        ({"tab": "all", "q": "gone"}, ["Gone"]),
    ],
)
def test_the_list_filters_by_tab_and_words(as_manager, company, propay, query, titles):
    make_propay(factories.make_job(company, "Bath"), title="Pending")
    make_propay(factories.make_job(company, "Roof"), title="Over", status="STARTED", saving_amount=Decimal("-1"))
    make_propay(factories.make_job(company, "Shed"), title="Gone", status="CANCELED")

    page = as_manager.get(reverse("propay_list"), query).context["page_obj"]

    assert sorted(one.title for one in page) == titles


def test_the_list_filters_by_job_and_takes_no_nonsense(as_manager, company, propay):
    make_propay(factories.make_job(company, "Bath"))

    for job_id, count in ((propay.job_id, 1), ("x", 2), ("9" * 30, 2)):
        assert len(as_manager.get(reverse("propay_list"), {"job": job_id}).context["page_obj"]) == count


def test_an_empty_list_says_what_to_do(as_manager):
    assert "No ProPay yet" in text_of(as_manager.get(reverse("propay_list")))


def test_the_list_has_pages(as_manager, company):
    for number in range(30):
        make_propay(factories.make_job(company, f"Job {number}"))

    page = as_manager.get(reverse("propay_list"), {"page": 2}).context["page_obj"]

    assert (len(page), page.paginator.count) == (5, 30)


# One ProPay


def test_the_detail_page_shows_the_figures_and_the_crew(as_manager, propay):
    text = text_of(as_manager.get(addresses(propay)["propay_detail"]))

    assert "Budget $2,097.60 80:00 h" in text
    assert "Actual $1,311.00 50:00 h" in text
    assert "Saving $786.60" in text
    assert "Bonus pool $393.30" in text
    assert "Ana Ruiz 30:00 $600.00 $235.98" in text
    assert "Ben Odermatt 20:00 $711.00 $157.32" in text
    assert "Together 50:00 $1,311.00 $393.30" in text


def test_the_steps_end_in_the_stored_figures(propay):
    explained = pages.explained(propay)

    for name in ("budget_amount", "actual_minutes", "actual_amount", "saving_amount", "pool_amount", "company_amount"):
        assert getattr(explained.worked_out, name) == getattr(propay, name)
    assert {(share.worker_id, share.role): share.amount for share in explained.shares} == {
        key: share.amount for key, share in explained.worked_out.shares.items()
    }
    results = {step.key: step.result for step in explained.worked_out.trace}
    assert results["actual"] == "1,311.00"
    assert results["budget"] == "2,097.60"
    assert results["saving"] == "786.60"
    assert results["split"] == "393.30"
    assert [results[f"share.CREW.{share.worker_id}"] for share in explained.shares] == ["235.98", "157.32"]


def test_the_detail_page_shows_every_step(as_manager, propay):
    text = text_of(as_manager.get(addresses(propay)["propay_detail"]))

    assert "Labor cost of Ana Ruiz 30 h × 20.00 = 600" in text
    assert "Saving 2,097.60 - 1,311.00 = 786.60" in text
    assert "Lead part" not in text


def test_the_days_of_the_chart_end_in_the_stored_figures(as_manager, propay):
    response = as_manager.get(addresses(propay)["propay_detail"])

    last = response.context["page"].days[-1]
    assert (last.total_minutes, last.total_amount) == (propay.actual_minutes, propay.actual_amount)
    assert "Nov 4, 2026 10:00 50:00 $1,311.00" in text_of(response)


def test_the_detail_page_shows_what_was_typed_beside_what_was_synced(as_manager, propay):
    ProPay.objects.filter(pk=propay.pk).update(budget_minutes=75 * 60)

    text = text_of(as_manager.get(addresses(propay)["propay_detail"]))

    assert "The time-tracking system says 80:00 h; this ProPay uses 75:00 h as typed." in text


def test_the_detail_page_names_whose_wage_is_missing_and_links_there(as_manager, company, propay):
    dee = factories.make_worker(company, "Dee Lo")
    factories.make_entry(dee, propay.job, work_date=date(2026, 11, 5))
    services.refresh(company=company, now=NOW)

    response = as_manager.get(addresses(propay)["propay_detail"])

    assert "Wages are missing: Dee Lo from Nov 5, 2026 on." in text_of(response)
    assert "Enter wage" in text_of(response)
    assert reverse("worker_detail", args=[dee.pk]) in response.content.decode()
    assert "$786.60" not in text_of(response)


def test_the_detail_page_says_that_it_is_over_budget(as_manager, company, propay):
    ProPay.objects.filter(pk=propay.pk).update(budget_minutes=40 * 60)
    services.refresh(company=company, now=NOW)

    text = text_of(as_manager.get(addresses(propay)["propay_detail"]))

    assert "Over budget: there is no bonus. Nothing is ever taken from wages." in text
    assert "125 %" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"budget_type": BudgetType.HOURS},
        {"budget_type": BudgetType.PERCENT_OF_CONTRACT, "labor_percent": Decimal(30)},
        {"fixed_amount": Decimal("100.00")},
        {"fixed_amount": Decimal("100.00"), "end_date": START, "include_travel": True},
    ],
)
def test_the_detail_page_shows_a_propay_without_time_or_budget(as_manager, company, fields):
    propay = make_propay(factories.make_job(company), **fields)
    services.refresh(company=company, now=NOW)

    assert "Nobody has counted time" in text_of(as_manager.get(addresses(propay)["propay_detail"]))


def test_the_detail_page_links_to_the_entries_it_counts(as_manager, propay):
    ProPay.objects.filter(pk=propay.pk).update(end_date=date(2026, 12, 31))

    page = as_manager.get(addresses(propay)["propay_detail"]).content.decode()

    assert f"{reverse('time_list')}?job={propay.job_id}&amp;from=2026-10-01&amp;to=2026-12-31" in page


def test_pages_hold_no_inline_style_or_script(as_manager, propay):
    for address in ("/", "/propays/", "/propays/create/", "/bonuses/", addresses(propay)["propay_detail"]):
        page = as_manager.get(address).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)


def test_cancel_and_restore_from_the_page(as_manager, propay):
    response = as_manager.post(addresses(propay)["propay_cancel"], follow=True)
    assert "This ProPay is canceled" in text_of(response)

    response = as_manager.post(addresses(propay)["propay_restore"], follow=True)
    assert "Restored, and worked out again." in text_of(response)
    propay.refresh_from_db()
    assert propay.status == "STARTED"


def test_cancel_and_restore_say_why_not(as_manager, propay):
    assert "Only a canceled ProPay can be restored." in text_of(
        as_manager.post(addresses(propay)["propay_restore"], follow=True)
    )
    as_manager.post(addresses(propay)["propay_cancel"])
    assert "can&#x27;t be canceled" in text_of(as_manager.post(addresses(propay)["propay_cancel"], follow=True))


# What a worker sees


def test_a_worker_sees_the_own_line_of_a_propay_and_nothing_of_others(as_worker, propay):
    response = as_worker.get(addresses(propay)["propay_detail"])

    text = text_of(response)
    assert "Your share $235.98" in text
    assert "Your hours 30:00" in text
    assert "your minutes ÷ the minutes of all who share it. 393.30 × 1800 / 3000 = $235.98" in text
    for secret in ("Ben", "157.32", "1,311", "786.60", "600.00", "20.00", "35.55", "2,097"):
        assert secret not in response.content.decode()


def test_a_worker_does_not_find_a_propay_without_an_own_share(as_worker, company, crew):
    job = factories.make_job(company)
    propay = make_propay(job)
    factories.make_entry(crew[1], job)
    services.refresh(company=company, now=NOW)

    assert as_worker.get(addresses(propay)["propay_detail"]).status_code == 404


def test_a_worker_learns_not_whose_wage_is_missing(as_worker, company, propay):
    factories.make_entry(factories.make_worker(company, "Dee Lo"), propay.job)
    services.refresh(company=company, now=NOW)

    for address in (addresses(propay)["propay_detail"], "/bonuses/", "/"):
        page = as_worker.get(address).content.decode()
        assert "Dee" not in page
        assert "Not worked out yet" in page


def test_a_worker_sees_the_own_bonuses_with_title_hours_and_share(as_worker, company, propay):
    response = as_worker.get("/bonuses/")

    assert "Your bonus so far $235.98 for 30:00 hours." in text_of(response)
    assert "Kitchen remodel $235.98 30:00 hours Started" in text_of(response)
    assert "157.32" not in response.content.decode()
    assert "Your bonus so far $235.98" in text_of(as_worker.get("/"))


def test_a_worker_gets_nothing_from_a_canceled_propay(as_worker, as_manager, propay):
    as_manager.post(addresses(propay)["propay_cancel"])

    assert "No bonus yet" in text_of(as_worker.get("/bonuses/"))
    text = text_of(as_worker.get(addresses(propay)["propay_detail"]))
    assert "This ProPay was canceled: there is no bonus." in text
    assert "235.98" not in text


def test_a_sign_in_without_a_worker_is_told_so(as_worker):
    assert "not tied to your time yet" in text_of(as_worker.get("/bonuses/"))


def test_a_worker_without_time_is_told_what_will_come(as_worker, crew):
    assert "your share stands here" in text_of(as_worker.get("/"))


@pytest.mark.parametrize("asked", ["es", "es-MX,es;q=0.9,en;q=0.5"])
def test_worker_pages_speak_spanish_to_who_asks_for_it(as_worker, propay, asked):
    for address, words in (
        ("/", "Su bono hasta ahora $235.98 por 30:00 horas."),
        ("/bonuses/", "Kitchen remodel $235.98 30:00 horas En curso"),
        (addresses(propay)["propay_detail"], "Desde 1 de octubre de 2026"),
    ):
        response = as_worker.get(address, headers={"Accept-Language": asked})
        assert words in text_of(response)
        assert response["Content-Language"] == "es"
        assert "Accept-Language" in response["Vary"]


def test_pages_of_the_office_stay_in_english(as_manager, propay):
    response = as_manager.get(addresses(propay)["propay_detail"], headers={"Accept-Language": "es"})

    assert "How this was worked out" in text_of(response)


def test_worker_pages_speak_english_to_everybody_else(as_worker, propay):
    for asked in ("fr", "en-US", "", "*"):
        response = as_worker.get("/bonuses/", headers={"Accept-Language": asked})
        assert "Your bonus so far" in text_of(response)
        assert response["Content-Language"] == "en"


# Bonuses and the dashboard


def test_bonuses_add_up_by_worker_over_live_propays_only(as_manager, company, crew, propay):
    job = factories.make_job(company)
    make_propay(job)
    factories.make_entry(crew[0], job, minutes=60)
    services.refresh(company=company, now=NOW)
    for status in ("APPROVED", "CANCELED"):
        other = make_propay(factories.make_job(company))
        Share.objects.create(company=company, propay=other, worker=crew[0], minutes=60, amount=Decimal("777.00"))
        put(other, status)

    text = text_of(as_manager.get("/bonuses/"))

    assert "Ana Ruiz 2 31:00 $2,725.98" in text
    assert "Ben Odermatt 1 20:00 $157.32" in text
    assert "So far, not yet approved $2,883.30" in text


def test_bonuses_find_workers_by_name(as_manager, propay):
    rows = as_manager.get("/bonuses/", {"q": "ben oder"}).context["page_obj"]

    assert [row["worker__first_name"] for row in rows] == ["Ben"]


def test_bonuses_say_how_many_shares_have_no_figure(as_manager, company, propay):
    factories.make_entry(factories.make_worker(company, "Dee Lo"), propay.job)
    services.refresh(company=company, now=NOW)

    assert "Dee Lo 1 without a figure yet 1 8:00 —" in text_of(as_manager.get("/bonuses/"))


@time_machine.travel(NOW)
def test_the_dashboard_counts_statuses_hours_and_bonuses(as_manager, company, crew, propay):
    """NOW is Monday, November 9: the five entries are of last week."""
    make_propay(factories.make_job(company), title="Too dear", status="STARTED", saving_amount=Decimal("-5"))
    factories.make_entry(crew[0], None, minutes=480, kind="time_off", work_date=date(2026, 11, 9))
    factories.make_entry(crew[0], propay.job, minutes=90, work_date=date(2026, 11, 9))
    factories.make_entry(crew[0], propay.job, minutes=60, work_date=date(2026, 11, 9), voided=True)

    text = text_of(as_manager.get("/"))

    assert "Hours this week 1:30" in text
    assert "Hours last week 50:00" in text
    assert "Bonuses so far $393.30" in text
    assert "0 pending 2 started" in text
    assert text.count("Too dear") == 2


@time_machine.travel(NOW)
def test_the_dashboard_says_what_to_do_next(as_manager, company):
    assert "Connect your time tracking" in text_of(as_manager.get("/"))

    worker = factories.make_worker(company)
    text = text_of(as_manager.get("/"))
    assert "Enter wages" in text
    assert "Create your first ProPay" in text

    factories.make_wage(worker)
    make_propay(factories.make_job(company))
    text = text_of(as_manager.get("/"))
    assert "Enter wages" not in text
    assert "Create your first ProPay" not in text


# Cost


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages_take_as_many_queries_for_many_rows_as_for_few(as_manager, as_worker, company, crew, propay):
    factories.make_cost_code(company)
    office = ["/", "/propays/", "/propays/create/", "/bonuses/", *list(addresses(propay).values())[:2]]
    own = ["/", "/bonuses/", addresses(propay)["propay_detail"]]
    few = [queries(as_manager, one) for one in office] + [queries(as_worker, one) for one in own]

    member = Membership.objects.filter(company=company, role="MANAGER").get()
    more = [factories.make_worker(company) for _ in range(6)]
    for worker in more:
        factories.make_wage(worker)
    for number in range(12):
        job = factories.make_job(company)
        code = factories.make_cost_code(company)
        make_propay(job, manager=member, cost_codes=[code])
        for worker in (*crew, *more):
            factories.make_entry(worker, job, cost_code=code, work_date=date(2026, 11, 1) + timedelta(number))
            factories.make_entry(worker, propay.job, work_date=date(2026, 11, 1) + timedelta(number))
    propay.cost_codes.set([])
    services.refresh(company=company, now=NOW)
    many = [queries(as_manager, one) for one in office] + [queries(as_worker, one) for one in own]

    assert many == few
    assert max(many) <= 20


def test_explaining_a_propay_takes_four_queries(company, propay, django_assert_num_queries):
    loaded = pages.company_propays(company).get(pk=propay.pk)

    with django_assert_num_queries(4):
        pages.explained(loaded)
    assert TimeEntry.objects.count() == 5
