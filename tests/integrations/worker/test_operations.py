"""What an operator relies on: the schedule, readyz, the checks of the settings, the demo's guard."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import Schedule

from integrations import checks, tasks
from integrations.worker import schedule


@pytest.mark.django_db
def test_setup_schedules_leaves_one_schedule_however_often_it_runs():
    Schedule.objects.create(name="stray", func="nowhere.to_be_found")
    call_command("setup_schedules")
    Schedule.objects.update(minutes=7, args="(1,)")
    call_command("setup_schedules")
    only = Schedule.objects.get()
    assert (only.func, only.schedule_type, only.minutes, only.args) == (schedule.TICK, Schedule.MINUTES, 1, None)


@pytest.mark.django_db
def test_readyz_tells_whether_the_tick_runs(client):
    assert client.get("/readyz").status_code == 503
    tasks.tick()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "cluster": True})
    schedule.tick(now=timezone.now() - timedelta(minutes=4))
    assert client.get("/readyz").json() == {"database": True, "cluster": False}


def test_checks_find_nothing_in_the_settings_as_they_are():
    for check in (checks.check_providers, checks.check_retry, checks.check_task_ends_in_time, checks.check_success_log):
        assert check() == []


@pytest.mark.parametrize(
    ("check", "changes", "found"),
    [
        (
            checks.check_providers,
            {"EXAKTIME_BASE_URL": "http://127.0.0.1:8900", "EXAKTIME_ALLOW_INSECURE_BASE_URL": False},
            "integrations.E001",
        ),
        (
            checks.check_retry,
            {"Q_CLUSTER": {"timeout": 300, "retry": 301, "queue_limit": 2, "bulk": 1, "workers": 2}},
            "integrations.E002",
        ),
        (checks.check_task_ends_in_time, {"SYNC_TASK_SECONDS": 300}, "integrations.E003"),
        (checks.check_hold_limits, {"SYNC_HOLD_PERCENT": 100}, "integrations.E004"),
    ],
    ids=["E001", "E002", "E003", "E004"],
)
def test_checks_name_a_setting_that_makes_the_sync_unsafe(settings, check, changes, found):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert [message.id for message in check()] == [found]


def test_demo_refuses_to_run_in_production(settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("make_demo")
