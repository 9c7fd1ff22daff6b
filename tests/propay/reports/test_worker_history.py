"""Worker history: what each got of each ProPay, so far, approved and paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from propay import services
from propay.models import LineKind, Share, Statement, StatementLine
from propay.services import booking
from tests.make import factories
from tests.make.propays import NOW, unguarded
from tests.make.report_rows import PERIOD, pay, statement, worked
from tests.propay.reports.reading import cells_of, file, page

pytestmark = pytest.mark.django_db


def history(client, **query) -> list[list[str]]:
    return [list(row.values()) for row in file(client, "worker-history", **query)]


def test_history_of_an_open_propay_shows_the_shares_to_date(as_manager, company, crew, ana, ben):
    job = factories.make_job(company, "Deck")
    worked(company, job, crew, 3, 2, fixed_amount=Decimal("2311.00"), crew_percent=80, lead_percent=20, lead=ben)

    assert [" ".join(row) for row in history(as_manager)] == [
        # Of the pool of 500.00, 100.00 are the lead's, who isn't eligible for crew shares.
        "Ben Odermatt Deck 2026-10-01 20.00 100.00 5.00 14.1 0.00 Not approved  0.00 100.00 0.00 0.00",
        "Ana Ruiz Deck 2026-10-01 30.00 400.00 13.33 66.7 0.00 Not approved  400.00 0.00 0.00 0.00",
    ]
    assert "Total 50:00 $500.00 $10.00 38.1% $0.00 $400.00 $100.00 $0.00 $0.00" in page(as_manager, "worker-history")


def test_history_has_no_bonus_where_there_is_no_figure_yet(as_manager, company, ana):
    worked(company, factories.make_job(company, "Unpaid"), [ana], 1)

    (row,) = history(as_manager)

    assert row[3:] == ["10.00", "", "", "", "0.00", "Not approved", "", "", "0.00", "0.00", "0.00"]
    assert "Total 10:00 $0.00 $0.00 $0.00 $0.00 $0.00 $0.00 Bonus as % of labor cost:" in page(
        as_manager, "worker-history"
    )


def test_history_of_an_approved_propay_matches_its_statements(as_manager, ana, ben, kitchen):
    with unguarded():
        Share.objects.filter(propay=kitchen, worker=ana).update(minutes=300, cost_amount=Decimal("100.00"))
    first = Statement.objects.get(worker=ana)
    snapshot = kitchen.snapshots.get()
    later = statement(ana, PERIOD[0] + timedelta(14))
    common = {"company": ana.company, "worker": ana, "propay": kitchen, "created_at": NOW}
    true_up = {
        "kind": LineKind.TRUE_UP,
        "week_start": PERIOD[0],
        "federal_amount": "3.00",
        "state_extra_amount": "1.50",
    }
    drift = {"kind": LineKind.DRIFT, "snapshot": snapshot, "role": "CREW", "amount": "-20.50"}
    StatementLine.objects.create(statement=first, **common, **true_up)
    pay(first, date(2026, 11, 20))
    StatementLine.objects.create(statement=later, **common, **drift)

    rows = history(as_manager)

    assert rows[0][3:] == ["0.00", "79.50", "", "", "0.00", "Open", "", "79.50", "0.00", "0.00", "0.00"]
    assert rows[1][3:10] == ["5.00", "100.00", "20.00", "100.0", "4.50", "Partly paid", ""]
    assert rows[1][10:] == ["100.00", "0.00", "0.00", "0.00"]
    pay(later, date(2026, 12, 4))
    assert history(as_manager)[1][8:10] == ["Paid", "2026-12-04"]
    assert "Total 5:00 $179.50 $35.90 179.5% $4.50 $179.50 $0.00 $0.00 $0.00" in page(as_manager, "worker-history")


def test_reports_follow_a_propay_from_approval_to_payday(as_manager, company, admin, ana, ben, crew):
    """10 hours each at 20.00 and 35.55 cost 555.50 of 1,000.00; half of the saving of 444.50 is the crew's."""
    deck = worked(company, factories.make_job(company, "Deck"), crew, *(1, 1), fixed_amount=Decimal("1000.00"))
    services.approve_propays(company=company, actor=admin, propay_ids=[deck.pk], now=NOW)
    approved = cells_of(file(as_manager, "propay-efficiency"), "Deck")
    assert [row[4] for row in history(as_manager)] == ["111.12", "111.13"]

    factories.make_entry(ana, deck.job, minutes=600, work_date=date(2026, 11, 5))
    services.refresh(company=company, job_ids=[deck.job_id], now=NOW)
    drift = services.drift_of(company=company, propay_id=deck.pk)
    assert cells_of(file(as_manager, "propay-status"), "Deck")[10] == str(drift.amount)
    services.resolve_drift_by_adjusting(
        company=company, propay_id=deck.pk, actor=admin, note="", seen=drift.worked.digest, now=NOW
    )
    ids = list(Statement.objects.values_list("pk", flat=True))
    services.pay_statements(company=company, actor=admin, statement_ids=ids, pay_date=date(2026, 11, 20), now=NOW)

    # 20 hours of Ana's and 10 of Ben's cost 755.50: of the pool of 122.25 two thirds are Ana's.
    assert [(row[4], row[8]) for row in history(as_manager)] == [("40.75", "Paid"), ("81.50", "Paid")]
    bonus = file(as_manager, "payroll-bonus")
    assert sum(Decimal(row["Shares"]) + Decimal(row["Corrections"]) for row in bonus) == Decimal("122.25")
    assert sum(Decimal(row["Paid"]) for row in bonus) == Decimal("122.25")
    after = cells_of(file(as_manager, "propay-efficiency"), "Deck")
    assert after == [*approved[:3], "Paid", *approved[4:]]


