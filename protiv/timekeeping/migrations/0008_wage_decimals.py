"""Wages have up to four decimals (bonus.md 10.6). Going back rounds them to cents."""

from django.db import migrations

from protiv.kit.fields import WageField


class Migration(migrations.Migration):
    dependencies = [
        ("timekeeping", "0007_held_entries"),
    ]

    operations = [
        migrations.AlterField(model_name="wage", name="hourly_amount", field=WageField()),
    ]
