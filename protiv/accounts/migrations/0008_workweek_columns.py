"""The workweek and the workday are in the pay policies now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_first_pay_policies")]

    operations = [
        migrations.RemoveField(model_name="company", name="workweek_start"),
        migrations.RemoveField(model_name="company", name="workday_start"),
    ]
