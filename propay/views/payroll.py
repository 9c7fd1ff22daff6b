"""Payroll files: settings, custom layouts, a preview, and the download. For admins."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from propay import services
from propay.forms import payroll as forms
from propay.models import CustomLayout, PayrollFile
from propay.pages import payroll as pages
from propay.payroll.layouts import Layout, LayoutKey
from propay.queries import payroll as selectors
from propay.views.shared import show
from protiv.accounts.access import CompanyRequest, for_admins
from protiv.accounts.form_tokens import once


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def payroll_settings(request: CompanyRequest) -> HttpResponse:
    """The layout of the files, the names payroll uses, and how well each layout is confirmed."""
    own = selectors.custom_layouts(request.company)
    initial = forms.initial_of_settings(selectors.payroll_settings(request.company))
    form = forms.PayrollSettingsForm(request.POST or None, own=own, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_payroll_settings(company=request.company, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show(form, refusal)
        else:
            messages.success(request, "Saved. New payroll files use these settings.")
            return redirect("payroll_settings")
    context = {
        "form": form,
        "own": own,
        "layouts": pages.known_layouts(),
        "start": forms.StartForm(own=own),
    }
    return render(request, "propay/payroll_settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def custom_layout_create(request: CompanyRequest) -> HttpResponse:
    """Create a custom layout from the columns of another one."""
    start = forms.StartForm(request.GET, own=selectors.custom_layouts(request.company)).layout
    initial = {"mode": start.mode, "date_format": start.date_format, "zero_is_blank": start.zero_is_blank}
    return _edit(request, None, {**initial, "has_header": start.has_header, "name": ""}, start)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def custom_layout_edit(request: CompanyRequest, pk: int) -> HttpResponse:
    """Edit the columns of a custom layout, their order, and their headings."""
    custom = get_object_or_404(CustomLayout, company=request.company, pk=pk)
    names = ("name", "mode", "date_format", "has_header", "zero_is_blank")
    initial = {name: getattr(custom, name) for name in names}
    return _edit(request, custom, initial, selectors.layout_of(LayoutKey.CUSTOM, custom))


def _edit(request: CompanyRequest, custom: CustomLayout | None, initial: dict[str, Any], start: Layout) -> HttpResponse:
    form = forms.CustomLayoutForm(request.POST or None, initial=initial)
    columns = forms.ColumnFormSet(request.POST or None, initial=[])
    if request.method != "POST":
        settings = selectors.payroll_settings(request.company)
        columns = forms.ColumnFormSet(initial=forms.initial_columns(start, settings))
    elif "move" in request.POST:
        form = forms.CustomLayoutForm(initial=request.POST.dict())
        typed = forms.moved(forms.typed_columns(request.POST), request.POST["move"])
        columns = forms.ColumnFormSet(initial=typed)
    elif form.is_valid() and columns.is_valid() and _saved(request, custom, form, columns):
        return redirect("payroll_settings")
    context = {"form": form, "columns": columns, "custom": custom}
    return render(request, "propay/custom_layout.html", context)


def _saved(request: CompanyRequest, custom: CustomLayout | None, form: Any, columns: Any) -> bool:
    try:
        services.save_custom_layout(
            company=request.company,
            actor=request.user,
            layout_id=custom.pk if custom else None,
            columns=[column.column() for column in columns],
            **form.cleaned_data,
        )
    except ValidationError as refusal:
        show(form, refusal)
        return False
    messages.success(request, f"Saved the layout “{form.cleaned_data['name']}”.")
    return True


@require_POST
@for_admins
def custom_layout_delete(request: CompanyRequest, pk: int) -> HttpResponse:
    """Delete a custom layout."""
    custom = get_object_or_404(CustomLayout, company=request.company, pk=pk)
    try:
        services.delete_custom_layout(company=request.company, actor=request.user, layout_id=pk)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Deleted the layout “{custom.name}”.")
    return redirect("payroll_settings")


@require_safe
@for_admins
def payroll_preview(request: CompanyRequest) -> HttpResponse:
    """What payroll has to pay for a pay period, and what prevents it."""
    form = forms.PayrollFileForm(request.GET.dict(), company=request.company)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        file = selectors.planned_file(company=request.company, is_draft=form.is_draft, **form.cleaned_data)
        page = request.GET.get("page")
        context["preview"] = pages.preview(company=request.company, file=file, page=page)
    return render(request, "propay/payroll_preview.html", context)


@require_POST
@for_admins
def payroll_file(request: CompanyRequest) -> HttpResponse:
    """Create the file and go to its page; if it can't be created, back to the preview, which says why."""
    form = forms.PayrollFileForm(request.POST.dict(), company=request.company)
    try:
        if not form.is_valid():
            raise ValidationError("Choose the pay period, the statements, and the layout again.")
        choice = {"company": request.company, "actor": request.user, **form.cleaned_data}
        if form.is_draft:
            draft = services.download_draft(**choice)
            return _csv("".join(draft.lines()), draft.name)
        with once(request, see="the payroll files of this pay period"):
            file = services.create_payroll_file(**choice, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        chosen = {name: request.POST[name] for name in form.fields if name in request.POST}
        return redirect(f"{reverse('payroll_preview')}?{urlencode(chosen)}")
    return redirect("payroll_file_detail", pk=file.pk)


@require_safe
@for_admins
def payroll_file_detail(request: CompanyRequest, pk: int) -> HttpResponse:
    """A kept file: what to do with it, who is in it, and who was taken out."""
    file = get_object_or_404(pages.kept_files(request.company), pk=pk)
    kept = pages.kept_file(file, page=request.GET.get("page"))
    return render(request, "propay/payroll_file.html", {"kept": kept, "file": file})


@require_POST
@for_admins
def payroll_file_download(request: CompanyRequest, pk: int) -> HttpResponse:
    """The file exactly as it was created, and a record of who downloaded it."""
    try:
        file = services.download_payroll_file(company=request.company, actor=request.user, file_id=pk)
    except PayrollFile.DoesNotExist as missing:
        raise Http404("No stored file.") from missing
    return _csv(file.content, file.name)


def _csv(content: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
