"""What a person chooses for payroll files. The cleaned data are the arguments of `propay.services`' payroll."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from propay.forms.fields import EARLIEST_DATE, LATEST_DATE
from propay.models import CustomLayout, PayrollSettings
from propay.payroll import files
from propay.payroll.columns import DateFormat, Field, LineMode
from propay.payroll.custom import MAX_COLUMNS, MAX_LENGTH
from propay.payroll.layouts import GENERIC, LAYOUTS, Layout, LayoutKey
from propay.payroll.rows import WorkerIdKind
from propay.queries import payroll as selectors
from propay.rules.pay_periods import Period
from protiv.accounts.models import Company

ALL, PAID, DRAFT = "ALL", "PAID", "DRAFT"
TEXT = "text"
# Submitted values and their labels.
Choice = tuple[str, str]


def layout_value(key: str, custom: CustomLayout | None) -> str:
    """A layout's value in a form and in a URL: `ADP`, `CUSTOM-7`."""
    return key if custom is None else f"{key}-{custom.pk}"


def layout_choices(own: Iterable[CustomLayout]) -> list[Any]:
    """All layouts to choose from, the company's own first."""
    yours = [(layout_value(LayoutKey.CUSTOM, layout), layout.name) for layout in own]
    ours = [(layout.key.value, layout.label) for layout in LAYOUTS.values()]
    return [("Custom", yours), ("From Protiv", ours)] if yours else ours


def chosen_layout(value: str, own: Iterable[CustomLayout]) -> tuple[str, CustomLayout | None]:
    """The layout for a `layout_value`; the value is one of `layout_choices`."""
    custom = next((layout for layout in own if value == layout_value(LayoutKey.CUSTOM, layout)), None)
    return (LayoutKey.CUSTOM.value, custom) if custom else (value, None)


class PayrollSettingsForm(forms.Form):
    """The layout of the payroll files, and the names used by the payroll software."""

    layout = forms.ChoiceField(label="Payroll software", error_messages={"required": "Choose a layout."})
    bonus_code = forms.CharField(
        label="Earning code for the bonus",
        required=False,
        max_length=60,
        help_text="You can leave codes blank: a file that needs them tells you which are missing.",
    )
    federal_code = forms.CharField(
        label="Earning code for the federal overtime true-up",
        required=False,
        max_length=60,
        help_text="An overtime premium: it counts toward code TT in box 12 of the W-2.",
    )
    state_extra_code = forms.CharField(
        label="Earning code for the state overtime premium",
        required=False,
        max_length=60,
        help_text="The extra overtime required by state law. It doesn't count toward code TT.",
    )
    deduction_code = forms.CharField(
        label="Code for deductions",
        required=False,
        max_length=60,
        help_text="A deduction after tax. In the file it's an amount of its own and lowers no earnings, so that gross "
        "wages are right.",
    )
    company_code = forms.CharField(
        label="Company code",
        required=False,
        max_length=20,
        help_text="ADP: Co Code (2 or 3 characters). Paychex: Client ID (up to 8). Leave blank for other payroll "
        "software.",
    )
    worker_id_kind = forms.ChoiceField(
        label="Worker ID in payroll",
        choices=[
            (WorkerIdKind.NUMBER.value, "Employee number"),
            (WorkerIdKind.EXTERNAL_ID.value, "ID in your time-tracking system"),
            (WorkerIdKind.NONE.value, "None: match by name"),
        ],
        help_text="ADP: File #. Paychex: Worker ID. Paycom: Employee ID. Gusto: employee ID.",
    )

    def __init__(self, *args: Any, own: Sequence[CustomLayout], **options: Any) -> None:
        super().__init__(*args, **options)
        self.own = own
        self.fields["layout"].choices = layout_choices(own)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "layout" in self.cleaned_data:
            key, custom = chosen_layout(self.cleaned_data["layout"], self.own)
            self.cleaned_data |= {"layout": key, "custom_layout_id": custom.pk if custom else None}
        return self.cleaned_data


def initial_of_settings(settings: PayrollSettings) -> dict[str, Any]:
    """Initial values from the current settings."""
    names = ("bonus_code", "federal_code", "state_extra_code", "deduction_code", "company_code", "worker_id_kind")
    return {name: getattr(settings, name) for name in names} | {
        "layout": layout_value(settings.layout, settings.custom_layout)
    }


