"""Outcomes of a what-if kept for comparison."""

import re
from html import unescape

import pytest

from propay.models import ProPay
from propay.rules.states import ProPayStatus
from tests.propay.pages.what_if.scenario import HTMX, address, filled
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def kept_in(response) -> str:
    (value,) = re.findall(r'name="kept" id="id_kept" value="([^"]*)"', response.content.decode())
    return unescape(value)


def test_an_outcome_from_scratch_is_kept_for_comparison(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    where = address(job=job)
    data = filled(as_manager.get(where)) | {"budget_type": "AMOUNT", "fixed_amount": "2600"}
    first = as_manager.post(where, data | {"keep": "1"}, headers=HTMX)
    assert "Bonus pool $500.00 no change" in text_of(first)
    second = as_manager.post(where, data | {"kept": kept_in(first), "fixed_amount": "3000"}, headers=HTMX)
    assert "Figure Kept for comparison What-if Difference" in text_of(second)
    assert "Bonus pool $700.00 +$200.00" in text_of(second)
    assert "Ana Ruiz 700.00 × 3000 / 4200 $357.14 true-up $35.71 $500.00" in text_of(second)
    assert kept_in(second) == kept_in(first)


def test_what_is_kept_stays_while_something_is_wrong(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    where = address(job=job)
    data = filled(as_manager.get(where)) | {"budget_type": "AMOUNT", "fixed_amount": "2600", "keep": "1"}
    kept = kept_in(as_manager.post(where, data, headers=HTMX))
    assert kept_in(as_manager.post(where, data | {"kept": kept, "fixed_amount": "x"})) == kept


@pytest.mark.parametrize("kept", ["x", "[]", "{}", '{"minutes": 1}', "null"])
def test_kept_text_that_is_not_an_outcome_is_ignored(as_manager, job, propay, kept):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    where = address(job=job)
    data = filled(as_manager.get(where)) | {"budget_type": "AMOUNT", "fixed_amount": "2600", "kept": kept}
    assert "As kept" not in text_of(as_manager.post(where, data, headers=HTMX))


def test_kept_amounts_that_are_not_numbers_are_ignored(as_manager, job, propay):
    ProPay.objects.update(status=ProPayStatus.CANCELED)
    where = address(job=job)
    data = filled(as_manager.get(where)) | {"budget_type": "AMOUNT", "fixed_amount": "2600", "keep": "1"}
    kept = kept_in(as_manager.post(where, data, headers=HTMX)).replace('"500.00"', '"NaN"')
    del data["keep"]
    assert "As kept" not in text_of(as_manager.post(where, data | {"kept": kept}, headers=HTMX))


def test_a_real_propay_is_always_compared_with_what_it_is(as_manager, propay):
    data = filled(as_manager.get(address(propay))) | {"fixed_amount": "3000", "keep": "1"}
    text = text_of(as_manager.post(address(propay), data, headers=HTMX))
    assert "Bonus pool $700.00 +$200.00" in text
    assert "Keep for comparison" not in text
