"""What a person types to create or edit a ProPay. The cleaned data are `propay.services.Terms`."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from propay.models import BudgetType, ProPay
from protiv.accounts.models import Company, HoursFormat, Membership, Role
from protiv.accounts.templatetags.formats import hours
from protiv.timekeeping.choices import CappedChoiceField
from protiv.timekeeping.models import CostCode, Job
from protiv.timekeeping.typed import NotUnderstood, read_hours, read_price

EARLIEST_DATE = datetime.date(2000, 1, 1)
LATEST_DATE = datetime.date(2100, 12, 31)
BUDGET_INPUTS = {
    BudgetType.HOURS: ("budget_hours",),
    BudgetType.AMOUNT: ("fixed_amount",),
    BudgetType.PERCENT_OF_CONTRACT: ("contract_amount", "labor_percent"),
}
TRAVEL_CHOICES = {"yes": True, "no": False}


class HoursField(forms.CharField):
    """Hours as `80`, `80.5` or `80:30`; cleans to whole minutes, None where nothing was typed."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        try:
            return read_hours(text) if text else None
        except NotUnderstood as problem:
            raise forms.ValidationError(problem.message) from None


class DollarsField(forms.CharField):
    """An amount as `5000`, `5,000.00` or `$5,000`; cleans to a Decimal, None where nothing was typed."""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        try:
            return read_price(text) if text else None
        except NotUnderstood as problem:
            raise forms.ValidationError(problem.message.replace("contract price", "dollar amount")) from None


class PercentField(forms.DecimalField):
    """A percentage from `least` to 100 with at most two decimals."""

    def __init__(self, *, least: Decimal = Decimal(0), **options: Any) -> None:
        super().__init__(
            min_value=least,
            max_value=Decimal(100),
            max_digits=5,
            decimal_places=2,
            error_messages={
                "invalid": "Enter a percentage, like 50 or 12.5.",
                "min_value": f"This must be at least {least} percent.",
                "max_value": "This must be at most 100 percent.",
                "max_decimal_places": "Enter two decimals at most, like 12.25.",
                "max_digits": "Enter a percentage from 0 to 100, like 12.25.",
                "max_whole_digits": "This must be at most 100 percent.",
            },
            **options,
        )


