"""Better labels for choices; nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0010_drop_old_columns"),
    ]

    operations = [
        migrations.AlterField(
            model_name="connection",
            name="horizon",
            field=models.CharField(
                choices=[
                    ("ALL", "All time up to today"),
                    ("LEAVE_OUT_CURRENT_WEEK", "Exclude the current workweek"),
                    ("FINAL_ONLY", "Only final time (pay period closed or signed off)"),
                ],
                default="LEAVE_OUT_CURRENT_WEEK",
                max_length=22,
            ),
        ),
        migrations.AlterField(
            model_name="connection",
            name="state",
            field=models.CharField(
                choices=[
                    ("TESTING", "Setup not finished"),
                    ("INITIAL_SYNC", "First sync"),
                    ("ACTIVE", "Connected"),
                    ("REAUTH_REQUIRED", "Reconnect required"),
                    ("PAUSED", "Paused"),
                    ("DISCONNECTED", "Disconnected"),
                ],
                default="TESTING",
                max_length=15,
            ),
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="set_aside_count",
            field=models.PositiveIntegerField(default=0, verbose_name="Not imported"),
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="state",
            field=models.CharField(
                choices=[
                    ("QUEUED", "Waiting"),
                    ("RUNNING", "Running"),
                    ("SUCCEEDED", "Succeeded"),
                    ("PARTIAL", "Succeeded, some records not imported"),
                    ("FAILED", "Failed"),
                    ("CANCELED", "Canceled"),
                    ("INTERRUPTED", "Interrupted"),
                ],
                default="QUEUED",
                max_length=11,
            ),
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="trigger",
            field=models.CharField(
                choices=[
                    ("INITIAL", "First sync"),
                    ("SCHEDULED", "Scheduled"),
                    ("MANUAL", "Manual"),
                    ("COMMAND", "Command"),
                ],
                max_length=9,
            ),
        ),
    ]
