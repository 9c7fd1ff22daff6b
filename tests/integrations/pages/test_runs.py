"""The history of syncs, one sync's own page, what was re-read, and the mark in the menu."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from integrations.models import Connection, Trigger
from protiv.timekeeping import ingest
from protiv.timekeeping.models import TimeEntry, Worker
from tests.make import factories
from tests.make.connections import NOON, make_connection, make_issue, make_run
from tests.make.records import cost_code_record, job_record, time_record, worker_record
from tests.make.systems import address
from tests.reading import markup_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def active(company) -> Connection:
    return make_connection(company, last_success_at=NOON - timedelta(hours=1))


COUNTED = {"Read": "6,210", "Added": "11", "Changed": "12", "Voided": "13", "Not imported": "14", "On hold": "15"}


def run_page(run) -> str:
    return reverse("integration_run", args=[run.pk])


def test_a_run_shows_its_days_its_counts_and_its_error(as_manager, manager, active):
    run = make_run(
        active,
        "FAILED",
        trigger=Trigger.MANUAL,
        requested_by=manager,
        windows=[["2026-10-26", "2026-11-09"], ["2026-10-01", "2026-10-02"]],
        days_total=15,
        days_done=7,
        seen_count=6210,
        added_count=11,
        changed_count=12,
        voided_count=13,
        set_aside_count=14,
        held_count=15,
        error_code="WRONG_SHAPE",
        error_text="Unreadable. Write to us.",
        error_id="a1b2c3",
    )
    page = markup_of(as_manager.get(run_page(run)))
    for text in (
        "Mon, Oct 26, 2026 to Sun, Nov 8, 2026",
        "<li>Thu, Oct 1, 2026</li>",
        "Days read: 7 of 15",
        "keep what an earlier sync imported",
        "Manual, manager@acme.test",
        *(f"<dt>{word}</dt><dd>{number}</dd>" for word, number in COUNTED.items()),
        "Unreadable. Write to us.",
        "error ID a1b2c3",
        "1 min 15 s",
    ):
        assert text in page


def test_the_list_has_the_same_word_for_each_count(as_manager, active):
    make_run(
        active, seen_count=6210, added_count=11, changed_count=12, voided_count=13, set_aside_count=14, held_count=15
    )
    for path in (address("runs/"), address()):
        page = markup_of(as_manager.get(path))
        words = re.findall(r'<th class="number">([^<]+)</th>', page)[2:]
        numbers = re.findall(r'<td data-label="[^"]+" class="number">([^<]+)</td>', page)[2:]
        assert dict(zip(words, numbers, strict=True)) == COUNTED


def test_all_runs_are_listed_fifty_a_page_with_a_constant_number_of_queries(
    as_admin, active, django_assert_max_num_queries
):
    for _ in range(60):
        make_run(active)
    with django_assert_max_num_queries(10):
        page = as_admin.get(address("runs/")).context["page_obj"]
    assert (len(page), page.paginator.count) == (50, 60)
    assert len(as_admin.get(address("runs/?page=2")).context["page_obj"]) == 10


@pytest.mark.parametrize(("only", "expected"), [("", 4), ("updates", 1), ("failed", 2), ("nonsense", 4)])
def test_runs_are_narrowed_to_what_changed_or_failed(as_admin, active, only, expected):
    make_run(active)
    make_run(active, voided_count=1)
    make_run(active, "FAILED")
    make_run(active, "INTERRUPTED")
    assert len(as_admin.get(address(f"runs/?only={only}")).context["page_obj"]) == expected


def test_an_empty_filter_of_runs_says_so(as_admin, active):
    assert "No syncs match this filter." in markup_of(as_admin.get(address("runs/?only=failed")))


def test_workers_and_strangers_stay_out(as_worker, as_stranger, active):
    run = make_run(active)
    assert [as_worker.get(path).status_code for path in (address("runs/"), run_page(run))] == [403, 403]
    assert [as_stranger.get(path).status_code for path in (address("runs/"), run_page(run))] == [404, 404]


def test_the_connection_shows_what_was_reread_and_when(as_admin, active):
    make_run(active, windows=[["2026-10-01", "2026-11-09"]], days_total=39, days_done=39)
    page = markup_of(as_admin.get(address()))
    assert "Oct 1, 2026 to Nov 8, 2026; each day was last read on or after" in page
    assert "Nov 11, 2026, 10:00 AM MST" in page


# The mark in the menu


def mark_in(response) -> bool:
    return "menu-attention" in markup_of(response)


@pytest.mark.parametrize(
    ("state", "fields", "why"),
    [
        ("TESTING", {}, "setup isn't finished"),
        ("REAUTH_REQUIRED", {}, "reconnect required"),
        ("PAUSED", {"pause_reason": "It stopped three times."}, "syncing was paused after repeated failures"),
        ("ACTIVE", {"last_success_at": NOON - timedelta(hours=5)}, "no recent successful sync"),
        ("ACTIVE", {"last_success_at": NOON - timedelta(hours=3)}, None),
        ("PAUSED", {}, None),
        ("DISCONNECTED", {}, None),
        ("INITIAL_SYNC", {}, None),
    ],
)
def test_the_menu_marks_integrations_that_need_a_person(as_admin, company, state, fields, why):
    make_connection(company, state, **fields)
    page = as_admin.get("/time/")
    assert mark_in(page) is (why is not None)
    assert why is None or f": {why}" in markup_of(page)


def test_the_menu_marks_records_set_aside_until_they_are_fixed(as_manager, active):
    issue = make_issue(make_run(active, "PARTIAL"), "r-1")
    assert mark_in(as_manager.get("/time/"))
    issue.mended_at = NOON
    issue.save()
    assert not mark_in(as_manager.get("/time/"))


def test_a_worker_and_another_company_see_no_mark(as_worker, as_stranger, company):
    make_connection(company, "REAUTH_REQUIRED")
    assert not mark_in(as_worker.get("/"))
    assert not mark_in(as_stranger.get("/"))


# An entry's history


@pytest.fixture
def edited(active):
    """An entry that came in, was edited and moved, vanished, and came back."""
    source = ingest.RowSource(active.company_id, active.pk)
    ingest.store_workers(source, [worker_record("p-1")])
    ingest.store_jobs(source, [job_record("l-1"), job_record("l-2", name="Cedar Creek")], is_whole=True)
    ingest.store_cost_codes(source, [cost_code_record("c-1")])
    window = (time_record().work_date, time_record().work_date + timedelta(days=1))
    moved = time_record(minutes=240, job_external_id="l-2", kind="travel", start_time=None)
    for records in ([time_record()], [moved], [], [moved]):
        run = make_run(active)
        references = ingest.load_references(source)
        ingest.store_window(
            source, ingest.Window(*window, run.pk), records, references=references, set_aside=[], now=NOON
        )
    return active.company.pk


def entry_page(client) -> str:

    return markup_of(client.get(reverse("time_entry", args=[TimeEntry.objects.get().pk])))


def test_an_entry_shows_its_history_and_links_the_syncs(as_manager, edited):
    page = entry_page(as_manager)
    for text in (
        "Restored",
        "Voided",
        "<strong>Hours</strong>",
        "from <del>5:00</del> to <ins>4:00</ins>",
        "from <del>24-1 · Maple Ridge</del> to <ins>24-1 · Cedar Creek</ins>",
        "from <del>Work</del> to <ins>Travel</ins>",
        "from <del>7:00 AM</del> to <ins>none</ins>",
    ):
        assert text in " ".join(page.split())
    assert page.index("Restored") < page.index('<span class="mark mark-bad">Voided</span>') < page.index("<del>")
    assert 'href="/integrations/runs/' in page


def test_a_worker_sees_the_history_without_links_to_syncs(as_worker, worker_user, edited):

    worker = Worker.objects.get(external_id="p-1")
    worker.membership = worker_user.memberships.get()
    worker.save()
    page = entry_page(as_worker)
    assert "Restored" in page
    assert "/integrations/runs/" not in page


def test_an_entry_that_never_changed_shows_no_history(as_manager, company):
    entry = factories.make_entry(factories.make_worker(company), factories.make_job(company))
    page = markup_of(as_manager.get(reverse("time_entry", args=[entry.pk])))
    assert "History" not in page
    assert "No changes since import" in page
