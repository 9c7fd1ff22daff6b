"""What today's rules would add to overtime that is locked or paid (bonus.md 11.18). Reads only: nothing is booked."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet, Sum

from propay.models import FROZEN_STATUSES, LineKind, ProPay, ReviewAnswer, ReviewDecision, StatementLine
from propay.queries.overtime import Earned, PropayPayee, overtime_due, policies_of
from propay.queries.people import people_of
from propay.queries.workdays import frozen_days
from propay.rules import statement_states
from propay.rules.bonus_overtime import included_in
from propay.rules.pay_periods import Period
from propay.rules.people import PersonLinks
from protiv.accounts.models import Company
from protiv.kit.money import CENT, ZERO

EARNS = (LineKind.SHARE, LineKind.DRIFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One person's overtime on one ProPay: what is on statements, and what today's rules make due. Dollars.

    `decided_amount` of the difference was paid or dismissed already.
    """

    propay: ProPay
    worker_id: int
    name: str
    booked_amount: Decimal
    due_amount: Decimal
    decided_amount: Decimal

    @property
    def open_amount(self) -> Decimal:
        return self.due_amount - self.booked_amount - self.decided_amount


def propays_to_review(company: Company, period: Period) -> QuerySet[ProPay]:
    """The ProPays with a bonus on a locked or paid statement of this pay period."""
    lines = StatementLine.objects.filter(
        company=company,
        kind__in=EARNS,
        statement__start_date=period.start_date,
        statement__end_date=period.end_date,
        statement__status__in=statement_states.FROZEN,
    )
    return ProPay.objects.filter(company=company, status__in=FROZEN_STATUSES, pk__in=lines.values("propay"))


def review_of(company: Company, propays: Collection[ProPay]) -> list[ReviewRow]:
    """Where today's rules give more than is booked and decided, by ProPay and person; a few queries for all."""
    people, policies = people_of(company), policies_of(company)
    by_id = {propay.pk: propay for propay in propays}
    bonuses, included, frozen = _bonuses(company, people, by_id)
    counted = frozen_days(by_id, policies.workdays(None, company.zone))
    earned = {
        pk: Earned(bonuses=bonuses[pk], included=included.get(pk, {}), counted=counted.get(pk, ())) for pk in bonuses
    }
    due = overtime_due(company=company, policies=policies, people=people, earned=earned)
    booked, decided = _booked(company, people, by_id), _decided(company, people, by_id)
    rows = []
    for payee in sorted(frozen):
        propay_id, person = payee
        weeks = [one for one in due.results[propay_id].true_ups if one.worker_id == person]
        # Who is exempt in a week now may not have been when it was paid.
        left_out = {one.week_start for one in weeks if one.is_exempt}
        row = ReviewRow(
            propay=by_id[propay_id],
            worker_id=person,
            name=due.names[person],
            booked_amount=_sum(amount for week, amount in booked[payee].items() if week not in left_out),
            due_amount=_sum(one.federal + one.state_extra for one in weeks if not one.is_exempt),
            decided_amount=decided[payee],
        )
        if row.open_amount > 0:
            rows.append(row)
    return rows


def _bonuses(
    company: Company, people: PersonLinks, propays: Mapping[int, ProPay]
) -> tuple[dict[int, dict[int, Decimal]], dict[int, dict[int, Decimal]], set[PropayPayee]]:
    """What each worker id earned on each ProPay, what of it contains its overtime (bonus.md 11.6), and who has some of
    it on a locked or paid statement.
    """
    bonuses: defaultdict[int, defaultdict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    included: defaultdict[int, defaultdict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    frozen: set[PropayPayee] = set()
    lines = StatementLine.objects.filter(company=company, propay__in=propays, kind__in=EARNS)
    sums = lines.order_by().values_list("propay", "worker", "role", "statement__status").annotate(Sum("amount"))
    for propay_id, worker_id, role, status, amount in sums:
        cents = amount.quantize(CENT)
        bonuses[propay_id][worker_id] += cents
        included[propay_id][worker_id] += sum(
            included_in(propays[propay_id].distribution, {(worker_id, role): cents}).values(), ZERO
        )
        if status in statement_states.FROZEN:
            frozen.add((propay_id, int(people.of(worker_id))))
    return {**bonuses}, {**included}, frozen


def _booked(
    company: Company, people: PersonLinks, propay_ids: Collection[int]
) -> defaultdict[PropayPayee, defaultdict[date, Decimal]]:
    """The overtime on statements, open ones included, by workweek."""
    found: defaultdict[PropayPayee, defaultdict[date, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    lines = StatementLine.objects.filter(company=company, propay__in=propay_ids, kind=LineKind.TRUE_UP)
    sums = lines.order_by().values_list("propay", "worker", "week_start")
    for propay_id, worker_id, week, federal, extra in sums.annotate(Sum("federal_amount"), Sum("state_extra_amount")):
        found[propay_id, int(people.of(worker_id))][week] += (federal + extra).quantize(CENT)
    return found


def _decided(company: Company, people: PersonLinks, propay_ids: Collection[int]) -> defaultdict[PropayPayee, Decimal]:
    """What was dismissed, and what was paid and not removed again."""
    found: defaultdict[PropayPayee, Decimal] = defaultdict(lambda: ZERO)
    rows = ReviewDecision.objects.filter(company=company, propay__in=propay_ids)
    for propay_id, worker_id, answer, amount, paid in rows.values_list(
        "propay", "worker", "answer", "amount", "line__amount"
    ):
        found[propay_id, int(people.of(worker_id))] += amount if answer == ReviewAnswer.DISMISSED else paid or ZERO
    return found


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
