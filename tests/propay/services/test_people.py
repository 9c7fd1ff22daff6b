"""One person under two worker ids (bonus.md 10.2): shares stay on the ids, overtime goes to the primary one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from propay import services
from propay.cases import solving
from propay.models import LineKind, ProPay, Share, Statement, StatementLine, StatementStatus
from propay.queries.people import suggested_pairs
from propay.queries.propays import with_terms
from propay.rules.terms import Distribution
from propay.services.true_ups import update_open_true_ups_of
from propay.what_if.real import real_case
from protiv.accounts.models import AuditEvent
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
        factories.set_exempt(worker)
        update_open_true_ups_of(company=company, worker_id=worker.pk, now=NOW)

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


@pytest.mark.parametrize("is_approved", [False, True])
def test_n3_exported_as_a_case_gives_the_same_overtime(make_bonus, approve, ana, rehired, is_approved):
    link(rehired, ana)
    propay = make_bonus()
    if is_approved:
        approve(propay)
    loaded = with_terms(ProPay.objects.select_related("company")).get(pk=propay.pk)

    (week,) = solving.run(real_case(loaded).as_json())["overtime_true_up"]

    assert (int(week["worker"]), week["hours"], week["federal"]) == (ana.pk, "50.00", "50.00")


# Linking


def set_person(company, admin, worker, primary, **more):
    who = {"company": company, "worker_id": worker.pk, "primary_id": primary.pk if primary else None, "now": NOW}
    seen = more.get("seen", services.preview_link(**who).seen)
    services.set_person(**who, actor=admin, seen=seen)


def test_a_link_shows_first_what_it_changes_and_then_changes_it(company, admin, make_bonus, approve, ana, rehired):
    approve(make_bonus())

    effect = services.preview_link(company=company, worker_id=rehired.pk, primary_id=ana.pk, now=NOW)

    changes = [(one.name, one.title, one.week_start, one.before, one.after) for one in effect.shown]
    assert changes == [(f"Ana Ruiz (ID {ana.external_id})", "Kitchen", MONDAY, 0, Decimal("50.00"))]
    assert true_ups() == {}
    set_person(company, admin, rehired, ana)
    assert true_ups() == {ana.pk: Decimal("50.00")}
    assert shares() == {ana.pk: Decimal("250.00"), rehired.pk: Decimal("250.00")}
    event = AuditEvent.objects.get(action="worker.person_set")
    assert event.summary.startswith(f"Marked Ana Ruiz (ID {rehired.external_id}) as the same person as")


def test_the_end_of_a_link_takes_the_overtime_back(company, admin, make_bonus, approve, ana, rehired):
    approve(make_bonus())
    set_person(company, admin, rehired, ana)

    set_person(company, admin, rehired, None)

    assert true_ups() == {}


def test_making_the_other_id_the_primary_one_moves_the_overtime(company, admin, make_bonus, approve, ana, rehired):
    approve(make_bonus())
    set_person(company, admin, rehired, ana)

    set_person(company, admin, ana, rehired)

    assert true_ups() == {rehired.pk: Decimal("50.00")}
    ana.refresh_from_db()
    rehired.refresh_from_db()
    assert (ana.same_person_as, rehired.same_person_as) == (rehired, None)


def test_paid_weeks_get_the_difference_on_the_next_open_statement(company, admin, make_bonus, approve, ana, rehired):
    approve(make_bonus())
    ids = list(Statement.objects.values_list("pk", flat=True))
    services.pay_statements(company=company, actor=admin, statement_ids=ids, pay_date=NOW.date(), now=NOW)

    set_person(company, admin, rehired, ana)

    line = StatementLine.objects.get(kind=LineKind.TRUE_UP)
    assert (line.worker, line.federal_amount, line.statement.status) == (ana, Decimal("50.00"), StatementStatus.OPEN)
    assert set(Statement.objects.filter(pk__in=ids).values_list("federal_amount", flat=True)) == {Decimal(0)}


def test_a_third_id_is_linked_to_the_same_primary_one(company, admin, ana, rehired):
    third = factories.make_worker(company, ana.name)
    set_person(company, admin, rehired, ana)

    set_person(company, admin, ana, third)

    links = dict(Worker.objects.values_list("pk", "same_person_as"))
    assert links == {ana.pk: third.pk, rehired.pk: third.pk, third.pk: None}
    for worker, primary in ((ana, third), (ana, rehired), (third, third), (third, None)):
        with pytest.raises(ValidationError):
            set_person(company, admin, worker, primary)


def test_what_changed_since_it_was_seen_is_refused(company, admin, ana, rehired):
    with pytest.raises(ValidationError, match="Review it again"):
        set_person(company, admin, rehired, ana, seen="something else")

    assert not Worker.objects.filter(same_person_as__isnull=False).exists()


def test_another_companys_worker_cannot_be_linked(company, admin, ana):
    other = factories.make_worker(factories.make_company("Other"), ana.name)

    with pytest.raises(Worker.DoesNotExist):
        set_person(company, admin, ana, other)


# Suggestions


@pytest.mark.parametrize(
    ("fields", "is_suggested"),
    [
        ({"number": "0042"}, True),
        ({"number": "42"}, False),
        ({"number": "0042", "last_name": "Reyes"}, False),
        ({"email": "ANA@example.com", "last_name": "Reyes"}, True),
        ({}, False),
    ],
)
def test_the_same_name_and_number_or_the_same_email_suggest_a_link(company, ana, rehired, fields, is_suggested):
    Worker.objects.filter(pk=ana.pk).update(number="0042", email="ana@example.com")
    Worker.objects.filter(pk=rehired.pk).update(**fields)

    assert suggested_pairs(company) == ([(ana.pk, rehired.pk)] if is_suggested else [])


def test_a_suggestion_ends_with_a_link_or_with_the_word_that_they_differ(company, admin, ana, rehired):
    Worker.objects.update(email="ana@example.com")
    link(rehired, ana)
    assert suggested_pairs(company) == []

    link(rehired, None)
    for _ in range(2):
        services.say_different(company=company, worker_id=rehired.pk, other_id=ana.pk, actor=admin, now=NOW)
    assert suggested_pairs(company) == []


def test_an_email_that_many_share_identifies_no_one(company, ana):
    for _ in range(5):
        factories.make_worker(company, email="office@example.com")
    assert len(suggested_pairs(company)) == 10
    factories.make_worker(company, email="office@example.com")

    assert suggested_pairs(company) == []


def test_n3_approval_warns_of_an_open_suggestion_and_is_not_refused(company, make_bonus, approve, ana, rehired):
    Worker.objects.update(email="ana@example.com")
    propay = make_bonus()

    preview = services.preview_approval(company=company, propay_ids=[propay.pk], now=NOW)

    (question,) = preview.questions[propay.pk]
    assert "may be the same person, and both worked in the week of Nov 2, 2026" in question.text
    approve(propay)


def test_a_warning_tells_people_of_the_same_name_apart(company, make_bonus, ana, rehired):
    Worker.objects.update(email="ana@example.com", first_name="Ana", middle_name="", last_name="Ruiz")
    propay = make_bonus()

    preview = services.preview_approval(company=company, propay_ids=[propay.pk], now=NOW)

    (question,) = preview.questions[propay.pk]
    assert f"Ana Ruiz (ID {ana.external_id}) and Ana Ruiz (ID {rehired.external_id}) may be" in question.text


def test_there_is_no_warning_for_another_workweek(company, make_bonus, ana, rehired):
    Worker.objects.update(email="ana@example.com")
    propay = make_bonus()
    TimeEntry.objects.filter(worker=ana).update(work_date=MONDAY - timedelta(1), minutes=480)
    TimeEntry.objects.filter(pk__in=TimeEntry.objects.filter(worker=ana).values("pk")[1:]).delete()
    services.refresh(company=company, now=NOW)

    assert services.preview_approval(company=company, propay_ids=[propay.pk], now=NOW).questions == {}
