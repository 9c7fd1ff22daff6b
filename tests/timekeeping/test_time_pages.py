import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from protiv.kit import paging
from protiv.timekeeping import selectors
from tests.make import factories
from tests.make.connections import make_connection

TIME, EXPORT = "/time/", "/time/export.csv"
HEADER = (
    "external_id,worker_external_id,worker,job_external_id,job,cost_code_external_id,cost_code,work_date,minutes,kind,"
    "is_final,voided\r\n"
)
DAY = datetime.date(2026, 11, 3)


def found(response):
    return {entry.external_id for entry in response.context["page_obj"]}


def exported(response):
    assert response.status_code == 200
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    return {line.split(",")[0] for line in lines[1:]}


@pytest.fixture
def entries(ana, bo, job):
    other = factories.make_job(job.company, "Oak Lane")
    factories.make_entry(ana, job, external_id="e1", work_date=DAY)
    factories.make_entry(ana, other, external_id="e2", work_date=DAY + datetime.timedelta(days=1), kind="travel")
    factories.make_entry(bo, job, external_id="e3", work_date=DAY + datetime.timedelta(days=2))
    factories.make_entry(bo, None, external_id="e4", work_date=DAY, kind="time_off")
    factories.make_entry(bo, job, external_id="e5", work_date=DAY, voided=True)
    factories.make_entry(bo, job, external_id="e6", work_date=DAY, is_open=True, minutes=15)
    return {"ana": ana.pk, "bo": bo.pk, "maple": job.pk, "oak": other.pk}


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", "e1 e2 e3 e4 e6"),
        ("worker={ana}", "e1 e2"),
        ("job={maple}", "e1 e3 e6"),
        ("job={oak}&worker={bo}", ""),
        ("from=2026-11-04", "e2 e3"),
        ("to=2026-11-04", "e1 e2 e4 e6"),
        ("from=2026-11-04&to=2026-11-04", "e2"),
        ("kind=time_off", "e4"),
        ("voided=1", "e1 e2 e3 e4 e5 e6"),
        ("voided=0", "e1 e2 e3 e4 e6"),
        ("worker={bo}&voided=1&kind=work", "e3 e5 e6"),
        ("worker=&job=&from=&to=&kind=&voided=&page=&unknown=x", "e1 e2 e3 e4 e6"),
    ],
)
def test_the_list_and_the_export_find_the_same(as_manager, entries, query, ids):
    query = query.format(**entries)
    assert found(as_manager.get(f"{TIME}?{query}")) == set(ids.split())
    assert exported(as_manager.get(f"{EXPORT}?{query}")) == set(ids.split())


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("worker=abc", "worker", "There is no such worker"),
        ("worker=999999999999999999999999", "worker", "There is no such worker"),
        ("worker=%00", "worker", "Null characters"),
        ("job=-1", "job", "There is no such job"),
        ("from=03.11.2026", "from", "Enter a valid date"),
        ("to=2026-02-30", "to", "Enter a valid date"),
        ("from=2026-11-05&to=2026-11-01", "to", "before the start date"),
        ("kind=WORK", "kind", "not one of the choices"),
        ("voided=yes", "voided", "not one of the choices"),
    ],
)
def test_an_invalid_filter_is_shown_and_refused_by_the_export(as_manager, entries, query, field, says):
    response = as_manager.get(f"{TIME}?{query}")
    assert response.status_code == 200
    assert says in str(response.context["form"].errors[field])
    assert says in response.content.decode()
    assert found(response) == set()
    refused = as_manager.get(f"{EXPORT}?{query}")
    assert refused.status_code == 400
    assert refused["Content-Type"].startswith("text/plain")
    text = refused.content.decode()
    assert text.startswith(f"{field}: ")
    assert says in text
    assert text.count("\n") == 1


def test_a_filter_takes_no_worker_or_job_of_another_company(as_stranger, entries):
    for query in (f"worker={entries['ana']}", f"job={entries['maple']}"):
        assert as_stranger.get(f"{EXPORT}?{query}").status_code == 400


