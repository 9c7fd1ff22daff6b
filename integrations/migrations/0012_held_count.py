"""Hours that a sync no longer found: how many wait for a decision when a run ends."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0011_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="syncrun",
            name="held_count",
            field=models.PositiveIntegerField(default=0, verbose_name="On hold"),
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("QUEUED", "Waiting"),
                    ("RUNNING", "Running"),
                    ("SUCCEEDED", "Succeeded"),
                    ("PARTIAL", "Succeeded, some records not imported or on hold"),
                    ("FAILED", "Failed"),
                    ("CANCELED", "Canceled"),
                    ("INTERRUPTED", "Interrupted"),
                ],
                default="QUEUED",
                max_length=11,
            ),
        ),
    ]
