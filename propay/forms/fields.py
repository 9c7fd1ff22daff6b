"""Fields for hours, money, numbers, and days as people write them, and formatting of stored values."""

import datetime
import re
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from protiv.accounts.models import Company, HoursFormat
from protiv.accounts.templatetags.formats import hours
from protiv.kit.refused import Refused
from protiv.kit.text import LONGEST_KEY, keys
from protiv.kit.typed import read_hours, read_price

EARLIEST_DATE = datetime.date(2000, 1, 1)
LATEST_DATE = datetime.date(2100, 12, 31)
NUMBER_TEXT = re.compile(r"([+-]?)\$?\s*([1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]{1,12})?(\.[0-9]+)?\s*%?")


def value_now(form: forms.Form, name: str) -> Any:
    """A field's value, read before there are choices to check it against."""
    field = form.fields[name]
    if form.is_bound:
        return field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
    return form.initial.get(name, field.initial)


def keys_now(form: forms.Form, name: str) -> list[int]:
    """The keys of the rows selected in a field or in its lines."""
    value = value_now(form, name)
    ones = value if isinstance(value, list | tuple) else [value]
    return keys(str(getattr(one, "pk", getattr(one, "code", one))) for one in ones)


def chosen(form: forms.Form, name: str) -> Q:
    """Keep a field's current choice in its list even if archived or inactive: it never silently disappears."""
    return Q(pk__in=keys_now(form, name))


class HoursField(forms.CharField):
    """Hours as `80`, `80.5` or `80:30`; cleans to whole minutes, None where nothing was entered."""

    def __init__(self, *, may_be_none: bool = False, most_minutes: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.may_be_none = may_be_none
        self.most_minutes = most_minutes

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        try:
            minutes = read_hours(text, may_be_none=self.may_be_none) if text else None
        except Refused as problem:
            raise forms.ValidationError(problem.message) from None
        if minutes is not None and self.most_minutes is not None and minutes > self.most_minutes:
            raise forms.ValidationError(f"Enter at most {self.most_minutes // 60} hours: these days have no more.")
        return minutes


class DollarsField(forms.CharField):
    """An amount as `5000`, `5,000.00` or `$5,000`; cleans to a Decimal, None where nothing was entered."""

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        try:
            return read_price(text) if text else None
        except Refused as problem:
            raise forms.ValidationError(problem.message.replace("contract price", "dollar amount")) from None


class NumberField(forms.CharField):
    """A number as `1200`, `1,200.5`, `+15`, `$2.50` or `12 %`, from `low` to `high` with at most `places` decimals."""

    def __init__(self, *, places: int, low: Decimal | int, high: Decimal | int, example: str, **options: Any) -> None:
        super().__init__(**{"widget": forms.TextInput(attrs={"inputmode": "decimal"}), **options})
        self.places, self.low, self.high, self.example = places, Decimal(low), Decimal(high), example

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).strip().replace("−", "-")
        if not text:
            return None
        match = NUMBER_TEXT.fullmatch(text)
        if match is None or not (match[2] or match[3]):
            raise forms.ValidationError(f"Enter a number, like {self.example}.")
        if len(match[3] or "") > self.places + 1:
            raise forms.ValidationError(f"Enter at most {self.places} decimals, like {self.example}.")
        number = Decimal(match[1] + (match[2] or "0").replace(",", "") + (match[3] or ""))
        if not self.low <= number <= self.high:
            raise forms.ValidationError(f"Enter a number from {self.low:,} to {self.high:,}.")
        return number


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
                "min_value": f"Enter at least {least}%%.",
                "max_value": "Enter at most 100%%.",
                "max_decimal_places": "Enter at most two decimals, like 12.25.",
                "max_digits": "Enter a percentage from 0 to 100, like 12.25.",
                "max_whole_digits": "Enter at most 100%%.",
            },
            **options,
        )


class ManyField(forms.ModelMultipleChoiceField):
    """Several selected rows. A key that can't be in a database is not a valid choice."""

    def __init__(self, queryset: Any, *, required: bool = False, **options: Any) -> None:
        super().__init__(queryset, required=required, widget=forms.CheckboxSelectMultiple, **options)

    def clean(self, value: Any) -> Any:
        too_long = [one for one in value or () if len(str(one)) > LONGEST_KEY]
        if too_long:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": too_long[0]}
            )
        return super().clean(value)


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
            raise forms.ValidationError("That date is too far in the past or future. Check the year.")


def typed_hours(minutes: int | None, company: Company) -> str:
    """In the company's hour format, but never rounded: 0:20 has no exact decimal."""
    if minutes is None:
        return ""
    has_decimals = company.hours_format == HoursFormat.DECIMAL and minutes % 3 == 0
    return hours(minutes, company) if has_decimals else f"{minutes // 60}:{minutes % 60:02d}"


def typed_dollars(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.2f}"


def typed_number(number: Decimal | None) -> str:
    """Without the column's trailing zeros: `15`, `2.5`."""
    return "" if number is None else f"{number.normalize():f}"
