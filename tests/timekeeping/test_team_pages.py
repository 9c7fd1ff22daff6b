import datetime
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from protiv.accounts.models import AuditEvent
from protiv.timekeeping.models import Wage, Worker
from tests.make import factories

TEAM, MANY, IMPORT, CONFIRM = "/team/", "/team/wages/", "/team/wages/import/", "/team/wages/import/confirm/"
NOV_2 = datetime.date(2026, 11, 2)
CSV = "worker_external_id,start_date,wage\nw-ana,2026-11-02,25\nw-bo,2026-11-02,26.50\nw-who,2026-11-02,27\n"


@pytest.fixture(autouse=True)
def _today(time_machine, refreshed):
    time_machine.move_to("2026-11-24T18:00:00Z")


def wages():
    rows = Wage.objects.order_by("worker_id", "start_date")
    return [(wage.worker.external_id, str(wage.start_date), str(wage.hourly_amount)) for wage in rows]


def names(response):
    return [worker.name for worker in response.context["page_obj"]]


# The list


def test_the_team_shows_the_wage_in_effect_today(as_manager, ana, bo):
    factories.make_wage(ana, "24.00", datetime.date(2026, 1, 1))
    factories.make_wage(ana, "25.00", NOV_2)
    factories.make_wage(ana, "31.00", datetime.date(2026, 12, 1))
    text = as_manager.get(TEAM).content.decode()
    assert "$25.00" in text
    assert "$24.00" not in text
    assert "$31.00" not in text
    assert "1 worker has no wage" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Bo Lind", "Ana Maria Ruiz"]),
        ("q=ruiz+ana", ["Ana Maria Ruiz"]),
        ("q=18", ["Bo Lind"]),
        ("q=w-ana", ["Ana Maria Ruiz"]),
        ("q=nobody", []),
        ("show=no_wage", ["Bo Lind"]),
        ("show=inactive", ["Old Hand"]),
        ("show=all", ["Old Hand", "Bo Lind", "Ana Maria Ruiz"]),
        ("show=other", []),
        ("q=%00", []),
    ],
)
def test_the_team_is_searched(as_manager, ana, bo, query, found):
    factories.make_wage(ana)
    factories.make_worker(ana.company, "Old Hand", is_active=False)
    response = as_manager.get(f"{TEAM}?{query}")
    assert response.status_code == 200
    assert names(response) == found


def test_the_team_takes_the_same_queries_for_one_and_for_many(as_admin, company, ana):
    def queries(url):
        with CaptureQueriesContext(connection) as captured:
            assert as_admin.get(url).status_code == 200
        return len(captured)

    before = [queries(TEAM), queries(MANY)]
    for _ in range(45):
        factories.make_wage(factories.make_worker(company, membership=factories.make_member(company)))
    assert [queries(TEAM), queries(MANY)] == before


def test_the_empty_team_says_what_to_do(as_admin, company):
    text = as_admin.get(TEAM).content.decode()
    assert "Connect your time tracking" in text
    assert "/integrations/" in text


def test_a_manager_sees_wages_and_no_way_to_change_them(as_manager, ana):
    factories.make_wage(ana, "25.00", NOV_2)
    text = as_manager.get(reverse("worker_detail", args=[ana.pk])).content.decode()
    assert "$25.00" in text
    assert reverse("wage_set", args=[ana.pk]) not in text
    assert "Correct" not in text
    assert MANY not in as_manager.get(TEAM).content.decode()


# One worker


