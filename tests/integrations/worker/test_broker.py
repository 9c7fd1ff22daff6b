"""What the queue hands to a worker: our own tasks, whatever else its tables hold."""

import pytest
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler
from django_q.tasks import async_task

from integrations import services
from integrations.worker import schedule
from propay.services import overdue, pay_runs
from protiv.accounts.services import LINK_TASK

pytestmark = pytest.mark.django_db


def handed_out():
    broker = get_broker()
    return [pk for _ in range(OrmQ.objects.count()) for pk, _ in broker.dequeue() or ()]


def test_it_names_every_task_that_the_product_queues(settings):
    queued = {services.SYNC_TASK, services.PING_TASK, schedule.TICK, pay_runs.PAY_RUN_TASK, overdue.TASK, LINK_TASK}
    assert set(settings.TASKS) == queued


@pytest.mark.parametrize("func", ["integrations.tasks.ping", "propay.tasks.work_pay_run"])
def test_it_hands_out_our_own_task(func):
    async_task(func)
    assert handed_out() == [OrmQ.objects.get().pk]


@pytest.mark.parametrize(
    ("func", "options"),
    [
        ("os.system", {}),
        (print, {}),
        ("integrations.tasks.ping", {"hook": "os.system"}),
        ("integrations.tasks.ping", {"chain": [("os.system", ("id",))]}),
    ],
    ids=["a name", "a function", "a hook", "a chain"],
)
def test_it_drops_and_logs_what_is_not_ours(caplog, func, options):
    async_task(func, **options)
    assert handed_out() == []
    assert not OrmQ.objects.exists()
    assert "task refused" in caplog.text


@pytest.mark.parametrize("options", ["", "{'sync': True}", "sync=True", "{'q_options': {'sync': True}}"])
def test_it_drops_what_a_planted_schedule_queues(caplog, monkeypatch, options):
    run = []
    monkeypatch.setattr("django_q.scheduler.close_old_django_connections", lambda: None)  # the test's transaction
    monkeypatch.setattr("os.system", run.append)
    Schedule.objects.create(name="evil", func="os.system", args="('id',)", kwargs=options, next_run=timezone.now())
    scheduler()
    assert run == []
    assert OrmQ.objects.count() == 1
    assert handed_out() == []
    assert "os.system" in caplog.text
    assert not OrmQ.objects.exists()


def test_it_drops_an_unsigned_payload():
    row = OrmQ.objects.create(key="protiv", payload="forged", lock=timezone.now())
    ((pk, _),) = get_broker().dequeue()
    assert pk == row.pk  # the pusher refuses and deletes it
