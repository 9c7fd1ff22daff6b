"""The database's sums against a plain loop over the same entries, to the cent."""

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from propay.models import ProPay
from propay.queries.time import time_by_day, worker_time
from protiv.accounts.models import Company
from protiv.timekeeping.models import (
    CostCode,
    Job,
    TimeEntry,
    Wage,
    Worker,
)
from protiv.timekeeping.records import EntryKind
from tests.make import factories
from tests.make.propays import START, make_propay

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> list[ProPay]:
    """Three companies' worth of rules on random entries: every kind, voided, open, with and without wages and codes."""
    rng = random.Random(20261103)
    propays: list[ProPay] = []
    for drive_time in (False, True):
        company = factories.make_company(include_travel=drive_time)
        workers = [factories.make_worker(company) for _ in range(6)]
        for worker in workers[:-1]:
            for offset in rng.sample(range(60), 3):
                factories.make_wage(worker, f"{rng.randint(1500, 9999) / 100:.2f}", START - timedelta(5 - offset))
        codes = [factories.make_cost_code(company) for _ in range(3)]
        for number in range(4):
            job = factories.make_job(company)
            end = START + timedelta(30)
            first = make_propay(
                job,
                end_date=end,
                include_travel=rng.choice([None, True, False]),
                cost_codes=codes[:number] if number < 3 else [],
            )
            second = make_propay(job, start_date=end + timedelta(1), include_travel=rng.choice([None, True, False]))
            propays += [first, second]
            _entries(rng, company, workers, codes, job)
    return propays


def _entries(rng: random.Random, company: Company, workers: list[Worker], codes: list[CostCode], job: Job) -> None:
    for _ in range(150):
        kind = rng.choice(list(EntryKind))
        factories.make_entry(
            rng.choice(workers),
            job,
            minutes=-30 if kind == EntryKind.AUTO_LUNCH else rng.randint(-5, 601),
            work_date=START + timedelta(rng.randint(-5, 60)),
            kind=kind,
            cost_code=rng.choice([*codes, None]),
            voided=rng.random() < 0.1,
            is_open=rng.random() < 0.1,
        )


def _counts(entry: TimeEntry, propay: ProPay) -> bool:
    codes = {code.pk for code in propay.cost_codes.all()}
    return (
        entry.job_id == propay.job_id
        and propay.start_date <= entry.work_date
        and (propay.end_date is None or entry.work_date <= propay.end_date)
        and (not codes or entry.cost_code_id in codes)
        and entry.voided_at is None
        and not entry.is_open
        and entry.minutes != 0
        and (entry.kind in ("work", "auto_lunch") or (entry.kind == "travel" and propay.counts_travel))
    )


def _wage(entry: TimeEntry) -> Decimal | None:
    wages = [w for w in Wage.objects.filter(worker=entry.worker_id) if w.start_date <= entry.work_date]
    return max(wages, key=lambda wage: wage.start_date).hourly_amount if wages else None


def _by_hand(propays: list[ProPay]) -> dict[tuple[int, int, Decimal | None], tuple[int, date]]:
    minutes: defaultdict[tuple[int, int, Decimal | None], int] = defaultdict(int)
    first: dict[tuple[int, int, Decimal | None], date] = {}
    for propay in propays:
        for entry in TimeEntry.objects.all():
            if _counts(entry, propay):
                key = (propay.pk, entry.worker_id, _wage(entry))
                minutes[key] += entry.minutes
                first[key] = min(first.get(key, entry.work_date), entry.work_date)
    return {key: (minutes[key], first[key]) for key in minutes}


def test_sums_of_the_database_are_those_of_a_plain_loop(world):
    rows = list(worker_time([propay.pk for propay in world]))
    summed = {(row.propay_id, row.worker_id, row.wage): (row.minutes, row.first_date) for row in rows}

    expected = _by_hand(world)
    assert summed == expected
    assert len(summed) == len(rows) > 60
    assert any(row.wage is None for row in rows)
    cost = sum((Fraction(row.minutes, 60) * Fraction(row.wage or 0) for row in rows), Fraction())
    by_hand = sum((Fraction(m, 60) * Fraction(key[2] or 0) for key, (m, _first) in expected.items()), Fraction())
    assert cost == by_hand


def test_days_add_up_to_the_same_minutes_and_cost(world):
    for propay in world:
        by_worker = list(worker_time([propay.pk]))
        by_day = time_by_day(propay.pk)
        for rows in (by_worker, by_day):
            assert all(row.wage is None or row.wage == row.wage.quantize(Decimal("0.01")) for row in rows)
        assert sum(row.minutes for row in by_worker) == sum(row.minutes for row in by_day)
        assert sum(row.minutes * (row.wage or 0) for row in by_worker) == sum(
            row.minutes * (row.wage or 0) for row in by_day
        )
        assert [row.work_date for row in by_day] == sorted(row.work_date for row in by_day)


def test_many_propays_take_one_query(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        list(worker_time([propay.pk for propay in world]))


def test_no_propays_sum_nothing(world):
    assert list(worker_time([])) == []
