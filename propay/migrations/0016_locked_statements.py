"""A statement can be locked: it is in a payroll file, and its lines, totals, and rules stand until it is unlocked."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from propay.models import guards


def unlock_all(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The code of before knows open and paid ones only."""
    statements = apps.get_model("propay", "Statement").objects.filter(status="LOCKED")
    statements.update(status="OPEN", locked_at=None, overtime_policy=None)


class Migration(migrations.Migration):
    dependencies = [("propay", "0015_words")]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.RemoveConstraint("statement", "paid_statement_has_pay_date"),
        migrations.AddField("statement", "locked_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "statement",
            "status",
            models.CharField(
                choices=[("OPEN", "Open"), ("LOCKED", "Locked"), ("PAID", "Paid")], default="OPEN", max_length=6
            ),
        ),
        migrations.AddConstraint(
            "statement",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(paid_amount__isnull=True, pay_date__isnull=True, status__in=["OPEN", "LOCKED"]),
                    models.Q(paid_amount__gte=0, pay_date__isnull=False, status="PAID"),
                    _connector="OR",
                ),
                name="paid_statement_has_pay_date",
            ),
        ),
        migrations.AddConstraint(
            "statement",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(locked_at__isnull=True, overtime_policy__isnull=True, status="OPEN"),
                    models.Q(locked_at__isnull=False, overtime_policy__isnull=False, status="LOCKED"),
                    ("status", "PAID"),
                    _connector="OR",
                ),
                name="locked_statement_has_rules",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, unlock_all),
        migrations.RunPython(guards.install, guards.lift),
    ]
