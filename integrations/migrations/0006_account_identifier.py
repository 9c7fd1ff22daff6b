"""Renames the account column for all providers; the choices of providers come from the registry."""

from django.db import migrations, models

import integrations.providers.registry


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0005_optional_budget_fields"),
    ]

    operations = [
        migrations.RenameField(
            model_name="connection",
            old_name="company_identifier",
            new_name="account_identifier",
        ),
        migrations.AlterField(
            model_name="connection",
            name="account_identifier",
            field=models.CharField(max_length=255),
        ),
        migrations.AlterField(
            model_name="connection",
            name="provider",
            field=models.CharField(choices=integrations.providers.registry.choices, max_length=20),
        ),
    ]