def test_the_export_is_exactly_this(as_manager, company, ana, job):
    evil = factories.make_worker(company, '=HYPERLINK("http://x") Bad', external_id="w-9")
    code = factories.make_cost_code(company, "-Sub, x", external_id="c-1")
    factories.make_entry(ana, job, 450, DAY, external_id="t-2", cost_code=code, is_final=True)
    factories.make_entry(ana, job, -30, DAY, "auto_lunch", external_id="t-10", cost_code=code)
    factories.make_entry(evil, None, 480, DAY - datetime.timedelta(days=1), "time_off", external_id="t-3")
    factories.make_entry(ana, job, 60, DAY, external_id="t-4", voided=True)
    response = as_manager.get(f"{EXPORT}?voided=1")
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="time.csv"'
    assert response.getvalue().decode("utf-8-sig") == (
        f"{HEADER}"
        't-3,w-9,"\'=HYPERLINK(""http://x"") Bad",,,,,2026-11-02,480,time_off,false,false\r\n'
        't-10,w-ana,Ana Maria Ruiz,j-maple,Maple Street 12,c-1,"\'-Sub, x",2026-11-03,-30,auto_lunch,false,false\r\n'
        't-2,w-ana,Ana Maria Ruiz,j-maple,Maple Street 12,c-1,"\'-Sub, x",2026-11-03,450,work,true,false\r\n'
        "t-4,w-ana,Ana Maria Ruiz,j-maple,Maple Street 12,,,2026-11-03,60,work,false,true\r\n"
    )


def test_the_export_takes_one_query_for_its_rows(as_manager, ana, job, django_assert_num_queries):
    def count():
        with django_assert_num_queries(4):  # session, user, membership, rows
            return as_manager.get(EXPORT).getvalue().count(b"\n")

    factories.make_entry(ana, job)
    assert count() == 2
    for _ in range(30):
        factories.make_entry(factories.make_worker(ana.company), factories.make_job(ana.company))
    assert count() == 32


def test_the_list_takes_the_same_queries_for_one_entry_and_for_many(as_manager, ana, job):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert as_manager.get(TIME).status_code == 200
        return len(captured)

    factories.make_entry(ana, job, cost_code=factories.make_cost_code(ana.company))
    before = queries()
    for _ in range(110):
        company = ana.company
        factories.make_entry(
            factories.make_worker(company), factories.make_job(company), cost_code=factories.make_cost_code(company)
        )
    assert queries() == before


