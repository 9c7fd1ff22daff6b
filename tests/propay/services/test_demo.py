"""The demo shows each state of a ProPay, a paid and an open statement, drift and a question."""

from collections import Counter
from datetime import timedelta

import pytest

from propay.models import BonusPlan, LineMessage, ProPay, Statement, StatementStatus
from propay.services import demo
from protiv.accounts.models import Membership
from tests.make import factories
from tests.make.propays import NOW, START

pytestmark = pytest.mark.django_db


def test_the_demo_has_something_in_every_state(company, admin, manager, worker_user):
    crew = [factories.make_worker(company) for _ in range(2)]
    code = factories.make_cost_code(company)
    for days in range(14, 7, -1):
        job = factories.make_job(company, synced_budget_minutes=9000, synced_contract_amount=9000)
        for day in range(days):
            date = START + timedelta(days=day)
            for worker in crew:
                factories.make_entry(worker, job, work_date=date, minutes=600, cost_code=code)
    demo.fill(
        demo.Stage(
            company=company,
            admin=admin,
            manager=Membership.objects.get(user=manager),
            worker=Membership.objects.get(user=worker_user),
            start_date=START,
            now=NOW,
        )
    )
    assert Counter(ProPay.objects.values_list("status", flat=True)) == {
        "STARTED": 4,
        "COMPLETE": 1,
        "APPROVED": 1,
        "PAID": 1,
    }
    assert Counter(ProPay.objects.values_list("budget_type", flat=True)).keys() == {
        "HOURS",
        "PERCENT_OF_CONTRACT",
        "AMOUNT",
        "TASKS",
    }
    assert BonusPlan.objects.get().name == "Standard crew"
    assert set(Statement.objects.values_list("status", flat=True)) == {"OPEN", "PAID"}
    paid = Statement.objects.filter(status=StatementStatus.PAID)
    assert all(one.end_date < one.pay_date <= company.local_date(NOW) for one in paid)
    assert all(one.end_date < company.local_date(one.paid_at) for one in paid)
    assert ProPay.objects.get(status="APPROVED").drift_amount < 0
    assert LineMessage.objects.get().author == worker_user
    worker_user.refresh_from_db()
    worker = worker_user.memberships.get().worker
    assert (worker_user.first_name, worker_user.last_name) == (worker.first_name, worker.last_name)
