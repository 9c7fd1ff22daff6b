"""Kinds of time for paid breaks and commutes: labels only, nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("timekeeping", "0010_one_person"),
    ]

    operations = [
        migrations.AlterField(
            model_name="timeentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("work", "Work"),
                    ("travel", "Travel"),
                    ("meal_break", "Meal break"),
                    ("auto_lunch", "Automatic lunch deduction"),
                    ("time_off", "Time off"),
                    ("paid_break", "Paid break"),
                    ("commute", "Commute"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="timeentryversion",
            name="kind",
            field=models.CharField(
                choices=[
                    ("work", "Work"),
                    ("travel", "Travel"),
                    ("meal_break", "Meal break"),
                    ("auto_lunch", "Automatic lunch deduction"),
                    ("time_off", "Time off"),
                    ("paid_break", "Paid break"),
                    ("commute", "Commute"),
                ],
                max_length=10,
            ),
        ),
    ]
