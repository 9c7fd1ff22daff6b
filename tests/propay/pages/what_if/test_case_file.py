"""A ProPay as a file: `manage.py propay_whatif` calculates its figures again."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from propay import services
from tests.make.propays import NOW, make_propay
from tests.propay.pages.what_if.scenario import address
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def file_of(propay):
    return reverse("what_if_case", args=[propay.pk])


def test_who_may_download_it(anonymous, as_worker, as_manager, as_admin, as_stranger, propay):
    assert anonymous.get(file_of(propay)).status_code == 302
    assert as_worker.get(file_of(propay)).status_code == 403
    assert as_stranger.get(file_of(propay)).status_code == 404
    assert as_manager.get(file_of(propay)).status_code == as_admin.get(file_of(propay)).status_code == 200
    assert as_admin.post(file_of(propay)).status_code == 405


@pytest.mark.parametrize("is_approved", [False, True])
def test_the_command_calculates_the_same_figures(as_manager, admin, propay, tmp_path, is_approved):
    if is_approved:
        services.approve_propays(company=propay.company, actor=admin, propay_ids=[propay.pk], now=NOW)
    assert f'href="{file_of(propay)}"' in as_manager.get(address(propay)).content.decode()
    answer = as_manager.get(file_of(propay))
    assert answer["Content-Disposition"] == f'attachment; filename="propay-{propay.pk}.json"'
    path, written = tmp_path / "propay.json", StringIO()
    path.write_bytes(answer.content)
    call_command("propay_whatif", str(path), stdout=written)
    found = json.loads(written.getvalue())
    assert (found["budget_amount"], found["actual_amount"], found["pool"]) == ("2600.00", "1600.00", "500.00")
    assert [share["amount"] for share in found["shares"]] == ["357.14", "142.86"]


def test_without_a_budget_there_is_no_file(as_manager, job):
    propay = make_propay(job, budget_type="HOURS", fixed_amount=None)
    assert "Download as JSON" not in text_of(as_manager.get(address(propay)))
    assert as_manager.get(file_of(propay)).status_code == 404
