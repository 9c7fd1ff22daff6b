"""The pages for payroll files."""

from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice

from django.core.paginator import Page, Paginator

from propay.payroll.layouts import LAYOUTS, Confirmation, Layout
from propay.queries.payroll import Paid, PayrollFile
from propay.rules.pay_periods import Period
from propay.services.payroll import DOWNLOADED, period_target
from protiv.accounts.models import AuditEvent, Company

FIRST_LINES = 5
ROWS_ON_A_PAGE = 50
DOWNLOADS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutStatus:
    """How well public sources confirm a layout, in words."""

    label: str
    color: str


STATUSES = {
    Confirmation.OWN: LayoutStatus(label="Our own format", color="azure"),
    Confirmation.CONFIRMED: LayoutStatus(label="Confirmed", color="green"),
    Confirmation.PARTLY: LayoutStatus(label="Partly confirmed", color="yellow"),
    Confirmation.NOT_CONFIRMED: LayoutStatus(label="Not confirmed", color="muted"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLayout:
    """One of our layouts and how well it is confirmed."""

    layout: Layout
    status: LayoutStatus


def known_layouts() -> list[KnownLayout]:
    """Our layouts in display order."""
    return [KnownLayout(layout=layout, status=STATUSES[layout.confirmation]) for layout in LAYOUTS.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePreview:
    """A payroll file before download. `first_lines` is its beginning, empty if it can't be written."""

    file: PayrollFile
    page: Page[Paid]
    first_lines: str
    downloads: tuple[AuditEvent, ...]


def preview(*, company: Company, file: PayrollFile, page: str | None) -> FilePreview:
    """One page of the rows, the first lines, and who has already downloaded a file for this period."""
    return FilePreview(
        file=file,
        page=Paginator(file.rows, ROWS_ON_A_PAGE).get_page(page),
        first_lines="" if file.problems else "".join(islice(file.lines(), FIRST_LINES)),
        downloads=downloads(company, file.period),
    )


def downloads(company: Company, period: Period) -> tuple[AuditEvent, ...]:
    """Downloads of this period's file, latest first. None can precede the period, so older events aren't read."""
    begin = datetime.combine(period.start_date, time.min, tzinfo=company.zone)
    events = AuditEvent.objects.filter(
        company=company, action=DOWNLOADED, target=period_target(period), created_at__gte=begin
    )
    return tuple(events.select_related("actor").order_by("-created_at", "-pk")[:DOWNLOADS])
