"""The queue in the Django admin: it can't be used to make a worker run something."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.signing import SignedPackage

from tests.make.factories import make_user

EVIL = {
    "name": "evil",
    "func": "os.system",
    "args": "('id',)",
    "schedule_type": "O",
    "repeats": "-1",
    "next_run_0": "2026-11-01",
    "next_run_1": "08:00:00",
}


def make_task(model, pk, *, success):
    now = timezone.now()
    return model.objects.create(
        id=pk, name=pk, func="os.system", args=("id",), started=now, stopped=now, success=success, result="x"
    )


@pytest.fixture
def rows(db):
    payload = SignedPackage.dumps({"id": "w", "name": "waiting", "func": "integrations.tasks.ping", "args": ()})
    return {
        "schedule": Schedule.objects.create(name="tick", func="integrations.tasks.tick").pk,
        "success": make_task(Success, "good", success=True).pk,
        "failure": make_task(Failure, "bad", success=False).pk,
        "ormq": OrmQ.objects.create(key="protiv", payload=payload, lock=timezone.now() + timedelta(days=1)).pk,
    }


@pytest.fixture(params=["superuser", "every permission"])
def as_staff(request, db, sign_in):
    user = make_user("staff@protiv.test", is_staff=True, is_superuser=request.param == "superuser")
    if request.param == "every permission":
        user.user_permissions.set(Permission.objects.all())
    return sign_in(user)


def stored():
    return [list(model.objects.order_by("pk").values()) for model in (Schedule, Success, Failure, OrmQ)]


@pytest.mark.parametrize("name", ["schedule", "success", "failure", "ormq"])
def test_it_shows_the_queue_read_only(as_staff, rows, name):
    before, listing = stored(), f"/admin/django_q/{name}/"
    row = f"{listing}{rows[name]}/"
    assert as_staff.get(listing).status_code == 200
    page = as_staff.get(f"{row}change/")
    assert page.status_code == 200
    assert "_save" not in page.text
    for path in (f"{listing}add/", f"{row}change/", f"{row}delete/"):
        assert as_staff.post(path, EVIL | {"post": "yes"}).status_code == 403
    assert stored() == before


@pytest.mark.parametrize("name", ["schedule", "success", "failure", "ormq"])
@pytest.mark.parametrize("action", ["resubmit_task", "delete_selected"])
def test_it_offers_no_action_that_runs_or_loses_work(as_staff, rows, name, action):
    before = stored()
    chosen = {"action": action, "_selected_action": rows[name], "post": "yes"}
    as_staff.post(f"/admin/django_q/{name}/", chosen)
    assert stored() == before
    assert action not in as_staff.get(f"/admin/django_q/{name}/").text
