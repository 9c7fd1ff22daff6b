"""What is carried over is one line per ProPay, so that what is written off of it later counts against the same ProPay.

Those of before stay as they are (bonus.md 10.5).
"""

import django.db.models.deletion
from django.apps.registry import Apps
from django.core.management.base import CommandError
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from propay.models import guards


def refuse_if_any(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Reversed, two lines of one statement would have to become one, which may be paid."""
    if apps.get_model("propay", "StatementLine").objects.filter(kind="ROLLOVER", propay__isnull=False).exists():
        raise CommandError(
            "Negative balances were carried over by ProPay. The earlier version can't store them, so nothing was "
            "reversed. Restore a backup from before the update instead."
        )


class Migration(migrations.Migration):
    dependencies = [("propay", "0022_typed_bonuses")]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.RemoveConstraint(model_name="statementline", name="line_fits_kind"),
        migrations.AlterField(
            model_name="statementline",
            name="rolled_from",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rollovers",
                to="propay.statement",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.UniqueConstraint(fields=("rolled_from", "propay"), name="one_rollover_per_propay"),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "ROLLOVER"), ("propay__isnull", True)),
                fields=("rolled_from",),
                name="one_rollover_of_the_rest",
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
                    models.Q(("kind", "ROLLOVER"), ("rolled_from__isnull", False)),
                    _connector="OR",
                ),
                name="line_fits_kind",
            ),
        ),
        migrations.RunPython(guards.install, guards.lift),
        migrations.RunPython(migrations.RunPython.noop, refuse_if_any),
    ]
