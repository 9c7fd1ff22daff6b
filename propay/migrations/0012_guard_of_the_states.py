"""The guard of a ProPay's status follows the table of its transitions (`propay.rules.states`).

Reversing this keeps the guard: the earlier code changes states in the same ways.
"""

from django.db import migrations

from propay.models import guards


class Migration(migrations.Migration):
    dependencies = [("propay", "0011_live_claim_by_date")]

    operations = [migrations.RunPython(guards.install, guards.install)]
