"""The pages of a ProPay's life: who can open them and make changes there."""

import pytest

from propay import services
from propay.models import BonusSettings, Snapshot
from tests.make.propays import NOW
from tests.propay.pages.approval.reading import at, status_of

pytestmark = pytest.mark.django_db

FOR_APPROVERS = [
    ("propay_approve", "get"),
    ("propay_approve", "post"),
    ("propay_unapprove", "get"),
    ("propay_unapprove", "post"),
    ("propay_drift_adjust", "post"),
    ("propay_drift_dismiss", "post"),
]
FOR_MANAGERS = [("propay_drift", "get"), ("propay_complete", "post"), ("propay_reopen", "post")]


@pytest.mark.parametrize(("name", "method"), FOR_APPROVERS + FOR_MANAGERS)
def test_workers_and_strangers_have_no_access(as_worker, as_stranger, anonymous, approved, name, method):
    address = at(name, approved)
    assert getattr(as_worker, method)(address).status_code == 403
    assert getattr(as_stranger, method)(address).status_code == 404
    assert getattr(anonymous, method)(address).status_code == 302
    assert status_of(approved) == "APPROVED"
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize(("name", "method"), FOR_APPROVERS)
def test_managers_have_no_access_if_only_admins_approve(as_manager, company, approved, name, method):
    BonusSettings.objects.create(company=company, managers_approve=False)
    assert getattr(as_manager, method)(at(name, approved)).status_code == 403


def test_approving_many_is_for_approvers(as_manager, as_worker, as_stranger, anonymous, company, propay):
    address = at("propay_approve_many")
    assert as_worker.get(address).status_code == 403
    assert anonymous.get(address).status_code == 302
    preview = services.preview_approval(company=company, propay_ids=[propay.pk], now=NOW)
    seen = f"{propay.pk}:{preview.seen(propay.pk)}"
    as_stranger.post(address, {"seen": seen})
    assert status_of(propay) == "STARTED"
    BonusSettings.objects.create(company=company, managers_approve=False)
    assert as_manager.post(address, {"seen": seen}).status_code == 403


@pytest.mark.parametrize("name", ["propay_complete", "propay_reopen", "propay_drift_adjust"])
def test_changes_require_posts(as_admin, approved, name):
    assert as_admin.get(at(name, approved)).status_code == 405
