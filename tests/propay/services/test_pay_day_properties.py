"""A tiny company through any sequence of syncs, decisions, and paydays: what must be true after every step.

The true-ups are calculated here again, in fractions, straight from bonus.md 6; so are the sums.
"""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from propay import services
from propay.frozen.figures import amounts_of, shares_of
from propay.models import (
    AdjustmentCategory,
    BonusSettings,
    LineKind,
    LineMessage,
    ProPay,
    Share,
    Snapshot,
    SnapshotEntry,
    Statement,
    StatementLine,
    StatementStatus,
)
from propay.payroll.layouts import LayoutKey
from propay.queries import payroll
from propay.queries.settings import bonus_settings
from propay.rules.figures import FIGURE_FIELDS
from propay.rules.pay_periods import Period
from propay.rules.states import ProPayStatus
from propay.services.snapshots import work_out_all
from protiv.accounts import services as accounts
from protiv.accounts.models import AuditEvent, Role, Weekday
from protiv.timekeeping import ingest
from protiv.timekeeping import services as timekeeping
from protiv.timekeeping.models import TimeEntry, Wage, Worker
from protiv.timekeeping.records import TimeRecord
from tests.make import factories
from tests.make.propays import make_propay
from tests.make.records import time_record

MONDAY = date(2026, 10, 5)
DAYS = [MONDAY + timedelta(days=number) for number in range(14)]
START = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)
FROZEN = (ProPayStatus.APPROVED, ProPayStatus.PAID)
BONUS = (LineKind.SHARE, LineKind.DRIFT)

people = st.integers(min_value=0, max_value=2)
jobs = st.integers(min_value=0, max_value=2)
propays = st.integers(min_value=0, max_value=1)
days = st.sampled_from(DAYS)
minutes = st.sampled_from([1, 59, 300, 480, 601, 720, 900])
# What a late edit says: numbers stand for our jobs and workers.
changes = st.one_of(
    st.fixed_dictionaries({"minutes": minutes}),
    st.fixed_dictionaries({"work_date": days}),
    st.fixed_dictionaries({"job_external_id": jobs}),
    st.fixed_dictionaries({"worker_external_id": people}),
    st.fixed_dictionaries({"kind": st.sampled_from(["work", "travel", "meal_break"])}),
    st.just({"kind": "auto_lunch", "minutes": -60}),
)
decisions = st.none() | st.tuples(st.sampled_from([True, True, False]), st.sampled_from([True, True, False]))
anything = st.integers(min_value=0, max_value=1000)


def half_up(value: Fraction) -> Decimal:
    cents = abs(value) * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return Decimal(-whole if value < 0 else whole).scaleb(-2)


