"""The Django admin of our support staff, with the same limits as the product's own pages."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse

from protiv.accounts.forms import StaffSignInForm
from protiv.kit.search import SearchField
from protiv.kit.text import NUL, is_key

SELECTED = "_selected_action"
# The lookups in the links of the admin's own filters, and of its calendar.
LOOKUPS = ("exact", "in", "isnull", "isempty", "gte", "lt")
DATE_PARTS = ("year", "month", "day")
DATE_PART = re.compile("[0-9]{1,4}")
# The parameters that a search form checks.
SEARCHES = (SEARCH_VAR, "term")


class SupportSearchForm(forms.Form):
    """The search box of every list, also those of other packages; a list with an invalid search is not filtered."""

    locals()[SEARCH_VAR] = SearchField(strip=False)


ChangeList.search_form_class = SupportSearchForm


class SupportSite(AdminSite):
    """Bounded sign-in fields, searches of a few words, and filters by values a database can store."""

    site_header = "Protiv support"
    site_title = "Protiv support"
    index_title = "Support home"
    login_form = StaffSignInForm

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return super().admin_view(_readable(view), cacheable)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        search = SupportSearchForm({SEARCH_VAR: request.GET.get(SEARCHES[1], "")})
        if not search.is_valid():
            return JsonResponse({"error": search.errors[SEARCH_VAR]}, status=400)
        return super().autocomplete_view(request)


def _readable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse filters and checkboxes that no admin page has, before they become a failing query."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        filters = [(name, value) for name in request.GET.keys() - SEARCHES for value in request.GET.getlist(name)]
        if not all(_is_filter(name, value) for name, value in filters):
            raise BadRequest("A filter is none of this site's.")
        if not all(is_key(key) for key in request.POST.getlist(SELECTED)):
            raise BadRequest("A selected row has no key.")
        return view(request, *args, **kwargs)

    return checked


def _is_filter(name: str, value: str) -> bool:
    """Whether one of our pages could have it: a regular expression, for example, may be invalid or take forever."""
    if NUL in name + value:
        return False
    field, _, lookup = name.rpartition("__")
    if field and lookup in DATE_PARTS:
        return bool(DATE_PART.fullmatch(value))
    return not field or lookup in LOOKUPS
