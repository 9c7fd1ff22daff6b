"""Better words for choices: labels only, nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="company",
            name="pay_period",
            field=models.CharField(
                choices=[
                    ("WEEKLY", "Weekly"),
                    ("BIWEEKLY", "Every two weeks (biweekly)"),
                    ("SEMIMONTHLY", "Twice a month (semimonthly)"),
                    ("MONTHLY", "Monthly"),
                ],
                default="BIWEEKLY",
                max_length=11,
            ),
        ),
    ]
