"""What a person enters for a manual bonus or deduction, and its categories."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from propay.forms.fields import DayField, DollarsField, ManyField, chosen
from propay.models import AdjustmentCategory, Statement
from propay.models.labels import DEDUCTION_CATEGORIES, choices_of
from propay.rules.pay_periods import Period
from propay.rules.statement_states import UNPAID
from protiv.accounts.models import Company
from protiv.timekeeping.models import Worker

MOST_DOLLARS = Decimal("1000000.00")
BONUS, DEDUCTION = "BONUS", "DEDUCTION"


PROMISED, DISCRETIONARY = "PROMISED", "DISCRETIONARY"


class EarnedForm(forms.Form):
    """Whether a bonus was promised, and over which work dates it was earned (bonus.md 10.4)."""

    promise = forms.ChoiceField(
        label="Was the bonus promised?",
        choices=[
            (PROMISED, "Promised: the worker knew of it or could expect it, so overtime is due on it"),
            (DISCRETIONARY, "Discretionary: neither promised nor expected (29 CFR 778.211), so no overtime is due"),
        ],
        widget=forms.RadioSelect,
        initial=PROMISED,
        required=False,
    )
    first_day = DayField(
        label="First work date", required=False, help_text="Leave blank if the bonus is discretionary."
    )
    last_day = DayField(
        label="Last work date",
        required=False,
        help_text="Overtime on a promised bonus follows the worker's hours on these days. Leave blank if the bonus is "
        "discretionary.",
    )

    @property
    def is_bonus(self) -> bool:
        return True

    def clean(self) -> dict[str, Any]:
        """A promised bonus has both dates."""
        super().clean()
        if self.is_bonus and self.cleaned_data.get("promise") != DISCRETIONARY:
            for name in ("first_day", "last_day"):
                if name not in self.errors and not self.cleaned_data.get(name):
                    self.add_error(name, "Enter the work dates over which a promised bonus was earned.")
        return self.cleaned_data

    @property
    def earned(self) -> tuple[date, date] | None:
        """The first and last work date, from a valid form; None for a discretionary bonus or a deduction."""
        data = self.cleaned_data
        is_promised = self.is_bonus and data.get("promise") != DISCRETIONARY
        return (data["first_day"], data["last_day"]) if is_promised else None


class AdjustmentForm(EarnedForm):
    """A bonus or a deduction for some workers. `first` is the worker from whose page the user came."""

    workers = ManyField(
        Worker.objects.none(),
        required=True,
        label="Workers",
        help_text="Each selected worker gets the full amount.",
        error_messages={"required": "Choose at least one worker."},
    )
    kind = forms.ChoiceField(
        label="Bonus or deduction",
        choices=[(BONUS, "Bonus: adds to the statement"), (DEDUCTION, "Deduction: subtracts from the statement")],
        widget=forms.RadioSelect,
        initial=BONUS,
        error_messages={"required": "Choose a bonus or a deduction."},
    )
    amount = DollarsField(label="Amount", error_messages={"required": "Enter an amount, like 50.00."})
    category = forms.ModelChoiceField(
        AdjustmentCategory.objects.none(),
        label="Category of a bonus",
        required=False,
        empty_label="Choose a category",
        help_text="Leave blank for a deduction.",
    )
    deduction_category = forms.ChoiceField(
        label="What is deducted",
        choices=[("", "Choose a category"), *choices_of(DEDUCTION_CATEGORIES)],
        required=False,
        help_text="Leave blank for a bonus. Nothing can be deducted for damage, tools, or a cash shortage. Anything "
        "other than an advance or an overpayment needs the worker's written consent.",
    )
    start_date = forms.ChoiceField(
        label="Pay period",
        help_text="If a worker's statement for this pay period is locked or paid, the amount goes on the next open "
        "one.",
    )
    note = forms.CharField(
        label="Note",
        max_length=500,
        required=False,
        help_text="The worker sees this on the statement.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, company: Company, periods: list[tuple[str, Period]], **options: Any) -> None:
        super().__init__(*args, **options)
        # People who left are listed while they are still owed pay.
        to_pay = Statement.objects.filter(company=company, status__in=UNPAID).values("worker_id")
        kept = Q(pk__in=to_pay) | chosen(self, "workers")
        workers = Worker.objects.filter(Q(is_active=True) | kept, company=company)
        self._choose_from("workers", workers.order_by("last_name", "first_name", "pk"))
        categories = AdjustmentCategory.objects.filter(Q(is_active=True) | chosen(self, "category"), company=company)
        self._choose_from("category", categories.order_by("name"))
        choices = [(period.start_date.isoformat(), label) for label, period in periods]
        self.fields["start_date"].choices = choices  # type: ignore[attr-defined]

    def _choose_from(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    @property
    def is_bonus(self) -> bool:
        return self.cleaned_data.get("kind") == BONUS

    def clean(self) -> dict[str, Any]:
        """A bonus has a category of the company's, a deduction one of the list."""
        super().clean()
        name = "category" if self.is_bonus else "deduction_category"
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, "Choose a category.")
        return self.cleaned_data

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount > MOST_DOLLARS:
            raise forms.ValidationError(f"This is more than {MOST_DOLLARS:,}. Check the amount.")
        return amount

    def arguments(self) -> dict[str, Any]:
        """The arguments of `services.add_adjustment`, from a valid form."""
        data = self.cleaned_data
        return {
            "worker_ids": [worker.pk for worker in data["workers"]],
            "category_id": data["category"].pk if self.is_bonus else None,
            "deduction_category": "" if self.is_bonus else data["deduction_category"],
            "amount": data["amount"] if data["kind"] == BONUS else -data["amount"],
            "earned": self.earned,
            "note": data["note"],
            "start_date": date.fromisoformat(data["start_date"]),
        }


class CategoryForm(forms.Form):
    """A category for manual bonuses and deductions."""

    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter a name for the category."})
