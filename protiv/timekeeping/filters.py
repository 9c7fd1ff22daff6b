"""The filters of the Time page and of its export: one set of parameters for both."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField as FilterField

from protiv.kit.choices import CappedChoiceField
from protiv.timekeeping import selectors
from protiv.timekeeping.models import EntryKind, Job, TimeEntry, Worker

DATE_WIDGET = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NOT_A_DATE = {"invalid": _("This is not a date. Write it like 2026-11-02.")}
NOT_FOUND = "There is no such {0} in your company. Choose one from the list."
NOT_KNOWN = {"invalid_choice": _("“%(value)s” is not one of the choices. Choose one from the list.")}
# `from` can't be a name in Python.
PARAMETERS = {"from_date": "from", "to_date": "to"}


class CappedFilterField(CappedChoiceField, FilterField):
    """The filter's own field, with a list that stays short."""


class TimeFilterForm(forms.Form):
    """Checks the two dates against each other, and says where a list is cut."""

    def explain_caps(self) -> None:
        """For the page; the export needs no explanation."""
        for field in self.fields.values():
            if isinstance(field, CappedChoiceField):
                field.explain_cap()

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and last < first:
            self.add_error("to", _("The last day is before the first day. Swap the two."))
        return self.cleaned_data


def _workers(request: Any) -> "QuerySet[Worker, Worker]":
    workers = Worker.objects.filter(company_id=request.membership.company_id)
    return workers.only("first_name", "middle_name", "last_name", "number", "is_active").order_by(
        "-is_active", "last_name", "first_name", "pk"
    )


def _jobs(request: Any) -> "QuerySet[Job, Job]":
    return (
        selectors.jobs_in_sight(request.membership)
        .only("number", "name", "is_active")
        .order_by("-is_active", "name", "pk")
    )


class CappedChoiceFilter(django_filters.ModelChoiceFilter):
    field_class = CappedFilterField


class TimeFilter(django_filters.FilterSet):
    """Live entries, narrowed by worker, job, dates and kind; voided ones too where asked for."""

    worker = CappedChoiceFilter(
        label="Worker",
        queryset=_workers,
        empty_label="Everybody",
        error_messages={"invalid_choice": NOT_FOUND.format("worker")},
    )
    job = CappedChoiceFilter(
        label=_("Job"),
        queryset=_jobs,
        empty_label=_("Every job"),
        error_messages={"invalid_choice": _(NOT_FOUND.format("job"))},
    )
    from_date = django_filters.DateFilter(
        label=_("From"),
        field_name="work_date",
        lookup_expr="gte",
        input_formats=["%Y-%m-%d"],
        widget=DATE_WIDGET,
        error_messages=NOT_A_DATE,
    )
    to_date = django_filters.DateFilter(
        label=_("To"),
        field_name="work_date",
        lookup_expr="lte",
        input_formats=["%Y-%m-%d"],
        widget=DATE_WIDGET,
        error_messages=NOT_A_DATE,
    )
    kind = django_filters.ChoiceFilter(
        label=_("Kind"),
        choices=[(kind.value, _(str(kind.label))) for kind in EntryKind],
        empty_label=_("Every kind"),
        error_messages=NOT_KNOWN,
    )
    voided = django_filters.ChoiceFilter(
        label=_("Voided entries"),
        choices=[("0", _("Leave out")), ("1", _("Show as well"))],
        empty_label=None,
        method="leave_as_is",
        error_messages=NOT_KNOWN,
    )

    class Meta:
        model = TimeEntry
        fields: list[str] = []
        form = TimeFilterForm

    @classmethod
    def get_filters(cls) -> dict[str, Any]:
        return {PARAMETERS.get(name, name): one for name, one in super().get_filters().items()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.membership.can_manage:
            del self.filters["worker"]

    def leave_as_is(self, entries: Any, _name: str, _value: str) -> Any:
        """What `voided` means stands in `filter_queryset`, because leaving it out means something too."""
        return entries

    def filter_queryset(self, queryset: Any) -> Any:
        entries = super().filter_queryset(queryset)
        return entries if self.form.cleaned_data.get("voided") == "1" else entries.filter(voided_at__isnull=True)

    @property
    def found(self) -> "QuerySet[TimeEntry, TimeEntry]":
        """The entries; none while a filter is wrong, so that nobody takes them for the answer."""
        entries: QuerySet[TimeEntry, TimeEntry] = self.qs if self.is_valid() else self.queryset.none()
        return entries

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return any(self.data.get(name) for name in self.filters)


def errors_in_one_line(errors: ErrorDict) -> str:
    """What is wrong with the filters, for a program that asked."""
    return " ".join(f"{name}: {' '.join(map(str, problems))}" for name, problems in errors.items())
