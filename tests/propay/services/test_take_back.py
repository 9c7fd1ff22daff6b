"""A minus lowers no earned pay where it can't be taken back: setting, consents, and who left (bonus.md 11.2)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from propay import services
from propay.models import (
    AdjustmentCategory,
    BonusSettings,
    Departure,
    LineKind,
    Statement,
    StatementLine,
    TakeBackConsent,
)
from propay.services.take_back import MAX_FILE_BYTES
from protiv.accounts.models import AuditEvent
from protiv.kit.money import ZERO
from protiv.timekeeping.models import Worker
from tests.make import factories
from tests.make.locked import lock_statement
from tests.make.propays import NOW, make_approved, make_propay
from tests.make.statement_rows import make_line, make_statement

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 signed"
SIGNED = date(2026, 11, 2)


def set_take_back(company, setting: str) -> None:
    """As an admin changes the company's first pay policy."""
    admin = factories.make_user()
    rules = {"company": company, "from_date": None, "now": NOW, **factories.policy_values(take_back=setting)}
    effect = services.preview_pay_policy(**rules)
    services.save_pay_policy(actor=admin, seen=effect.seen if effect else "", reason="As agreed", **rules)


def consent(company, admin, worker, **changes) -> TakeBackConsent:
    values = {"signed_date": SIGNED, "file_name": "signed.pdf", "content": PDF} | changes
    return services.record_consent(company=company, worker_id=worker.pk, actor=admin, now=NOW, **values)


def leave(company, admin, worker, last_day=SIGNED) -> None:
    services.set_departure(company=company, worker_id=worker.pk, actor=admin, last_day=last_day, kind="QUIT", now=NOW)


def make_pay(worker, *, shares: str = "200.00", correction: str = "-40.00", deduction: str = "0.00"):
    """An open statement: a share of one ProPay, a correction of another one, and a deduction."""
    statement = make_statement(worker)
    company = worker.company
    for amount, kind, role in ((shares, LineKind.SHARE, "CREW"), (correction, LineKind.DRIFT, "CREW")):
        propay = make_propay(factories.make_job(company))
        snapshot = make_approved(propay, {})
        make_line(statement, amount, kind=kind, propay=propay, snapshot=snapshot, role=role)
    if Decimal(deduction):
        category, _ = AdjustmentCategory.objects.get_or_create(company=company, name="Advance")
        make_line(statement, deduction, category=category)
    return statement


def payable(statement) -> Decimal:
    statement.refresh_from_db()
    return statement.payable_amount


def not_collected() -> dict[str, Decimal]:
    lines = StatementLine.objects.filter(amount__lt=0)
    return {line.kind: line.written_off_amount for line in lines}


@pytest.mark.parametrize(
    ("setting", "has_consent", "expected"),
    [
        ("YES", False, "130.00"),
        ("WITH_CONSENT", False, "200.00"),
        ("WITH_CONSENT", True, "130.00"),
        ("NEVER", True, "200.00"),
    ],
)
def test_a_minus_lowers_pay_only_where_it_can_be_taken_back(company, admin, ana, setting, has_consent, expected):
    if has_consent:
        consent(company, admin, ana)
    factories.set_policy(company, take_back=setting)

    statement = make_pay(ana, deduction="-30.00")

    assert payable(statement) == Decimal(expected)
    collected = expected == "130.00"
    assert not_collected() == {
        "DRIFT": ZERO if collected else Decimal("40.00"),
        "ADJUSTMENT": ZERO if collected else Decimal("30.00"),
    }


def test_a_deduction_larger_than_the_bonus_takes_what_is_there_or_nothing(company, admin, ana):
    """Case N10 by services, without its true-up."""
    statement = make_pay(ana, correction="-0.01", deduction="-230.00")
    assert payable(statement) == ZERO

    set_take_back(company, "NEVER")

    assert payable(statement) == Decimal("200.00")
    assert not_collected()["ADJUSTMENT"] == Decimal("230.00")


def test_open_statements_follow_the_setting_and_locked_ones_stay(company, admin, ana, ben):
    open_one, locked = make_pay(ana), lock_statement(make_pay(ben))

    set_take_back(company, "NEVER")

    assert (payable(open_one), payable(locked)) == (Decimal("200.00"), Decimal("160.00"))


def test_open_statements_follow_a_consent_and_its_withdrawal(company, admin, ana):
    factories.set_policy(company, take_back="WITH_CONSENT")
    statement = make_pay(ana)
    assert payable(statement) == Decimal("200.00")

    one = consent(company, admin, ana)
    assert payable(statement) == Decimal("160.00")

    services.withdraw_consent(company=company, consent_id=one.pk, actor=admin, now=NOW)
    assert payable(statement) == Decimal("200.00")
    events = AuditEvent.objects.filter(action__startswith="consent.").order_by("pk")
    assert [event.summary for event in events] == [
        "Recorded the consent of Ana Ruiz to deductions, signed Nov 2, 2026.",
        "Withdrew the consent of Ana Ruiz to deductions.",
    ]


def test_nothing_is_taken_back_from_who_left_until_that_is_corrected(company, admin, ana):
    consent(company, admin, ana)
    statement = make_pay(ana)

    leave(company, admin, ana)
    assert payable(statement) == Decimal("200.00")

    leave(company, admin, ana, last_day=None)
    assert payable(statement) == Decimal("160.00")
    assert not Departure.objects.exists()


