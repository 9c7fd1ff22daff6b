"""What a person said about an entry: a commute, or a lunch that was worked through."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_user_language"),
        ("timekeeping", "0011_paid_breaks_and_commutes"),
    ]

    operations = [
        migrations.AddField(
            model_name="costcode",
            name="is_commute",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="timeentry",
            name="excluded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="costcode",
            index=models.Index(condition=models.Q(("is_commute", True)), fields=["id"], name="cost_code_commutes"),
        ),
    ]