def test_the_list_never_counts_past_the_cap(as_manager, ana, job, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED_AT_MOST", 150)
    monkeypatch.setattr(selectors, "COUNTED_AT_MOST", 150)
    for number in range(152):
        factories.make_entry(ana, job, work_date=DAY - datetime.timedelta(days=number))
    first = as_manager.get(TIME)
    assert "More than 150 entries." in first.content.decode()
    assert "Go on with" not in first.content.decode()
    last = as_manager.get(f"{TIME}?page=2").content.decode()
    assert "to=2026-06-07" in last  # the last one shown: 149 days before
    assert len(as_manager.get(f"{TIME}?to=2026-06-07").context["page_obj"]) == 3


@pytest.mark.parametrize("page", ["0", "-1", "99", "abc", "1e3"])
def test_a_bad_page_shows_a_page(as_manager, entries, page):
    assert len(found(as_manager.get(f"{TIME}?page={page}"))) == 5


def test_the_totals_are_the_hours_worked(as_manager, ana, job):
    factories.make_entry(ana, job, 480)
    factories.make_entry(ana, job, 60, kind="travel")
    factories.make_entry(ana, job, -30, kind="auto_lunch")
    factories.make_entry(ana, job, 30, kind="meal_break")
    factories.make_entry(ana, None, 480, kind="time_off")
    factories.make_entry(ana, job, 15, is_open=True)
    factories.make_entry(ana, job, 480, voided=True)
    text = as_manager.get(f"{TIME}?voided=1").content.decode()
    assert "7 entries, 8:30 hours worked." in text


def test_entries_on_the_clock_final_reopened_and_voided_are_marked(as_manager, ana, job):
    factories.make_entry(ana, job, is_open=True)
    factories.make_entry(ana, job, is_final=True)
    factories.make_entry(ana, job, is_final=True, is_reopened=True)
    factories.make_entry(ana, job, voided=True)
    text = as_manager.get(f"{TIME}?voided=1").content.decode()
    for mark in ("On the clock</span>", ">Final</span>", ">Reopened</span>", ">Voided</span>"):
        assert text.count(mark) == 1


def test_the_empty_list_says_what_to_do(as_manager, company):
    text = as_manager.get(TIME).content.decode()
    assert "Connect your time tracking" in text
    assert "/integrations/" in text
    assert "No time found" in as_manager.get(f"{TIME}?kind=work").content.decode()


def test_an_entry_shows_all_that_is_known(as_manager, company, ana, job):
    entry = factories.make_entry(
        ana,
        job,
        450,
        DAY,
        external_id="t-77",
        cost_code=factories.make_cost_code(company, "Framing"),
        start_time=datetime.time(7, 0),
        stop_time=datetime.time(14, 30),
        regular_minutes=420,
        ot1_minutes=30,
        comment="<b>Rain</b>\nstopped us",
        added_run_id=12,
        changed_run_id=15,
        voided_run_id=16,
        voided_at=datetime.datetime(2026, 11, 9, 17, 0, tzinfo=datetime.UTC),
        modified_at=datetime.datetime(2026, 11, 4, 17, 0, tzinfo=datetime.UTC),
    )
    text = as_manager.get(reverse("time_entry", args=[entry.pk])).content.decode()
    for words in (
        "Ana Maria Ruiz",
        "Maple Street 12",
        "Framing",
        "Tuesday, November 3, 2026",
        "7:00 AM to 2:30 PM",
        "7:30",
        "450 min",
        "7:00 regular, 0:30 overtime, 0:00 double time",
        "&lt;b&gt;Rain",
        "t-77",
        "sync 12",
        "sync 15",
        "sync 16",
        "Nov 9, 2026, 10:00 AM MST",
        "No longer in your time-tracking system",
    ):
        assert words in text


@pytest.mark.parametrize("can", [["overtime_buckets"], ["finality"]])
def test_an_entry_is_split_into_overtime_only_where_the_provider_does_so(as_manager, company, ana, job, can):
    connection = make_connection(company, capabilities=can)
    entry = factories.make_entry(ana, job, connection_id=connection.pk)
    text = as_manager.get(reverse("time_entry", args=[entry.pk])).content.decode()
    assert ("double time" in text) is ("overtime_buckets" in can)


# A worker


def test_a_worker_sees_only_their_own_time(as_worker, worker_membership, entries, ana):
    ana.membership = worker_membership
    ana.save()
    response = as_worker.get(TIME)
    assert found(response) == {"e1", "e2"}
    text = response.content.decode()
    assert "Bo Lind" not in text
    assert "/team/" not in text
    assert "/jobs/" not in text
    assert exported(as_worker.get(EXPORT)) == {"e1", "e2"}
    assert found(as_worker.get(f"{TIME}?worker={entries['bo']}")) == {"e1", "e2"}
    assert exported(as_worker.get(f"{EXPORT}?voided=1&worker={entries['bo']}")) == {"e1", "e2"}


def test_a_worker_filters_only_by_their_own_jobs(as_worker, worker_membership, ana, bo, job):
    ana.membership = worker_membership
    ana.save()
    factories.make_entry(ana, job)
    secret = factories.make_job(ana.company, "Secret tower")
    factories.make_entry(bo, secret)
    response = as_worker.get(TIME)
    assert list(response.context["form"].fields["job"].queryset) == [job]
    assert "Secret" not in response.content.decode()
    assert as_worker.get(f"{EXPORT}?job={secret.pk}").status_code == 400


def test_a_worker_opens_only_their_own_entries(as_worker, worker_membership, ana, bo, job):
    ana.membership = worker_membership
    ana.save()
    assert as_worker.get(reverse("time_entry", args=[factories.make_entry(ana, job).pk])).status_code == 200
    assert as_worker.get(reverse("time_entry", args=[factories.make_entry(bo, job).pk])).status_code == 404


def test_an_unlinked_worker_is_told_to_ask(as_worker, entries):
    assert "Ask an admin" in as_worker.get(TIME).content.decode()
    assert as_worker.get(EXPORT).getvalue().decode("utf-8-sig") == HEADER


@pytest.mark.parametrize("url", [EXPORT, "/team/wages/template.csv"])
def test_files_for_people_begin_with_a_byte_order_mark(as_admin, url):
    """Excel shows José only then."""
    assert as_admin.get(url).getvalue().startswith(b"\xef\xbb\xbf")
