"""Who is exempt from overtime has been so from the beginning, as far as is known."""

from typing import Any

from django.apps.registry import Apps
from django.core.management.base import CommandError
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_exemptions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    worker_model, exemption_model = apps.get_model("timekeeping", "Worker"), _exemptions(apps)
    exempt = worker_model.objects.filter(is_exempt=True).order_by("pk").values_list("pk", "company_id")
    exemption_model.objects.bulk_create(
        (exemption_model(worker_id=pk, company_id=company_id) for pk, company_id in exempt), batch_size=500
    )


def restore_column(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    dated = _exemptions(apps).objects.exclude(from_date=None, is_federal=True, is_state=True)
    if dated.exists() or apps.get_model("timekeeping", "WorkerSchedule").objects.exists():
        raise CommandError(
            "Some workers have a schedule, or are exempt from a date on or under one law only. The earlier version can't "
            "store it, so nothing was reversed. Restore a backup from before the update instead."
        )
    ids = list(_exemptions(apps).objects.values_list("worker_id", flat=True))
    apps.get_model("timekeeping", "Worker").objects.filter(pk__in=ids).update(is_exempt=True)
    _exemptions(apps).objects.all().delete()


def _exemptions(apps: Apps) -> Any:
    return apps.get_model("timekeeping", "OvertimeExemption")


class Migration(migrations.Migration):
    dependencies = [("timekeeping", "0013_worker_statuses")]

    operations = [migrations.RunPython(add_exemptions, restore_column)]
