"""What people enter about automatic ProPays. The cleaned data are a service's arguments."""

from typing import Any

from django import forms
from django.db.models import Q

from propay.forms.fields import DayField, chosen
from propay.models import AutomationMoment, BonusPlan, ExclusionKind
from protiv.accounts.models import Company
from protiv.kit.choices import CappedChoiceField
from protiv.timekeeping.models import CostCode, Job

# The field of each kind of exclusion, and the message when it is missing.
NEEDS = {
    ExclusionKind.NAME_PATTERN: ("pattern", "Enter part of the name or number, like warranty or TEST-*."),
    ExclusionKind.COST_CODE: ("cost_code", "Choose the cost code."),
    ExclusionKind.JOB: ("job", "Choose the job."),
}


class PlanField(forms.ModelChoiceField):
    def label_from_instance(self, plan: Any) -> str:
        return plan.name if plan.is_active else f"{plan.name} (archived)"


class AutomationForm(forms.Form):
    """The plan, the trigger, and the go-live date."""

    is_on = forms.BooleanField(label="Create ProPays automatically after each sync", required=False)
    plan = PlanField(
        BonusPlan.objects.none(),
        label="Plan",
        empty_label="Choose a plan",
        error_messages={
            "required": "Choose the plan.",
            "invalid_choice": "This plan is archived. Choose another one.",
        },
    )
    moment = forms.ChoiceField(
        label="When to create them",
        choices=AutomationMoment,
        widget=forms.RadioSelect,
        help_text="Jobs that already exist when you turn this on get a ProPay when their first time entry arrives.",
    )
    go_live_date = DayField(
        label="Go-live date",
        help_text="Jobs with time before this date don't get an automatic ProPay, because their budget covers the "
        "whole job. This also keeps test jobs out.",
    )

    def __init__(self, *args: Any, company: Company, **options: Any) -> None:
        super().__init__(*args, **options)
        plans = BonusPlan.objects.filter(Q(is_active=True) | chosen(self, "plan"), company=company)
        self.fields["plan"].queryset = plans.order_by("name")  # type: ignore[attr-defined]


class ExclusionForm(forms.Form):
    """Jobs to exclude; the page shows each kind with its own field."""

    kind = forms.ChoiceField(choices=ExclusionKind)
    pattern = forms.CharField(
        label="Jobs whose name or number contains",
        required=False,
        max_length=120,
        help_text="Not case-sensitive. With * (any text) or ? (one character), the whole name or number must match: "
        "TEST-*.",
    )
    cost_code = CappedChoiceField(
        CostCode.objects.none(),
        label="Jobs with time only on this cost code",
        required=False,
        empty_label="Choose a cost code",
        error_messages={"invalid_choice": "There is no such cost code in your company. Choose one from the list."},
    )
    job = CappedChoiceField(
        Job.objects.none(),
        label="One job",
        required=False,
        empty_label="Choose a job",
        error_messages={"invalid_choice": "There is no such job in your company. Choose one from the list."},
    )

    def __init__(self, *args: Any, company: Company, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = CostCode.objects.filter(company=company, is_system=False).order_by("number", "name", "pk")
        jobs = Job.objects.filter(Q(is_active=True) | chosen(self, "job"), company=company).order_by("name", "pk")
        for name, rows in (("cost_code", codes), ("job", jobs)):
            field: Any = self.fields[name]
            field.queryset = rows
            field.explain_cap()

    def clean(self) -> dict[str, Any]:
        """The one of the three fields that belongs to this kind."""
        super().clean()
        kind = self.cleaned_data.get("kind")
        if kind is None:
            return self.cleaned_data
        name, words = NEEDS[ExclusionKind(kind)]
        value = self.cleaned_data.get(name)
        if not value and name not in self.errors:
            self.add_error(name, words)
        return {"kind": kind, name: value}
