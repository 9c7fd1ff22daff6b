"""Decisions about overtime that today's rules would add to locked or paid bonuses."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_workweek_columns"),
        ("propay", "0030_due_dates"),
        ("timekeeping", "0012_excluded_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answer", models.CharField(choices=[("PAID", "Paid"), ("DISMISSED", "Dismissed")], max_length=9)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("reason", models.CharField(max_length=500)),
                ("decided_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="propay.statementline",
                    ),
                ),
                (
                    "propay",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="review_decisions", to="propay.propay"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="timekeeping.worker"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("answer__in", ["PAID", "DISMISSED"])), name="review_answer_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="review_amount_positive"),
                ],
            },
        ),
    ]
