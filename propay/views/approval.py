"""Approving one ProPay or many, unapproving, completing, and reopening."""

import re
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from propay import services
from propay.forms.approval import AnswersForm, ReasonForm
from propay.forms.conditions import FailedConditionsForm
from propay.models import LIVE_STATUSES, ProPay
from propay.pages import approval as pages
from propay.pages.steps import entries_url
from propay.views.shared import change_propay, show, too_many
from protiv.accounts.access import CompanyRequest, for_managers
from protiv.accounts.form_tokens import once
from protiv.kit.text import keys

SEEN = re.compile(r"([0-9]{1,18}):([0-9a-f]{32})")


def for_approvers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a view to admins, and to managers if they can approve."""

    @for_managers
    @wraps(view)
    def opened(request: CompanyRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not services.may_approve(company=request.company, membership=request.membership):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@for_approvers
def propay_approve(request: CompanyRequest, pk: int) -> HttpResponse:
    """Preview an approval: shares, true-ups, statements, failed conditions. Then approve.

    Conditions that differ from those of the figures shown are calculated first; approving takes another click.
    """
    propay = _propay(request, pk)
    if request.method != "POST" and propay.status not in LIVE_STATUSES:
        messages.info(request, f"This ProPay is {propay.get_status_display().lower()}.")
        return redirect("propay_detail", pk=pk)
    stands = services.failed_conditions(propay)
    conditions = pages.conditions_for(request.company, stands)
    form = FailedConditionsForm(request.POST or None, conditions=conditions, stands=stands)
    # The approval itself checks that the figures are those that were seen: nothing is calculated before it.
    if request.method == "POST" and form.is_valid() and set(form.failed) == set(stands):
        return _as_seen(request, propay, form)
    preview = pages.preview(company=request.company, propay_id=pk, now=timezone.now())
    if request.method == "POST":
        if request.POST.get("seen") != preview.seen:
            return _as_seen(request, propay, form)
        if form.is_valid():
            return _work_out_again(request, pk, form)
    return _page(request, propay, form, preview)


def _page(
    request: CompanyRequest,
    propay: ProPay,
    form: FailedConditionsForm,
    preview: pages.ApprovalCheck,
    answers: AnswersForm | None = None,
) -> HttpResponse:
    context = {
        "propay": propay,
        "preview": preview,
        "form": form,
        "answers": answers or AnswersForm(questions=preview.questions),
        "entries_url": entries_url(propay),
    }
    return render(request, "propay/propay_approve.html", context)


def _as_seen(request: CompanyRequest, propay: ProPay, form: FailedConditionsForm) -> HttpResponse:
    """Without conditions: recalculate it, or approve what was seen, if its questions are answered."""
    if "work_out" in request.POST:
        return _work_out_again(request, propay.pk, None)
    now = timezone.now()
    questions = services.approval_questions(
        company=request.company, propays=[propay], today=request.company.local_date(now)
    ).get(propay.pk, ())
    answers = AnswersForm(request.POST, questions=questions)
    if answers.is_valid():
        try:
            return _approve(request, propay, answers)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            if _propay(request, propay.pk).status not in LIVE_STATUSES:
                return redirect("propay_detail", pk=propay.pk)
    preview = pages.preview(company=request.company, propay_id=propay.pk, now=now)
    return _page(request, propay, form, preview, answers)


def _work_out_again(request: CompanyRequest, pk: int, form: FailedConditionsForm | None) -> HttpResponse:
    """Store the selected conditions if they differ from what was shown."""
    try:
        if form is not None:
            services.set_conditions(
                company=request.company, propay_id=pk, actor=request.user, failed=form.failed, now=timezone.now()
            )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        what = "Recalculated with your selections." if form else "These are the current figures."
        messages.success(request, f"{what} Nothing is approved yet. Review the figures, then approve.")
    return redirect("propay_approve", pk=pk)


def _approve(request: CompanyRequest, propay: ProPay, answers: AnswersForm) -> HttpResponse:
    with once(request, see="this ProPay"):
        approval = services.approve_propays(
            company=request.company,
            actor=request.user,
            propay_ids=[propay.pk],
            seen={propay.pk: request.POST.get("seen", "")},
            answers={propay.pk: answers.answers},
            now=timezone.now(),
        )
    reason = approval.refusals.get(propay.pk)
    if reason is None:
        messages.success(request, f"Approved “{propay.title}”. The shares are now on the workers' bonus statements.")
        return redirect("propay_detail", pk=propay.pk)
    messages.error(request, f"“{propay.title}” wasn't approved. {reason}")
    is_live = _propay(request, propay.pk).status in LIVE_STATUSES
    return redirect("propay_approve" if is_live else "propay_detail", pk=propay.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_approvers
def propay_approve_many(request: CompanyRequest) -> HttpResponse:
    """Preview the ProPays selected in the list: each one's figures or the reason why not, and netting."""
    if request.method == "POST":
        seen = {int(match[1]): match[2] for text in request.POST.getlist("seen") if (match := SEEN.fullmatch(text))}
        if refused := too_many(len(seen), "ProPays"):
            messages.error(request, refused)
            return redirect("propay_list")
        try:
            with once(request, see="the list of ProPays"):
                approval = services.approve_propays(
                    company=request.company, actor=request.user, propay_ids=list(seen), seen=seen, now=timezone.now()
                )
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            return _many(request, seen)
        _tell(request, approval)
        return redirect("propay_list")
    return _many(request, keys(request.GET.getlist("id")))


