"""Many ProPays, and people who approve and unapprove them while a sync changes their time, each a process of its own.

    python -m tests.journeys.approving create COUNT | approve EMAIL | unapprove EMAIL | sync ROUNDS | report

Runs on the database of DATABASE_URL. Each ProPay's time is on a day of its own, so that a sync takes it in by windows.
"""

import json
import os
import random
import sys
from datetime import date, time, timedelta
from typing import Any

ADMINS = ("ann@acme.test", "bob@acme.test")
FIRST_DAY = date(2026, 1, 5)
CONNECTION = 1
PEOPLE = ("p-1", "p-2")


def create(count: int) -> None:
    """One company, two admins, two workers; each ProPay has 10 hours of both, and 1,000.00 to save of."""
    from django.utils import timezone

    from propay.models import ProPay
    from protiv.accounts.models import Company, Membership, PayPolicy, Role, User
    from protiv.timekeeping import ingest
    from protiv.timekeeping.models import Job, Wage, Worker
    from tests.make.records import job_record, worker_record

    company = Company.objects.create(name="Acme", slug="acme", time_zone="America/Denver")
    PayPolicy.objects.create(company=company)
    for email in ADMINS:
        Membership.objects.create(company=company, user=User.objects.create_user(email=email), role=Role.ADMIN)
    source = ingest.RowSource(company.pk, CONNECTION)
    ingest.store_workers(source, [worker_record(person) for person in PEOPLE])
    ingest.store_jobs(
        source, [job_record(f"l-{number}", name=f"Job {number}") for number in range(count)], is_whole=True
    )
    for worker in Worker.objects.all():
        Wage.objects.create(company=company, worker=worker, hourly_amount="20.00", start_date=FIRST_DAY)
    for number in range(count):
        job = Job.objects.get(external_id=f"l-{number}")
        ProPay.objects.create(
            company=company,
            job=job,
            title=job.name,
            budget_type="AMOUNT",
            fixed_amount="1400.00",
            start_date=FIRST_DAY,
        )
        take_in(number, minutes=600, run_id=1, now=timezone.now())


def take_in(number: int, *, minutes: int, run_id: int, now: Any) -> None:
    """What a sync does with the window of one ProPay's day."""
    from django.db import transaction

    from propay import services
    from protiv.accounts.models import Company
    from protiv.timekeeping import ingest
    from tests.make.records import time_record

    company = Company.objects.get()
    source, day = ingest.RowSource(company.pk, CONNECTION), FIRST_DAY + timedelta(number)
    records = [
        time_record(
            f"t-{number}-{person}",
            worker_external_id=person,
            job_external_id=f"l-{number}",
            cost_code_external_id=None,
            work_date=day,
            start_time=time(7),
            minutes=minutes if person == PEOPLE[0] else 600,
            regular_minutes=600,
        )
        for person in PEOPLE
    ]
    with transaction.atomic():
        window = ingest.Window(day, day + timedelta(1), run_id, None)
        references = ingest.load_references(source)
        changes = ingest.store_window(source, window, records, references=references, set_aside=[], now=now)
        services.refresh(company=company, job_ids=changes.job_ids, now=now)
        services.follow_hours_of_run(company=company, run_id=run_id, dates=(date.min, date.max), now=now)


def sync(rounds: int) -> None:
    """Other minutes in each round, so that every window is written."""
    from django.utils import timezone

    from propay.models import ProPay

    count = ProPay.objects.count()
    for number in range(rounds):
        for day in random.Random(number).sample(range(count), count):
            take_in(day, minutes=300 + 60 * number, run_id=2 + number, now=timezone.now())


def approve(email: str) -> dict[str, int]:
    """Approve each by hand, in an order of one's own, as it is seen at that moment."""
    from django.utils import timezone

    from propay import services

    company, actor, ids = _seen_by(email)
    came = {"approved": 0, "told": 0, "changed": 0}
    for pk in ids:
        seen = {
            key: one.digest
            for key, one in services.preview_approval(
                company=company, propay_ids=[pk], now=timezone.now()
            ).worked.items()
        }
        done = services.approve_propays(company=company, actor=actor, propay_ids=[pk], seen=seen, now=timezone.now())
        reason = done.refusals.get(pk, "")
        came["approved" if not reason else "told" if "already by" in reason else "changed"] += 1
    return came


def unapprove(email: str) -> dict[str, int]:
    """Take each approval back, where there is one."""
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from propay import services

    company, actor, ids = _seen_by(email)
    came = {"taken_back": 0, "told": 0}
    for pk in ids:
        try:
            services.unapprove_propay(
                company=company, propay_id=pk, actor=actor, reason="Changed my mind", now=timezone.now()
            )
        except ValidationError:
            came["told"] += 1
        else:
            came["taken_back"] += 1
    return came


def _seen_by(email: str) -> tuple[Any, Any, list[int]]:
    from propay.models import ProPay
    from protiv.accounts.models import Company, User

    ids = list(ProPay.objects.values_list("pk", flat=True))
    random.Random(email).shuffle(ids)
    return Company.objects.get(), User.objects.get(email=email), ids


def report() -> dict[str, Any]:
    """How many stand how, and every ProPay that contradicts itself."""
    from collections import Counter
    from decimal import Decimal

    from django.db.models import Sum

    from propay import services
    from propay.models import ProPay, Snapshot, SnapshotEntry, StatementLine
    from protiv.accounts.models import AuditEvent, Company

    company, wrong = Company.objects.get(), []
    for propay in ProPay.objects.order_by("pk"):
        live = Snapshot.objects.filter(propay=propay, is_live=True).first()
        claims = SnapshotEntry.objects.filter(snapshot__propay=propay, is_live=True)
        booked = StatementLine.objects.filter(propay=propay, kind="SHARE").aggregate(total=Sum("amount"))["total"]
        if live is None:
            is_right = propay.status == "STARTED" and not claims.exists() and not booked and propay.drifted_at is None
        else:
            owed = sum(Decimal(share["amount"]) for share in live.figures["shares"])
            drift = services.drift_of(company=company, propay_id=propay.pk)
            is_right = (
                propay.status == "APPROVED"
                and booked == owed
                and claims.aggregate(total=Sum("minutes"))["total"] == live.figures["actual_minutes"]
                and drift.exists == (propay.drifted_at is not None)
                and (propay.drift_amount is None or propay.drift_amount == drift.amount)
            )
        if not is_right:
            wrong.append(propay.pk)
    return {
        "statuses": dict(Counter(ProPay.objects.values_list("status", flat=True))),
        "drifted": ProPay.objects.filter(drifted_at__isnull=False).count(),
        "snapshots": Snapshot.objects.count(),
        "lines": StatementLine.objects.filter(kind="SHARE").count(),
        "approvals": AuditEvent.objects.filter(action="propay.approved").count(),
        "wrong": wrong,
    }


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "protiv.settings")
    django.setup()
    command, *arguments = sys.argv[1:]
    actions: dict[str, Any] = {
        "create": lambda count: create(int(count)),
        "approve": approve,
        "unapprove": unapprove,
        "sync": lambda rounds: sync(int(rounds)),
        "report": report,
    }
    answer = actions[command](*arguments)
    if answer is not None:
        sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
