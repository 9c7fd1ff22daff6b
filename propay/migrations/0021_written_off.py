"""Each column of a statement is paid on its own, and what isn't collected is remembered (bonus.md 10.5 and 11.1).

What was paid stays as it was paid: on paid statements, what is written off makes the columns add up to that amount.
Negative corrections that were paid as 0.00 count against later ones from now on.
"""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from propay.models import guards
from propay.rules.written_off import not_collected, set_against_overtime, spread

COLUMNS = ("amount", "federal", "state_extra")
ZERO = Decimal("0.00")


def remember(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Fill the new columns of paid statements below zero and of open ones with negative overtime."""
    statements = apps.get_model("propay", "Statement").objects
    is_below_zero = models.Q(bonus_amount__lt=0) | models.Q(federal_amount__lt=0) | models.Q(state_extra_amount__lt=0)
    for paid in statements.filter(is_below_zero, status="PAID"):
        _remember_paid(paid)
    negative = models.Q(lines__federal_amount__lt=0) | models.Q(lines__state_extra_amount__lt=0)
    for one in statements.filter(negative, status__in=("OPEN", "LOCKED")).distinct():
        _settle_unpaid(one)


def _remember_paid(paid: Any) -> None:
    """A total below zero paid nothing; otherwise the columns were paid as they are, or by what the overtime left."""
    amounts = [paid.bonus_amount, paid.federal_amount, paid.state_extra_amount]
    total = sum(amounts, ZERO)
    shown = [ZERO, ZERO, ZERO] if total < 0 else [*amounts]
    if shown[0] < 0:
        taken = min(-shown[0], max(shown[1], ZERO))
        shown = [ZERO, shown[1] - taken, shown[2] + shown[0] + taken]
    off = [new - old for new, old in zip(shown, amounts, strict=True)]
    is_carried = hasattr(paid, "rollover")
    if is_carried and paid.bonus_amount < 0:
        off[0] = ZERO
    paid.written_off_amount, paid.written_off_federal, paid.written_off_state_extra = off
    paid.save(update_fields=[f"written_off_{name}" for name in COLUMNS])
    lines = list(paid.lines.exclude(kind="TRUE_UP").order_by("pk"))
    bonus = sum((line.amount for line in lines), ZERO)
    if total >= 0 or bonus >= 0 or is_carried:
        return
    # What overtime made up for was collected: only the rest is remembered.
    weights = not_collected([(line.propay_id, line.amount) for line in lines])
    for line, part in zip(lines, spread(min(-total, -bonus), weights), strict=True):
        line.written_off_amount = part
        line.save(update_fields=["written_off_amount"])


def _settle_unpaid(one: Any) -> None:
    """The negative overtime of a ProPay lowers only that of the same one."""
    groups = defaultdict(list)
    for line in one.lines.filter(kind="TRUE_UP").order_by("pk"):
        groups[line.propay_id].append(line)
    for lines in groups.values():
        sums = (
            sum((line.federal_amount for line in lines), ZERO),
            sum((line.state_extra_amount for line in lines), ZERO),
        )
        ((federal, extra),) = set_against_overtime([sums], (ZERO, ZERO))
        for name, total in (("federal", federal), ("state_extra", extra)):
            weights = [max(getattr(line, f"{name}_amount") * (-1 if total > 0 else 1), ZERO) for line in lines]
            for line, part in zip(lines, spread(total, weights), strict=True):
                setattr(line, f"written_off_{name}", part)
        for line in lines:
            line.save(update_fields=["written_off_federal", "written_off_state_extra"])
        one.written_off_federal += federal
        one.written_off_state_extra += extra
    one.save(update_fields=["written_off_federal", "written_off_state_extra"])


class Migration(migrations.Migration):
    dependencies = [("propay", "0020_outside_hours")]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        *(
            migrations.AddField(
                model,
                f"written_off_{name}",
                models.DecimalField(decimal_places=2, default=ZERO, max_digits=12),
            )
            for model in ("statement", "statementline")
            for name in COLUMNS
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
        migrations.RunPython(guards.install, guards.lift),
    ]