def test_an_admin_sets_corrects_and_removes_a_wage(as_admin, admin, ana, refreshed):
    page = reverse("worker_detail", args=[ana.pk])
    response = as_admin.post(
        reverse("wage_set", args=[ana.pk]), {"start_date": "2026-11-02", "hourly_amount": "$25"}, follow=True
    )
    assert response.redirect_chain == [(page, 302)]
    assert "Wages saved: 1 new." in response.content.decode()
    wage = Wage.objects.get()
    url = reverse("wage_correct", args=[ana.pk, wage.pk])
    assert 'value="2026-11-02"' in as_admin.get(url).content.decode()
    as_admin.post(url, {"start_date": "2026-11-03", "hourly_amount": "26.00"})
    assert wages() == [("w-ana", "2026-11-03", "26.00")]
    response = as_admin.post(reverse("wage_remove", args=[ana.pk, wage.pk]), follow=True)
    assert "Removed the wage effective" in response.content.decode()
    assert wages() == []
    assert set(AuditEvent.objects.values_list("actor__email", flat=True)) == {admin.email}
    assert [call["worker_ids"] for call in refreshed] == [{ana.pk}] * 3


@pytest.mark.parametrize(
    ("start_date", "amount", "field", "says"),
    [
        ("", "25", "start_date", "This field is required"),
        ("yesterday", "25", "start_date", "a date. Use"),
        ("1999-12-31", "25", "start_date", "Check the year"),
        ("2028-12-31", "25", "start_date", "Check the year"),
        ("2026-11-02", "", "hourly_amount", "This field is required"),
        ("2026-11-02", "0", "hourly_amount", "more than 0"),
        ("2026-11-02", "1000.01", "hourly_amount", "at most 1,000.00"),
        ("2026-11-02", "<b>", "hourly_amount", "an amount. Use"),
    ],
)
def test_an_invalid_wage_is_shown_at_its_field(as_admin, ana, start_date, amount, field, says):
    wage = factories.make_wage(ana, "20.00", datetime.date(2026, 1, 1))
    values = {"start_date": start_date, "hourly_amount": amount}
    for url, form in (
        (reverse("wage_set", args=[ana.pk]), "wage_form"),
        (reverse("wage_correct", args=[ana.pk, wage.pk]), "form"),
    ):
        response = as_admin.post(url, values)
        assert response.status_code == 200
        assert says in str(response.context[form].errors[field])
        assert "<b>”" not in response.content.decode()
    assert wages() == [("w-ana", "2026-01-01", "20.00")]


def test_a_wage_with_four_decimals_is_shown_in_full_and_others_with_two(as_admin, ana, bo, refreshed):
    as_admin.post(reverse("wage_set", args=[ana.pk]), {"start_date": "2026-11-02", "hourly_amount": "25.1275"})
    as_admin.post(reverse("wage_set", args=[bo.pk]), {"start_date": "2026-11-02", "hourly_amount": "26.5000"})
    assert [amount for _, _, amount in wages()] == ["25.1275", "26.50"]
    for url in (TEAM, MANY, reverse("worker_detail", args=[ana.pk])):
        assert "$25.1275" in as_admin.get(url).content.decode()
    correct = as_admin.get(reverse("wage_correct", args=[bo.pk, Wage.objects.get(worker=bo).pk])).content.decode()
    assert 'value="26.50"' in correct
    assert "26.50," in as_admin.get(reverse("wage_template")).getvalue().decode()
    said = AuditEvent.objects.filter(action="wage.set").order_by("pk").values_list("summary", flat=True)
    assert list(said) == [
        "Set Ana Maria Ruiz's wage to $25.1275 from Nov 2, 2026.",
        "Set Bo Lind's wage to $26.50 from Nov 2, 2026.",
    ]


def test_a_correction_to_another_wages_day_is_refused(as_admin, ana):
    factories.make_wage(ana, "20.00", datetime.date(2026, 1, 1))
    wage = factories.make_wage(ana, "25.00", NOV_2)
    url = reverse("wage_correct", args=[ana.pk, wage.pk])
    response = as_admin.post(url, {"start_date": "2026-01-01", "hourly_amount": "25"})
    assert "another wage from Jan 1, 2026" in response.content.decode()


