"""The wages that an approval freezes have up to four decimals (bonus.md 10.6). Going back rounds them to cents."""

from django.db import migrations

from propay.models import guards
from protiv.kit.fields import WageField


class Migration(migrations.Migration):
    dependencies = [
        ("propay", "0018_files_of_before"),
    ]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.AlterField(model_name="snapshotentry", name="wage", field=WageField()),
        migrations.RunPython(guards.install, guards.lift),
    ]
