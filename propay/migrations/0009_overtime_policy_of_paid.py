"""A paid statement keeps the overtime rules it was calculated with."""

from django.db import migrations, models

from propay.models import guards


class Migration(migrations.Migration):
    dependencies = [("propay", "0008_guards")]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.AddField("statement", "overtime_policy", models.JSONField(null=True)),
        migrations.RunPython(guards.install, guards.lift),
    ]
