"""Drops the columns whose content has moved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0009_settings_and_capabilities"),
    ]

    operations = [
        # Reversal needs a default that the first migrations didn't have.
        migrations.AlterField(
            model_name="connection",
            name="username_encrypted",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="connection",
            name="password_encrypted",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.RemoveField(model_name="connection", name="username_encrypted"),
        migrations.RemoveField(model_name="connection", name="password_encrypted"),
        migrations.RemoveField(model_name="connection", name="budget_hours_field"),
        migrations.RemoveField(model_name="connection", name="contract_price_field"),
    ]