def test_a_wage_is_found_only_at_its_own_worker(as_admin, ana, bo):
    wage = factories.make_wage(ana)
    for name in ("wage_correct", "wage_remove"):
        assert as_admin.post(reverse(name, args=[bo.pk, wage.pk])).status_code == 404
    assert Wage.objects.exists()


def test_an_admin_links_a_worker_to_a_sign_in_and_unlinks_it(as_admin, ana, bo, worker_membership):
    url = reverse("worker_link", args=[ana.pk])
    text = as_admin.post(url, {"membership": worker_membership.pk}, follow=True).content.decode()
    assert "worker@acme.test can now see Ana Maria Ruiz&#x27;s hours and bonuses" in text
    assert Worker.objects.get(pk=ana.pk).membership == worker_membership
    refused = as_admin.post(reverse("worker_link", args=[bo.pk]), {"membership": worker_membership.pk})
    assert refused.context["link_form"].errors["membership"]
    as_admin.post(url, {"membership": ""})
    assert Worker.objects.get(pk=ana.pk).membership is None


def test_managers_and_strangers_cannot_be_linked(as_admin, ana, manager, stranger):
    for user in (manager, stranger):
        membership = user.memberships.get()
        response = as_admin.post(reverse("worker_link", args=[ana.pk]), {"membership": membership.pk})
        assert response.context["link_form"].errors["membership"]
    assert Worker.objects.get(pk=ana.pk).membership is None


def test_the_page_of_a_worker_takes_the_same_queries_for_few_and_many(as_admin, ana, job):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert as_admin.get(reverse("worker_detail", args=[ana.pk])).status_code == 200
        return len(captured)

    factories.make_wage(ana)
    factories.make_entry(ana, job, cost_code=factories.make_cost_code(ana.company))
    before = queries()
    for number in range(20):
        factories.make_wage(ana, start_date=NOV_2 + datetime.timedelta(days=number))
        factories.make_entry(ana, factories.make_job(ana.company), minutes=30)
    assert queries() == before


# Many at once


def test_many_wages_are_set_from_one_table(as_admin, ana, bo, refreshed):
    carl = factories.make_worker(ana.company, "Carl Berg", external_id="w-carl")
    dan = factories.make_worker(ana.company, "Dan Moe")
    values = {
        "start_date": "2026-11-02",
        "hourly_amount": "25",
        "worker": [ana.pk, bo.pk, carl.pk, dan.pk],
        f"pick_{ana.pk}": "on",
        f"pick_{bo.pk}": "on",
        f"wage_{bo.pk}": "$30.00",
        f"wage_{carl.pk}": "31",
    }
    response = as_admin.post(f"{MANY}?show=all", values, follow=True)
    assert response.redirect_chain == [(f"{MANY}?show=all", 302)]
    assert "Wages saved: 3 new." in response.content.decode()
    assert [(who, amount) for who, _, amount in wages()] == [("w-ana", "25.00"), ("w-bo", "30.00"), ("w-carl", "31.00")]
    assert len(refreshed) == 1


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "Select at least one worker"),
        ({"start_date": ""}, "This field is required"),
        ({"start_date": "1990-01-01", "hourly_amount": "25", "pick": "on"}, "Check the year"),
        ({"pick": "on"}, "Enter a wage for the selected workers"),
        ({"hourly_amount": "25"}, "Select at least one worker"),
        ({"hourly_amount": "x", "pick": "on"}, "an amount. Use"),
        ({"wage": "52000"}, "at most 1,000.00"),
    ],
)
def test_an_invalid_table_is_reported_and_sets_nothing(as_admin, ana, values, says):
    posted = {"start_date": "2026-11-02", "worker": ana.pk}
    for name, value in values.items():
        posted[f"{name}_{ana.pk}" if name in ("pick", "wage") else name] = value
    response = as_admin.post(MANY, posted)
    assert response.status_code == 200
    assert says in response.content.decode()
    assert wages() == []


