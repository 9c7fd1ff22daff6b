"""Fills the figures of ProPays that were calculated before there were five parts."""

from decimal import Decimal

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    worked_out = apps.get_model("propay", "ProPay").objects.filter(pool_amount__isnull=False)
    nothing = Decimal("0.00")
    worked_out.filter(company_amount__isnull=False).update(crew_amount=F("pool_amount") - F("company_amount"))
    worked_out.update(
        earned_amount=F("budget_amount"), lead_amount=nothing, manager_amount=nothing, other_amount=nothing
    )


class Migration(migrations.Migration):
    dependencies = [("propay", "0003_approvals_and_statements")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
