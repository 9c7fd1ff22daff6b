"""The pages for payroll files."""

from dataclasses import dataclass
from itertools import islice

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from propay.models import FiledStatement, PayrollFile, StatementStatus
from propay.payroll.layouts import LAYOUTS, Confirmation, Layout
from propay.queries.payroll import Paid, PlannedFile
from propay.services.payroll_files import DOWNLOADED
from protiv.accounts.models import AuditEvent, Company
from protiv.kit.csv import BYTE_ORDER_MARK

FIRST_LINES = 5
ROWS_ON_A_PAGE = 50
DOWNLOADS = 5
MOST_FILES = 20


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
    """A payroll file before it is created. `first_lines` is how it begins, empty if it can't be written.

    `files` are those of the period, latest first; `has_more_files`: older ones are left out.
    """

    file: PlannedFile
    page: Page[Paid]
    first_lines: str
    files: list[PayrollFile]
    has_more_files: bool


def preview(*, company: Company, file: PlannedFile, page: str | None) -> FilePreview:
    """One page of the rows, the first lines, and the files that this period already has."""
    period = file.period
    own = kept_files(company).filter(start_date=period.start_date, end_date=period.end_date).order_by("-pk")
    files = list(own[: MOST_FILES + 1])
    return FilePreview(
        file=file,
        page=Paginator(file.rows, ROWS_ON_A_PAGE).get_page(page),
        first_lines="" if file.problems else "".join(islice(file.lines(), FIRST_LINES)).removeprefix(BYTE_ORDER_MARK),
        files=files[:MOST_FILES],
        has_more_files=len(files) > MOST_FILES,
    )


def kept_files(company: Company) -> QuerySet[PayrollFile]:
    """The company's payroll files with `out_count`, the number of workers taken out since; without their content."""
    files = PayrollFile.objects.filter(company=company).select_related("created_by").defer("content")
    return files.annotate(out_count=Count("filed", filter=Q(filed__superseded_at__isnull=False)))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A payroll file and one page of its statements; `locked_count` of them aren't paid yet."""

    file: PayrollFile
    page: Page[FiledStatement]
    locked_count: int
    downloads: tuple[AuditEvent, ...]

    @property
    def period_key(self) -> str:
        return f"{self.file.start_date}_{self.file.end_date}"


def kept_file(file: PayrollFile, *, page: str | None) -> KeptFile:
    """A few queries, however many statements."""
    filed = FiledStatement.objects.filter(file=file).select_related("statement__worker")
    locked = filed.filter(superseded_at=None, statement__status=StatementStatus.LOCKED)
    ordered = filed.order_by("statement__worker__last_name", "statement__worker__first_name", "pk")
    return KeptFile(
        file=file,
        page=Paginator(ordered, ROWS_ON_A_PAGE).get_page(page),
        locked_count=locked.count(),
        downloads=_downloads(file),
    )


def _downloads(file: PayrollFile) -> tuple[AuditEvent, ...]:
    """Who downloaded this file, latest first."""
    events = AuditEvent.objects.filter(
        company=file.company_id,
        action=DOWNLOADED,
        target=f"payroll_file:{file.pk}",
        created_at__gte=file.created_at,
    )
    return tuple(events.select_related("actor").order_by("-created_at", "-pk")[:DOWNLOADS])
