"""The company of the figures benchmark, and what is measured on it. Django is set up before this is imported."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from django.db import transaction
from django.test import Client
from django.urls import reverse

from propay import services
from propay.models import ProPay
from propay.reports import REPORTS
from propay.rules.budgets import BudgetType
from protiv.accounts.models import Company, Membership, PayPolicy, Role, User
from protiv.kit.bulk import MANY_ROWS, update_statistics
from protiv.timekeeping.models import CostCode, Job, TimeEntry, Wage, Worker

NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)
START = date(2024, 11, 1)
DAYS = 720
ENTRIES_PER_PROPAY = 100
CREW = 6
CONNECTION_ID = 1
RARE_KIND = "time_off"


def build(entries: int) -> Company:
    """A company with so many entries, one ProPay for each hundred of them, and wages that rose once."""
    company = Company.objects.create(name="Bench", slug="bench", time_zone="America/Denver")
    PayPolicy.objects.create(company=company)
    user = User.objects.create_user(email="admin@bench.test", password="bench")
    Membership.objects.create(company=company, user=user, role=Role.ADMIN)
    jobs = [Job(**synced(company, number), name=f"Job {number}") for number in range(entries // ENTRIES_PER_PROPAY)]
    workers = [
        Worker(**synced(company, number), first_name="Worker", last_name=f"No{number}")
        for number in range(max(20, entries // 2_000))
    ]
    Job.objects.bulk_create(jobs, batch_size=1_000)
    Worker.objects.bulk_create(workers, batch_size=1_000)
    code = CostCode.objects.create(**synced(company, 1), name="Framing")
    Wage.objects.bulk_create(
        Wage(company=company, worker=worker, start_date=day, hourly_amount=Decimal(amount))
        for worker in workers
        for day, amount in ((START, "24.00"), (START + timedelta(days=365), "26.50"))
    )
    ProPay.objects.bulk_create(
        [
            ProPay(
                company=company,
                job=job,
                title=job.name,
                budget_type=BudgetType.AMOUNT,
                fixed_amount=Decimal("15000"),
                start_date=START,
            )
            for job in jobs
        ],
        batch_size=1_000,
    )
    rows = _rows(company, workers, jobs, code, entries)
    while some := [row for _, row in zip(range(20_000), rows, strict=False)]:
        with transaction.atomic():
            TimeEntry.objects.bulk_load({name: [row[name] for row in some] for name in some[0]})
    _refresh_all(company)
    update_statistics(loaded=max(entries, MANY_ROWS))
    return company


def synced(company: Company, number: int) -> dict[str, object]:
    return {"company": company, "connection_id": CONNECTION_ID, "external_id": str(number)}


def _rows(
    company: Company, workers: list[Worker], jobs: list[Job], code: CostCode, entries: int
) -> Iterator[dict[str, object]]:
    """The values of each entry by field, by day as a first sync brings them; one in 5,000 is rare.

    A job has a crew of six, as jobs have.
    """
    random = Random(1)
    crews = [random.sample(workers, CREW) for _ in jobs]
    for number in range(entries):
        day = START + timedelta(days=number * DAYS // entries)
        place = random.randrange(len(jobs))
        worker, job = random.choice(crews[place]), jobs[place]
        kind = RARE_KIND if number % 5_000 == 4_999 else "work"
        minutes = random.randrange(30, 300, 15)
        yield {
            "company": company.pk,
            "connection_id": CONNECTION_ID,
            "external_id": f"r-{number}",
            "worker": worker.pk,
            "job": job.pk,
            "cost_code": code.pk,
            "work_date": day,
            "start_time": time(7),
            "stop_time": time(12),
            "minutes": minutes,
            "regular_minutes": minutes,
            "ot1_minutes": 0,
            "ot2_minutes": 0,
            "kind": kind,
            "is_open": False,
            "is_final": True,
            "is_reopened": False,
            "comment": "",
            "modified_at": NOW,
            "fingerprint": number,
            "added_run_id": 1,
            "changed_run_id": 1,
        }


def steps(company: Company) -> dict[str, Callable[[], None]]:
    """What is measured, by name."""
    job = Job.objects.filter(company=company)[0]
    worker = Worker.objects.filter(company=company)[0]
    propay = ProPay.objects.get(job=job)
    client = Client()
    client.force_login(User.objects.get(), backend="django.contrib.auth.backends.ModelBackend")
    day = START + timedelta(days=300)
    pages = {
        "Time": "/time/",
        "Time, page 50": "/time/?page=50",
        "Time of one job": f"/time/?job={job.pk}",
        "Time of one worker": f"/time/?worker={worker.pk}",
        "Time of one day": f"/time/?from={day}&to={day}",
        "Time of a rare kind": f"/time/?kind={RARE_KIND}",
        "ProPays": reverse("propay_list"),
        "one ProPay": reverse("propay_detail", args=[propay.pk]),
        "approving 100 ProPays": f"{reverse('propay_approve_many')}?{_hundred(company)}",
        "Dashboard": "/",
        "Bonuses": reverse("bonuses"),
        "Jobs": reverse("job_list"),
        "one job": reverse("job_detail", args=[job.pk]),
        "Team": reverse("worker_list"),
        "one worker": reverse("worker_detail", args=[worker.pk]),
    } | {f"report {kind.title}": reverse("report", args=[slug]) for slug, kind in REPORTS.items()}
    return {
        "full refresh, every ProPay written": partial(_refresh_all_anew, company),
        "full refresh, nothing changed": partial(_refresh_all, company),
        "one job changed": partial(_refresh_one, company, job),
    } | {f"page: {name}": partial(_get, client, path) for name, path in pages.items()}


def _hundred(company: Company) -> str:
    ids = ProPay.objects.filter(company=company).order_by("pk").values_list("pk", flat=True)[:100]
    return "&".join(f"id={pk}" for pk in ids)


def _refresh_all(company: Company) -> None:
    services.refresh(company=company, now=NOW)


def _refresh_all_anew(company: Company) -> None:
    ProPay.objects.filter(company=company).update(actual_minutes=-1)
    _refresh_all(company)


def _refresh_one(company: Company, job: Job) -> None:
    """As a sync does: an entry's minutes differ, so the ProPay and its shares are written."""
    entry = TimeEntry.objects.filter(job=job).first()
    if entry is None:
        raise RuntimeError("every job has time")
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=entry.minutes % 300 + 15)
    services.refresh(company=company, job_ids=[job.pk], now=NOW)


def _get(client: Client, path: str) -> None:
    answer = client.get(path, secure=True)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
