"""Absence is not deletion: a read that suddenly sees less voids nothing, and a person decides."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from integrations import services
from integrations.models import RunState, Trigger
from integrations.services import HeldDecision
from integrations.sync.source import source_of
from propay import services as propay_services
from propay.models import ProPay
from protiv.accounts.models import AuditEvent
from protiv.kit.refused import Refused
from protiv.timekeeping import holds
from protiv.timekeeping.models import HeldEntry, HoldReason, Job, TimeEntry, TimeEntryVersion, Worker
from protiv.timekeeping.records import SetAside
from tests.make.factories import make_member, make_user, make_wage
from tests.make.propays import NOW, make_propay
from tests.make.records import cost_code_record, job_record, worker_record
from tests.make.runs import live, on, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]
PEOPLE = ("p-1", "p-2", "p-3", "p-4")
DAYS = [date(2026, 11, 2) + timedelta(days=offset) for offset in range(5)]
OLD = date(2026, 10, 5)


@pytest.fixture
def synced(connection, provider, clock):
    """Four people work six hours a day for a week on one job, and one of them did a month ago."""
    provider.people = [worker_record(person, last_name=person.upper()) for person in PEOPLE]
    provider.codes = [cost_code_record("c-1"), cost_code_record("c-2")]
    provider.add(
        *(
            on(day, f"{person}-{day}", worker_external_id=person, minutes=360, regular_minutes=360)
            for person in PEOPLE
            for day in DAYS
        )
    )
    provider.add(on(OLD, "old", worker_external_id="p-4", minutes=60, regular_minutes=60))
    assert work(clock).state == RunState.SUCCEEDED
    for worker in Worker.objects.all():
        make_wage(worker, "20.00")
    connection.refresh_from_db()
    return connection


@pytest.fixture
def approver(synced):
    user = make_user("boss@example.com")
    make_member(synced.company, "ADMIN", user=user)
    return user


@pytest.fixture
def propay(synced, clock):
    propay = make_propay(Job.objects.get(external_id="l-1"), fixed_amount=Decimal("4000.00"))
    propay_services.refresh(company=synced.company, now=clock())
    return propay


def sync(connection, clock, **options):
    clock.advance(hours=2)
    services.request_sync(connection=connection, trigger=Trigger.MANUAL, now=clock(), **options)
    return work(clock)


def hide(provider, *people):
    """Narrow the sign-in's view set: nothing was deleted."""
    kept = (provider.people, dict(provider.time))
    provider.people = [one for one in provider.people if one.external_id not in people]
    provider.time = {pk: one for pk, one in provider.time.items() if one.worker_external_id not in people}
    return kept


def show(provider, kept):
    provider.people, provider.time = kept


def decide(connection, decision, actor, clock, *, only=None):
    asked = holds.held_of(source_of(connection))
    return services.decide_held(
        connection=connection,
        held_keys=[one.key for one in asked if only in (None, one.key)],
        up_to=max(one.last_id for one in asked),
        decision=decision,
        actor=actor,
        now=clock(),
    )


def refusal(propay):
    preview = propay_services.preview_approval(company=propay.company, propay_ids=[propay.pk], now=NOW)
    return preview.refusals.get(propay.pk, "")


def test_people_that_the_sign_in_no_longer_sees_are_held_and_go_on_counting(synced, provider, clock, propay, approver):
    before = ProPay.objects.values().get()
    kept = hide(provider, "p-3", "p-4")
    run = sync(synced, clock)
    assert (run.state, run.held_count, run.voided_count) == (RunState.PARTIAL, 11, 0)
    assert len(live()) == 21
    assert ProPay.objects.values().get() == before
    assert "11 of its time entries (61:00 hours) can no longer be found" in refusal(propay)
    asked = holds.held_of(source_of(synced))
    assert [(one.reason, one.name, one.entries, one.minutes) for one in asked] == [
        ("WORKER", Worker.objects.get(external_id="p-4").name, 6, 1860),
        ("WORKER", Worker.objects.get(external_id="p-3").name, 5, 1800),
    ]
    outcome = propay_services.approve_propays(
        company=synced.company, actor=approver, propay_ids=[propay.pk], now=clock()
    )
    assert outcome.approved == ()
    show(provider, kept)
    run = sync(synced, clock)
    assert (run.state, run.held_count, run.changed_count) == (RunState.SUCCEEDED, 0, 0)
    assert not HeldEntry.objects.exists()
    assert refusal(propay) == ""
    assert not TimeEntryVersion.objects.exists()


def test_admins_get_one_mail_for_each_question_and_none_for_each_run(synced, provider, clock, approver, mailoutbox):
    hide(provider, "p-4")
    sync(synced, clock)
    sync(synced, clock)
    assert [mail.subject for mail in mailoutbox] == [
        f"Protiv: Action needed: hours are missing in {synced.provider_info.name}"
    ]
    name, person = Worker.objects.get(external_id="p-4").name, synced.provider_info.words.worker.capitalize()
    assert f"- {person} “{name}”: 6 entries, 31:00 hours, Oct 5 – Nov 6, 2026" in mailoutbox[0].body
    assert "p-3".upper() not in mailoutbox[0].body
    hide(provider, "p-3")
    run = sync(synced, clock)
    assert run.held_count == 11
    assert len(mailoutbox) == 2
    assert "P-4" not in mailoutbox[1].body


