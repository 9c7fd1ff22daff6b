"""Reports, one file each. A view finds one by its slug, passes the filters, and shows the result."""

from propay.reports.base import Asked, Report, ReportKind
from propay.reports.efficiency import EFFICIENCY
from propay.reports.payroll_bonus import PAYROLL_BONUS
from propay.reports.saved_hours import SAVED_HOURS
from propay.reports.status import STATUS
from propay.reports.worker_history import WORKER_HISTORY

__all__ = ["REPORTS", "Asked", "Report", "ReportKind"]

_ALL = (PAYROLL_BONUS, EFFICIENCY, STATUS, WORKER_HISTORY, SAVED_HOURS)
REPORTS: dict[str, ReportKind] = {one.slug: one for one in _ALL}