class PayrollFileForm(forms.Form):
    """Which statements of which pay period, in which layout. Always bound: missing parameters take the defaults."""

    period = forms.ChoiceField(label="Pay period", error_messages={"invalid_choice": "Choose a pay period."})
    statements = forms.ChoiceField(label="Statements", error_messages={"invalid_choice": "Choose the statements."})
    layout = forms.ChoiceField(label="Layout", error_messages={"invalid_choice": "Choose a layout."})
    batch_id = forms.CharField(
        label="Batch ID", required=False, max_length=20, help_text="Any name for this import. Use a new one each time."
    )

    with_filed = forms.BooleanField(label="Include statements that are already in a payroll file", required=False)

    def __init__(self, data: Mapping[str, str], *, company: Company) -> None:
        self.settings = selectors.payroll_settings(company)
        self.own = selectors.custom_layouts(company)
        periods = selectors.recent_periods(company)
        asked = _asked_period(data)
        period = asked or (periods[0] if periods else None)
        self.has_periods = bool(period)
        usual = {
            "period": _period_value(period) if period else "",
            "statements": ALL,
            "layout": layout_value(self.settings.layout, self.settings.custom_layout),
            "batch_id": f"{period.end_date:%m%d%y}" if period else "",
        }
        typed = {name: data[name].strip() for name in usual if name != "period" and data.get(name, "").strip()}
        if asked is None and set(data) & {"period", "start", "end"}:
            usual["period"] = data.get("period", "?")
        super().__init__({**usual, **typed, "with_filed": data.get("with_filed", "")})
        offered = dict.fromkeys([*([asked] if asked else []), *periods])
        self._choices("period", [(_period_value(one), _shown(one)) for one in sorted(offered, reverse=True)])
        self._choices("statements", _statement_choices(company, period))
        self._choices("layout", layout_choices(self.own))
        if not self.uses_batch_id:
            self.fields["batch_id"].widget = forms.HiddenInput()

    def _choices(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def asked_layout(self) -> Layout | None:
        """The requested layout; None if there is no such layout."""
        key, custom = chosen_layout(str(self.data["layout"]), self.own)
        known = custom is not None or key in set(LAYOUTS)
        return selectors.layout_of(key, custom) if known else None

    @property
    def is_draft(self) -> bool:
        return bool(self.data["statements"] == DRAFT)

    @property
    def uses_batch_id(self) -> bool:
        return self.asked_layout is not None and files.uses(self.asked_layout, "batch_id")

    def clean(self) -> dict[str, Any]:
        """The arguments of `queries.payroll.planned_file`; a draft takes neither `only_paid` nor `pay_date`."""
        super().clean()
        if self.errors:
            return self.cleaned_data
        statements = self.cleaned_data["statements"]
        return {
            "period": Period(*map(date.fromisoformat, self.cleaned_data["period"].split("_"))),
            "layout": self.asked_layout,
            "options": selectors.options_of(self.settings, batch_id=self.cleaned_data["batch_id"]),
            "with_filed": self.cleaned_data["with_filed"],
            **self._paid_ones(statements),
        }

    def _paid_ones(self, statements: str) -> dict[str, Any]:
        if statements in (ALL, DRAFT):
            return {}
        return {"only_paid": True, "pay_date": None if statements == PAID else date.fromisoformat(statements)}


def _asked_period(data: Mapping[str, str]) -> Period | None:
    """The pay period in a URL, as `period=<first>_<last day>` or `start=…&end=…`; None if it isn't a pay period."""
    days = data.get("period", "").split("_") if "period" in data else [data.get("start", ""), data.get("end", "")]
    try:
        start, end = map(date.fromisoformat, days)
    except ValueError:
        return None
    return Period(start, end) if EARLIEST_DATE <= start <= end <= LATEST_DATE else None


def _period_value(period: Period) -> str:
    return f"{period.start_date}_{period.end_date}"


def _shown(period: Period) -> str:
    first, last = period.start_date, period.end_date
    return f"{first:%b} {first.day} – {_day(last)}" if first.year == last.year else f"{_day(first)} – {_day(last)}"


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _statement_choices(company: Company, period: Period | None) -> list[Choice]:
    days = selectors.pay_dates(company, period) if period else []
    by_day = [(day.isoformat(), f"Paid on {_day(day)} only") for day in days]
    return [
        (ALL, "All statements"),
        (PAID, "Paid statements only"),
        *by_day,
        (DRAFT, "Draft: locks nothing"),
    ]


# A layout of the company's own


class StartForm(forms.Form):
    """The layout whose columns a new one begins with."""

    start = forms.ChoiceField(label="Start from")

    def __init__(self, *args: Any, own: Sequence[CustomLayout], **options: Any) -> None:
        super().__init__(*args, **options)
        self.own = own
        self.fields["start"].choices = layout_choices(own)  # type: ignore[attr-defined]

    @property
    def layout(self) -> Layout:
        """The chosen layout, or the generic one."""
        return selectors.layout_of(*chosen_layout(self.cleaned_data["start"], self.own)) if self.is_valid() else GENERIC


class CustomLayoutForm(forms.Form):
    """Settings for the whole file; the columns are a formset of `ColumnForm`."""

    name = forms.CharField(
        label="Name", max_length=60, help_text="The name shown in the layout list. Example: Sage 2026."
    )
    mode = forms.TypedChoiceField(
        label="Rows",
        choices=[
            (LineMode.PER_WORKER.value, "One row per worker, with a column for each amount"),
            (LineMode.PER_EARNING.value, "One row per earning code and amount; zero amounts are skipped"),
        ],
        coerce=LineMode,
        widget=forms.RadioSelect,
    )
    date_format = forms.TypedChoiceField(
        label="Dates",
        choices=[(DateFormat.US.value, "11/03/2026"), (DateFormat.ISO.value, "2026-11-03")],
        coerce=DateFormat,
    )
    has_header = forms.BooleanField(label="First row contains column headings", required=False)
    zero_is_blank = forms.BooleanField(label="Leave zero amounts blank", required=False)


def content_choices() -> list[Choice]:
    """What a column can hold, in words."""
    fields = [(field.value, field.label.capitalize().replace(" id", " ID")) for field in Field]
    return [*fields, (TEXT, "Fixed text")]


class ColumnForm(forms.Form):
    """A column: its heading and its content."""

    header = forms.CharField(label="Column heading", max_length=MAX_LENGTH - 2, required=False)
    content = forms.ChoiceField(label="Content", choices=content_choices)
    text = forms.CharField(label="Fixed text", max_length=MAX_LENGTH - 2, required=False)

    def column(self) -> tuple[str, Field | None, str]:
        """As the service's argument."""
        content = self.cleaned_data["content"]
        if content == TEXT:
            return (self.cleaned_data["header"], None, self.cleaned_data["text"])
        return (self.cleaned_data["header"], Field(content), "")


class _Columns(forms.BaseFormSet):
    """A column without a heading is an error, not skipped."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": False}


ColumnFormSet = forms.formset_factory(
    ColumnForm, formset=_Columns, extra=0, max_num=MAX_COLUMNS, absolute_max=MAX_COLUMNS + 1
)


def initial_columns(layout: Layout, settings: PayrollSettings) -> list[dict[str, str]]:
    """The columns of a layout as the editor shows them."""
    options = selectors.options_of(settings)
    return [
        {
            "header": column.heading(options),
            "content": column.field.value if column.field else TEXT,
            "text": column.text,
        }
        for column in layout.columns
    ]


def typed_columns(data: Mapping[str, str]) -> list[dict[str, str]]:
    """The columns as entered, valid or not, so that they can be reordered."""
    count = data.get("form-TOTAL_FORMS", "")
    total = min(int(count), MAX_COLUMNS) if count.isascii() and count.isdigit() and len(count) < 9 else 0
    names = ("header", "content", "text")
    return [{name: data.get(f"form-{number}-{name}", "") for name in names} for number in range(total)]


def moved(columns: list[dict[str, str]], what: str) -> list[dict[str, str]]:
    """The columns after a button: `add`, or `up`, `down` or `remove` with a number; anything else changes nothing."""
    verb, _, text = what.partition("-")
    if verb == "add" and len(columns) < MAX_COLUMNS:
        return [*columns, {"header": "", "content": TEXT, "text": ""}]
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
    if not 0 <= number < len(columns):
        return columns
    rest = columns[:number] + columns[number + 1 :]
    if verb == "remove":
        return rest
    to = {"up": max(number - 1, 0), "down": number + 1}.get(verb, number)
    return [*rest[:to], columns[number], *rest[to:]]