def test_the_table_takes_no_worker_of_another_company(as_admin, ana, stranger):
    theirs = factories.make_worker(stranger.memberships.get().company)
    for worker in (theirs.pk, "x", "9" * 40, "²"):
        values = {"start_date": "2026-11-02", "hourly_amount": "25", "worker": worker, f"pick_{worker}": "on"}
        assert as_admin.post(MANY, values).status_code == 200
    assert wages() == []


def test_the_table_shows_a_hundred_workers_a_page(as_admin, company):
    for _ in range(101):
        factories.make_worker(company)
    assert len(names(as_admin.get(MANY))) == 100
    assert len(names(as_admin.get(f"{MANY}?page=2"))) == 1


# From a file


def upload(client, content):
    if isinstance(content, str):
        content = content.encode()
    return client.post(IMPORT, {"file": SimpleUploadedFile("wages.csv", content, "text/csv")})


def plan_of(response):
    return re.search(r'name="plan" value="([^"]+)"', response.content.decode())[1]


@pytest.mark.parametrize("pasted", [True, False])
def test_a_preview_changes_nothing_and_its_confirmation_changes_just_that(as_admin, ana, bo, refreshed, pasted):
    factories.make_wage(bo, "26.00", NOV_2)
    response = as_admin.post(IMPORT, {"text": CSV}) if pasted else upload(as_admin, CSV)
    text = response.content.decode()
    assert response.status_code == 200
    assert "Nothing has changed yet." in text
    assert "1 new, 1 replaced, 0 unchanged, 1 with errors" in text
    for words in ("$25.00", "$26.00", "$26.50", "No worker in your company has worker_external_id “w-who”"):
        assert words in text
    assert wages() == [("w-bo", "2026-11-02", "26.00")]
    assert not refreshed
    assert not AuditEvent.objects.filter(action="wage.set").exists()

    done = as_admin.post(CONFIRM, {"plan": plan_of(response)}, follow=True)
    assert "Wages saved: 1 new, 1 replaced." in done.content.decode()
    assert wages() == [("w-ana", "2026-11-02", "25.00"), ("w-bo", "2026-11-02", "26.50")]
    assert len(refreshed) == 1

    again = as_admin.post(CONFIRM, {"plan": plan_of(response)}, follow=True)
    assert "these wages are already set" in again.content.decode()
    assert len(refreshed) == 1


def test_a_confirmation_that_was_tampered_with_is_refused(as_admin, sign_in, company, ana, bo):
    plan = plan_of(upload(as_admin, CSV))
    other_admin = sign_in(factories.make_member(company, "ADMIN").user)
    for client, text in ((as_admin, f"x{plan}"), (as_admin, plan[:-2]), (as_admin, ""), (other_admin, plan)):
        response = client.post(CONFIRM, {"plan": text})
        assert response.status_code == 400
        assert "t match the preview" in response.content.decode()
    assert wages() == []


def test_a_confirmation_is_refused_where_wages_changed_since(as_admin, ana, bo):
    plan = plan_of(upload(as_admin, CSV))
    factories.make_wage(ana, "24.00", NOV_2)
    response = as_admin.post(CONFIRM, {"plan": plan})
    assert response.status_code == 400
    assert "since the preview" in response.content.decode()
    assert wages() == [("w-ana", "2026-11-02", "24.00")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "The submitted file is empty"),
        ("name\nAna\n", "Missing: worker_external_id"),
        (b"number,start_date,wage\nM\xfcller,2026-11-02,25\n", "is not UTF-8"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        ("number,start_date,wage\n", "no lines below the header"),
    ],
)
def test_an_unreadable_file_is_reported(as_admin, ana, content, says):
    response = upload(as_admin, content)
    assert response.status_code == 200
    assert says in response.content.decode()


