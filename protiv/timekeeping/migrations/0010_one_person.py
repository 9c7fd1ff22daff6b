"""Two workers can be the same person; someone can say that they are not."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_workday_start"),
        ("timekeeping", "0009_imported_dates"),
    ]

    operations = [
        migrations.CreateModel(
            name="DifferentPeople",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "different people",
            },
        ),
        migrations.AddField(
            model_name="worker",
            name="same_person_as",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="other_ids",
                to="timekeeping.worker",
            ),
        ),
        migrations.AddConstraint(
            model_name="worker",
            constraint=models.CheckConstraint(
                condition=models.Q(("same_person_as", models.F("pk")), _negated=True),
                name="worker_not_linked_to_itself",
            ),
        ),
        migrations.AddField(
            model_name="differentpeople",
            name="company",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.company"
            ),
        ),
        migrations.AddField(
            model_name="differentpeople",
            name="first",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="timekeeping.worker"
            ),
        ),
        migrations.AddField(
            model_name="differentpeople",
            name="second",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="timekeeping.worker"
            ),
        ),
        migrations.AddIndex(
            model_name="differentpeople",
            index=models.Index(fields=["company"], name="different_people_by_company"),
        ),
        migrations.AddConstraint(
            model_name="differentpeople",
            constraint=models.UniqueConstraint(fields=("first", "second"), name="different_people_once"),
        ),
        migrations.AddConstraint(
            model_name="differentpeople",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="different_people_in_order"
            ),
        ),
    ]
