"""A pool can include the overtime on its bonuses, and the crew's part go by total earnings (bonus.md 11.6, 11.7)."""

from django.apps.registry import Apps
from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q

from propay.models import guards


def refuse_if_any(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Reversed, the shares of such a ProPay would be calculated in another way."""
    for name in ("ProPay", "PlanVersion"):
        rows = apps.get_model("propay", name).objects
        if rows.filter(Q(pool_includes_overtime=True) | Q(distribution="TOTAL_EARNINGS")).exists():
            raise CommandError(
                "Some bonuses include their overtime. The earlier version can't calculate them, so nothing was "
                "reversed. Restore a backup from before the update instead."
            )


class Migration(migrations.Migration):
    dependencies = [("propay", "0031_review_decisions")]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.RemoveConstraint(
            model_name="planversion",
            name="plan_distribution_known",
        ),
        migrations.RemoveConstraint(
            model_name="propay",
            name="propay_distribution_known",
        ),
        migrations.AddField(
            model_name="planversion",
            name="pool_includes_overtime",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="propay",
            name="pool_includes_overtime",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="planversion",
            name="distribution",
            field=models.CharField(
                choices=[
                    ("PER_HOUR", "By hours worked"),
                    ("EQUAL", "Equally"),
                    ("HOURS_TIMES_WAGE", "By hours × wage"),
                    ("WAGE", "By wage"),
                    ("LEAD_WEIGHTED", "Equally, with more weight for the lead"),
                    ("FIXED_PERCENT", "By fixed percentages"),
                    ("MANUAL", "By amounts you enter"),
                    ("TOTAL_EARNINGS", "By total earnings, which include overtime"),
                ],
                default="PER_HOUR",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="propay",
            name="distribution",
            field=models.CharField(
                choices=[
                    ("PER_HOUR", "By hours worked"),
                    ("EQUAL", "Equally"),
                    ("HOURS_TIMES_WAGE", "By hours × wage"),
                    ("WAGE", "By wage"),
                    ("LEAD_WEIGHTED", "Equally, with more weight for the lead"),
                    ("FIXED_PERCENT", "By fixed percentages"),
                    ("MANUAL", "By amounts you enter"),
                    ("TOTAL_EARNINGS", "By total earnings, which include overtime"),
                ],
                default="PER_HOUR",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="planversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "distribution__in",
                        [
                            "PER_HOUR",
                            "EQUAL",
                            "HOURS_TIMES_WAGE",
                            "WAGE",
                            "LEAD_WEIGHTED",
                            "FIXED_PERCENT",
                            "MANUAL",
                            "TOTAL_EARNINGS",
                        ],
                    )
                ),
                name="plan_distribution_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="propay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "distribution__in",
                        [
                            "PER_HOUR",
                            "EQUAL",
                            "HOURS_TIMES_WAGE",
                            "WAGE",
                            "LEAD_WEIGHTED",
                            "FIXED_PERCENT",
                            "MANUAL",
                            "TOTAL_EARNINGS",
                        ],
                    )
                ),
                name="propay_distribution_known",
            ),
        ),
        migrations.RunPython(guards.install, guards.lift),
        migrations.RunPython(migrations.RunPython.noop, refuse_if_any),
    ]
