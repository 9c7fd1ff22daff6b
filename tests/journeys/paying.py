"""A pay period of many statements, and people and pay runs that pay it, each a process of its own.

    python -m tests.journeys.paying create COUNT | pay EMAIL | start EMAIL | lose | report

Runs on the database of DATABASE_URL. Every tenth statement is below zero and carried over.
"""

import json
import os
import random
import sys
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

ADMINS = ("ann@acme.test", "bob@acme.test")
PERIOD = (date(2026, 10, 26), date(2026, 11, 8))
PAY_DATE = date(2026, 11, 13)


def create(count: int) -> None:
    """One company, two admins, and a statement for each of so many workers: 10.00, or -4.00 for every tenth."""
    from django.utils import timezone

    from propay.models import AdjustmentCategory, BonusSettings, Statement, StatementLine
    from propay.services import booking
    from protiv.accounts.models import Company, Membership, PayPolicy, Role, User
    from protiv.timekeeping.models import Worker

    company = Company.objects.create(name="Acme", slug="acme", time_zone="America/Denver")
    PayPolicy.objects.create(company=company, take_back="YES")
    BonusSettings.objects.create(company=company, period_anchor_date=PERIOD[0], rolls_over_negative=True)
    for email in ADMINS:
        Membership.objects.create(company=company, user=User.objects.create_user(email=email), role=Role.ADMIN)
    workers = Worker.objects.bulk_create(
        Worker(company=company, connection_id=1, external_id=str(number), first_name="W", last_name=str(number))
        for number in range(count)
    )
    statements = Statement.objects.bulk_create(
        Statement(company=company, worker=worker, start_date=PERIOD[0], end_date=PERIOD[1]) for worker in workers
    )
    category = AdjustmentCategory.objects.create(company=company, name="Safety")
    StatementLine.objects.bulk_create(
        StatementLine(
            company=company,
            statement=statement,
            worker=statement.worker,
            kind="ADJUSTMENT",
            category=category,
            deduction_category="ADVANCE" if number % 10 == 0 else "",
            amount=Decimal("-4.00") if number % 10 == 0 else Decimal("10.00"),
            is_promised=None if number % 10 == 0 else False,
            created_at=timezone.now(),
        )
        for number, statement in enumerate(statements)
    )
    booking.retotal([one.pk for one in statements])


def pay(email: str) -> dict[str, int]:
    """Pay each statement of the period by hand, in an order of one's own; how many were won, and how many lost."""
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from propay import services
    from propay.models import Statement
    from protiv.accounts.models import Company, User

    company, actor = Company.objects.get(), User.objects.get(email=email)
    ids = list(Statement.objects.filter(start_date=PERIOD[0]).values_list("pk", flat=True))
    random.Random(email).shuffle(ids)
    came = {"paid": 0, "told": 0}
    for pk in ids:
        try:
            services.pay_statements(
                company=company, actor=actor, statement_ids=[pk], pay_date=PAY_DATE, now=timezone.now()
            )
        except ValidationError as refusal:
            if refusal.code != "already_paid":
                raise
            came["told"] += 1
        else:
            came["paid"] += 1
    return came


def start(email: str) -> None:
    from django.utils import timezone

    from propay import services
    from protiv.accounts.models import Company, User

    services.start_pay_run(
        company=Company.objects.get(),
        actor=User.objects.get(email=email),
        start_date=PERIOD[0],
        end_date=PERIOD[1],
        pay_date=PAY_DATE,
        now=timezone.now(),
    )


def lose() -> None:
    """Simulate five minutes without a heartbeat, then a tick."""
    from django.db.models import F
    from django_q.tasks import async_task

    from integrations.worker.schedule import TICK
    from propay.models import PayRun

    PayRun.objects.update(worked_at=F("worked_at") - timedelta(minutes=5))
    async_task(TICK)


def report() -> dict[str, Any]:
    """What was paid by whom, what was carried over, and how the runs stand."""
    from django.db.models import Count, Sum

    from propay.models import PayRun, Statement, StatementLine

    paid = Statement.objects.filter(start_date=PERIOD[0], status="PAID")
    runs = PayRun.objects.order_by("pk").values("state", "done_count", "total_count", "attempt_count", "error_text")
    return {
        "paid": paid.count(),
        "amount": str(paid.aggregate(total=Sum("paid_amount"))["total"]),
        "by_run": paid.filter(pay_run__isnull=False).count(),
        "by_hand": dict(paid.filter(pay_run=None).values_list("paid_by__email").annotate(Count("pk")).order_by()),
        "carried_over": StatementLine.objects.filter(kind="ROLLOVER").count(),
        "carried_amount": str(StatementLine.objects.filter(kind="ROLLOVER").aggregate(total=Sum("amount"))["total"]),
        "runs": list(runs),
    }


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "protiv.settings")
    django.setup()
    command, *arguments = sys.argv[1:]
    actions: dict[str, Any] = {"create": lambda count: create(int(count)), "pay": pay, "start": start, "lose": lose}
    answer = {**actions, "report": report}[command](*arguments)
    if answer is not None:
        sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
