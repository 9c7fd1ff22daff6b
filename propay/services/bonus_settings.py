"""The company's bonus settings, and one worker's pay settings. For admins."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack, cast

from django.db import models, transaction

from propay.models import BonusSettings
from propay.queries.settings import bonus_settings
from propay.services.refreshing import refresh
from propay.services.shared import lock, record_event
from propay.services.true_ups import update_open_true_ups_of
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import Worker


class SettingsValues(TypedDict):
    """Everything on the settings page; `pay_period` is the company's."""

    pay_period: str
    period_anchor_date: date | None
    payday_days: int
    managers_approve: bool
    nets_losses: bool
    rolls_over_negative: bool


def save_bonus_settings(
    *, company: Company, actor: User, now: datetime, **values: Unpack[SettingsValues]
) -> BonusSettings:
    """Store them.

    Existing statements keep their dates; new ones use the new periods.
    """
    with transaction.atomic():
        company = lock(company)
        settings = bonus_settings(company)
        wanted: dict[str, Any] = {**values}
        rows = {name: company if name == "pay_period" else settings for name in wanted}
        changed = [name for name, row in rows.items() if getattr(row, name) != wanted[name]]
        if not changed:
            return settings
        summary = "; ".join(_change(rows[name], name, wanted[name]) for name in changed)
        for name in changed:
            setattr(rows[name], name, wanted[name])
        if "pay_period" in changed:
            company.save(update_fields=["pay_period"])
        settings.save()
        record_event(company.pk, actor, "bonus_settings.updated", f"company:{company.pk}", f"Changed {summary}.")
        return settings


def _change(row: "Company | BonusSettings", name: str, value: Any) -> str:
    label = cast("models.Field[Any, Any]", row._meta.get_field(name)).verbose_name
    before = _shown(row, name)
    return f"{label} from {before} to {_shown(type(row)(**{name: value}), name)}"


def _shown(row: "Company | BonusSettings", name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"“{getattr(row, f'get_{name}_display', lambda: value or 'company default')()}”"


# One worker


def set_worker_flags(
    *, company: Company, worker_id: int, no_bonus: bool, is_salaried: bool, actor: User, now: datetime
) -> bool:
    """Set whether a worker gets crew shares and is paid a salary. Returns whether anything changed.

    Open ProPays are recalculated, and so are the true-ups of bonuses that are not paid yet. What was approved or paid
    stays.
    """
    with transaction.atomic():
        # Lock the worker first, like wage changes do, to avoid a deadlock.
        worker = Worker.objects.select_for_update(no_key=True).get(company=company, pk=worker_id)
        company = lock(company)
        before = (worker.no_bonus, worker.is_salaried)
        if before == (no_bonus, is_salaried):
            return False
        worker.no_bonus, worker.is_salaried = no_bonus, is_salaried
        worker.save(update_fields=["no_bonus", "is_salaried"])
        share = "isn't eligible for crew shares" if no_bonus else "is eligible for crew shares"
        summary = f"{worker.name} now {share} and is paid {'a salary' if is_salaried else 'by the hour'}."
        record_event(company.pk, actor, "worker.flags_set", f"worker:{worker.pk}", summary)
        if before[0] != no_bonus:
            refresh(company=company, worker_ids=[worker.pk], now=now)
        if before[1] != is_salaried:
            update_open_true_ups_of(company=company, worker_id=worker.pk, now=now)
        return True
