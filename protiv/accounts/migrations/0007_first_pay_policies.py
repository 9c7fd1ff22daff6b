"""Each company's workweek and workday become its first pay policy."""

from django.apps.registry import Apps
from django.core.management.base import CommandError
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make_first_policies(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    company_model, policy_model = apps.get_model("accounts", "Company"), apps.get_model("accounts", "PayPolicy")
    settings = company_model.objects.order_by("pk").values_list("pk", "workweek_start", "workday_start")
    policy_model.objects.bulk_create(
        (policy_model(company_id=pk, workweek_start=day, workday_start=hour) for pk, day, hour in settings),
        batch_size=500,
    )


def restore_columns(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    company_model, policy_model = apps.get_model("accounts", "Company"), apps.get_model("accounts", "PayPolicy")
    if policy_model.objects.exclude(from_date=None).exists():
        raise CommandError(
            "Some companies have pay rules from a date on. The earlier version can't store it, so nothing was reversed."
        )
    for policy in policy_model.objects.order_by("pk"):
        company_model.objects.filter(pk=policy.company_id).update(
            workweek_start=policy.workweek_start, workday_start=policy.workday_start
        )
    policy_model.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_pay_policies")]

    operations = [migrations.RunPython(make_first_policies, restore_columns)]
