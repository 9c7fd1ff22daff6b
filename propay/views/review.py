"""Overtime that today's rules would add to locked or paid bonuses: a list to decide about."""

from collections.abc import Iterator
from itertools import chain

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from propay import services
from propay.forms.review import ReviewForm
from propay.models import ProPay
from propay.pages.statements import PayPeriodRow, pay_periods
from propay.queries.review import ReviewRow, propays_to_review, review_of
from propay.views.shared import PER_PAGE
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.accounts.form_tokens import once
from protiv.kit.csv import csv_lines, safe_cell

COLUMNS = ("ProPay", "Worker", "On statements", "By today's rules", "Decided", "Difference")


@require_safe
@for_admins
def review_list(request: CompanyRequest) -> HttpResponse:
    """The differences of one pay period, some ProPays a page."""
    periods = _periods(request)
    chosen = _chosen(request, periods)
    context: dict[str, object] = {"periods": periods, "chosen": chosen}
    if chosen:
        propays = propays_to_review(request.company, chosen.period).order_by("title", "pk")
        page = Paginator(propays, PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page_obj": page, "rows": review_of(request.company, list(page))}
    return render(request, "propay/review_list.html", context)


@require_safe
@for_admins  # type: ignore[arg-type]  # a stream is an answer too
def review_file(request: CompanyRequest) -> HttpResponseBase:
    """The same of the whole pay period, as CSV, calculated while it is sent."""
    chosen = _chosen(request, _periods(request))
    lines = csv_lines(chain([COLUMNS], _cells(request, chosen) if chosen else ()), for_people=True)
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="overtime-review.csv"'},
    )


@require_POST
@for_admins
def review_decide(request: CompanyRequest) -> HttpResponse:
    """Pay or dismiss one difference."""
    form = ReviewForm(request.POST)
    if form.is_valid():
        get_object_or_404(ProPay, company=request.company, pk=form.cleaned_data["propay_id"])
        try:
            with once(request, see="the list"):
                decision = services.decide_review(
                    company=request.company, actor=request.user, now=timezone.now(), **form.cleaned_data
                )
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            done = "It is on the next open statement." if decision.line_id else "Nothing is paid."
            messages.success(request, f"{decision.get_answer_display()}. {done}")
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect(f"{reverse('review_list')}?{request.GET.urlencode()}")


def _periods(request: CompanyRequest) -> list[PayPeriodRow]:
    """Those with locked or paid statements, latest first: open ones follow today's rules."""
    return [row for row in pay_periods(request.company) if row.locked_count or row.paid_count]


def _chosen(request: CompanyRequest, periods: list[PayPeriodRow]) -> PayPeriodRow | None:
    asked = request.GET.get("period", "")
    return next((row for row in periods if row.key == asked), next(iter(periods), None))


def _cells(request: CompanyRequest, chosen: PayPeriodRow) -> Iterator[tuple[object, ...]]:
    paginator = Paginator(propays_to_review(request.company, chosen.period).order_by("title", "pk"), PER_PAGE)
    for page in paginator:
        yield from map(_row, review_of(request.company, list(page)))


def _row(row: ReviewRow) -> tuple[object, ...]:
    amounts = (row.booked_amount, row.due_amount, row.decided_amount, row.open_amount)
    return (safe_cell(row.propay.title), safe_cell(row.name), *amounts)