def test_a_person_left_only_with_every_id(company, admin, ana):
    again = factories.make_worker(company, "Ana Ruiz", same_person_as=ana)
    statement = make_pay(ana)

    leave(company, admin, ana)
    assert payable(statement) == Decimal("160.00")

    leave(company, admin, again)
    assert payable(statement) == Decimal("200.00")


def test_what_was_not_collected_counts_against_a_later_plus_of_the_same_propay(company, admin, ana):
    factories.set_policy(company, take_back="NEVER")
    statement = make_pay(ana)
    services.pay_statements(company=company, actor=admin, statement_ids=[statement.pk], pay_date=SIGNED, now=NOW)
    correction = StatementLine.objects.get(kind=LineKind.DRIFT)
    later = make_statement(ana, period=(date(2026, 11, 9), date(2026, 11, 22)))

    make_line(later, "55.00", kind=LineKind.DRIFT, propay=correction.propay, snapshot=correction.snapshot, role="LEAD")

    assert (payable(statement), payable(later)) == (Decimal("200.00"), Decimal("15.00"))


def test_a_negative_balance_does_not_carry_over_where_nothing_is_taken_back(company, admin, ana):
    BonusSettings.objects.create(company=company, rolls_over_negative=True)
    factories.set_policy(company, take_back="NEVER")
    statement = make_pay(ana, shares="10.00")

    services.pay_statements(company=company, actor=admin, statement_ids=[statement.pk], pay_date=SIGNED, now=NOW)

    assert payable(statement) == Decimal("10.00")
    assert not StatementLine.objects.filter(kind=LineKind.ROLLOVER).exists()


def test_losses_are_offset_only_where_money_is_taken_back(company, admin, ana):
    BonusSettings.objects.create(company=company, nets_losses=True)
    ids = []
    for fixed in ("300.00", "150.00"):
        job = factories.make_job(company)
        factories.make_entry(ana, job, minutes=600, work_date=SIGNED)
        ids.append(make_propay(job, fixed_amount=Decimal(fixed)).pk)

    def netted() -> list[Decimal]:
        return list(services.preview_approval(company=company, propay_ids=ids, now=NOW).netted.values())

    assert netted() == [Decimal("50.00")]
    factories.set_policy(company, take_back="WITH_CONSENT")
    assert netted() == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"content": b"GIF89a"}, "This isn't a PDF, JPEG, or PNG file"),
        ({"content": b"", "file_name": "signed.pdf"}, "This isn't a PDF, JPEG, or PNG file"),
        ({"content": PDF + b"x" * MAX_FILE_BYTES}, "larger than 5 MB"),
        ({"signed_date": NOW.date() + timedelta(days=2)}, "still to come"),
    ],
)
def test_a_consent_that_cannot_be_one_is_refused(company, admin, ana, changes, message):
    with pytest.raises(ValidationError, match=message):
        consent(company, admin, ana, **changes)
    assert not TakeBackConsent.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0 photo", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n scan", "image/png"),
    ],
)
def test_the_type_of_a_consent_is_what_the_file_contains(company, admin, ana, content, kind):
    assert consent(company, admin, ana, content=content, file_name="a.exe").content_type == kind


def test_one_consent_is_in_effect_at_a_time(company, admin, ana):
    one = consent(company, admin, ana)
    with pytest.raises(ValidationError, match="already in effect"):
        consent(company, admin, ana)

    services.withdraw_consent(company=company, consent_id=one.pk, actor=admin, now=NOW)
    with pytest.raises(ValidationError, match="already withdrawn"):
        services.withdraw_consent(company=company, consent_id=one.pk, actor=admin, now=NOW)
    assert consent(company, admin, ana).pk != one.pk


def test_another_companys_worker_is_not_found(company, admin):
    stranger = factories.make_worker(factories.make_company())
    with pytest.raises(Worker.DoesNotExist):
        consent(company, admin, stranger)
    with pytest.raises(Worker.DoesNotExist):
        leave(company, admin, stranger)


def test_how_someone_left_must_be_known(company, admin, ana):
    with pytest.raises(ValidationError, match="Choose how the worker left"):
        services.set_departure(company=company, worker_id=ana.pk, actor=admin, last_day=SIGNED, kind="FIRED", now=NOW)


class AnyCorrection(TestCase):
    @given(
        share=st.integers(1, 30_000),
        corrections=st.lists(st.integers(1, 30_000), min_size=1, max_size=3),
        deduction=st.integers(0, 30_000),
        setting=st.sampled_from(["NEVER", "WITH_CONSENT"]),
        rolls_over=st.booleans(),
    )
    def test_no_minus_lowers_another_propays_share_without_consent(
        self, share, corrections, deduction, setting, rolls_over
    ):
        company = factories.make_company()
        admin = factories.make_user()
        BonusSettings.objects.create(company=company, rolls_over_negative=rolls_over)
        factories.set_policy(company, take_back=setting)
        worker = factories.make_worker(company)
        first, *others = [Decimal(-cents) / 100 for cents in corrections]
        statement = make_pay(
            worker, shares=str(Decimal(share) / 100), correction=str(first), deduction=str(Decimal(-deduction) / 100)
        )
        for amount in others:
            propay = make_propay(factories.make_job(company))
            fields = {"propay": propay, "snapshot": make_approved(propay, {}), "role": "CREW"}
            make_line(statement, str(amount), kind=LineKind.DRIFT, **fields)
        assert payable(statement) == Decimal(share) / 100

        services.pay_statements(company=company, actor=admin, statement_ids=[statement.pk], pay_date=SIGNED, now=NOW)

        assert payable(statement) == Decimal(share) / 100 == Statement.objects.get().paid_amount
