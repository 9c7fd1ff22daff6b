import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_workweek_columns"),
        ("timekeeping", "0012_excluded_entries"),
    ]

    operations = [
        migrations.AddField(
            model_name="worker",
            name="is_salaried",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="OvertimeExemption",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_date", models.DateField(blank=True, null=True)),
                ("is_federal", models.BooleanField(default=True)),
                ("is_state", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exemptions",
                        to="timekeeping.worker",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("worker", "from_date"), name="one_exemption_per_day"),
                    models.UniqueConstraint(
                        condition=models.Q(("from_date", None)), fields=("worker",), name="one_exemption_without_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkerSchedule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_date", models.DateField(blank=True, null=True)),
                ("monday", models.PositiveSmallIntegerField(default=0)),
                ("tuesday", models.PositiveSmallIntegerField(default=0)),
                ("wednesday", models.PositiveSmallIntegerField(default=0)),
                ("thursday", models.PositiveSmallIntegerField(default=0)),
                ("friday", models.PositiveSmallIntegerField(default=0)),
                ("saturday", models.PositiveSmallIntegerField(default=0)),
                ("sunday", models.PositiveSmallIntegerField(default=0)),
                ("is_under_agreement", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="schedules",
                        to="timekeeping.worker",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("worker", "from_date"), name="one_schedule_per_day"),
                    models.UniqueConstraint(
                        condition=models.Q(("from_date", None)), fields=("worker",), name="one_schedule_without_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("friday__lte", 600),
                            ("monday__lte", 600),
                            ("saturday__lte", 600),
                            ("sunday__lte", 600),
                            ("thursday__lte", 600),
                            ("tuesday__lte", 600),
                            ("wednesday__lte", 600),
                        ),
                        name="schedule_ten_hours_a_day",
                    ),
                ],
            },
        ),
    ]
