"""What was downloaded before files were kept counts as being in a file, so that no new file pays it again.

The audit events of downloads name the pay period and, where only one pay date was chosen, that day; a file contained
what was paid by then. A statement is listed in the first of its files; drafts count as none. The content of those files
is unknown.
"""

import re
from datetime import date, datetime

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SUMMARY = re.compile(
    r"Downloaded (?P<name>\S+) \((?P<layout>.+)\): .*?(?:, pay date (?P<day>[A-Z][a-z]{2} \d{1,2}, \d{4}))?\.$"
)


def record_files(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A file for each recorded download that was the first of some paid statements."""
    events = apps.get_model("accounts", "AuditEvent").objects.filter(action="payroll.downloaded")
    file_model, filed_model = apps.get_model("propay", "PayrollFile"), apps.get_model("propay", "FiledStatement")
    statements = apps.get_model("propay", "Statement").objects.filter(status="PAID", filed=None)
    for event in events.order_by("created_at", "pk"):
        summary = SUMMARY.match(event.summary)
        if summary is None or summary["name"].startswith("DRAFT-"):
            continue
        start, end = map(date.fromisoformat, event.target.split(":")[1:])
        paid = statements.filter(
            company=event.company_id, start_date=start, end_date=end, paid_at__lte=event.created_at
        )
        if summary["day"]:
            paid = paid.filter(pay_date=datetime.strptime(summary["day"], "%b %d, %Y").date())  # noqa: DTZ007
        amounts = dict(paid.values_list("pk", "paid_amount"))
        if not amounts:
            continue
        file = file_model.objects.create(
            company_id=event.company_id,
            start_date=start,
            end_date=end,
            layout_label=summary["layout"][:120],
            name=summary["name"][:120],
            is_stored=False,
            statement_count=len(amounts),
            total_amount=sum(amounts.values()),
            created_by_id=event.actor_id,
            created_at=event.created_at,
        )
        filed_model.objects.bulk_create(
            (filed_model(company_id=event.company_id, file=file, statement_id=pk) for pk in amounts), batch_size=500
        )


class Migration(migrations.Migration):
    dependencies = [("propay", "0017_payroll_files")]

    # Taken back, the rows go with their tables.
    operations = [migrations.RunPython(record_files, migrations.RunPython.noop)]
