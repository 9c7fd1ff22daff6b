"""Tasks that the cluster runs for the product: ids in, nothing out. Each task is one service call."""

from django.utils import timezone

from propay.services import overdue, pay_runs


def work_pay_run(pay_run_id: int) -> None:
    """Pay the open statements in a pay run's period."""
    pay_runs.work_pay_run(pay_run_id=pay_run_id, clock=timezone.now)


def mail_overdue(company_id: int) -> None:
    """Tell a company's admins about bonuses past their payday."""
    overdue.mail_overdue(company_id=company_id, now=timezone.now())
