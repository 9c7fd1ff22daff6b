"""The live claims of a company by date: the index for the pseudo-bonus check."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("propay", "0010_over_budget")]

    operations = [
        migrations.AddIndex(
            "snapshotentry",
            models.Index(
                fields=["company", "work_date"], condition=models.Q(("is_live", True)), name="live_claim_by_date"
            ),
        ),
    ]
