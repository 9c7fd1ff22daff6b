"""Reports, one file each. A view finds one by its slug, fills in what is asked and shows what it came to."""

from propay.reports.base import Asked, Report, ReportKind
from propay.reports.payroll_bonus import PAYROLL_BONUS

__all__ = ["REPORTS", "Asked", "Report", "ReportKind"]

REPORTS: dict[str, ReportKind] = {one.slug: one for one in (PAYROLL_BONUS,)}
