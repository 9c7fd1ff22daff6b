"""When bonuses are due: the payday, when a ProPay was completed, and when admins got mail about it."""

import django.db.models.deletion
from django.db import migrations, models

from propay.models import guards


def fill(apps, schema_editor):
    """When the ProPays that wait for approval were completed, as the audit says."""
    propays = apps.get_model("propay", "ProPay").objects
    events = apps.get_model("accounts", "AuditEvent").objects.filter(action="propay.completed")
    for propay in propays.filter(status="COMPLETE", completed_at=None):
        last = events.filter(company=propay.company_id, target=f"propay:{propay.pk}").order_by("-pk").first()
        if last is not None:
            propays.filter(pk=propay.pk).update(completed_at=last.created_at)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_workweek_columns"),
        ("propay", "0029_consents_and_departures"),
    ]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.CreateModel(
            name="OverdueCheck",
            fields=[
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="overdue_check",
                        serialize=False,
                        to="accounts.company",
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True)),
                ("mailed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="bonussettings",
            name="payday_days",
            field=models.PositiveSmallIntegerField(default=7),
        ),
        migrations.AddField(
            model_name="propay",
            name="completed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="bonussettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("payday_days__lte", 31)), name="payday_within_a_month"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(guards.install, guards.lift),
    ]
