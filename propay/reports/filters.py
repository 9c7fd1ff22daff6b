"""The filters of reports. The cleaned data become an `Asked`."""

import datetime
from typing import Any

from django import forms

from propay.models import ProPay
from propay.models.labels import STATUSES, choices_of
from propay.reports.base import Asked, ReportKind
from propay.reports.payroll_bonus import PAY_DATE
from propay.reports.propays import DONE, OPEN
from propay.rules.trace import day
from protiv.accounts.models import Company, Membership, Role
from protiv.kit.choices import CappedChoiceField
from protiv.timekeeping.filters import NOT_A_DATE, NOT_FOUND, NOT_KNOWN
from protiv.timekeeping.models import Job, Worker

STATUS_CHOICES = [
    ("", "All but canceled"),
    (OPEN, "Open: pending, started, or complete"),
    (DONE, "Done: complete, approved, or paid"),
    *choices_of(STATUSES),
]
MONTHS_BACK = 11
MONTHS_PER_YEAR = 12


class ReportForm(forms.Form):
    """The filters of one report. Without parameters, the report's defaults apply."""

    def __init__(self, data: Any, *, kind: ReportKind, company: Company, today: datetime.date) -> None:
        fields = {"from": _date("From"), "to": _date("To"), **_choices(company)}
        names = ["from", "to", *kind.filters]
        asked = {name: data[name] for name in names if name in data}
        super().__init__(asked or _usual(kind, today))
        self.fields |= {name: fields[name] for name in names}
        self.kind, self.company, self.today = kind, company, today
        self.is_narrowed = any(asked.values())
        self.leaves_out_before = first_day(today) if kind.looks_back and not asked else None

    def explain_caps(self) -> None:
        """Add notes to lists of choices that are cut off; for the page only."""
        for field in self.fields.values():
            if isinstance(field, CappedChoiceField):
                field.explain_cap()

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if first and last and last < first:
            self.add_error("to", "The end date is before the start date. Swap them.")
        return self.cleaned_data

    @property
    def dates_label(self) -> str:
        """Which date the range applies to; for a valid form."""
        return "Paid" if self.cleaned_data.get("dates") == PAY_DATE else self.kind.dates_label

    @property
    def asked(self) -> Asked:
        """For a valid form."""
        said = dict(self.cleaned_data)
        dates = {"from_date": said.pop("from"), "to_date": said.pop("to")}
        return Asked(company=self.company, today=self.today, **dates, **said)


def _usual(kind: ReportKind, today: datetime.date) -> dict[str, str]:
    usual = {"status": kind.default_status}
    return {**usual, "from": first_day(today).isoformat()} if kind.looks_back else usual


def first_day(today: datetime.date) -> datetime.date:
    """The first of the month eleven months ago: with this one, twelve."""
    months = today.year * MONTHS_PER_YEAR + today.month - 1 - MONTHS_BACK
    return datetime.date(months // MONTHS_PER_YEAR, months % MONTHS_PER_YEAR + 1, 1)


def asked_for(form: ReportForm) -> str:
    """The filters of a valid form in words, for the header of a printout: the range, then each choice."""
    first, last = form.cleaned_data["from"], form.cleaned_data["to"]
    ends = [f"from {day(first)}"] if first else []
    ends += [f"to {day(last)}"] if last else []
    said = [f"{form.dates_label} {' '.join(ends)}" if ends else "All dates"]
    for name, field in form.fields.items():
        value = form.cleaned_data[name]
        if name not in ("from", "to", "dates") and value:
            said.append(f"{field.label}: {_words(field, value)}")
    return " · ".join(said)


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(field, CappedChoiceField):
        return field.label_from_instance(value)
    return dict(STATUS_CHOICES)[value]


def _date(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=NOT_A_DATE,
    )


def _choices(company: Company) -> dict[str, forms.Field]:
    workers = Worker.objects.filter(company=company).only(
        "first_name", "middle_name", "last_name", "number", "is_active"
    )
    managers = Membership.objects.filter(company=company, role__in=(Role.ADMIN, Role.MANAGER)).select_related("user")
    propays = ProPay.objects.filter(company=company)
    jobs = Job.objects.filter(company=company, pk__in=propays.values("job")).only("number", "name", "is_active")
    return {
        "dates": forms.ChoiceField(
            label="Filter dates by",
            required=False,
            choices=[("", "Pay period end date"), (PAY_DATE, "Pay date")],
            error_messages=NOT_KNOWN,
        ),
        "worker": _rows_of("worker", "All workers", workers.order_by("-is_active", "last_name", "first_name", "pk")),
        "job": _rows_of("job", "All jobs", jobs.order_by("-is_active", "name", "pk")),
        "manager": _rows_of("manager", "All managers", managers.order_by("user__email")),
        "status": forms.ChoiceField(
            label="Status",
            required=False,
            choices=STATUS_CHOICES,
            error_messages=NOT_KNOWN,
        ),
    }


class _ManagerField(CappedChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user)


def _rows_of(name: str, all_of_them: str, rows: Any) -> CappedChoiceField:
    field = _ManagerField if name == "manager" else CappedChoiceField
    return field(
        label=name.capitalize(),
        required=False,
        queryset=rows,
        empty_label=all_of_them,
        error_messages={"invalid_choice": NOT_FOUND.format(name)},
    )
