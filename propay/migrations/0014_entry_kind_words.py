"""Better labels for choices; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("propay", "0013_layouts_without_migrations"),
    ]

    operations = [
        migrations.AlterField(
            model_name="snapshotentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("work", "Work"),
                    ("travel", "Travel"),
                    ("meal_break", "Meal break"),
                    ("auto_lunch", "Automatic lunch deduction"),
                    ("time_off", "Time off"),
                ],
                max_length=10,
            ),
        ),
    ]
