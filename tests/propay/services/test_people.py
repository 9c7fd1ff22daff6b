"""One person under two worker ids (bonus.md 10.2): shares stay on the ids, overtime goes to the primary one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from propay import services
from propay.models import LineKind, Share, Statement, StatementLine
from propay.rules.terms import Distribution
from protiv.timekeeping.models import TimeEntry, Worker
from tests.make import factories
from tests.make.propays import NOW, make_propay

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 2)


@pytest.fixture
def rehired(company, ana):
    """Ana's second id."""
    return factories.make_worker(company, ana.name)


@pytest.fixture
def make_bonus(company, ana, rehired):
    """A bonus of 250.00 for each id: 25 hours from Monday to Wednesday, and 25 hours from Thursday to Saturday."""

    def make_bonus(**terms):
        job = factories.make_job(company)
        factories.make_wage(rehired, "20.00")
        for number, worker in enumerate((ana, rehired)):
            for offset in range(3):
                factories.make_entry(worker, job, minutes=500, work_date=MONDAY + timedelta(3 * number + offset))
        fields = {"fixed_amount": Decimal(1500), "split_percent": 100, "title": "Kitchen"}
        propay = make_propay(job, **(fields | terms))
        services.refresh(company=company, now=NOW)
        return propay

    return make_bonus


@pytest.fixture
def approve(company, admin):
    def approve(propay):
        outcome = services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
        assert outcome.refusals == {}

    return approve


def link(worker: Worker, primary: Worker | None) -> None:
    Worker.objects.filter(pk=worker.pk).update(same_person_as=primary)


def true_ups() -> dict[int, Decimal]:
    """By worker, from all statements."""
    found: dict[int, Decimal] = {}
    for line in StatementLine.objects.filter(kind=LineKind.TRUE_UP):
        found[line.worker_id] = found.get(line.worker_id, Decimal(0)) + line.total_amount
    return {worker_id: amount for worker_id, amount in found.items() if amount}


def shares() -> dict[int, Decimal]:
    lines = StatementLine.objects.filter(kind=LineKind.SHARE)
    return {line.worker_id: line.amount for line in lines}


def test_n3_overtime_of_a_person_goes_to_the_statement_of_the_primary_id(make_bonus, approve, ana, rehired):
    link(rehired, ana)

    approve(make_bonus())

    assert shares() == {ana.pk: Decimal("250.00"), rehired.pk: Decimal("250.00")}
    assert true_ups() == {ana.pk: Decimal("50.00")}
    own = Statement.objects.get(worker=ana)
    assert (own.bonus_amount, own.federal_amount) == (Decimal("250.00"), Decimal("50.00"))


def test_n3_unlinked_ids_are_two_people_without_overtime(make_bonus, approve):
    approve(make_bonus())

    assert true_ups() == {}


def test_the_primary_id_gets_the_overtime_of_what_the_other_earned(company, make_bonus, approve, ana, rehired):
    propay = make_bonus()
    shop = factories.make_job(company, "Shop")
    TimeEntry.objects.filter(worker=ana).update(job=shop)
    services.refresh(company=company, now=NOW)
    link(rehired, ana)

    approve(propay)

    # 1,500.00 less 25 h at 20.00, all of it earned by the second id, of whose person's 50 hours 10 are overtime.
    assert shares() == {rehired.pk: Decimal("1000.00")}
    assert true_ups() == {ana.pk: Decimal("100.00")}
    periods = set(Statement.objects.values_list("start_date", "end_date"))
    assert len(periods) == 1


@pytest.mark.parametrize(("exempt", "due"), [([0], "50.00"), ([1], "50.00"), ([0, 1], None)])
def test_a_person_is_exempt_only_if_every_id_is(company, admin, make_bonus, approve, ana, rehired, exempt, due):
    link(rehired, ana)
    approve(make_bonus())

    for number in exempt:
        worker = (ana, rehired)[number]
        services.set_worker_flags(
            company=company, worker_id=worker.pk, no_bonus=False, is_exempt=True, actor=admin, now=NOW
        )

    assert true_ups() == ({ana.pk: Decimal(due)} if due else {})


def test_equal_shares_count_people(company, make_bonus, approve, ana, rehired, ben):
    propay = make_bonus(distribution=Distribution.EQUAL, fixed_amount=Decimal(1500))
    factories.make_wage(ben, "20.00")
    factories.make_entry(ben, propay.job, minutes=600, work_date=MONDAY)
    link(rehired, ana)
    services.refresh(company=company, now=NOW)

    assert {share.worker_id: share.amount for share in Share.objects.filter(propay=propay)} == {
        ana.pk: Decimal("75.00"),
        rehired.pk: Decimal("75.00"),
        ben.pk: Decimal("150.00"),
    }
    approve(propay)
    link(rehired, None)
    services.refresh(company=company, now=NOW)
    drift = services.drift_of(company=company, propay_id=propay.pk)
    assert not drift.exists
    assert [one.difference for one in drift.amounts] == [0, 0, 0]
