"""The exempt status has rows of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("timekeeping", "0014_first_exemptions")]

    operations = [migrations.RemoveField(model_name="worker", name="is_exempt")]
