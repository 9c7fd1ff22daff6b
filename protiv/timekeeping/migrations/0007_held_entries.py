"""Time entries that a sync no longer finds are held, and lists remember what they named."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_pay_period_words"),
        ("timekeeping", "0006_entry_dates"),
    ]

    operations = [
        migrations.AddField(
            model_name="costcode",
            name="is_listed",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="costcode",
            name="is_reread_due",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="job",
            name="is_listed",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="job",
            name="is_reread_due",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="worker",
            name="is_listed",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="worker",
            name="is_reread_due",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="HeldEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("connection_id", models.PositiveBigIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("WORKER", "Person no longer listed"),
                            ("JOB", "Job no longer listed"),
                            ("COST_CODE", "Cost code no longer listed"),
                            ("MANY", "Many entries gone at a time"),
                        ],
                        max_length=9,
                    ),
                ),
                ("run_id", models.PositiveBigIntegerField()),
                ("held_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("kept_at", models.DateTimeField(null=True)),
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
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hold", to="timekeeping.timeentry"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "held entries",
                "indexes": [
                    models.Index(fields=["connection_id", "reason"], name="held_entry_by_connection"),
                    models.Index(
                        condition=models.Q(("kept_at__isnull", True)), fields=["company"], name="held_entry_undecided"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["WORKER", "JOB", "COST_CODE", "MANY"])),
                        name="hold_reason_known",
                    )
                ],
            },
        ),
    ]
