"""Before there were pay policies: a company's workweek, rule, and method become its first one, and come back."""

from datetime import date, time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from protiv.accounts.models import PayPolicy
from tests.make.factories import make_company, set_policy

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = [("accounts", "0005_user_language"), ("propay", "0025_deduction_code")]


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


@pytest.mark.parametrize(
    ("rule", "method", "state", "take_back"),
    [("FEDERAL", "FLAT_SUM", "", "WITH_CONSENT"), ("CALIFORNIA", "PRODUCTION", "CA", "NEVER")],
)
def test_settings_of_before_become_the_first_policy(forward, rule, method, state, take_back):
    company, plain = make_company("Acme"), make_company("Plain")
    before = back()
    old = before.get_model("accounts", "Company").objects
    old.filter(pk=company.pk).update(workweek_start="THURSDAY", workday_start=time(12))
    before.get_model("propay", "BonusSettings").objects.update_or_create(
        company_id=company.pk, defaults={"overtime_rule": rule, "overtime_method": method}
    )

    forward()

    policy = PayPolicy.objects.get(company=company)
    assert (policy.from_date, policy.workweek_start, policy.workday_start) == (None, "THURSDAY", time(12))
    assert (policy.state, policy.method, policy.divisor, policy.take_back) == (state, method, "GREATER", take_back)
    assert PayPolicy.objects.get(company=plain).workweek_start == "MONDAY"


def test_a_first_policy_comes_back_as_settings(forward):
    company = make_company()
    set_policy(company, workweek_start="SUNDAY", workday_start=time(6), state="CA", method="PRODUCTION")

    before = back()

    old = before.get_model("accounts", "Company").objects.get(pk=company.pk)
    settings = before.get_model("propay", "BonusSettings").objects.get(company_id=company.pk)
    assert (old.workweek_start, old.workday_start) == ("SUNDAY", time(6))
    assert (settings.overtime_rule, settings.overtime_method) == ("CALIFORNIA", "PRODUCTION")


@pytest.mark.parametrize("fields", [{"from_date": date(2026, 11, 2)}, {"state": "AK", "from_date": date(2026, 11, 9)}])
def test_policies_that_the_earlier_version_cannot_store_are_not_reversed(forward, fields):
    PayPolicy.objects.create(company=make_company(), **fields)

    with pytest.raises(CommandError, match="nothing was reversed"):
        back()

    assert PayPolicy.objects.count() == 2
