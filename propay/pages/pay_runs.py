"""Pay runs: the list, and the progress of one."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from propay.models import OPEN_PAY_RUNS, PayRun, PayRunState
from protiv.accounts.models import Company
from protiv.kit.money import CENT

PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PayRunRow:
    """A pay run as pages show it. `paid_elsewhere`: statements paid by hand during the run."""

    run: PayRun
    amount: Decimal
    percent: int
    is_open: bool
    paid_elsewhere: int


def pay_runs(company: Company) -> QuerySet[PayRun]:
    """Latest first, with `paid_total`."""
    runs = PayRun.objects.filter(company=company).select_related("created_by")
    return runs.annotate(paid_total=Coalesce(Sum("statements__paid_amount"), Decimal(0))).order_by("-pk")


def row_of(run: PayRun) -> PayRunRow:
    """`run` comes from `pay_runs`."""
    amount: Decimal = run.paid_total  # type: ignore[attr-defined]
    is_done = run.state == PayRunState.DONE
    return PayRunRow(
        run=run,
        amount=amount.quantize(CENT),
        percent=PERCENT if is_done else run.done_count * PERCENT // max(run.total_count, 1),
        is_open=run.state in OPEN_PAY_RUNS,
        paid_elsewhere=run.total_count - run.done_count if is_done else 0,
    )
