"""The Time page: the provider's hours as stored here, one by one, and as a file."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from protiv.accounts.access import CompanyRequest, for_members
from protiv.accounts.language import in_own_language
from protiv.kit.paging import CappedPaginator
from protiv.timekeeping import selectors
from protiv.timekeeping.exports import time_csv
from protiv.timekeeping.filters import TimeFilter, errors_in_one_line
from protiv.timekeeping.history import history

ENTRIES_PER_PAGE = 100


@require_safe
@for_members
def time_list(request: CompanyRequest) -> HttpResponse:
    """Entries, newest first, with filters. A worker sees their own only."""
    if not request.membership.can_manage and selectors.linked_worker(request.membership) is None:
        return in_own_language(request, "timekeeping/time_not_linked.html")
    form = TimeFilter(request.GET, membership=request.membership)
    form.explain_caps()
    found = form.found
    totals = selectors.time_totals(found)
    entries = found.select_related(*selectors.ENTRY_RELATIONS).order_by("-work_date", "-id")
    paginator = CappedPaginator(entries, ENTRIES_PER_PAGE, found=totals.entries)
    page = paginator.get_page(request.GET.get("page"))
    last = page[-1].work_date if paginator.is_capped and not page.has_next() else None
    context = {"form": form, "totals": totals, "page_obj": page, "go_on_to": last}
    return in_own_language(request, "timekeeping/time_list.html", context)


@require_safe
@for_members  # type: ignore[arg-type]  # a stream is an answer too
def time_export(request: CompanyRequest) -> HttpResponseBase:
    """The entries that the same filters find, as CSV, streamed."""
    form = TimeFilter(request.GET, membership=request.membership)
    if not form.is_valid():
        return HttpResponse(
            f"{errors_in_one_line(form.errors)}\n", status=400, content_type="text/plain; charset=utf-8"
        )
    return StreamingHttpResponse(
        time_csv(form.found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="time.csv"'},
    )


@require_safe
@for_members
def time_entry(request: CompanyRequest, pk: int) -> HttpResponse:
    """All that is known about one entry, and its history."""
    entries = selectors.visible_entries(request.membership).select_related(*selectors.ENTRY_RELATIONS)
    entry = get_object_or_404(entries, pk=pk)
    return in_own_language(request, "timekeeping/time_entry.html", {"entry": entry, "history": history(entry)})
