"""Statements: the list of a pay period, one of them, paying. A worker sees only their own."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from propay import services
from propay.forms.pay_runs import PayForm
from propay.models import Statement, StatementStatus
from propay.pages import statements as pages
from propay.pages.bonuses import is_linked
from propay.pages.pseudo_bonus import pseudo_bonuses_of
from propay.queries.settings import bonus_settings
from propay.views.shared import PER_PAGE, show, too_many
from protiv.accounts.access import CompanyRequest, for_admins, for_managers, for_members
from protiv.accounts.form_tokens import once
from protiv.accounts.language import in_own_language
from protiv.accounts.templatetags.formats import money
from protiv.kit.search import SearchForm
from protiv.kit.text import keys
from protiv.timekeeping.selectors import own_workers

LIST_PAGE = 50


@require_safe
@for_members
def statement_list(request: CompanyRequest) -> HttpResponse:
    """The statements of a pay period; a worker sees only their own."""
    if request.membership.can_manage:
        return show_list(request, PayForm())
    page = Paginator(pages.own_statements(request.membership), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "is_linked": is_linked(request.membership)}
    return in_own_language(request, "propay/own_statements.html", context)


def show_list(request: CompanyRequest, form: PayForm, chosen: Collection[int] = ()) -> HttpResponse:
    """The list for the URL's filters, with this form for the pay date and these statements selected."""
    search = SearchForm(request.GET, label="Worker", placeholder="Name or number")
    status = request.GET.get("status", "")
    status = status if status in pages.STATUSES else ""
    periods = pages.pay_periods(request.company)
    row = pages.chosen_period(periods, request.GET.get("period", ""))
    context: dict[str, Any] = {
        "periods": periods,
        "chosen": row,
        "search": search,
        "status": status,
        "statuses": pages.STATUSES,
        "question_count": pages.open_questions(request.company).count(),
    }
    if row:
        found = search.listed(pages.statements_of(request.company, row.period, words=search.words, status=status))
        context |= {
            "totals": pages.totals_of(pages.statements_of(request.company, row.period)),
            "page_obj": Paginator(found, LIST_PAGE).get_page(request.GET.get("page")),
            "form": form,
            "ticked": chosen,
            "may_pay": request.membership.is_admin and row.unpaid_count,
            "rolls_over": bonus_settings(request.company).rolls_over_negative,
        }
    return render(request, "propay/statement_list.html", context)


@require_POST
@for_admins
def statement_pay(request: CompanyRequest) -> HttpResponse:
    """Mark the selected statements as paid."""
    form = PayForm(request.POST)
    ids = set(keys(request.POST.getlist("statement")))
    if refused := too_many(len(ids), "statements"):
        form.add_error(None, refused)
    if form.is_valid():
        try:
            with once(request, see="these statements"):
                payment = services.pay_statements(
                    company=request.company,
                    actor=request.user,
                    statement_ids=ids,
                    now=timezone.now(),
                    **form.cleaned_data,
                )
        except ValidationError as refusal:
            show(form, refusal)
        else:
            _tell(request, payment)
            return redirect(f"{reverse('statement_list')}?{request.GET.urlencode()}")
    return show_list(request, form, ids)


@require_safe
@for_members
def statement_detail(request: CompanyRequest, pk: int) -> HttpResponse:
    """The lines of a statement and where each comes from; for a worker, one of their own."""
    return show_statement(request, pk)


def show_statement(request: CompanyRequest, pk: int, **said: object) -> HttpResponse:
    """The page of a statement; `refused` is the text entered about a line, with its errors."""
    statement = get_object_or_404(pages.company_statements(request.company), pk=pk)
    is_own = not request.membership.can_manage
    if is_own and not own_workers(request.membership).filter(pk=statement.worker_id).exists():
        raise Http404("Not a statement of this worker.")
    context = {"page": pages.page_of(statement, is_own=is_own), "statement": statement, "is_own": is_own, **said}
    if is_own:
        return in_own_language(request, "propay/own_statement.html", context)
    is_admin = request.membership.is_admin
    context["may_change"] = is_admin and statement.status == StatementStatus.OPEN
    context["may_unlock"] = is_admin and statement.status == StatementStatus.LOCKED
    return render(request, "propay/statement_detail.html", context)


@require_POST
@for_admins
def statement_unlock(request: CompanyRequest, pk: int) -> HttpResponse:
    """Open a locked statement again."""
    statement = get_object_or_404(Statement, company=request.company, pk=pk)
    try:
        with once(request, see="this statement"):
            services.unlock_statement(
                company=request.company, actor=request.user, statement_id=statement.pk, now=timezone.now()
            )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Unlocked. This statement can change again, and the next payroll file holds it.")
    return redirect("statement_detail", pk=pk)


@require_GET
@for_managers
def statement_pseudo_bonuses(request: CompanyRequest) -> HttpResponse:
    """The pseudo-bonus warnings of a pay period; the list loads them afterward."""
    row = pages.chosen_period(pages.pay_periods(request.company), request.GET.get("period", ""))
    pseudo_bonuses = pseudo_bonuses_of(request.company, row.period) if row else []
    return render(request, "propay/_pseudo_bonuses.html", {"pseudo_bonuses": pseudo_bonuses})


@require_safe
@for_managers
def question_list(request: CompanyRequest) -> HttpResponse:
    """The questions of workers that wait for an answer."""
    page = Paginator(pages.question_rows(request.company), PER_PAGE).get_page(request.GET.get("page"))
    rows = [pages.row_of(line) for line in page]
    return render(request, "propay/question_list.html", {"page_obj": page, "rows": rows})


def _tell(request: CompanyRequest, payment: services.Payment) -> None:
    """What was paid, and what was not."""
    count = f"{payment.paid} statement{'' if payment.paid == 1 else 's'}"
    amount = money(payment.amount, request.company)
    messages.success(request, f"Marked {count} as paid, {amount} total. Paid statements can't be changed.")
    if payment.below_zero:
        which = "1 statement" if payment.below_zero == 1 else f"{payment.below_zero} statements"
        text = (
            f"Not all deductions and corrections could be collected on {which}. Nothing is taken from hourly wages or "
            "from overtime."
        )
        messages.warning(request, text)
    if payment.left_alone:
        messages.warning(request, f"Skipped: {payment.left_alone}")
