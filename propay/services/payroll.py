"""A company's payroll file settings and layouts."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction

from propay.models import CustomLayout, PayrollSettings
from propay.payroll import files
from propay.payroll.columns import DateFormat, Field, LineMode
from propay.payroll.custom import LayoutRefused, columns_as_text, custom_layout
from propay.payroll.layouts import LayoutKey
from propay.queries import payroll as selectors
from propay.services.shared import lock, record_event
from protiv.accounts.models import Company, User

# A placeholder for each download's batch ID, when only the settings are checked.
ANY_BATCH = "1"


def save_payroll_settings(
    *,
    company: Company,
    actor: User,
    layout: str,
    custom_layout_id: int | None,
    company_code: str,
    bonus_code: str,
    federal_code: str,
    state_extra_code: str,
    deduction_code: str,
    worker_id_kind: str,
) -> PayrollSettings:
    """Choose the layout of the payroll files and the codes it needs.

    Raises ValidationError, by argument name, for values that the layout can't be written with.
    """
    with transaction.atomic():
        company = lock(company)
        custom = _own_layout(company, custom_layout_id) if layout == LayoutKey.CUSTOM else None
        settings = PayrollSettings(
            company=company,
            layout=layout,
            custom_layout=custom,
            company_code=company_code.strip(),
            bonus_code=bonus_code.strip(),
            federal_code=federal_code.strip(),
            state_extra_code=state_extra_code.strip(),
            deduction_code=deduction_code.strip(),
            worker_id_kind=worker_id_kind,
        )
        settings.clean_fields(exclude=["company"])
        chosen = selectors.layout_of(layout, custom)
        problems = files.option_problems(chosen, selectors.options_of(settings, batch_id=ANY_BATCH))
        if problems:
            raise ValidationError(problems)
        changed = _changes(selectors.payroll_settings(company), settings)
        if changed:
            settings.save()
            record_event(company.pk, actor, "payroll.settings_saved", f"company:{company.pk}", f"Changed {changed}.")
    return settings


def save_custom_layout(
    *,
    company: Company,
    actor: User,
    layout_id: int | None,
    name: str,
    columns: Sequence[tuple[str, Field | None, str]],
    mode: LineMode,
    date_format: DateFormat,
    has_header: bool,
    zero_is_blank: bool,
) -> CustomLayout:
    """Store a custom layout, a new one if `layout_id` is None, with its columns in the order given.

    A column is a heading with a field or, without one, the same text on every line. Raises ValidationError with
    everything that is wrong with the columns: no amount may be lost or duplicated.
    """
    with transaction.atomic():
        company = lock(company)
        layout = CustomLayout(company=company) if layout_id is None else _own_layout(company, layout_id)
        layout.name, layout.columns = name.strip(), _checked(columns, mode)
        layout.mode, layout.date_format = mode.value, date_format.value
        layout.has_header, layout.zero_is_blank = has_header, zero_is_blank
        layout.clean_fields(exclude=["company"])
        if CustomLayout.objects.filter(company=company, name=layout.name).exclude(pk=layout.pk).exists():
            raise ValidationError({"name": "Another layout has this name. Choose a different one."})
        layout.save()
        verb = "Created" if layout_id is None else "Changed"
        record_event(
            company.pk,
            actor,
            "payroll.layout_saved",
            f"customlayout:{layout.pk}",
            f"{verb} the payroll layout “{layout.name}” with {len(columns)} columns.",
        )
    return layout


def delete_custom_layout(*, company: Company, actor: User, layout_id: int) -> None:
    """Delete a custom layout; downloaded files are not affected. Refused while selected."""
    with transaction.atomic():
        company = lock(company)
        layout = _own_layout(company, layout_id)
        if PayrollSettings.objects.filter(company=company, custom_layout=layout).exists():
            raise ValidationError(
                f"“{layout.name}” is the layout of your payroll files. Choose another one first.", code="chosen"
            )
        summary = f"Deleted the payroll layout “{layout.name}”."
        record_event(company.pk, actor, "payroll.layout_deleted", f"customlayout:{layout.pk}", summary)
        layout.delete()


def _own_layout(company: Company, layout_id: int | None) -> CustomLayout:
    layout = CustomLayout.objects.filter(company=company, pk=layout_id).first() if layout_id else None
    if layout is None:
        raise ValidationError({"layout": "That layout was deleted. Choose another one."})
    return layout


def _checked(columns: Sequence[tuple[str, Field | None, str]], mode: LineMode) -> str:
    try:
        text = columns_as_text(columns)
        custom_layout(text, mode=mode)
    except LayoutRefused as refused:
        raise ValidationError(list(refused.problems)) from None
    return text


def _changes(before: PayrollSettings, after: PayrollSettings) -> str:
    """The differences, in words; "" if there are none."""
    names = {"layout": "the layout of payroll files", "custom_layout": "the custom layout"} | {
        name: words[0].lower() + words[1:] for name, words in files.OPTION_NAMES.items() if name != "batch_id"
    }
    return "; ".join(
        f"{words} from “{getattr(before, name) or ''}” to “{getattr(after, name) or ''}”"
        for name, words in names.items()
        if getattr(before, name) != getattr(after, name)
    )
