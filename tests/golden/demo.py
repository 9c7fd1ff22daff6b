"""What the demo company's pages and files say, read through the product's own doors."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import reverse

from propay.figures import work_out
from propay.frozen.steps import steps_of
from propay.models import ProPay, Statement
from propay.payroll.layouts import LAYOUTS
from propay.queries.propays import with_terms
from propay.queries.time import time_of
from propay.reports import REPORTS
from propay.rules.figures import FIGURE_FIELDS
from protiv.accounts.models import Company, User
from protiv.timekeeping.models import Job, Worker
from tests.golden.text import cell, step_line
from tests.make.browser import Browser

CODES = {
    "bonus_code": "B1",
    "federal_code": "F1",
    "state_extra_code": "S1",
    "deduction_code": "D1",
    "company_code": "ABC",
}
STATEMENTS = ("PAID", "DRAFT")


def figure_lines() -> Iterator[str]:
    """Stored figures, shares, worked-out steps, then statements with their lines and steps."""
    propays = list(with_terms(ProPay.objects.filter(company=_company())).order_by("pk"))
    time = time_of([propay.pk for propay in propays])
    names = {worker.pk: worker.name for worker in Worker.objects.filter(company=_company())}
    for propay in propays:
        yield f"propay {propay.pk} {propay.status} {propay.budget_type}"
        yield "  " + " ".join(f"{name}={getattr(propay, name)}" for name in FIGURE_FIELDS if name != "figure_note")
        for share in propay.shares.order_by("worker", "role"):
            yield f"  share {share.worker_id} {share.role} {share.minutes} {share.cost_amount} {share.amount}"
        for step in work_out(propay, time[propay.pk], names=names).trace:
            yield step_line(step.key, step.formula, step.result)
    for statement in Statement.objects.filter(company=_company()).order_by("worker", "start_date"):
        amounts = (statement.bonus_amount, statement.federal_amount, statement.state_extra_amount)
        yield (
            f"statement {statement.worker_id} {statement.start_date} {statement.end_date} {statement.status} "
            f"{' '.join(map(str, amounts))} {statement.paid_amount}"
        )
        for line in statement.lines.order_by("kind", "propay", "role", "week_start", "pk"):
            yield (
                f"  line {line.kind} {line.propay_id} {line.role} {line.week_start} {line.amount} "
                f"{line.federal_amount} {line.state_extra_amount}"
            )
            for step in steps_of(line.steps):
                yield "  " + step_line(step.key, step.formula, step.result)


def payroll_lines() -> Iterator[str]:
    """The file of every layout for every pay period, byte for byte."""
    client = _as_admin()
    periods = sorted(set(Statement.objects.values_list("start_date", "end_date")))
    for layout in LAYOUTS:
        chosen = {"layout": layout, "worker_id_kind": "NUMBER", **CODES}
        assert client.post(reverse("payroll_settings"), chosen).status_code == 302, layout
        for start, end in periods:
            for statements in STATEMENTS:
                asked = {"period": f"{start}_{end}", "statements": statements, "layout": layout, "batch_id": "7"}
                answer = client.post(reverse("payroll_file"), asked | {"with_filed": "on"})
                if answer.get("Location", "").startswith("/bonuses/payroll/files/"):
                    answer = client.post(f"{answer['Location']}download/")
                yield f"file {layout} {start} {statements} {answer.get('Content-Disposition', 'none')}"
                yield from _body(answer).splitlines()


def report_lines() -> Iterator[str]:
    """Every report as CSV: its headings, and of its rows what is no word."""
    client = _as_admin()
    names = {str(row) for model in (Worker, Job, ProPay, User) for row in model.objects.all()}
    for slug in REPORTS:
        answer = client.get(reverse("report_file", args=[slug]), {"from": "2026-01-01"})
        assert answer.status_code == 200, slug
        heading, *rows = csv.reader(io.StringIO(_body(answer)))
        yield f"report {slug}"
        yield ",".join(heading)
        for row in rows:
            yield ",".join(cell(text, names) for text in row)


def _body(answer: Any) -> str:
    return str(answer.getvalue().decode())


def _company() -> Company:
    return Company.objects.get(slug="acme-roofing")


def _as_admin() -> Client:
    client = Browser()
    client.force_login(User.objects.get(email="admin@acme.test"), backend="django.contrib.auth.backends.ModelBackend")
    return client
