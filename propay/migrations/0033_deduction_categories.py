"""A deduction has a category of a list (bonus.md 11.2). Those of before are OTHER, and keep the company's category."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from propay.models import guards

NAMES = {"ADVANCE": "Advance", "OVERPAYMENT": "Overpayment", "OTHER": "Other deduction"}


def fill_categories(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    lines = apps.get_model("propay", "StatementLine").objects.filter(kind="ADJUSTMENT")
    lines.filter(amount__lt=0).update(deduction_category="OTHER")
    # PostgreSQL changes no table that has checks of changed rows waiting.
    schema_editor.connection.check_constraints()


def name_categories(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Before, every deduction had a category of the company's."""
    categories = apps.get_model("propay", "AdjustmentCategory").objects
    lines = apps.get_model("propay", "StatementLine").objects.filter(kind="ADJUSTMENT", category=None)
    for company_id, kind in set(lines.order_by().values_list("company_id", "deduction_category")):
        category, _ = categories.get_or_create(company_id=company_id, name=NAMES[kind])
        lines.filter(company=company_id, deduction_category=kind).update(category=category)
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_workweek_columns"),
        ("propay", "0032_pool_includes_overtime"),
        ("timekeeping", "0012_excluded_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.RemoveConstraint(
            model_name="statementline",
            name="line_fits_kind",
        ),
        migrations.AddField(
            model_name="statementline",
            name="deduction_category",
            field=models.CharField(
                blank=True,
                choices=[("ADVANCE", "Advance"), ("OVERPAYMENT", "Overpayment"), ("OTHER", "Other deduction")],
                max_length=11,
            ),
        ),
        migrations.RunPython(fill_categories, name_categories),
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
                    models.Q(
                        ("deduction_category__in", ["ADVANCE", "OVERPAYMENT", "OTHER"]),
                        ("kind", "ADJUSTMENT"),
                        ("propay__isnull", True),
                    ),
                    models.Q(("kind", "ROLLOVER"), ("rolled_from__isnull", False)),
                    _connector="OR",
                ),
                name="line_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("deduction_category", ""), models.Q(("amount__lt", 0), ("kind", "ADJUSTMENT"), _negated=True)
                    ),
                    models.Q(
                        ("amount__lte", 0),
                        ("deduction_category__in", ["ADVANCE", "OVERPAYMENT", "OTHER"]),
                        ("kind", "ADJUSTMENT"),
                    ),
                    _connector="OR",
                ),
                name="deduction_has_category",
            ),
        ),
        migrations.RunPython(guards.install, guards.lift),
    ]