class PayDay(RuleBasedStateMachine):
    """Three workers, two jobs with a ProPay each and one without, all of it in a transaction that is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = START
        self.run_id = 100
        self.records: dict[str, TimeRecord] = {}
        self.company = factories.make_company(time_zone="America/Denver", pay_period="WEEKLY")
        self.admin = factories.make_member(self.company, Role.ADMIN).user
        self.workers = [factories.make_worker(self.company, name) for name in ("Ana Ruiz", "Bob Stone", "Cyd Moss")]
        self.users = []
        for worker, wage in zip(self.workers, ("20.00", "17.37", "31.01"), strict=True):
            factories.make_wage(worker, wage)
            worker.membership = factories.make_member(self.company)
            worker.save()
            self.users.append(worker.membership.user)
        self.jobs = [factories.make_job(self.company) for _ in range(3)]
        self.category = AdjustmentCategory.objects.create(company=self.company, name="Other")
        self.code = factories.make_cost_code(self.company)
        self.propays = [
            make_propay(self.jobs[0], fixed_amount=Decimal("4900.00")).pk,
            make_propay(
                self.jobs[1],
                fixed_amount=Decimal("2633.33"),
                crew_percent=70,
                lead_percent=20,
                manager_percent=10,
                lead=self.workers[0],
                paid_manager=self.workers[2],
            ).pk,
        ]
        services.refresh(company=self.company, now=self.now)
        self.paid: dict[int, Any] = {}
        self.kept: dict[str, int] = {}
        self.adjusted = Counter[int]()
        self.stale: set[tuple[int, int]] = set()
        # By whose rules (ProPay, worker) was first paid: overtime rule, method, first weekday.
        self.rules: dict[tuple[int, int], tuple[str, str, int]] = {}

    @initialize(
        hours=st.lists(st.integers(6, 13), min_size=6, max_size=6),
        flags=st.tuples(st.booleans(), st.booleans()),
        goes_on=st.sampled_from([0, 1, 2, 3, 3]),
    )
    def two_weeks(self, hours: list[int], flags: tuple[bool, bool], goes_on: int) -> None:
        """Hours, perhaps approved, perhaps some of it paid: things go wrong later."""
        BonusSettings.objects.create(company=self.company, nets_losses=flags[0], rolls_over_negative=flags[1])
        for number, length in enumerate(hours):
            self._week(number % 3, number // 2, length * 60, DAYS[number % 2 * 7])
        self.sync()
        if goes_on >= 1:
            self.approve([0, 1])
        if goes_on >= 2:
            self._pay(self._open()[: 4 - goes_on])

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    # The world outside

    def sync(self) -> None:
        self.run_id += 1
        source = ingest.RowSource(self.company.pk, factories.CONNECTION_ID)
        window = ingest.Window(MONDAY - timedelta(7), MONDAY + timedelta(28), self.run_id)
        changes = ingest.store_window(
            source,
            window,
            list(self.records.values()),
            references=ingest.load_references(source),
            set_aside=[],
            now=self.now,
        )
        if changes.job_ids:
            services.refresh(company=self.company, job_ids=changes.job_ids, now=self.now)
        services.update_true_ups_of_run(
            company=self.company, run_id=self.run_id, dates=(window.start, window.end), now=self.now
        )

    def record(self, pick: int) -> TimeRecord | None:
        ids = sorted(self.records)
        return self.records[ids[pick % len(ids)]] if ids else None

    @rule(who=people, job=jobs, length=minutes, monday=st.sampled_from([DAYS[0], DAYS[7]]))
    def clock_a_week(self, who: int, job: int, length: int, monday: date) -> None:
        self._week(who, job, length, monday)
        self.sync()

    def _week(self, who: int, job: int, length: int, monday: date) -> None:
        for number in range(6):
            external_id = f"t-{self.company.pk}-{len(self.records)}-{self.run_id}"
            self.records[external_id] = time_record(
                external_id,
                worker_external_id=self.workers[who].external_id,
                job_external_id=self.jobs[job].external_id,
                cost_code_external_id=self.code.external_id,
                work_date=monday + timedelta(number),
                minutes=length,
            )

    @rule(pick=anything, change=changes, decides=decisions)
    def another_word(self, pick: int, change: dict[str, Any], decides: Any) -> None:
        record = self.record(pick)
        if record:
            ids = {"job_external_id": self.jobs, "worker_external_id": self.workers}
            values = {name: ids[name][value].external_id if name in ids else value for name, value in change.items()}
            self.records[record.external_id] = replace(record, **values)
            self.sync()
            self._decide(decides)

    @rule(one=anything, other=anything, decides=decisions)
    def entries_change_places(self, one: int, other: int, decides: Any) -> None:
        first, second = self.record(one), self.record(other)
        if first and second:
            for record, job in ((first, second.job_external_id), (second, first.job_external_id)):
                self.records[record.external_id] = replace(record, job_external_id=job)
            self.sync()
            self._decide(decides)

    @rule(pick=anything, what=st.sampled_from(["entry", "entry", "worker", "job"]), to=jobs, decides=decisions)
    def vanish(self, pick: int, what: str, to: int, decides: Any) -> None:
        """One entry, all of a worker, or all of a job, which goes to another one."""
        record = self.record(pick)
        for key, one in list(self.records.items()):
            if what == "job" and one.job_external_id == record.job_external_id:
                self.records[key] = replace(one, job_external_id=self.jobs[to].external_id)
            elif one is record or (what == "worker" and one.worker_external_id == record.worker_external_id):
                del self.records[key]
        self.sync()
        self._decide(decides)

    @rule(hours=st.integers(min_value=1, max_value=24 * 9))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    # The office

    @rule(who=people, day=days | st.just(date(2026, 1, 1)), amount=st.sampled_from(["15.00", "22.22", "48.10"]))
    def set_wage(self, who: int, day: date, amount: str) -> None:
        timekeeping.set_wage(
            company=self.company,
            worker=self.workers[who],
            start_date=day,
            hourly_amount=Decimal(amount),
            actor=self.admin,
            now=self.now,
        )

    @rule(pick=anything)
    def remove_wage(self, pick: int) -> None:
        """Seldom the first one of a worker: nothing can be approved without."""
        found = list(Wage.objects.filter(company=self.company).order_by("-pk"))
        if found and (pick < 100 or len(found) > 3):
            wage = found[pick % len(found) if pick < 100 else 0]
            timekeeping.remove_wage(company=self.company, wage=wage, actor=self.admin, now=self.now)

    @rule(which=st.sampled_from([[0], [1], [0, 1]]))
    def approve(self, which: list[int]) -> None:
        ids = [self.propays[one] for one in which]
        services.approve_propays(company=self.company, actor=self.admin, propay_ids=ids, now=self.now)

    @rule(which=propays)
    def unapprove(self, which: int) -> None:
        self._try(
            services.unapprove_propay, propay_id=self.propays[which], actor=self.admin, reason="Wrong", now=self.now
        )

    @rule(decides=decisions)
    def decide_about_drift(self, decides: Any) -> None:
        self._decide(decides)

    def _decide(self, adjusts: tuple[bool, bool] | None) -> None:
        """What can be adjusted or dismissed is; None: no one looks."""
        if adjusts is None:
            return
        for pk, is_adjusted in zip(self.propays, adjusts, strict=True):
            if ProPay.objects.filter(pk=pk, status__in=FROZEN).exists():
                drift = services.drift_of(company=self.company, propay_id=pk)
                more = {"propay_id": pk, "actor": self.admin, "seen": drift.worked.digest, "now": self.now}
                if is_adjusted:
                    self._try(services.resolve_drift_by_adjusting, note="So it is", **more)
                else:
                    self._try(services.dismiss_drift, reason="Never mind", **more)

    @rule(pick=anything, how=st.sampled_from(["one", "all", "period"]))
    def pay(self, pick: int, how: str) -> None:
        found = self._open()
        if not found:
            return
        one = found[pick % len(found)]
        if how == "period" and one.lines.exists():
            dates = {"start_date": one.start_date, "end_date": one.end_date, "pay_date": one.start_date}
            run = services.start_pay_run(company=self.company, actor=self.admin, now=self.now, **dates)
            services.work_pay_run(pay_run_id=run.pk, clock=lambda: self.now)
        else:
            self._pay([one] if how == "one" else found)

    def _open(self) -> list[Statement]:
        return list(Statement.objects.filter(company=self.company, status=StatementStatus.OPEN).order_by("pk"))

    def _pay(self, statements: list[Statement]) -> None:
        self._try(
            services.pay_statements,
            actor=self.admin,
            statement_ids=[one.pk for one in statements],
            pay_date=max((one.start_date for one in statements), default=DAYS[-1]),
            now=self.now,
        )

    @rule(who=people, amount=st.sampled_from(["-500.00", "-0.01", "0.01", "77.77"]), ago=st.integers(0, 20))
    def type_an_amount(self, who: int, amount: str, ago: int) -> None:
        services.add_adjustment(
            company=self.company,
            actor=self.admin,
            worker_ids=[self.workers[who].pk],
            category_id=self.category.pk,
            amount=Decimal(amount),
            note="",
            start_date=self.company.local_date(self.now) - timedelta(ago),
            now=self.now,
        )
        self.adjusted[self.workers[who].pk] += int(Decimal(amount) * 100)

    @rule(pick=anything)
    def take_an_amount_back(self, pick: int) -> None:
        lines = list(StatementLine.objects.filter(company=self.company, kind=LineKind.ADJUSTMENT).order_by("pk"))
        if lines:
            line = lines[pick % len(lines)]
            if self._try(services.remove_adjustment, actor=self.admin, line_id=line.pk):
                self.adjusted[line.worker_id] -= int(line.amount * 100)

    @rule(pick=anything)
    def ask(self, pick: int) -> None:
        lines = list(StatementLine.objects.filter(company=self.company).order_by("pk"))
        if lines:
            line = lines[pick % len(lines)]
            user = self.users[[worker.pk for worker in self.workers].index(line.worker_id)]
            text = f"Why? {len(self.kept)}"
            services.ask_question(company=self.company, actor=user, line_id=line.pk, text=text, now=self.now)
            self.kept[text] = line.pk

    @rule(who=people, no_bonus=st.booleans(), is_exempt=st.booleans())
    def flag(self, who: int, no_bonus: bool, is_exempt: bool) -> None:
        worker = Worker.objects.get(pk=self.workers[who].pk)
        if worker.is_exempt != is_exempt:
            self.stale |= {key for key in self._settled() if key[1] == worker.pk}
        values = {"no_bonus": no_bonus, "is_exempt": is_exempt, "actor": self.admin, "now": self.now}
        services.set_worker_flags(company=self.company, worker_id=worker.pk, **values)

    @rule(
        overtime=st.sampled_from([("FEDERAL", "FLAT_SUM"), ("CALIFORNIA", "FLAT_SUM"), ("CALIFORNIA", "PRODUCTION")]),
        length=st.sampled_from(["WEEKLY", "BIWEEKLY", "SEMIMONTHLY", "MONTHLY"]),
        anchor=st.sampled_from([None, date(2026, 11, 4)]),
        flags=st.tuples(st.booleans(), st.booleans()),
        start=st.sampled_from(Weekday.values),
        include_travel=st.booleans(),
    )
    def other_rules(
        self,
        overtime: tuple[str, str],
        length: str,
        anchor: date | None,
        flags: tuple[bool, bool],
        start: str,
        include_travel: bool,
    ) -> None:
        services.save_bonus_settings(
            company=self.company,
            actor=self.admin,
            now=self.now,
            pay_period=length,
            period_anchor_date=anchor,
            overtime_rule=overtime[0],
            overtime_method=overtime[1],
            managers_approve=True,
            nets_losses=flags[0],
            rolls_over_negative=flags[1],
        )
        values = {name: getattr(self.company, name) for name in accounts.SETTINGS}
        values |= {"workweek_start": start, "include_travel": include_travel}
        self.company = accounts.update_company(company=self.company, actor=self.admin, now=self.now, **values)

    def _settled(self) -> set[tuple[int, int]]:
        """(ProPay, worker) with nothing more to pay: who turns exempt, or not anymore, was paid."""
        lines = StatementLine.objects.filter(company=self.company, kind__in=BONUS)
        unpaid = lines.filter(statement__status=StatementStatus.OPEN).exclude(amount=0)
        by = ("propay_id", "worker_id")
        return set(lines.values_list(*by)) - set(unpaid.values_list(*by))

    def _try(self, service: Any, **values: Any) -> bool:
        try:
            with transaction.atomic():
                service(company=self.company, **values)
        except ValidationError:
            return False
        return True

    # What must be true

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
            if row["status"] == StatementStatus.PAID:
                assert row["paid_amount"] == max(sum(sums), Decimal(0))
                assert self.paid.setdefault(row["id"], (row, own)) == (row, own)
            else:
                assert row["id"] not in self.paid
        assert self.paid.keys() <= set(Statement.objects.values_list("pk", flat=True))

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
    def true_ups_are_what_the_rules_say(self) -> None:
        booked: Counter[tuple[int, int, date]] = Counter()
        extra: Counter[tuple[int, int, date]] = Counter()
        opened = set()
        for line in StatementLine.objects.filter(company=self.company, kind=LineKind.TRUE_UP):
            key = (line.propay_id, line.worker_id, line.week_start)
            booked[key] += line.federal_amount
            extra[key] += line.state_extra_amount
            if line.statement_id not in self.paid and (line.federal_amount or line.state_extra_amount):
                opened.add(key)
        due = self._due(self._rules_of_today())
        exempt = {worker.pk for worker in Worker.objects.filter(company=self.company, is_exempt=True)}
        for key in {*booked, *due}:
            if key[1] in exempt:
                assert key not in opened or key[:2] in self.stale
            elif key[:2] not in self.stale:
                assert (booked[key], extra[key]) == due.get(key, (0, 0)), key

    def _rules_of_today(self) -> tuple[str, str, int]:
        policy = bonus_settings(self.company)
        today = (policy.overtime_rule, policy.overtime_method, Weekday.values.index(self.company.workweek_start))
        paid = StatementLine.objects.filter(propay__in=self.propays, statement__status=StatementStatus.PAID)
        for payee in paid.values_list("propay_id", "worker_id"):
            self.rules.setdefault(payee, today)
        return today

    def _due(self, today: tuple[str, str, int]) -> dict[tuple[int, int, date], tuple[Decimal, Decimal]]:
        due = {}
        for propay in ProPay.objects.filter(pk__in=self.propays, status__in=FROZEN):
            bonuses: Counter[int] = Counter()
            for line in StatementLine.objects.filter(propay=propay, kind__in=BONUS):
                bonuses[line.worker_id] += line.amount
            for worker_id, bonus in bonuses.items():
                rules = self.rules.get((propay.pk, worker_id), today)
                for week, amounts in self._due_to(propay, worker_id, bonus, rules).items():
                    due[propay.pk, worker_id, week] = amounts
        return due

    def _due_to(
        self, propay: ProPay, worker_id: int, bonus: Decimal, rules: tuple[str, str, int]
    ) -> dict[date, tuple[Decimal, Decimal]]:
        def week(day: date) -> date:
            return day - timedelta(days=(day.weekday() - rules[2]) % 7)

        worked: defaultdict[date, Counter[date]] = defaultdict(Counter)
        for entry in TimeEntry.objects.filter(
            worker=worker_id, voided_at=None, is_open=False, kind__in=["work", "travel", "auto_lunch"]
        ):
            worked[week(entry.work_date)][entry.work_date] += entry.minutes
        own: Counter[date] = Counter()
        everybody: Counter[date] = Counter()
        for one in SnapshotEntry.objects.filter(snapshot__propay=propay, snapshot__is_live=True):
            everybody[week(one.work_date)] += one.minutes
            own[week(one.work_date)] += one.minutes if one.worker_id == worker_id else 0
        weights = {day: total for day, total in own.items() if total > 0} or {
            day: 1 for day, total in everybody.items() if total > 0
        }
        parts = {day: Fraction(bonus) * weight / sum(weights.values()) for day, weight in weights.items()}
        return {day: self._true_up(part, worked[day], rules) for day, part in parts.items()}

    def _true_up(self, bonus: Fraction, days: Counter[date], rules: tuple[str, str, int]) -> tuple[Decimal, Decimal]:
        total = sum(days.values())
        if total <= 0:
            return Decimal(0), Decimal(0)
        federal = half_up(Fraction(1, 2) * bonus / total * max(0, total - 2400))
        if rules[0] == "FEDERAL":
            return federal, Decimal(0)
        straight = over = double = 0
        all_seven = sum(length > 0 for length in days.values()) == 7
        for day, length in days.items():
            if all_seven and day == max(days):
                over += min(length, 480)
                double += max(length - 480, 0)
            else:
                straight += min(length, 480)
                over += min(max(length - 480, 0), 240)
                double += max(length - 720, 0)
        over += max(straight - 2400, 0)
        straight = min(straight, 2400)
        if rules[1] == "FLAT_SUM":
            rate = bonus / (straight if straight > 0 else total)
            state = rate * (Fraction(3, 2) * over + 2 * double)
        else:
            state = bonus / total * (Fraction(1, 2) * over + double)
        return federal, max(half_up(state) - federal, Decimal(0))

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
            file = payroll.payroll_file(
                company=self.company,
                period=Period(*period),
                layout=payroll.layout_of(LayoutKey.GENERIC, None),
                options=payroll.options_of(payroll.payroll_settings(self.company)),
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


@pytest.mark.django_db
@pytest.mark.embedded
def test_payday_rules_hold_whatever_happens_before():
    run_state_machine_as_test(PayDay, settings=SHORT)
