"""Payroll files are kept, with the statements that they contain."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from propay.models import guards


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_pay_period_words"),
        ("propay", "0016_locked_statements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.CreateModel(
            name="PayrollFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start_date", models.DateField()),
                ("end_date", models.DateField()),
                ("layout_label", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=120)),
                ("is_stored", models.BooleanField(default=True)),
                ("content", models.TextField(blank=True)),
                ("statement_count", models.PositiveIntegerField()),
                ("total_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("created_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payroll_files",
                        to="accounts.company",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FiledStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("superseded_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.company",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="filed", to="propay.statement"
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="filed", to="propay.payrollfile"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            "payrollfile", models.Index(fields=["company", "start_date"], name="payroll_file_by_period")
        ),
        migrations.AddConstraint(
            "filedstatement", models.UniqueConstraint(fields=("file", "statement"), name="statement_once_per_file")
        ),
        migrations.RunPython(guards.install, guards.lift),
    ]
