"""The overtime rule and its method are in the pay policies now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("propay", "0026_overtime_in_pay_policies")]

    operations = [
        migrations.RemoveField(model_name="bonussettings", name="overtime_rule"),
        migrations.RemoveField(model_name="bonussettings", name="overtime_method"),
    ]
