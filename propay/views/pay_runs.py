"""Pay runs: paying a whole pay period, and its progress."""

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from propay import services
from propay.forms.pay_runs import PayForm
from propay.pages import pay_runs as pages
from propay.pages.statements import pay_periods
from propay.views.shared import PER_PAGE, show
from propay.views.statements import show_list
from protiv.accounts.access import CompanyRequest, for_admins, for_managers
from protiv.accounts.form_tokens import once


@require_safe
@for_managers
def pay_run_list(request: CompanyRequest) -> HttpResponse:
    """All pay runs, latest first."""
    page = Paginator(pages.pay_runs(request.company), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "propay/pay_run_list.html", {"page_obj": page, "rows": [pages.row_of(run) for run in page]})


@require_POST
@for_admins
def pay_run_start(request: CompanyRequest) -> HttpResponse:
    """Pay all open statements in the pay period that the list showed."""
    form = PayForm(request.POST)
    key = request.GET.get("period", "")
    row = next((row for row in pay_periods(request.company) if row.key == key), None)
    if row is None:
        raise Http404("No such pay period.")
    if form.is_valid():
        try:
            with once(request, see="the pay runs"):
                run = services.start_pay_run(
                    company=request.company,
                    actor=request.user,
                    start_date=row.period.start_date,
                    end_date=row.period.end_date,
                    now=timezone.now(),
                    **form.cleaned_data,
                )
        except ValidationError as refusal:
            show(form, refusal)
        else:
            return redirect("pay_run_detail", pk=run.pk)
    return show_list(request, form)


@require_safe
@for_managers
def pay_run_detail(request: CompanyRequest, pk: int) -> HttpResponse:
    """One pay run with its progress."""
    run = get_object_or_404(pages.pay_runs(request.company), pk=pk)
    return render(request, "propay/pay_run_detail.html", {"row": pages.row_of(run)})


@require_GET
@for_managers
def pay_run_progress(request: CompanyRequest, pk: int) -> HttpResponse:
    """The fragment of that page that refreshes itself while the run is open."""
    run = get_object_or_404(pages.pay_runs(request.company), pk=pk)
    return render(request, "propay/_pay_run_progress.html", {"row": pages.row_of(run)})
