"""Before exempt status had dates: whoever was exempt has been so from the beginning, and is so again on the way."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from protiv.timekeeping.models import OvertimeExemption
from tests.make.factories import make_company, make_worker, set_exempt

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("timekeeping", "0012_excluded_entries")]


def back():
    """The tables as they were."""
    MigrationExecutor(connection).migrate(BEFORE)
    return MigrationExecutor(connection).loader.project_state(BEFORE).apps


@pytest.fixture
def forward():
    def forward():
        call_command("migrate", verbosity=0)

    yield forward
    forward()


def test_who_was_exempt_has_a_row_without_a_date(forward):
    company = make_company()
    ana, ben = make_worker(company), make_worker(company)
    back().get_model("timekeeping", "Worker").objects.filter(pk=ana.pk).update(is_exempt=True)

    forward()

    (row,) = OvertimeExemption.objects.all()
    assert (row.worker, row.company, row.from_date, row.is_federal, row.is_state) == (ana, company, None, True, True)
    old = back().get_model("timekeeping", "Worker").objects
    assert dict(old.values_list("pk", "is_exempt")) == {ana.pk: True, ben.pk: False}


@pytest.mark.parametrize("values", [{"from_date": date(2026, 11, 2)}, {"is_state": False}])
def test_what_the_earlier_version_cannot_store_is_not_reversed(forward, values):
    set_exempt(make_worker(make_company()), **values)

    with pytest.raises(CommandError, match="nothing was reversed"):
        back()

    assert OvertimeExemption.objects.count() == 1
