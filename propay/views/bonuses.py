"""Bonuses to date; a worker sees only their own shares."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from propay.pages import bonuses as pages
from propay.views.shared import PER_PAGE
from protiv.accounts.access import CompanyRequest, for_members
from protiv.accounts.language import in_own_language
from protiv.kit.search import SearchForm


@require_safe
@for_members
def bonuses(request: CompanyRequest) -> HttpResponse:
    """Bonuses to date; a worker sees only their own shares."""
    if not request.membership.can_manage:
        return own_bonuses(request, "propay/own_bonuses.html")
    search = SearchForm(request.GET, label="Search workers")
    rows = search.listed(pages.bonuses_by_worker(company=request.company, words=search.words))
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "totals": pages.bonus_totals(pages.live_shares(request.company)),
        "search": search,
    }
    return render(request, "propay/bonuses.html", context)


def own_bonuses(request: CompanyRequest, template: str, **more: Any) -> HttpResponse:
    """A worker's own shares, on the bonuses page or, with more, on the dashboard."""
    shares = pages.own_shares(request.membership)
    context = {
        "totals": pages.bonus_totals(shares),
        "page_obj": Paginator(shares, PER_PAGE).get_page(request.GET.get("page")),
        "is_linked": pages.is_linked(request.membership),
        **more,
    }
    return in_own_language(request, template, context)
