from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_manual_trigger_label")]

    operations = [
        # Until now there is at most one row, the tick's.
        migrations.AddField(
            model_name="heartbeat",
            name="name",
            field=models.CharField(default="tick", max_length=100, unique=True),
            preserve_default=False,
        ),
    ]
