"""Move the budget fields into the provider's settings, and record the capabilities of existing connections.

Until now there was one provider, and all its accounts have the same.
"""

from django.db import migrations

FIELDS = ("budget_hours_field", "contract_price_field")
OF_BEFORE = ["finality", "budgets", "overtime_buckets"]


def to_json(apps, schema_editor):
    for row in apps.get_model("integrations", "Connection").objects.iterator():
        row.provider_settings = {name: getattr(row, name) for name in FIELDS}
        row.capabilities = OF_BEFORE
        row.save(update_fields=["provider_settings", "capabilities"])


def to_columns(apps, schema_editor):
    for row in apps.get_model("integrations", "Connection").objects.iterator():
        chosen = [name for name in FIELDS if name in row.provider_settings]
        for name in chosen:
            setattr(row, name, row.provider_settings[name])
        row.save(update_fields=chosen)


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0008_reseal_credentials"),
    ]

    operations = [
        migrations.RunPython(to_json, to_columns),
    ]
