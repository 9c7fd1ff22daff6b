"""The filters of the Time page and of its export: one set of parameters for both."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from protiv.accounts.models import Membership
from protiv.kit.choices import CappedChoiceField
from protiv.timekeeping import selectors
from protiv.timekeeping.models import ENTRY_KIND_CHOICES, Job, TimeEntry, Worker

DATE_WIDGET = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NOT_A_DATE = {"invalid": _("Enter a valid date, like 2026-11-02.")}
NOT_FOUND = "There is no such {0} in your company. Choose one from the list."
NOT_KNOWN = {"invalid_choice": _("“%(value)s” is not one of the choices. Choose one from the list.")}


class TimeFilter(forms.Form):
    """Live entries, narrowed by worker, job, dates and kind; with voided ones if requested."""

    def __init__(self, data: Any, *, membership: Membership) -> None:
        super().__init__(data)
        self.membership = membership
        if membership.can_manage:
            self.fields["worker"] = _worker_field(membership)
        # `from` is a reserved word in Python.
        self.fields |= {
            "job": _job_field(membership),
            "from": _date_field(_("From")),
            "to": _date_field(_("To")),
            "kind": _choice_field(_("Kind"), [("", _("All types")), *_kinds()]),
            "voided": _choice_field(_("Voided entries"), [("0", _("Hide")), ("1", _("Show"))]),
        }

    def explain_caps(self) -> None:
        """Add notes to lists of choices that are cut off; for the page only."""
        for field in self.fields.values():
            if isinstance(field, CappedChoiceField):
                field.explain_cap()

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and last < first:
            self.add_error("to", _("The end date is before the start date. Swap them."))
        return self.cleaned_data

    @property
    def found(self) -> "QuerySet[TimeEntry, TimeEntry]":
        """The entries; none while a filter is invalid, so that no one mistakes them for results."""
        entries = selectors.visible_entries(self.membership)
        if not self.is_valid():
            return entries.none()
        asked = self.cleaned_data
        if asked["voided"] != "1":
            entries = entries.filter(voided_at__isnull=True)
        conditions = {
            "worker": asked.get("worker"),
            "job": asked["job"],
            "work_date__gte": asked["from"],
            "work_date__lte": asked["to"],
            "kind": asked["kind"],
        }
        return entries.filter(**{name: value for name, value in conditions.items() if value})

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return any(self.data.get(name) for name in self.fields)


def _worker_field(membership: Membership) -> CappedChoiceField:
    return CappedChoiceField(
        label="Worker",
        queryset=_workers(membership),
        required=False,
        empty_label="All workers",
        error_messages={"invalid_choice": NOT_FOUND.format("worker")},
    )


def _job_field(membership: Membership) -> CappedChoiceField:
    return CappedChoiceField(
        label=_("Job"),
        queryset=_jobs(membership),
        required=False,
        empty_label=_("All jobs"),
        error_messages={"invalid_choice": _(NOT_FOUND.format("job"))},
    )


def _date_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, input_formats=["%Y-%m-%d"], widget=DATE_WIDGET, error_messages=NOT_A_DATE
    )


def _choice_field(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, error_messages=NOT_KNOWN)


def _kinds() -> list[tuple[str, Any]]:
    return [(value, _(label)) for value, label in ENTRY_KIND_CHOICES]


def _workers(membership: Membership) -> "QuerySet[Worker, Worker]":
    workers = Worker.objects.filter(company_id=membership.company_id)
    return workers.only("first_name", "middle_name", "last_name", "number", "is_active").order_by(
        "-is_active", "last_name", "first_name", "pk"
    )


def _jobs(membership: Membership) -> "QuerySet[Job, Job]":
    jobs = selectors.jobs_in_sight(membership)
    return jobs.only("number", "name", "is_active").order_by("-is_active", "name", "pk")


def errors_in_one_line(errors: ErrorDict) -> str:
    """The errors of the filters, for programs."""
    return " ".join(f"{name}: {' '.join(map(str, problems))}" for name, problems in errors.items())
