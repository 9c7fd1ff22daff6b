"""Implausible time (bonus.md 10.8) that concerns ProPays: one of the entries it is about counts on them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from propay.queries.time import counted_entries
from protiv.accounts.models import Company
from protiv.timekeeping.implausible import implausible_time
from protiv.timekeeping.plausibility import Finding


def implausible_on(company: Company, propay_ids: Collection[int], *, today: date) -> dict[int, list[Finding]]:
    """The findings of each of these ProPays that has any; three queries for all."""
    counted: defaultdict[int, set[int]] = defaultdict(set)
    workers: set[int] = set()
    dates: set[date] = set()
    rows = counted_entries(propay_ids).order_by().values_list("job__propays", "pk", "worker_id", "work_date")
    for propay_id, entry_id, worker_id, work_date in rows:
        counted[propay_id].add(entry_id)
        workers.add(worker_id)
        dates.add(work_date)
    if not dates:
        return {}
    found = implausible_time(company=company, worker_ids=workers, dates=(min(dates), max(dates)), today=today)
    of_each = {pk: [one for one in found if not ids.isdisjoint(one.entry_ids)] for pk, ids in counted.items()}
    return {pk: findings for pk, findings in of_each.items() if findings}
