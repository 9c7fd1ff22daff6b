"""What the sandbox holds, as CSV in the columns of the product's own time export: the two must be equal."""

import csv
import io
from typing import Any

from .rows import Record, record_of
from .sites import IN_ID, OUT_ID
from .store import Store

COLUMNS = (
    "external_id",
    "worker_external_id",
    "worker",
    "job_external_id",
    "job",
    "cost_code_external_id",
    "cost_code",
    "work_date",
    "minutes",
    "kind",
    "is_final",
    "voided",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t")


def truth_csv(store: Store, since: str, until: str, *, is_final_only: bool) -> str:
    """Work dates from `since` to `until`, both included, by work date and id; quarantined records are not there."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    final: dict[tuple[str, str], bool] = {}
    for row in store.between(since, until + "~"):
        key = (row.person_id, row.work_date)
        if key not in final:
            final[key] = store.is_final(*key)
        record = record_of(row)
        if (final[key] or not is_final_only) and not _is_punch(record):
            writer.writerow(_line(store, record, is_final=final[key]))
    return out.getvalue()


def _is_punch(record: Record) -> bool:
    """In and Out carry no work (exaktime.md 5.3)."""
    return record["CostCodeId"] in (IN_ID, OUT_ID) and record["Minutes"] == 0


def _line(store: Store, record: Record, *, is_final: bool) -> list[object]:
    job = store.locations.get(record["LocationId"], {})
    code = store.cost_codes.get(record["CostCodeId"], {})
    return [
        record["TimeRecordId"],
        record["PersonId"],
        harmless(_worker(store.employees.get(record["PersonId"], {}))),
        record["LocationId"] or "",
        harmless(job.get("name", "")),
        record["CostCodeId"] or "",
        harmless(code.get("name", "")),
        record["WorkDate"],
        record["Minutes"],
        record["RecordType"],
        "true" if is_final else "false",
        "false",
    ]


def _worker(employee: dict[str, Any]) -> str:
    names = (employee.get(name) or "" for name in ("firstName", "middleName", "lastName"))
    return " ".join(" ".join(names).split())


def harmless(text: str) -> str:
    """A spreadsheet must not treat a name as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
