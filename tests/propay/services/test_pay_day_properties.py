"""A tiny company through any sequence of syncs, decisions, and paydays: what must be true after every step.

The true-ups are calculated independently by `true_up_again`, straight from bonus.md 6; so are the sums.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from propay import services
from propay.frozen.figures import amounts_of, shares_of
from propay.models import (
    Departure,
    LineKind,
    LineMessage,
    ProPay,
    Share,
    Snapshot,
    SnapshotEntry,
    Statement,
    StatementLine,
    StatementStatus,
    TakeBackConsent,
)
from propay.payroll.layouts import LayoutKey
from propay.queries import payroll
from propay.rules.figures import FIGURE_FIELDS
from propay.rules.pay_periods import Period
from propay.rules.statement_states import FROZEN as FROZEN_STATEMENTS
from propay.services.snapshots import work_out_all
from protiv.accounts.models import AuditEvent, PayPolicy
from protiv.timekeeping.models import TimeEntry, Worker
from tests.propay.services.pay_day_steps import BONUS, FROZEN, PayDaySteps, Source
from tests.propay.services.true_up_again import true_up

# (source, person, first day of the workweek)
Week = tuple[Source, int, date]
Amounts = tuple[Decimal, Decimal]
Rules = tuple[str, str, int]
RULES = {"": "FEDERAL", "CA": "CALIFORNIA"}
WRITTEN_OFF = ("written_off_amount", "written_off_federal", "written_off_state_extra")


def _week(day: date, rules: Rules) -> date:
    return day - timedelta(days=(day.weekday() - rules[2]) % 7)


def _true_ups(
    bonus: Decimal, weights: dict[date, int], worked: defaultdict[date, Counter[date]], rules: Rules
) -> dict[date, Amounts]:
    parts = {week: Fraction(bonus) * weight / sum(weights.values()) for week, weight in weights.items()}
    return {week: true_up(part, worked[week], rules) for week, part in parts.items()}


class PayDay(PayDaySteps):
    """What must be true."""

    @invariant()
    def what_is_paid_stands_and_adds_up(self) -> None:
        lines: defaultdict[int, list[Any]] = defaultdict(list)
        for row in StatementLine.objects.filter(company=self.company).order_by("pk").values():
            lines[row["statement_id"]].append(row)
        for row in Statement.objects.filter(company=self.company).values():
            own = lines[row["id"]]
            sums = [
                sum((one[name] for one in own), Decimal(0))
                for name in ("amount", "federal_amount", "state_extra_amount")
            ]
            assert [row["bonus_amount"], row["federal_amount"], row["state_extra_amount"]] == sums
            assert {one["worker_id"] for one in own} <= {row["worker_id"]}
            if row["status"] == StatementStatus.LOCKED:
                assert self.locked.setdefault(row["id"], (row, own)) == (row, own)
            else:
                self.locked.pop(row["id"], None)
            off = [sum((one[name] for one in own), Decimal(0)) for name in WRITTEN_OFF]
            assert [row[name] for name in WRITTEN_OFF] == off
            bonus, *overtime = (amount + part for amount, part in zip(sums, off, strict=True))
            assert min(overtime) >= 0
            if row["status"] == StatementStatus.PAID:
                assert row["paid_amount"] == max(bonus, Decimal(0)) + sum(overtime)
                assert self.paid.setdefault(row["id"], (row, own)) == (row, own)
            else:
                assert row["id"] not in self.paid
        assert self.paid.keys() <= set(Statement.objects.values_list("pk", flat=True))

    @invariant()
    def a_person_is_paid_what_a_propay_owes_in_whatever_order(self) -> None:
        """Locked and open statements together pay all that is due, and more only where more was paid before."""
        due: Counter[tuple[int, int, bool]] = Counter()
        frozen: Counter[tuple[int, int, bool]] = Counter()
        opened: defaultdict[tuple[int, int, bool], Counter[int]] = defaultdict(Counter)
        left: Counter[tuple[int, int, bool]] = Counter()
        lines = StatementLine.objects.filter(propay__in=self.propays).select_related("statement")
        for line in lines:
            key = (line.propay_id, self.person(line.worker_id), line.kind == LineKind.TRUE_UP)
            if line.kind != LineKind.TRUE_UP:
                assert line.written_off_amount == 0 or (line.written_off_amount > 0) == (line.amount < 0)
            due[key] += line.total_amount
            left[key] += line.total_written_off
            if line.statement.status in FROZEN_STATEMENTS:
                frozen[key] += line.total_amount + line.total_written_off
            else:
                opened[key][line.statement_id] += line.total_amount + line.total_written_off
        for key, is_overtime in ((key, key[2]) for key in due):
            pays = opened[key].values()
            if not is_overtime:
                assert not any(one > 0 for one in pays) or left[key] <= 0 <= min(pays), key
            elif key[:2] not in self.stale and not self._is_exempt(key[1]):
                assert sum(pays) == max(due[key] - frozen[key], 0), key
                assert min(pays, default=0) >= 0, key

    @invariant()
    def nothing_is_taken_back_that_must_not_be(self) -> None:
        """On an open statement, no ProPay and no deduction lowers another line without the setting's leave."""
        setting = PayPolicy.objects.get(company=self.company, from_date=None).take_back
        left = set(Departure.objects.values_list("worker_id", flat=True))
        consented = set(TakeBackConsent.objects.filter(withdrawn_at=None).values_list("worker_id", flat=True))
        sums: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
        lines = StatementLine.objects.filter(company=self.company, statement__status=StatementStatus.OPEN)
        for line in lines.exclude(kind=LineKind.TRUE_UP):
            pays = line.amount + line.written_off_amount
            is_allowed = not self.ids(line.worker_id) <= left and (
                setting == "YES" or (setting == "WITH_CONSENT" and line.worker_id in consented)
            )
            if line.propay_id is None and line.amount < 0:
                assert pays == (line.amount if is_allowed else 0)
            elif line.propay_id is not None and not is_allowed:
                sums[line.statement_id, line.propay_id] += pays
        assert min(sums.values(), default=Decimal(0)) >= 0

    def _is_exempt(self, worker_id: int) -> bool:
        return all(Worker.objects.get(pk=pk).exemptions.exists() for pk in self.ids(worker_id))

    @invariant()
    def statements_of_a_worker_share_no_day(self) -> None:
        for worker in self.workers:
            spans = sorted(Statement.objects.filter(worker=worker).values_list("start_date", "end_date"))
            assert all(one[1] < other[0] for one, other in pairwise(spans)), spans

    @invariant()
    def shares_on_statements_are_those_of_the_live_snapshot(self) -> None:
        for propay in ProPay.objects.filter(pk__in=self.propays):
            booked: Counter[tuple[int, str]] = Counter()
            for line in StatementLine.objects.filter(propay=propay, kind__in=BONUS):
                booked[line.worker_id, line.role] += line.amount
            owed = {}
            if propay.status in FROZEN:
                owed = shares_of(Snapshot.objects.get(propay=propay, is_live=True).figures)
            assert {key: amount for key, amount in booked.items() if amount} == {
                key: amount for key, amount in owed.items() if amount
            }

    @invariant()
    def overtime_is_on_the_primary_ids_open_statements(self) -> None:
        lines = StatementLine.objects.filter(company=self.company, kind=LineKind.TRUE_UP, statement__status="OPEN")
        for line in lines.exclude(federal_amount=0, state_extra_amount=0):
            stale = ((line.propay_id, line.adjustment_id), line.worker_id) in self.stale
            assert stale or line.worker_id == self.person(line.worker_id), line

    @invariant()
    def true_ups_are_what_the_rules_say(self) -> None:
        booked: Counter[Week] = Counter()
        extra: Counter[Week] = Counter()
        opened = set()
        for line in StatementLine.objects.filter(company=self.company, kind=LineKind.TRUE_UP):
            key = ((line.propay_id, line.adjustment_id), self.person(line.worker_id), line.week_start)
            booked[key] += line.federal_amount
            extra[key] += line.state_extra_amount
            if line.statement_id not in {*self.paid, *self.locked} and (line.federal_amount or line.state_extra_amount):
                opened.add(key)
        today = self._rules_of_today()
        due = self._due(today) | self._due_on_promises(today)
        stale = {(source, self.person(worker_id)) for source, worker_id in self.stale}
        for key in {*booked, *due}:
            if self._is_exempt(key[1]):
                assert key not in opened or key[:2] in stale
            elif key[:2] not in stale:
                assert (booked[key], extra[key]) == due.get(key, (0, 0)), key

    def _rules_of_today(self) -> Rules:
        policy = PayPolicy.objects.get(company=self.company)
        today = (RULES[policy.state], policy.method, policy.first_weekday)
        frozen = StatementLine.objects.filter(company=self.company, statement__status__in=FROZEN_STATEMENTS)
        rows = list(frozen.values_list("propay_id", "worker_id", "statement_id"))
        ids = {row[2] for row in rows}
        self.frozen = {pk: kept for pk, kept in self.frozen.items() if pk in ids}
        self.froze += 1
        for pk in ids - self.frozen.keys():
            self.frozen[pk] = (self.froze, today)
        self.rules = {}
        for propay_id, worker_id, pk in sorted(rows, key=lambda row: self.frozen[row[2]][0]):
            if propay_id is not None:
                self.rules.setdefault((propay_id, self.person(worker_id)), self.frozen[pk][1])
        return today

    def _due(self, today: Rules) -> dict[Week, Amounts]:
        due = {}
        for propay in ProPay.objects.filter(pk__in=self.propays, status__in=FROZEN):
            bonuses: Counter[int] = Counter()
            for line in StatementLine.objects.filter(propay=propay, kind__in=BONUS):
                bonuses[self.person(line.worker_id)] += line.amount
            for person, bonus in bonuses.items():
                rules = self.rules.get((propay.pk, person), today)
                for week, amounts in self._due_to(propay, self.ids(person), bonus, rules).items():
                    due[(propay.pk, None), person, week] = amounts
        return due

    def _due_on_promises(self, today: Rules) -> dict[Week, Amounts]:
        """By the rules of the bonus's own statement, once that is locked or paid."""
        due = {}
        for line in StatementLine.objects.filter(company=self.company, is_promised=True):
            person, ids = self.person(line.worker_id), self.ids(line.worker_id)
            rules = self.frozen[line.statement_id][1] if line.statement_id in self.frozen else today
            worked = self._worked(ids, rules)
            own: Counter[date] = Counter()
            for week, days in worked.items():
                own[week] += sum(minutes for day, minutes in days.items() if line.first_day <= day <= line.last_day)
            weights = {week: total for week, total in own.items() if total > 0}
            for week, amounts in _true_ups(line.amount, weights, worked, rules).items():
                due[(None, line.pk), person, week] = amounts
        return due

    def _due_to(self, propay: ProPay, ids: set[int], bonus: Decimal, rules: Rules) -> dict[date, Amounts]:
        own: Counter[date] = Counter()
        everybody: Counter[date] = Counter()
        for one in SnapshotEntry.objects.filter(snapshot__propay=propay, snapshot__is_live=True):
            week = _week(one.work_date, rules)
            everybody[week] += one.minutes
            own[week] += one.minutes if one.worker_id in ids else 0
        weights = {day: total for day, total in own.items() if total > 0} or {
            day: 1 for day, total in everybody.items() if total > 0
        }
        return _true_ups(bonus, weights, self._worked(ids, rules), rules)

    def _worked(self, ids: set[int], rules: Rules) -> defaultdict[date, Counter[date]]:
        """Minutes by workweek and day."""
        worked: defaultdict[date, Counter[date]] = defaultdict(Counter)
        for entry in TimeEntry.objects.filter(
            worker__in=ids, voided_at=None, is_open=False, kind__in=["work", "travel", "auto_lunch"]
        ):
            worked[_week(entry.work_date, rules)][entry.work_date] += entry.minutes
        return worked

    @invariant()
    def no_entry_pays_twice(self) -> None:
        claims = Counter(SnapshotEntry.objects.filter(is_live=True).values_list("entry_id", flat=True))
        assert not claims or max(claims.values()) == 1
        live = SnapshotEntry.objects.filter(is_live=True).values_list("snapshot__is_live", flat=True)
        assert all(live)

    @invariant()
    def live_figures_are_todays_and_drift_is_marked(self) -> None:
        worked = work_out_all(self.company, self.propays)
        for pk, one in worked.items():
            if one.propay.status in FROZEN:
                drift = services.drift_of(company=self.company, propay_id=pk)
                is_marked = one.propay.drifted_at is not None
                assert is_marked == (drift.exists and not drift.is_dismissed)
                assert one.propay.drift_amount == (drift.amount if is_marked else None)
                continue
            for name in FIGURE_FIELDS:
                assert getattr(one.propay, name) == getattr(one.figures, name), name
            shares = Share.objects.filter(propay=pk, amount__isnull=False)
            assert {(one.worker_id, one.role): one.amount for one in shares} == amounts_of(one.figures)

    @invariant()
    def nothing_vanishes(self) -> None:
        typed: Counter[int] = Counter()
        for line in StatementLine.objects.filter(company=self.company, kind=LineKind.ADJUSTMENT):
            typed[line.worker_id] += int(line.amount * 100)
        assert {key: cents for key, cents in typed.items() if cents} == {
            key: cents for key, cents in self.adjusted.items() if cents
        }
        stored = dict(LineMessage.objects.filter(company=self.company).values_list("text", "line_id"))
        assert stored == self.kept
        count = AuditEvent.objects.filter(company=self.company).count()
        assert count >= getattr(self, "events", 0)
        self.events = count

    @invariant()
    def payroll_files_pay_what_was_paid(self) -> None:
        paid = Statement.objects.filter(company=self.company, status=StatementStatus.PAID)
        total = Decimal(0)
        for period in set(paid.values_list("start_date", "end_date")):
            file = payroll.planned_file(
                company=self.company,
                period=Period(*period),
                layout=payroll.layout_of(LayoutKey.GENERIC, None),
                options=payroll.options_of(payroll.payroll_settings(self.company)),
                only_paid=True,
                with_filed=True,
            )
            assert not [one for one in file.problems if "add" in one]
            total += file.total_amount
        assert total == sum(paid.values_list("paid_amount", flat=True), Decimal(0))


# Each step costs some 100 queries: a tenth of the other properties' examples, others in each run.
SHORT = settings(
    max_examples=settings.default.max_examples // 10,
    stateful_step_count=20,
    suppress_health_check=[HealthCheck.too_slow],
)


# With many examples it goes on for half an hour on a busy machine.
@pytest.mark.timeout(3600)
@pytest.mark.django_db
@pytest.mark.embedded
def test_payday_rules_hold_whatever_happens_before():
    run_state_machine_as_test(PayDay, settings=SHORT)
