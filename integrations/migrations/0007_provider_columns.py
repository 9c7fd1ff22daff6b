"""Columns for provider-specific data: credentials, capabilities, settings."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0006_account_identifier"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="credentials_encrypted",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="connection",
            name="capabilities",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="connection",
            name="provider_settings",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