class DayField(forms.DateField):
    """A calendar day, with the browser's own picker."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            input_formats=["%Y-%m-%d", "%m/%d/%Y"],
            error_messages={"invalid": "Enter a date, like 2026-11-02."},
            **options,
        )

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not EARLIEST_DATE <= value <= LATEST_DATE:
            raise forms.ValidationError("That date is too far away. Check the year.")


class ProPayForm(forms.Form):
    """The terms of a ProPay; a budget left empty means the job's. `claimed_by` is the ProPay that is in the way."""

    claimed_by: int | None = None

    job = CappedChoiceField(
        Job.objects.none(), empty_label="Choose a job", error_messages={"required": "Choose the job."}
    )
    title = forms.CharField(max_length=255, required=False, help_text="Left empty, it is the job's name.")
    manager = forms.ModelChoiceField(Membership.objects.none(), required=False, empty_label="Nobody")
    budget_type = forms.ChoiceField(
        label="How is the labor budget set?",
        choices=BudgetType.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how the budget is set."},
    )
    budget_hours = HoursField(
        label="Budget hours", required=False, help_text="Like 80, 80.5 or 80:30. Left empty: the job's."
    )
    fixed_amount = DollarsField(label="Budget in dollars", required=False, help_text="For labor only, like 5,000.00.")
    contract_amount = DollarsField(
        label="Contract price in dollars", required=False, help_text="Left empty: the job's."
    )
    labor_percent = PercentField(
        label="Labor, percent of the price", required=False, least=Decimal("0.01"), help_text="Like 30."
    )
    split_percent = PercentField(
        label="Split, percent of the saving",
        initial=Decimal(50),
        help_text="This much of the saving becomes the bonus pool.",
    )
    company_percent = PercentField(
        label="Company's part, percent of the pool", initial=Decimal(0), help_text="The crew gets the rest, by hours."
    )
    start_date = DayField(label="First day")
    end_date = DayField(label="Last day", required=False, help_text="Left empty: no end.")
    cost_codes = forms.ModelMultipleChoiceField(
        CostCode.objects.none(),
        label="Cost codes",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None checked: time on every cost code counts.",
    )
    include_travel = forms.ChoiceField(label="Drive time", required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, company: Company, propay: ProPay | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if propay is None:
            del self.fields["seen"]
        chosen = Q(pk=propay.job_id if propay else None)
        jobs = Job.objects.filter(Q(is_active=True) | chosen, company=company)
        self._choices("job", jobs.order_by("name", "pk"))
        self.fields["job"].explain_cap()  # type: ignore[attr-defined]
        managers = Q(role__in=(Role.ADMIN, Role.MANAGER))
        self._choices("manager", company.memberships.filter(managers).select_related("user").order_by("user__email"))
        named = Q(pk__in=propay.cost_codes.values("pk")) if propay else Q(pk__in=[])
        codes = CostCode.objects.filter(Q(is_active=True, is_system=False) | named, company=company)
        self._choices("cost_codes", codes.order_by("number", "name", "pk"))
        usual = "counts" if company.include_travel else "doesn't count"
        self.fields["include_travel"].choices = [  # type: ignore[attr-defined]
            ("", f"As usual here (it {usual})"),
            ("yes", "Counts"),
            ("no", "Doesn't count"),
        ]

    def _choices(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_include_travel(self) -> bool | None:
        return TRAVEL_CHOICES.get(self.cleaned_data["include_travel"])

    def clean(self) -> dict[str, Any]:
        """What the chosen budget needs, dates in order; the keys become those of the service."""
        super().clean()
        cleaned = self.cleaned_data
        budget_type = cleaned.get("budget_type")
        self._forget_other_budgets(budget_type)
        if budget_type == BudgetType.AMOUNT and cleaned.get("fixed_amount") is None:
            self._needs("fixed_amount", "Enter the budget in dollars, like 5,000.00.")
        if budget_type == BudgetType.PERCENT_OF_CONTRACT and cleaned.get("labor_percent") is None:
            self._needs("labor_percent", "Enter what percentage of the contract price is for labor, like 30.")
        start, end = cleaned.get("start_date"), cleaned.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", "The last day is before the first day. Choose a later one, or leave it empty.")
        if "job" in cleaned and not cleaned.get("title"):
            cleaned["title"] = cleaned["job"].name
        cleaned["budget_minutes"] = cleaned.pop("budget_hours", None)
        return cleaned

    def _forget_other_budgets(self, budget_type: str | None) -> None:
        """The fields of a budget type that isn't chosen don't show: what stands in them doesn't matter."""
        for other, names in BUDGET_INPUTS.items():
            if budget_type and other != budget_type:
                for name in names:
                    self.errors.pop(name, None)
                    self.cleaned_data[name] = None

    def _needs(self, name: str, message: str) -> None:
        if name not in self.errors:
            self.add_error(name, message)


def initial_of(propay: ProPay, *, seen: str) -> dict[str, Any]:
    """What the form shows of a ProPay as it stands; `propay.company` and its cost codes must be loaded."""
    return {
        "job": propay.job_id,
        "title": propay.title,
        "manager": propay.manager_id,
        "budget_type": propay.budget_type,
        "budget_hours": _typed_hours(propay.budget_minutes, propay.company),
        "fixed_amount": _typed_dollars(propay.fixed_amount),
        "contract_amount": _typed_dollars(propay.contract_amount),
        "labor_percent": propay.labor_percent,
        "split_percent": propay.split_percent,
        "company_percent": propay.company_percent,
        "start_date": propay.start_date,
        "end_date": propay.end_date,
        "cost_codes": [code.pk for code in propay.cost_codes.all()],
        "include_travel": {True: "yes", False: "no", None: ""}[propay.include_travel],
        "seen": seen,
    }


def _typed_hours(minutes: int | None, company: Company) -> str:
    """As the company writes hours, but never rounded: 0:20 has no decimals that mean it."""
    if minutes is None:
        return ""
    has_decimals = company.hours_format == HoursFormat.DECIMAL and minutes % 3 == 0
    return hours(minutes, company) if has_decimals else f"{minutes // 60}:{minutes % 60:02d}"


def _typed_dollars(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"