def _many(request: CompanyRequest, ids: Collection[int]) -> HttpResponse:
    if refused := too_many(len(ids), "ProPays"):
        messages.error(request, refused)
        return redirect("propay_list")
    lines = pages.many_lines(company=request.company, propay_ids=ids, now=timezone.now())
    if not lines:
        messages.info(request, "Select at least one ProPay to approve.")
        return redirect("propay_list")
    good = [line for line in lines if not line.reason]
    context = {"lines": lines, "good": good, "nets": any(line.netted for line in lines)}
    return render(request, "propay/propay_approve_many.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_approvers
def propay_unapprove(request: CompanyRequest, pk: int) -> HttpResponse:
    """Ask for a reason, then unapprove."""
    propay = _propay(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.unapprove_propay(
                company=request.company, propay_id=pk, actor=request.user, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            show(form, refusal)
        else:
            messages.success(request, "Unapproved. Its shares were removed from open statements.")
            return redirect("propay_detail", pk=pk)
    life = pages.life_of(propay=propay, membership=request.membership)
    if request.method != "POST" and not life.can_unapprove:
        status = propay.get_status_display().lower()
        messages.info(request, f"This ProPay is {status}, so it can't be unapproved.")
        return redirect("propay_detail", pk=pk)
    return render(request, "propay/propay_unapprove.html", {"propay": propay, "form": form, "life": life})


@require_POST
@for_managers
def propay_complete(request: CompanyRequest, pk: int) -> HttpResponse:
    """Complete a ProPay."""
    done = "Marked complete. Ready for approval."
    return change_propay(request, pk, services.complete_propay, done, now=timezone.now())


@require_POST
@for_managers
def propay_reopen(request: CompanyRequest, pk: int) -> HttpResponse:
    """Reopen a ProPay."""
    return change_propay(request, pk, services.reopen_propay, "Reopened.", now=timezone.now())


def _propay(request: CompanyRequest, pk: int) -> ProPay:
    propays = ProPay.objects.filter(company=request.company).select_related("company", "job")
    return get_object_or_404(propays, pk=pk)


def _tell(request: CompanyRequest, approval: services.ApprovalOutcome) -> None:
    count = len(approval.approved)
    if count:
        told = "1 ProPay" if count == 1 else f"{count} ProPays"
        messages.success(request, f"Approved {told}. The shares are now on the workers' bonus statements.")
    titles = dict(ProPay.objects.filter(company=request.company).in_bulk(approval.refusals))
    for pk, reason in approval.refusals.items():
        title = titles[pk].title if pk in titles else "A ProPay"
        messages.error(request, f"“{title}” wasn't approved. {reason}")
    if not count and not approval.refusals:
        messages.info(request, "Nothing to approve.")