def test_everything_else_of_the_window_is_stored(synced, provider, clock):
    hide(provider, "p-4")
    provider.time.pop("p-1-2026-11-02")
    provider.add(on(DAYS[1], "p-2-2026-11-03", worker_external_id="p-2", minutes=30), on(DAYS[2], "new"))
    run = sync(synced, clock)
    assert (run.added_count, run.changed_count, run.voided_count, run.held_count) == (1, 1, 1, 6)
    assert "p-1-2026-11-02" not in live()


def test_hours_said_to_be_deleted_are_voided_as_ever(synced, provider, clock, propay, approver):
    hide(provider, "p-3", "p-4")
    run = sync(synced, clock)
    assert decide(synced, HeldDecision.DELETED, approver, clock) == 11
    voided = TimeEntry.objects.filter(voided_run_id=run.pk)
    assert (voided.count(), TimeEntryVersion.objects.count()) == (11, 11)
    assert not HeldEntry.objects.exists()
    propay.refresh_from_db()
    assert propay.actual_minutes == 10 * 360
    assert refusal(propay) == ""
    event = AuditEvent.objects.get(action="connection.held_decided")
    assert (event.actor, "11 held entries were deleted" in event.summary) == (approver, True)
    run = sync(synced, clock)
    assert (run.state, run.held_count, run.voided_count) == (RunState.SUCCEEDED, 0, 0)
    with pytest.raises(Refused):
        services.decide_held(
            connection=synced,
            held_keys=["WORKER-1-open"],
            up_to=10**9,
            decision=HeldDecision.DELETED,
            actor=approver,
            now=clock(),
        )


def test_hours_kept_for_lost_access_raise_no_new_question(synced, provider, clock, propay, approver, mailoutbox):
    kept = hide(provider, "p-4")
    sync(synced, clock)
    assert decide(synced, HeldDecision.LOST_ACCESS, approver, clock) == 6
    assert refusal(propay) == ""
    run = sync(synced, clock)
    assert (run.state, run.held_count, len(mailoutbox)) == (RunState.SUCCEEDED, 0, 1)
    assert [one.is_kept for one in holds.held_of(source_of(synced))] == [True]
    show(provider, kept)
    sync(synced, clock)
    assert not HeldEntry.objects.exists()
    hide(provider, "p-4")
    run = sync(synced, clock)
    assert (run.state, run.held_count, len(mailoutbox)) == (RunState.PARTIAL, 6, 2)


def test_a_decision_leaves_alone_what_was_held_after_it_was_seen(synced, provider, clock, approver):
    hide(provider, "p-4")
    sync(synced, clock)
    first = holds.held_of(source_of(synced))[0]
    HeldEntry.objects.filter(entry__external_id="old").update(id=first.last_id + 5)
    count = services.decide_held(
        connection=synced,
        held_keys=[first.key],
        up_to=first.last_id,
        decision=HeldDecision.DELETED,
        actor=approver,
        now=clock(),
    )
    assert count == 5
    assert "old" in live()


def test_one_deleted_entry_of_a_person_still_listed_is_voided_at_once(synced, provider, clock):
    provider.time.pop("p-1-2026-11-02")
    run = sync(synced, clock)
    assert (run.state, run.voided_count, run.held_count) == (RunState.SUCCEEDED, 1, 0)


@pytest.mark.parametrize(
    ("stored", "gone", "is_held"),
    [(40, 20, False), (40, 21, True), (200, 40, False), (100, 20, False), (104, 21, True), (105, 21, False)],
)
def test_more_than_20_entries_and_20_percent_of_a_window_are_held(connection, provider, clock, stored, gone, is_held):
    provider.add(*(on(DAYS[0], f"t-{number}") for number in range(stored)))
    work(clock)
    for number in range(gone):
        provider.time.pop(f"t-{number}")
    run = sync(connection, clock)
    assert (run.voided_count, run.held_count) == ((0, gone) if is_held else (gone, 0))
    assert set(HeldEntry.objects.values_list("reason", flat=True)) == ({HoldReason.MANY} if is_held else set())
    assert len(live()) == (stored if is_held else stored - gone)


def test_thresholds_are_settings(connection, provider, clock, settings):
    settings.SYNC_HOLD_ENTRIES, settings.SYNC_HOLD_PERCENT = 2, 50
    provider.add(*(on(DAYS[0], f"t-{number}") for number in range(5)))
    work(clock)
    for number in range(3):
        provider.time.pop(f"t-{number}")
    assert sync(connection, clock).held_count == 3


