"""The what-if page: change anything about a ProPay, see the results immediately, and save or discard them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from propay import services
from propay.forms.case_upload import CaseForm
from propay.forms.what_if import WhatIfForm
from propay.models import ProPay
from propay.pages import what_if as pages
from propay.pages.propays import company_propays
from propay.rules.states import ProPayStatus
from propay.views.shared import number, show
from propay.what_if.real import RealCase, real_case
from protiv.accounts.access import CompanyRequest, for_managers
from protiv.kit.choices import IF_NOT_LISTED, LISTED_AT_MOST
from protiv.timekeeping.models import Job


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def what_if(request: CompanyRequest) -> HttpResponse:
    """The page. An htmx request gets only the results; `save` stores a ProPay. Nothing else is ever stored."""
    source = _source(request)
    if source.job is not None and (own := _propay_of(source.job)):
        return redirect(f"{request.path}?propay={own.pk}")
    case, data = source.case(), request.POST or None
    today = request.company.local_date(timezone.now())
    form = pages.what_if_form(source, case, data, membership=request.membership, today=today)
    if "save" in request.POST and form.is_valid() and (saved := _save(request, source, form)):
        messages.success(
            request, f"Saved as ProPay “{saved.title}”. It uses actual hours and wages, not the ones you tried here."
        )
        return redirect("propay_detail", pk=saved.pk)
    answer = _answer(source, case, form, keeps="keep" in request.POST)
    context = {"form": form, "source": source, "answer": answer, "has_budget": case.terms is not None}
    if "HX-Request" in request.headers:
        return render(request, "propay/_what_if_answer.html", context | {"is_swapped": True})
    if source.propay is None and source.job is None:
        context |= _jobs_to_start_from(request)
    return render(request, "propay/what_if.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def what_if_upload(request: CompanyRequest) -> HttpResponse:
    """The results of a case as JSON (bonus.md 9), with everything that the command takes. Nothing is stored."""
    form = CaseForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        solution = form.cleaned_data["solution"]
        context |= {"solution": solution, "answer": pages.of_case(solution)}
    return render(request, "propay/what_if_upload.html", context)


@require_safe
@for_managers
def what_if_case(request: CompanyRequest, pk: int) -> HttpResponse:
    """A ProPay as the JSON case of bonus.md 9: `propay_whatif` calculates its figures again. 404 without a budget."""
    case = real_case(get_object_or_404(company_propays(request.company), pk=pk)).as_json()
    if case is None:
        raise Http404("This ProPay has no budget yet.")
    return JsonResponse(
        case,
        json_dumps_params={"indent": 2},
        headers={"Content-Disposition": f'attachment; filename="propay-{pk}.json"'},
    )


def _source(request: CompanyRequest) -> pages.WhatIfSource:
    """The ProPay or the job in the URL; 404 if it is another company's."""
    propay, job = None, None
    if "propay" in request.GET:
        propay = get_object_or_404(company_propays(request.company), pk=number(request, "propay"))
    elif request.GET.get("job"):
        job = get_object_or_404(Job, company=request.company, pk=number(request, "job"))
    return pages.WhatIfSource(company=request.company, propay=propay, job=job)


def _jobs_to_start_from(request: CompanyRequest) -> dict[str, Any]:
    """The first jobs by name, and a note about the others."""
    jobs = Job.objects.filter(company=request.company, is_active=True).order_by("name", "pk")
    listed = list(jobs[: LISTED_AT_MOST + 1])
    return {"jobs": listed[:LISTED_AT_MOST], "not_listed": IF_NOT_LISTED if len(listed) > LISTED_AT_MOST else ""}


def _propay_of(job: Job) -> ProPay | None:
    """The latest ProPay of a job."""
    propays = ProPay.objects.filter(company=job.company_id, job=job).exclude(status=ProPayStatus.CANCELED)
    return propays.order_by("-start_date", "-pk").first()


def _answer(source: pages.WhatIfSource, case: RealCase, form: WhatIfForm, *, keeps: bool) -> pages.WhatIfResult | None:
    """None: something has to be entered or fixed first."""
    if form.is_bound:
        return pages.scenario(source, case, form.cleaned_data, keeps=keeps) if form.is_valid() else None
    return pages.as_it_is(case) if source.propay else None


def _save(request: CompanyRequest, source: pages.WhatIfSource, form: WhatIfForm) -> ProPay | None:
    """The ProPay, or None with the refusal on the form."""
    terms: Any = pages.terms_to_save(source, form.cleaned_data)
    if source.propay is None and terms["job"] is None:
        form.add_error("job", "Choose the job for this ProPay.")
        return None
    try:
        return services.save_what_if(
            company=request.company,
            propay_id=source.propay.pk if source.propay else None,
            crew=pages.crew_to_save(source, form.cleaned_data),
            actor=request.user,
            now=timezone.now(),
            **terms,
        )
    except ValidationError as refusal:
        show(form, refusal)
        return None
