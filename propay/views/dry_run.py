"""The dry run: the past replayed under another plan, as a page and a CSV file."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from propay.forms.dry_run import DryRunForm
from propay.models import PlanVersion
from propay.pages import dry_run as pages
from propay.views.shared import number
from protiv.accounts.access import CompanyRequest, for_managers
from protiv.timekeeping.filters import errors_in_one_line


@require_safe
@for_managers
def dry_run(request: CompanyRequest) -> HttpResponse:
    """Choose a plan and a range; nothing is replayed before a plan is chosen."""
    form = _form(request)
    context: dict[str, Any] = {"form": form, "has_plans": form.fields["version"].queryset.exists()}  # type: ignore[attr-defined]
    if form.is_bound and form.is_valid():
        context["replay"] = pages.replay(company=request.company, **form.cleaned_data)
        context["all_days"] = pages.days_with_time(request.company)
    return render(request, "propay/dry_run.html", context)


@require_safe
@for_managers  # type: ignore[arg-type]  # a stream is an answer too
def dry_run_file(request: CompanyRequest) -> HttpResponseBase:
    """The same figures as CSV."""
    form = _form(request)
    if not form.is_valid():
        text = errors_in_one_line(form.errors) if form.is_bound else "Choose a plan."
        return HttpResponse(f"{text}\n", status=400, content_type="text/plain; charset=utf-8")
    replay = pages.replay(company=request.company, **form.cleaned_data)
    return StreamingHttpResponse(
        pages.replay_csv(replay, request.company),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="dry-run.csv"'},
    )


def _form(request: CompanyRequest) -> DryRunForm:
    """Bound once a plan is chosen; 404 if it is another company's."""
    start, end = pages.usual_days(request.company, request.company.local_date(timezone.now()))
    usual = {"start": start.isoformat(), "end": end.isoformat()}
    version_id = number(request, "version")
    if version_id is not None:
        get_object_or_404(PlanVersion, company=request.company, pk=version_id)
    data = {**usual, **request.GET.dict()} if "version" in request.GET else None
    return DryRunForm(data, company=request.company, initial=usual)
