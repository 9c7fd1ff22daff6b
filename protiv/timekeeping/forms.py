"""What people enter about wages and jobs. The cleaned data are a service's arguments."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from protiv.accounts.models import Company, Membership
from protiv.accounts.templatetags.formats import day, hours
from protiv.kit.refused import Refused
from protiv.kit.search import SearchForm
from protiv.kit.sheet import MAX_BYTES, decode
from protiv.kit.typed import check_start_date, read_date, read_hours, read_price, read_wage
from protiv.kit.us_states import US_STATES
from protiv.timekeeping import selectors
from protiv.timekeeping.models import Job, Wage, Worker
from protiv.timekeeping.services import NewWage
from protiv.timekeeping.wage_csv import WageLine, read_lines

DATE_WIDGET = {"type": "date"}
AMOUNT_ATTRS = {"inputmode": "decimal", "autocomplete": "off"}


class TypedField(forms.CharField):
    """A text field parsed by one of the functions of `typed`."""

    def __init__(self, read: Callable[[str], Any], **options: Any) -> None:
        super().__init__(**options)
        self.read = read

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.read(text)
        except Refused as problem:
            raise forms.ValidationError(problem.message) from problem


def wage_field(**options: Any) -> TypedField:
    return TypedField(read_wage, max_length=40, widget=forms.TextInput(attrs=AMOUNT_ATTRS), **options)


def date_field(**options: Any) -> TypedField:
    return TypedField(read_date, max_length=40, widget=forms.DateInput(attrs=DATE_WIDGET, format="%Y-%m-%d"), **options)


class ListForm(SearchForm):
    """Filters the rows of a list by words and one choice."""

    show = forms.ChoiceField(label="Show", required=False)

    def __init__(self, data: Any, *, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        field = self.fields["show"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = choices


class WageForm(forms.Form):
    """One wage of one worker."""

    start_date = date_field(label="Start date")
    hourly_amount = wage_field(
        label="Wage per hour", help_text="Dollars per hour, before labor burden. Example: 25.00."
    )

    def __init__(
        self, *args: Any, today: datetime.date, needed_since: datetime.date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        propose_start(self.fields["start_date"], needed_since)

    def clean_start_date(self) -> datetime.date | None:
        return _checked_start(self.cleaned_data["start_date"], self.today)


def propose_start(field: forms.Field, needed_since: datetime.date | None) -> None:
    """Start with the first day that has hours and no wage, and say so."""
    if needed_since is not None:
        field.initial = needed_since
        field.help_text = f"The first hours without a wage are on {day(needed_since)}."


def _checked_start(start_date: datetime.date | None, today: datetime.date) -> datetime.date | None:
    if start_date is not None:
        try:
            check_start_date(start_date, today=today)
        except Refused as problem:
            raise forms.ValidationError(problem.message) from problem
    return start_date


def wage_initial(wage: Wage) -> dict[str, Any]:
    """Initial values of the form that corrects a wage."""
    return {"start_date": wage.start_date, "hourly_amount": wage.hourly_amount}


class ManyWagesForm(forms.Form):
    """A table of workers: those selected get the common wage; a wage next to a name takes precedence."""

    start_date = date_field(label="Start date")
    hourly_amount = wage_field(
        label="Wage for selected workers",
        required=False,
        help_text="Dollars per hour, before labor burden. Example: 25.00.",
    )

    def __init__(
        self,
        *args: Any,
        workers: Sequence[Worker],
        today: datetime.date,
        needed_since: datetime.date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.workers, self.today = workers, today
        self.fields["start_date"].initial = today
        propose_start(self.fields["start_date"], needed_since)
        for worker in workers:
            self.fields[f"pick_{worker.pk}"] = forms.BooleanField(
                label=f"Set the wage of {worker.name}", required=False
            )
            self.fields[f"wage_{worker.pk}"] = wage_field(label=f"Wage of {worker.name}", required=False)

    def clean_start_date(self) -> datetime.date | None:
        return _checked_start(self.cleaned_data["start_date"], self.today)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        common = cleaned.get("hourly_amount")
        picked = [worker for worker in self.workers if cleaned.get(f"pick_{worker.pk}")]
        without = [worker for worker in picked if f"wage_{worker.pk}" in cleaned and not cleaned[f"wage_{worker.pk}"]]
        if without and common is None and "hourly_amount" not in self.errors:
            self.add_error("hourly_amount", "Enter a wage for the selected workers, or enter one next to each name.")
        if not self.errors and not self.wages:
            raise forms.ValidationError("Select at least one worker, or enter a wage next to a name.")
        return cleaned

    @property
    def wages(self) -> list[NewWage]:
        """The wages to set, from the cleaned data."""
        cleaned = self.cleaned_data
        amounts: dict[int, Decimal | None] = {
            worker.pk: cleaned.get(f"wage_{worker.pk}")
            or (cleaned.get("hourly_amount") if cleaned.get(f"pick_{worker.pk}") else None)
            for worker in self.workers
        }
        return [NewWage(pk, cleaned["start_date"], amount) for pk, amount in amounts.items() if amount is not None]

    def rows(self) -> Iterator[tuple[Worker, forms.BoundField, forms.BoundField]]:
        """Each worker with the checkbox and the wage field."""
        for worker in self.workers:
            yield worker, self[f"pick_{worker.pk}"], self[f"wage_{worker.pk}"]


class WageFileForm(forms.Form):
    """A CSV file, or its rows pasted."""

    file = forms.FileField(
        label="CSV file", required=False, widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"})
    )
    text = forms.CharField(
        label="Or paste rows",
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(
            attrs={"rows": 5, "placeholder": "worker_external_id,start_date,wage", "maxlength": None}
        ),
        help_text="Include the header row.",
    )

    def clean(self) -> dict[str, Any]:
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text")
        if self.errors:
            return self.cleaned_data
        is_pasted = bool(text and text.strip())
        if file and is_pasted:
            raise forms.ValidationError("Choose a file or paste rows, not both.")
        if not file and not is_pasted:
            raise forms.ValidationError("Choose a CSV file or paste rows.")
        try:
            self.cleaned_data["lines"] = self._lines(file, text or "")
        except Refused as problem:
            self.add_error("file" if file else "text", problem.message)
        return self.cleaned_data

    def _lines(self, file: UploadedFile | None, text: str) -> list[WageLine]:
        if file is None:
            return read_lines(decode(text.encode()))
        if (file.size or 0) > MAX_BYTES:
            raise Refused("The file is larger than 1 MB. Split it and upload the parts one at a time.")
        return read_lines(decode(file.read()))


class JobBudgetForm(forms.Form):
    """What a person enters about a job; it overrides synced values."""

    budget_minutes = TypedField(
        read_hours,
        label="Budget hours",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=AMOUNT_ATTRS),
        help_text="Example: 300 or 300:30. Leave blank to use the synced hours.",
    )
    contract_amount = TypedField(
        read_price,
        label="Contract price",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs=AMOUNT_ATTRS),
        help_text="Example: 10,000.00. Leave blank to use the synced price.",
    )


class JobStateForm(forms.Form):
    """The state whose overtime law applies to a job; it overrides the synced address."""

    state = forms.ChoiceField(
        label="State for overtime",
        required=False,
        choices=[("", "As in the address"), *US_STATES.items()],
        help_text="Its overtime law applies to the hours on this job, if your pay rules name a state. Overtime on "
        "bonuses that aren't paid yet is recalculated.",
    )


def budget_initial(job: Job, company: Company) -> dict[str, Any]:
    """The current values, in the company's hour format."""
    typed = job.typed_budget_minutes
    exact = typed is not None and typed % 3 == 0
    return {
        "budget_minutes": None
        if typed is None
        else hours(typed, company)
        if exact
        else f"{typed // 60}:{typed % 60:02d}",
        "contract_amount": None if job.typed_contract_amount is None else f"{job.typed_contract_amount:,.2f}",
    }


class MemberField(forms.ModelChoiceField):
    """A member by name and email."""

    def label_from_instance(self, obj: Any) -> str:
        name = obj.user.get_full_name()
        return f"{name} ({obj.user.email})" if name else str(obj.user.email)


class LinkForm(forms.Form):
    """The choice of the member's sign-in for a worker."""

    membership = MemberField(
        queryset=Membership.objects.none(), required=False, label="Account", empty_label="No linked account"
    )

    def __init__(self, *args: Any, worker: Worker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        field.queryset = selectors.members_to_link(worker)
        field.initial = worker.membership_id
