"""Failed runs."""

from datetime import timedelta

import pytest

from integrations.models import ConnectionState, RunState, SyncRun
from integrations.providers.base import AuthenticationFailed, SourceUnavailable, UnexpectedResponse
from integrations.worker import schedule
from protiv.kit.refused import Refused
from tests.make.factories import make_member, make_user
from tests.make.runs import ask, live, work
from tests.make.systems import address, system

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("run_on_commit")]


def test_failed_read_voids_nothing(synced, provider, clock):
    provider.time.clear()
    provider.error = SourceUnavailable("ExakTime can't be reached.")
    ask(synced, clock)
    run = work(clock)
    assert (run.state, run.voided_count) == (RunState.FAILED, 0)
    assert live() == {"t-2026-10-01", "t-2026-11-05"}


def test_refused_credentials_stop_the_sync_and_mail_the_admins_once(synced, provider, clock, mailoutbox):
    make_member(synced.company, "ADMIN", email="boss@example.com")
    make_member(synced.company, "MANAGER", email="manager@example.com")
    make_member(synced.company, "ADMIN", user=make_user("gone@example.com", is_active=False))
    provider.error = AuthenticationFailed("ExakTime says that the password is wrong.")
    ask(synced, clock)
    work(clock)
    synced.refresh_from_db()
    assert (synced.state, synced.next_sync_at) == (ConnectionState.REAUTH_REQUIRED, None)
    mail = mailoutbox[0]
    assert (mail.to, mail.subject) == (["boss@example.com"], f"Protiv: Action needed: reconnect {system().name}")
    assert "password is wrong" in mail.body
    assert f"{address()}\n" in mail.body
    clock.advance(hours=5)
    schedule.tick(now=clock())
    assert SyncRun.objects.filter(state__in=("QUEUED", "RUNNING")).count() == 0
    assert len(mailoutbox) == 1
    with pytest.raises(Refused, match="Reconnect"):
        ask(synced, clock)


def test_unavailable_provider_is_retried_at_growing_intervals(synced, provider, clock):
    provider.error = SourceUnavailable("ExakTime can't be reached.")
    waits = []
    for _ in range(6):
        ask(synced, clock)
        work(clock)
        synced.refresh_from_db()
        waits.append(synced.next_sync_at - clock())
    assert waits == sorted(waits)
    assert timedelta(minutes=5) <= waits[0] < timedelta(minutes=6)
    assert waits[-1] < timedelta(hours=2, minutes=15)
    assert synced.state == ConnectionState.ACTIVE


def test_retry_after_is_respected(synced, provider, clock):
    provider.error = SourceUnavailable("Busy.", retry_after_seconds=9000)
    ask(synced, clock)
    work(clock)
    synced.refresh_from_db()
    assert synced.next_sync_at >= clock() + timedelta(seconds=9000)


def test_twenty_failures_in_a_row_warn_the_admins_once(synced, provider, clock, mailoutbox):
    make_member(synced.company, "ADMIN", email="boss@example.com")
    provider.error = SourceUnavailable("ExakTime can't be reached.")
    for _ in range(25):
        ask(synced, clock)
        work(clock)
    assert [mail.subject for mail in mailoutbox] == [f"Protiv: {system().name} hasn't synced: last 20 attempts failed"]


@pytest.mark.parametrize("error", [UnexpectedResponse("ExakTime answered something new."), RuntimeError("boom")])
def test_unreadable_data_shows_an_error_id(synced, provider, clock, error, caplog):
    provider.error = error
    ask(synced, clock)
    run = work(clock)
    assert run.state == RunState.FAILED
    assert run.error_id
    assert run.error_id in caplog.text
    assert "boom" not in run.error_text


def test_wiped_or_foreign_credentials_ask_for_new_ones(synced, clock):
    type(synced).objects.filter(pk=synced.pk).update(credentials_encrypted="v1:gone:AAAA:AAAA")
    ask(synced, clock)
    run = work(clock)
    synced.refresh_from_db()
    assert (run.error_code, synced.state) == ("CREDENTIALS_UNREADABLE", ConnectionState.REAUTH_REQUIRED)