def test_history_names_whom_only_a_correction_paid(as_manager, company, kitchen):
    late = factories.make_worker(company, "Zoe Zander")
    snapshot = kitchen.snapshots.get()
    booking.book_drift(
        company=company,
        snapshot=snapshot,
        differences={(late.pk, "CREW"): Decimal("5.00")},
        period=booking.current_period(company=company, day=date(2026, 11, 9)),
        actor=None,
        now=NOW,
    )

    assert history(as_manager)[-1] == [
        *("Zoe Zander", "Kitchen remodel", "2026-10-01", "0.00", "5.00", "", "", "0.00", "Open", ""),
        *("5.00", "0.00", "0.00", "0.00"),
    ]


def test_history_says_where_nothing_was_due(as_manager, ana, kitchen):
    StatementLine.objects.filter(worker=ana).delete()

    assert [row[8] for row in history(as_manager)] == ["Open", "Nothing due"]


def test_history_of_one_worker_adds_up_to_that_workers_lines(as_manager, ana, ben, kitchen):
    assert [row[0] for row in history(as_manager, worker=ana.pk)] == ["Ana Ruiz"]
    assert "Total 0:00 $120.50 $0.00 $120.50 $0.00 $0.00 $0.00" in page(as_manager, "worker-history", worker=ana.pk)


def test_history_has_one_row_for_a_person_with_two_ids(as_manager, company, ana, ben):
    job = factories.make_job(company, "Deck")
    factories.make_wage(ana, "20.00")
    rehired = factories.make_worker(company, "Ana Again", same_person_as=ana)
    factories.make_wage(rehired, "20.00")
    worked(company, job, [ana, rehired], 2, 1, fixed_amount=Decimal("1000.00"))

    rows = history(as_manager)

    assert [row[:2] + row[3:8] for row in rows] == [["Ana Ruiz", "Deck", "30.00", "200.00", "6.67", "33.3", "0.00"]]
    for worker in (ana, rehired):
        assert history(as_manager, worker=worker.pk) == rows
