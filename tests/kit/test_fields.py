from decimal import Decimal

import pytest

from propay.queries.time import wage_in_force
from protiv.timekeeping.models import TimeEntry, Wage
from tests.make import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["25.00", "25.1275", "33.333", "1000.00", "0.0001", "18.10"])
def test_a_wage_comes_back_as_the_same_text_from_a_column_and_from_a_subquery(company, text):
    worker = factories.make_worker(company)
    wage = factories.make_wage(worker, Decimal(text).quantize(Decimal("0.0001")))
    entry = factories.make_entry(worker, factories.make_job(company))
    wage.refresh_from_db()
    assert str(wage.hourly_amount) == text
    assert [str(one) for one in Wage.objects.values_list("hourly_amount", flat=True)] == [text]
    assert str(TimeEntry.objects.annotate(wage=wage_in_force()).get(pk=entry.pk).wage) == text
