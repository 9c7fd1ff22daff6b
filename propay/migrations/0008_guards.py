"""The database refuses changes to and deletion of what was approved or paid."""

from django.db import migrations

from propay.models import guards


class Migration(migrations.Migration):
    dependencies = [("propay", "0007_automation")]

    operations = [migrations.RunPython(guards.install, guards.lift)]
