"""ProPays with everything that `propay.figures` reads, and how lists of people's amounts are searched."""

from django.db.models import Prefetch, QuerySet

from propay.models import BudgetTask, ProPay

# The fields by which a list of people's amounts is searched.
WORKER_LOOKUPS = (
    "worker__first_name__icontains",
    "worker__middle_name__icontains",
    "worker__last_name__icontains",
    "worker__number",
)


def with_terms(propays: QuerySet[ProPay]) -> QuerySet[ProPay]:
    """The ProPays with everything that `figures.work_out` reads."""
    tasks = BudgetTask.objects.select_related("cost_code").order_by("pk")
    return propays.select_related("job").prefetch_related(
        Prefetch("tasks", queryset=tasks), "crew_terms", "others", "applied_conditions__condition"
    )