def test_a_loss_spread_over_many_windows_is_one_loss(connection, provider, clock, settings):
    """Each day is a window and loses fifteen of thirty: what the first windows voided is taken back."""
    settings.SYNC_WINDOW_RECORDS = 30
    days = [date(2026, 10, 26) + timedelta(days=offset) for offset in range(10)]
    provider.add(*(on(day, f"{day}-{number}") for day in days for number in range(30)))
    work(clock)
    propay = make_propay(Job.objects.get(external_id="l-1"))
    make_wage(Worker.objects.get(external_id="p-1"))
    propay_services.refresh(company=connection.company, now=clock())
    propay.refresh_from_db()
    minutes = propay.actual_minutes
    for day in days:
        for number in range(15):
            provider.time.pop(f"{day}-{number}")
    run = sync(connection, clock)
    assert (run.state, run.voided_count, run.held_count) == (RunState.PARTIAL, 0, 150)
    assert len(live()) == 300
    propay.refresh_from_db()
    assert propay.actual_minutes == minutes


def test_entries_that_moved_by_the_dozen_are_no_loss(connection, provider, clock, settings):
    provider.add(*(on(date(2026, 10, 20), f"t-{number}") for number in range(40)))
    work(clock)
    for number in range(30):
        provider.add(on(DAYS[3], f"t-{number}"))
    run = sync(connection, clock, since=date(2026, 10, 1))
    assert (run.state, run.held_count, len(live())) == (RunState.SUCCEEDED, 0, 40)


def test_older_days_that_lose_a_few_entries_join_the_open_question(connection, provider, clock):
    """The rolling re-read comes by a few days at a time: without this it would void them one by one."""
    provider.add(*(on(DAYS[0], f"t-{number}") for number in range(40)), *(on(OLD, f"old-{n}") for n in range(6)))
    work(clock)
    for external_id in [*(f"t-{number}" for number in range(30)), "old-1", "old-2"]:
        provider.time.pop(external_id)
    assert sync(connection, clock).held_count in (30, 32)
    run = sync(connection, clock, since=date(2026, 10, 1))
    assert (run.voided_count, run.held_count) == (0, 32)


@pytest.mark.parametrize(("emptied", "held"), [("people", 21), ("sites", 21), ("codes", 20)])
def test_a_list_that_is_empty_all_of_a_sudden_voids_nothing(synced, provider, clock, emptied, held):
    """The days of people and jobs are all read again; those of a cost code when their turn comes."""
    setattr(provider, emptied, [])
    provider.time.clear()
    run = sync(synced, clock)
    assert (run.state, run.voided_count, run.held_count, len(live())) == (RunState.PARTIAL, 0, held, 21)


def test_time_of_a_job_or_code_that_is_no_longer_listed_is_held(synced, provider, clock):
    provider.add(on(DAYS[0], "far", job_external_id="l-2"), on(DAYS[0], "coded", cost_code_external_id="c-2"))
    sync(synced, clock)
    provider.sites, provider.codes = [job_record("l-1")], [cost_code_record("c-1")]
    provider.time.pop("far")
    provider.time.pop("coded")
    run = sync(synced, clock)
    assert (run.voided_count, run.held_count) == (0, 2)
    assert {one.reason for one in holds.held_of(source_of(synced))} == {"JOB", "COST_CODE"}


def test_listed_again_without_its_entries_they_are_voided(synced, provider, clock):
    kept = hide(provider, "p-4")
    sync(synced, clock)
    show(provider, kept)
    provider.time.pop("old")
    run = sync(synced, clock)
    assert (run.state, run.voided_count, run.held_count) == (RunState.SUCCEEDED, 1, 0)
    assert "old" not in live()


def test_an_item_that_could_not_be_read_is_still_listed(synced, provider, clock, monkeypatch):
    hide(provider, "p-4")
    read = provider.workers()
    read.set_aside.append(SetAside("worker", "p-4", "A name is missing."))
    monkeypatch.setattr(provider, "workers", lambda: read)
    run = sync(synced, clock)
    assert Worker.objects.get(external_id="p-4").is_listed
    assert (run.held_count, run.voided_count) == (0, 5)


def test_a_start_date_that_moved_is_a_decision_and_asks_nothing(synced, provider, clock):
    hide(provider, "p-4")
    sync(synced, clock)
    services.change_settings(
        connection=synced,
        sync_start_date=date(2026, 11, 4),
        horizon=synced.horizon,
        provider_settings=synced.provider_settings,
        actor=None,
        now=clock(),
        confirmed_entries=100,
    )
    run = work(clock)
    assert (run.held_count, run.voided_count) == (3, 9)


def test_disconnecting_ends_what_a_sync_would_have_read_again(synced, clock):
    Job.objects.filter(external_id="l-1").update(is_listed=False, is_reread_due=True)
    services.disconnect(connection=synced, actor=None, now=clock())
    assert not Job.objects.filter(is_reread_due=True).exists()
