"""Pay runs: started from the list, watched on their page."""

import pytest
from django.urls import reverse

from propay import services
from propay.models import PayRun
from propay.services import pay_runs
from tests.make.propays import NOW
from tests.make.statement_rows import PERIOD_KEY
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_anchored")]


@pytest.fixture
def queued(monkeypatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(pay_runs, "async_task", lambda _path, run_id: ids.append(run_id))
    monkeypatch.setattr(pay_runs.transaction, "on_commit", lambda do: do())
    return ids


def test_a_pay_run_starts_from_the_list_and_shows_its_progress(as_admin, statement, queued):
    response = as_admin.post(f"{reverse('pay_run_start')}?period={PERIOD_KEY}", {"pay_date": "2026-11-13"}, follow=True)

    run = PayRun.objects.get()
    assert queued == [run.pk]
    assert "0 of 1 statements paid" in text_of(response)
    progress = reverse("pay_run_progress", args=[run.pk])
    assert f'hx-get="{progress}"' in response.content.decode()

    services.work_pay_run(pay_run_id=run.pk, clock=lambda: NOW)
    done = as_admin.get(progress)
    assert "hx-get" not in done.content.decode(), "nobody asks for more when it is done"
    assert "1 of 1 statements paid" in text_of(done)
    assert "$235.00 marked paid on 1 statement." in text_of(done)
    assert "Oct 26 – Nov 8, 2026 Nov 13, 2026 1 of 1 $235.00 Done" in text_of(as_admin.get(reverse("pay_run_list")))


def test_a_pay_run_is_refused_with_its_reason(as_admin, statement, pay_run):
    address = f"{reverse('pay_run_start')}?period={PERIOD_KEY}"

    assert "A pay run is already in progress." in text_of(as_admin.post(address, {"pay_date": "2026-11-13"}))
    assert "Enter the pay date." in text_of(as_admin.post(address, {"pay_date": ""}))
    assert as_admin.post(reverse("pay_run_start"), {"pay_date": "2026-11-13"}).status_code == 404


def test_a_pay_run_that_failed_says_so(as_manager, pay_run):
    PayRun.objects.update(state="FAILED", error_text="Paying stopped 5 times.")

    text = text_of(as_manager.get(reverse("pay_run_detail", args=[pay_run.pk])))

    assert "Failed" in text
    assert "Paying stopped 5 times." in text


def test_a_pay_run_shows_what_was_paid_by_hand(as_manager, pay_run):
    PayRun.objects.update(state="DONE", ended_at=NOW)

    assert "5 others had already been marked paid individually" in text_of(
        as_manager.get(reverse("pay_run_detail", args=[pay_run.pk]))
    )


def test_an_empty_list_of_pay_runs_says_what_to_do(as_manager):
    assert "Start one from Bonus statements." in text_of(as_manager.get(reverse("pay_run_list")))
