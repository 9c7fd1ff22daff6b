"""A tiny company, and what can happen to it: syncs, decisions, and paydays."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from propay import services
from propay.models import (
    AdjustmentCategory,
    BonusSettings,
    LineKind,
    ProPay,
    Statement,
    StatementLine,
    StatementStatus,
    TakeBackConsent,
)
from propay.payroll.layouts import GENERIC
from propay.payroll.rows import PayrollOptions
from propay.rules.pay_periods import Period
from propay.rules.statement_states import UNPAID
from propay.rules.states import ProPayStatus
from protiv.accounts import services as accounts
from protiv.accounts.models import Role, Weekday
from protiv.timekeeping import ingest
from protiv.timekeeping import services as timekeeping
from protiv.timekeeping.models import OvertimeExemption, Wage, Worker
from protiv.timekeeping.records import TimeRecord
from tests.make import factories
from tests.make.propays import make_propay
from tests.make.records import time_record

MONDAY = date(2026, 10, 5)
DAYS = [MONDAY + timedelta(days=number) for number in range(14)]
START = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)
FROZEN = (ProPayStatus.APPROVED, ProPayStatus.PAID)
BONUS = (LineKind.SHARE, LineKind.DRIFT)
# What makes overtime due: the id of a ProPay, or of the line of a promised bonus.
Source = tuple[int | None, int | None]

people = st.integers(min_value=0, max_value=2)
jobs = st.integers(min_value=0, max_value=2)
propays = st.integers(min_value=0, max_value=1)
days = st.sampled_from(DAYS)
earned = st.tuples(days, days).map(lambda pair: (min(pair), max(pair)))
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


class PayDaySteps(RuleBasedStateMachine):
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
        # (source, worker) whose overtime was right when the worker turned exempt, or not anymore, and stays so.
        self.stale: set[tuple[Source, int]] = set()
        # By whose rules (ProPay, worker) was first paid: overtime rule, method, first weekday.
        self.rules: dict[tuple[int, int], tuple[str, str, int]] = {}
        # When each locked or paid statement was first seen so, and the rules of that moment.
        self.frozen: dict[int, tuple[int, tuple[str, str, int]]] = {}
        self.froze = 0
        self.locked: dict[int, Any] = {}

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
            self._pay(self._unpaid()[: 4 - goes_on])

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
        services.follow_hours_of_run(
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
            # By the clock on that day, too: overtime goes by it (bonus.md 10.1).
            if "work_date" in values:
                values |= dict.fromkeys(("start_date", "stop_date"), values["work_date"])
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
        found = self._unpaid()
        self.now += timedelta(seconds=1)
        if not found:
            return
        one = found[pick % len(found)]
        if how == "period" and one.lines.exists():
            dates = {"start_date": one.start_date, "end_date": one.end_date, "pay_date": one.start_date}
            run = services.start_pay_run(company=self.company, actor=self.admin, now=self.now, **dates)
            services.work_pay_run(pay_run_id=run.pk, clock=lambda: self.now)
        else:
            self._pay([one] if how == "one" else found)

    @rule(pick=anything)
    def file(self, pick: int) -> None:
        """A payroll file of one period locks its open statements."""
        found = self._unpaid()
        self.now += timedelta(seconds=1)
        if found:
            one = found[pick % len(found)]
            self._try(
                services.create_payroll_file,
                actor=self.admin,
                period=Period(one.start_date, one.end_date),
                layout=GENERIC,
                options=PayrollOptions(),
                now=self.now,
            )

    @rule(pick=anything)
    def unlock(self, pick: int) -> None:
        found = [one for one in self._unpaid() if one.status == StatementStatus.LOCKED]
        if found:
            one = found[pick % len(found)]
            assert self._try(services.unlock_statement, actor=self.admin, statement_id=one.pk, now=self.now)

    def _unpaid(self) -> list[Statement]:
        return list(Statement.objects.filter(company=self.company, status__in=UNPAID).order_by("pk"))

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
        self._add(who, amount, ago)

    def _add(self, who: int, amount: str, ago: int, **promise: Any) -> None:
        services.add_adjustment(
            company=self.company,
            actor=self.admin,
            worker_ids=[self.workers[who].pk],
            category_id=self.category.pk,
            deduction_category="ADVANCE",
            amount=Decimal(amount),
            note="",
            start_date=self.company.local_date(self.now) - timedelta(ago),
            now=self.now,
            **promise,
        )
        self.adjusted[self.workers[who].pk] += int(Decimal(amount) * 100)

    @rule(who=people, amount=st.sampled_from(["0.01", "77.77", "300.00"]), over=earned, ago=st.integers(0, 20))
    def promise_a_bonus(self, who: int, amount: str, over: tuple[date, date], ago: int) -> None:
        self._add(who, amount, ago, earned=over)

    @rule(pick=anything, over=st.none() | earned)
    def answer_whether_it_was_promised(self, pick: int, over: tuple[date, date] | None) -> None:
        bonuses = list(self._adjustments().filter(amount__gt=0))
        if bonuses:
            line = bonuses[pick % len(bonuses)]
            self._try(services.answer_adjustment, actor=self.admin, line_id=line.pk, earned=over, now=self.now)

    def _adjustments(self) -> "QuerySet[StatementLine]":
        return StatementLine.objects.filter(company=self.company, kind=LineKind.ADJUSTMENT).order_by("pk")

    @rule(pick=anything)
    def take_an_amount_back(self, pick: int) -> None:
        lines = list(self._adjustments())
        if lines:
            line = lines[pick % len(lines)]
            if self._try(services.remove_adjustment, actor=self.admin, line_id=line.pk, now=self.now):
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

    @rule(setting=st.sampled_from(["NEVER", "WITH_CONSENT", "YES"]))
    def decide_about_taking_back(self, setting: str) -> None:
        factories.set_policy(self.company, take_back=setting)
        with transaction.atomic():
            services.follow_take_back(company=self.company)

    @rule(who=people)
    def consent_or_withdraw(self, who: int) -> None:
        worker = self.workers[who]
        given = TakeBackConsent.objects.filter(worker=worker, withdrawn_at=None).first()
        if given:
            assert self._try(services.withdraw_consent, consent_id=given.pk, actor=self.admin, now=self.now)
            return
        signed = {"signed_date": MONDAY, "file_name": "signed.pdf", "content": b"%PDF-1.7"}
        assert self._try(services.record_consent, worker_id=worker.pk, actor=self.admin, now=self.now, **signed)

    @rule(who=people, last_day=st.none() | days)
    def leave_or_stay(self, who: int, last_day: date | None) -> None:
        values = {"last_day": last_day, "kind": "QUIT", "actor": self.admin, "now": self.now}
        assert self._try(services.set_departure, worker_id=self.workers[who].pk, **values)

    @rule(who=people, whose=people | st.none())
    def be_one_person(self, who: int, whose: int | None) -> None:
        """Or a person alone again. Who is exempt under one id only may be owed something, or nothing anymore."""
        worker, primary = self.workers[who], None if whose is None else self.workers[whose]
        ids = self.ids(worker.pk) | (self.ids(primary.pk) if primary else set())
        if OvertimeExemption.objects.filter(worker__in=ids).exists():
            self.stale |= {((propay_id, None), pk) for propay_id in self.propays for pk in ids}
            promised = self._adjustments().filter(is_promised=True, worker__in=ids)
            self.stale |= {((None, line.pk), pk) for line in promised for pk in ids}
        who_and_whose = {"worker_id": worker.pk, "primary_id": primary.pk if primary else None, "now": self.now}
        try:
            seen = services.preview_link(company=self.company, **who_and_whose).seen
        except ValidationError:
            return
        assert self._try(services.set_person, actor=self.admin, seen=seen, **who_and_whose)

    def person(self, worker_id: int) -> int:
        return Worker.objects.get(pk=worker_id).same_person_as_id or worker_id

    def ids(self, worker_id: int) -> set[int]:
        """All ids of the person."""
        return {worker.pk for worker in self.workers if self.person(worker.pk) == self.person(worker_id)}

    @rule(who=people, no_bonus=st.booleans(), is_exempt=st.booleans())
    def flag(self, who: int, no_bonus: bool, is_exempt: bool) -> None:
        worker = Worker.objects.get(pk=self.workers[who].pk)
        values = {"no_bonus": no_bonus, "is_salaried": False, "actor": self.admin, "now": self.now}
        services.set_worker_flags(company=self.company, worker_id=worker.pk, **values)
        before = worker.exemptions.first()
        if (before is not None) == is_exempt:
            return
        self.stale |= {key for key in self._settled() if key[1] in self.ids(worker.pk)}
        row = services.StatusRow(
            model=OvertimeExemption,
            from_date=None,
            values={"is_federal": True, "is_state": True} if is_exempt else {},
            row_id=before.pk if before else None,
        )
        target = {"company": self.company, "worker_id": worker.pk, "row": row, "now": self.now}
        effect = services.preview_worker_status(**target)
        services.save_worker_status(**target, actor=self.admin, seen=effect.seen if effect else "", reason="Was wrong")

    @rule(
        overtime=st.sampled_from([("", "FLAT_SUM"), ("CA", "FLAT_SUM"), ("CA", "PRODUCTION")]),
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
            managers_approve=True,
            nets_losses=flags[0],
            rolls_over_negative=flags[1],
            payday_days=7,
        )
        values = {name: getattr(self.company, name) for name in accounts.SETTINGS}
        values |= {"include_travel": include_travel}
        accounts.update_company(company=self.company, actor=self.admin, now=self.now, **values)
        policy = factories.policy_values(workweek_start=start, state=overtime[0], method=overtime[1], divisor="WEEK")
        rules = {"company": self.company, "from_date": None, "now": self.now, **policy}
        effect = services.preview_pay_policy(**rules)
        services.save_pay_policy(actor=self.admin, seen=effect.seen if effect else "", reason="Was wrong", **rules)
        self.company.refresh_from_db()

    def _settled(self) -> set[tuple[Source, int]]:
        """(Source, worker) with nothing more to pay: who turns exempt, or not anymore, was paid."""
        lines = StatementLine.objects.filter(company=self.company, kind__in=BONUS)
        unpaid = lines.filter(statement__status=StatementStatus.OPEN).exclude(amount=0)
        by = ("propay_id", "worker_id")
        settled = set(lines.values_list(*by)) - set(unpaid.values_list(*by))
        promised = self._adjustments().filter(is_promised=True).exclude(statement__status=StatementStatus.OPEN)
        return {((propay_id, None), worker_id) for propay_id, worker_id in settled} | {
            ((None, line.pk), pk) for line in promised for pk in self.ids(line.worker_id)
        }

    def _try(self, service: Any, **values: Any) -> bool:
        try:
            with transaction.atomic():
                service(company=self.company, **values)
        except ValidationError:
            return False
        return True
