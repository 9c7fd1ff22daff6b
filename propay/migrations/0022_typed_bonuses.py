"""A bonus entered by hand is promised, with the work dates over which it was earned, or discretionary (bonus.md 10.4).

Those of before aren't answered: open ones are asked for before they are locked or paid, paid ones stay.
"""

import django.db.models.deletion
from django.apps.registry import Apps
from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from propay.models import guards


def refuse_if_any(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Reversed, the overtime on promised bonuses would have no place, and some of it may be paid."""
    if apps.get_model("propay", "StatementLine").objects.filter(adjustment__isnull=False).exists():
        raise CommandError(
            "Overtime is on statements for bonuses that were entered by hand. The earlier version can't store it, so "
            "nothing was reversed. Restore a backup from before the update instead."
        )


class Migration(migrations.Migration):
    dependencies = [("propay", "0021_written_off")]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.RemoveConstraint(
            model_name="statementline",
            name="line_fits_kind",
        ),
        migrations.AddField(
            model_name="statementline",
            name="adjustment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="true_ups",
                to="propay.statementline",
            ),
        ),
        migrations.AddField(
            model_name="statementline",
            name="first_day",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="statementline",
            name="is_promised",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="statementline",
            name="last_day",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "TRUE_UP")),
                fields=("statement", "adjustment", "week_start"),
                name="one_typed_true_up_per_week",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("first_day__isnull", False),
                        ("is_promised", True),
                        ("kind", "ADJUSTMENT"),
                        ("last_day__gte", models.F("first_day")),
                        ("last_day__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            models.Q(("is_promised", False), ("kind", "ADJUSTMENT")),
                            ("is_promised__isnull", True),
                            _connector="OR",
                        ),
                        ("first_day__isnull", True),
                        ("last_day__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="promised_line_has_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("SHARE", "DRIFT")), ("propay__isnull", False), ("snapshot__isnull", False)),
                    models.Q(
                        models.Q(
                            models.Q(("adjustment__isnull", True), ("propay__isnull", False)),
                            models.Q(("adjustment__isnull", False), ("propay__isnull", True)),
                            _connector="OR",
                        ),
                        ("amount", 0),
                        ("kind", "TRUE_UP"),
                        ("week_start__isnull", False),
                    ),
                    models.Q(("category__isnull", False), ("kind", "ADJUSTMENT"), ("propay__isnull", True)),
                    models.Q(("kind", "ROLLOVER"), ("propay__isnull", True), ("rolled_from__isnull", False)),
                    _connector="OR",
                ),
                name="line_fits_kind",
            ),
        ),
        migrations.RunPython(guards.install, guards.lift),
        migrations.RunPython(migrations.RunPython.noop, refuse_if_any),
    ]
