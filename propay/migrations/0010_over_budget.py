"""Stores whether a ProPay is over budget: hours can tell before every wage is known."""

from fractions import Fraction

from django.db import migrations, models
from django.db.models import Q

from propay.models import guards

LIVE = ("PENDING", "STARTED", "COMPLETE")


def fill(apps, schema_editor):
    """By the saving if there is one; otherwise by the hours, like `propay.figures.is_over_budget`."""
    propays = apps.get_model("propay", "ProPay").objects
    propays.filter(saving_amount__lt=0).update(is_over_budget=True)
    unknown = propays.filter(status__in=LIVE, saving_amount=None, actual_minutes__gt=0)
    in_hours = unknown.filter(Q(budget_type__in=("HOURS", "TASKS")) | Q(adjustment_type="HOURS"))
    for propay in in_hours.select_related("job").prefetch_related("tasks"):
        budget = _minutes(propay)
        if budget is not None and propay.actual_minutes * 100 > budget * Fraction(propay.completion_percent):
            propays.filter(pk=propay.pk).update(is_over_budget=True)


def _minutes(propay):
    """The adjusted budget in minutes, None if there is none or any of it is in dollars."""
    value = Fraction(propay.adjustment_value or 0)
    if propay.adjustment_type == "HOURS":
        return value * 60
    job = propay.job
    of_job = job.synced_budget_minutes if job.typed_budget_minutes is None else job.typed_budget_minutes
    typed = of_job if propay.budget_minutes is None else propay.budget_minutes
    lines = [task.minutes for task in propay.tasks.all()] if propay.budget_type == "TASKS" else [typed]
    if not lines or None in lines or propay.adjustment_type == "AMOUNT":
        return None
    factors = {"PERCENT": 1 + value / 100, "MULTIPLY": value}
    return sum(lines) * factors.get(propay.adjustment_type, 1)


class Migration(migrations.Migration):
    dependencies = [("propay", "0009_overtime_policy_of_paid")]

    operations = [
        migrations.RunPython(guards.lift, guards.install),
        migrations.AddField("propay", "is_over_budget", models.BooleanField(default=False)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(guards.install, guards.lift),
    ]