@pytest.mark.parametrize(
    ("content", "planned", "says"),
    [
        (
            "number,worker,start_date,wage\n42,Ana Ortiz,11/2/2026,25.00\n",
            {},
            "number “42” is Luis Vega, but the line names Ana Ortiz",
        ),
        ("number\tstart_date\twage\r\n12\t11/2/2026\t25\r\n", {"12": "25.00"}, ""),
        ("number\tstart_date\twage\r\n12\t11/2/2026\t25\r\n".encode("utf-16"), {"12": "25.00"}, ""),
        (
            "number,start_date,wage\n12,05/11/2026,25.00\n13,25/11/2026,25.00\n",
            {},
            "could be May 11, 2026 or Nov 5, 2026",
        ),
        ("number;start_date;wage\n12;11/2/2026;0,500\n13;11/2/2026;1,000\n", {}, "“1,000” could be"),
    ],
)
def test_a_file_as_spreadsheets_save_it_is_read_right_or_refused(as_admin, company, refreshed, content, planned, says):
    for name, number in (("Ana Ortiz", "0042"), ("Luis Vega", "42"), ("Bo Lind", "12"), ("Cy Lo", "13")):
        factories.make_worker(company, name, number=number)
    for response in (
        upload(as_admin, content),
        *([as_admin.post(IMPORT, {"text": content})] * isinstance(content, str)),
    ):
        assert says in response.content.decode()
        if planned:
            as_admin.post(CONFIRM, {"plan": plan_of(response)})
        else:
            assert "There is nothing to apply" in response.content.decode()
    assert {wage.worker.number: str(wage.hourly_amount) for wage in Wage.objects.select_related("worker")} == planned


def test_a_file_and_pasted_lines_together_or_neither_are_refused(as_admin, ana):
    both = as_admin.post(IMPORT, {"text": CSV, "file": SimpleUploadedFile("wages.csv", CSV.encode())})
    assert "Choose a file or paste rows, not both." in both.content.decode()
    for neither in ({}, {"text": " \n"}):
        assert "Choose a CSV file or paste rows." in as_admin.post(IMPORT, neither).content.decode()


def test_a_preview_with_nothing_to_apply_offers_no_confirmation(as_admin, ana):
    text = as_admin.post(IMPORT, {"text": "number,start_date,wage\n99,2026-11-02,25\n"}).content.decode()
    assert "There is nothing to apply" in text
    assert 'name="plan"' not in text


def test_names_and_lines_are_escaped_in_a_preview(as_admin, company):
    factories.make_worker(company, "<script>alert(1)</script> X", external_id="w-x")
    text = as_admin.post(IMPORT, {"text": "worker_external_id,start_date,wage\nw-x,2026-11-02,25\n<i>,2026-11-02,25\n"})
    assert "<script>alert" not in text.content.decode()
    assert "<i>" not in text.content.decode()


def test_the_template_comes_back_through_the_import(as_admin, company, ana):
    factories.make_wage(ana, "24.00", datetime.date(2026, 1, 1))
    factories.make_worker(company, "=Evil Name", external_id="-9", number="+1")
    factories.make_worker(company, "Gone Away", is_active=False)
    template = as_admin.get(reverse("wage_template")).getvalue().decode("utf-8-sig")
    assert template == (
        "worker_external_id,number,worker,current_wage,start_date,wage\r\n"
        "'-9,'+1,'=Evil Name,,,\r\n"
        "w-ana,17,Ana Maria Ruiz,24.00,,\r\n"
    )
    response = upload(as_admin, template.replace(",,\r\n", ",2026-11-02,26\r\n"))
    assert "2 new, 0 replaced, 0 unchanged, 0 with errors" in response.content.decode()


def test_more_workers_than_the_table_holds_are_refused_together(as_admin, ana):
    typed = {"worker": [ana.pk, *range(90_000, 90_100)], "start_date": "2026-11-02", f"wage_{ana.pk}": "25"}
    text = as_admin.post(reverse("wage_set_many"), typed).content.decode()
    assert "at most 100 workers at a time. Nothing was changed." in text
    assert 'value="25"' in text
    assert not Wage.objects.filter(worker=ana, hourly_amount=25).exists()
