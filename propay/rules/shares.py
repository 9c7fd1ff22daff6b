"""Each person's share of a part, to the cent (bonus.md 5). Pure."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from propay.rules.labor import sort_key
from propay.rules.terms import Distribution, DrawnShare, ShareProblem, ShareRole, Terms, WorkerId, WorkerTotals
from propay.rules.trace import Trace, dollars, number
from protiv.kit.money import ZERO, allot, exact

SHARE_LABELS = {
    Distribution.PER_HOUR: "by minutes",
    Distribution.EQUAL: "equally",
    Distribution.HOURS_TIMES_WAGE: "by minutes × wage",
    Distribution.WAGE: "by average wage",
    Distribution.LEAD_WEIGHTED: "equally, with more weight for the lead",
    Distribution.FIXED_PERCENT: "by fixed percentages",
    Distribution.MANUAL: "as entered",
}


def eligible_workers(terms: Terms, workers: Iterable[WorkerTotals]) -> list[WorkerTotals]:
    """Who gets a share of the crew part: more than 0 counted minutes, not marked "no bonus", not paid as the lead."""
    excluded = {member.worker_id for member in terms.crew if member.no_bonus}
    if terms.lead is not None and terms.pool.lead and not terms.lead_also_shares:
        excluded.add(terms.lead)
    return [worker for worker in workers if worker.minutes > 0 and worker.worker_id not in excluded]


def crew_problem(terms: Terms, eligible: Sequence[WorkerTotals], part: Decimal) -> ShareProblem | None:
    """The numbers entered for eligible people must add up: percentages to 100, amounts to the crew part."""
    if not eligible:
        return None
    if terms.distribution == Distribution.FIXED_PERCENT:
        total = sum(_fixed_percents(terms, eligible), Fraction(0))
        message = f"The fixed percentages of the eligible workers total {number(total)}, not 100."
        return None if total == 100 else ShareProblem(code="FIXED_PERCENT", field="fixed_percent", message=message)
    if terms.distribution == Distribution.MANUAL:
        typed = sum(_manual_amounts(terms, eligible), ZERO)
        message = f"The amounts entered for the eligible workers total {dollars(typed)}, not {dollars(part)}."
        return None if typed == part else ShareProblem(code="MANUAL", field="manual_amount", message=message)
    return None


def crew_shares(terms: Terms, eligible: Sequence[WorkerTotals], part: Decimal, trace: Trace) -> list[DrawnShare]:
    """The crew part among those eligible; ties to more minutes, then to the lower worker id."""
    ordered = sorted(eligible, key=lambda worker: (-worker.minutes, sort_key(worker.worker_id)))
    if terms.distribution == Distribution.MANUAL:
        weights: list[Fraction] = []
        amounts = _manual_amounts(terms, ordered)
    else:
        weights = _weights(terms, ordered)
        amounts = allot(part, weights)
    shares = [
        DrawnShare(worker_id=worker.worker_id, role=ShareRole.CREW, amount=amount)
        for worker, amount in zip(ordered, amounts, strict=True)
    ]
    if trace.is_read:
        total = number(sum(weights))
        formulas = [f"{dollars(part)} × {number(weight)} / {total}" for weight in weights]
        _explain(shares, formulas or ["typed"] * len(shares), SHARE_LABELS[terms.distribution], trace)
    return by_worker(shares)


def named_shares(
    role: ShareRole, people: Sequence[WorkerId], part: Decimal, minutes: dict[WorkerId, int], trace: Trace
) -> list[DrawnShare]:
    """A part among the people named for it, equally."""
    ordered = sorted(people, key=lambda person: (-minutes.get(person, 0), sort_key(person)))
    amounts = allot(part, [1] * len(ordered))
    shares = [
        DrawnShare(worker_id=person, role=role, amount=amount) for person, amount in zip(ordered, amounts, strict=True)
    ]
    _explain(shares, [f"{dollars(part)} / {len(ordered)}"] * len(shares), f"{role.lower()} part", trace)
    return by_worker(shares)


def by_worker(shares: Iterable[DrawnShare]) -> list[DrawnShare]:
    return sorted(shares, key=lambda share: sort_key(share.worker_id))


def _weights(terms: Terms, workers: Sequence[WorkerTotals]) -> list[Fraction]:
    if terms.distribution == Distribution.PER_HOUR:
        return [Fraction(worker.minutes) for worker in workers]
    if terms.distribution == Distribution.FIXED_PERCENT:
        return _fixed_percents(terms, workers)
    if terms.distribution == Distribution.LEAD_WEIGHTED:
        return [exact(terms.lead_weight) if worker.worker_id == terms.lead else Fraction(1) for worker in workers]
    if terms.distribution in (Distribution.HOURS_TIMES_WAGE, Distribution.WAGE):
        return _wage_weights(terms, workers)
    return [Fraction(1) for _ in workers]


def _wage_weights(terms: Terms, workers: Sequence[WorkerTotals]) -> list[Fraction]:
    """Minutes × wage, or the average wage: each at least 0, because a lunch at a higher wage can outweigh the work.

    If no one has a wage, all wages count as equal: the rule then reduces to minutes, or to equal shares.
    """
    by_minutes = terms.distribution == Distribution.HOURS_TIMES_WAGE
    earned = [max(worker.wage_minutes or Fraction(0), Fraction(0)) for worker in workers]
    if not any(earned):
        return [Fraction(worker.minutes if by_minutes else 1) for worker in workers]
    return [
        wage_minutes if by_minutes else wage_minutes / worker.minutes
        for worker, wage_minutes in zip(workers, earned, strict=True)
    ]


def _fixed_percents(terms: Terms, workers: Iterable[WorkerTotals]) -> list[Fraction]:
    percents = {member.worker_id: member.fixed_percent for member in terms.crew}
    return [exact(percents.get(worker.worker_id) or 0) for worker in workers]


def _manual_amounts(terms: Terms, workers: Iterable[WorkerTotals]) -> list[Decimal]:
    amounts = {member.worker_id: member.manual_amount for member in terms.crew}
    return [amounts.get(worker.worker_id) or ZERO for worker in workers]


def _explain(shares: Sequence[DrawnShare], formulas: Sequence[str], how: str, trace: Trace) -> None:
    for share, formula in zip(shares, formulas, strict=True):
        name = trace.name(share.worker_id)
        key = f"share.{share.role}.{share.worker_id}"
        trace.add(key, f"Share of {name} ({how})", formula, dollars(share.amount))
