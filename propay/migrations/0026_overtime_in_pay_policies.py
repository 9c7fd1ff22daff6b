"""The overtime rule and its method become part of each company's first pay policy.

Under California's rule nothing is taken back from earned wages unless the company decides so (bonus.md 11.2).
"""

from django.apps.registry import Apps
from django.core.management.base import CommandError
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STATES = {"FEDERAL": "", "CALIFORNIA": "CA"}


def fill_policies(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    policies = apps.get_model("accounts", "PayPolicy").objects
    for settings in apps.get_model("propay", "BonusSettings").objects.order_by("pk"):
        own = policies.filter(company=settings.company_id, from_date=None)
        own.update(state=STATES[settings.overtime_rule], method=settings.overtime_method)
        if settings.overtime_rule == "CALIFORNIA":
            own.update(take_back="NEVER")


def restore_columns(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    policies = apps.get_model("accounts", "PayPolicy").objects
    settings_model = apps.get_model("propay", "BonusSettings")
    if policies.exclude(from_date=None).exists() or policies.exclude(state__in=STATES.values()).exists():
        raise CommandError(
            "Some companies have pay rules from a date on, or of another state than California. The earlier version "
            "can't store it, so nothing was reversed."
        )
    rules = {state: rule for rule, state in STATES.items()}
    for policy in policies.order_by("pk"):
        values = {"overtime_rule": rules[policy.state], "overtime_method": policy.method}
        settings_model.objects.update_or_create(company_id=policy.company_id, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_workweek_columns"), ("propay", "0025_deduction_code")]

    operations = [migrations.RunPython(fill_policies, restore_columns)]
