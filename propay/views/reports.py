"""Reports: the list of them, and each one as a page, a CSV file, and a printout."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from propay.reports import REPORTS, Report, ReportKind
from propay.reports.base import Row
from propay.reports.filters import ReportForm, asked_for
from propay.reports.writing import report_csv, shown, shown_columns, shown_rows, shown_totals
from protiv.accounts.access import CompanyRequest, for_managers
from protiv.timekeeping.filters import errors_in_one_line

ROWS_PER_PAGE = 50
# More than a hundred sheets aren't useful; the file contains everything.
PRINTED_AT_MOST = 2_000


@require_safe
@for_managers
def report_list(request: CompanyRequest) -> HttpResponse:
    """The list of reports."""
    return render(request, "propay/report_list.html", {"kinds": REPORTS.values()})


@require_safe
@for_managers
def report(request: CompanyRequest, slug: str) -> HttpResponse:
    """One report, page by page, with its filters; nothing while one of them is wrong."""
    kind = _kind(slug)
    form = _form(request, kind)
    form.explain_caps()
    context = {"kind": kind, "form": form}
    if form.is_valid():
        made = kind.make(form.asked)
        pages = Paginator(made.rows, ROWS_PER_PAGE)  # type: ignore[arg-type]  # it counts and slices, no more
        page = pages.get_page(request.GET.get("page"))
        context |= _shown(request, form, made, page.object_list) | {"page_obj": page}
    return render(request, "propay/report.html", context)


@require_safe
@for_managers
def report_print(request: CompanyRequest, slug: str) -> HttpResponse:
    """The whole report for printing, up to a limit."""
    kind = _kind(slug)
    form = _form(request, kind)
    if not form.is_valid():
        return _refusal(form)
    made = kind.make(form.asked)
    context = _shown(request, form, made, made.rows[:PRINTED_AT_MOST])
    context |= {"kind": kind, "count": len(made.rows), "is_cut": len(made.rows) > PRINTED_AT_MOST}
    return render(request, "propay/report_print.html", context | {"printed_at": timezone.now()})


@require_safe
@for_managers  # type: ignore[arg-type]  # a stream is an answer too
def report_file(request: CompanyRequest, slug: str) -> HttpResponseBase:
    """All rows that the same filters find, as CSV, streamed."""
    kind = _kind(slug)
    form = _form(request, kind)
    if not form.is_valid():
        return _refusal(form)
    return StreamingHttpResponse(
        report_csv(kind.make(form.asked)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{kind.slug}.csv"'},
    )


def _kind(slug: str) -> ReportKind:
    if slug not in REPORTS:
        raise Http404("There is no such report.")
    return REPORTS[slug]


def _form(request: CompanyRequest, kind: ReportKind) -> ReportForm:
    today = request.company.local_date(timezone.now())
    return ReportForm(request.GET, kind=kind, company=request.company, today=today)


def _refusal(form: ReportForm) -> HttpResponse:
    text = f"{errors_in_one_line(form.errors)}\n"
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")


def _shown(request: CompanyRequest, form: ReportForm, made: Report, rows: Iterable[Row]) -> dict[str, Any]:
    """What the page and the print have in common."""
    company = request.company
    return {
        "report": made,
        "columns": shown_columns(made),
        "rows": shown_rows(made, rows, company),
        "totals": shown_totals(made, company),
        "highlights": [(one, shown(one.value, one.kind, company)) for one in made.highlights],
        "asked_for": asked_for(form),
    }
