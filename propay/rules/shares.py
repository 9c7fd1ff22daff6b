"""Each person's share of a part, to the cent (bonus.md 5). Pure.

Some distributions count people, who may have several worker ids (bonus.md 10.2); a person's part is then divided among
the ids by minutes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from propay.rules.labor import sort_key
from propay.rules.people import PersonLinks
from propay.rules.terms import Distribution, DrawnShare, ShareProblem, ShareRole, Terms, WorkerId, WorkerTotals
from propay.rules.trace import Trace, dollars, number
from protiv.kit.money import ZERO, allot, exact

Earnings = Mapping[WorkerId, Fraction]
COUNTS_PEOPLE = frozenset({Distribution.EQUAL, Distribution.WAGE, Distribution.LEAD_WEIGHTED})
SHARE_LABELS = {
    Distribution.PER_HOUR: "by minutes",
    Distribution.EQUAL: "equally",
    Distribution.HOURS_TIMES_WAGE: "by minutes × wage",
    Distribution.WAGE: "by average wage",
    Distribution.LEAD_WEIGHTED: "equally, with more weight for the lead",
    Distribution.FIXED_PERCENT: "by fixed percentages",
    Distribution.MANUAL: "as entered",
    Distribution.TOTAL_EARNINGS: "by total earnings, which contain overtime",
}


def eligible_workers(terms: Terms, workers: Iterable[WorkerTotals]) -> list[WorkerTotals]:
    """Who gets a share of the crew part: more than 0 counted minutes, not marked "no bonus", not paid as the lead."""
    excluded = {member.worker_id for member in terms.crew if member.no_bonus}
    if terms.lead is not None and terms.pool.lead and not terms.lead_also_shares:
        excluded |= PersonLinks(terms.same_person).ids([terms.lead])
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


def crew_shares(
    terms: Terms, eligible: Sequence[WorkerTotals], part: Decimal, earnings: Earnings, trace: Trace
) -> list[DrawnShare]:
    """The crew part among those eligible; ties to more minutes, then to the lower worker id.

    `earnings` are only for TOTAL_EARNINGS.
    """
    how = SHARE_LABELS[terms.distribution]
    people = PersonLinks(terms.same_person) if terms.distribution in COUNTS_PEOPLE else PersonLinks()
    persons = sorted(_as_people(people, eligible), key=lambda one: (-one.minutes, sort_key(one.worker_id)))
    if terms.distribution == Distribution.MANUAL:
        amounts = _manual_amounts(terms, persons)
        formulas = ["typed"] * len(persons)
    else:
        weights = _weights(terms, persons, people, earnings)
        amounts = allot(part, weights)
        total = number(sum(weights)) if trace.is_read else ""
        formulas = [f"{dollars(part)} × {number(weight)} / {total}" if total else "" for weight in weights]
    minutes = _minutes_by_person(people, {worker.worker_id: worker.minutes for worker in eligible})
    ids = [minutes[person.worker_id] for person in persons]
    return _among_ids(ShareRole.CREW, ids, amounts, formulas, how, trace)


def named_shares(
    role: ShareRole,
    named: Sequence[WorkerId],
    part: Decimal,
    minutes: Mapping[WorkerId, int],
    people: PersonLinks,
    trace: Trace,
) -> list[DrawnShare]:
    """A part among the people named for it, equally."""
    by_person = _minutes_by_person(people, {worker_id: minutes.get(worker_id, 0) for worker_id in named})
    persons = sorted(by_person, key=lambda person: (-sum(by_person[person].values()), sort_key(person)))
    amounts = allot(part, [1] * len(persons))
    formulas = [f"{dollars(part)} / {len(persons)}"] * len(persons)
    ids = [by_person[person] for person in persons]
    return _among_ids(role, ids, amounts, formulas, f"{role.lower()} part", trace)


def _among_ids(
    role: ShareRole,
    people: Sequence[Mapping[WorkerId, int]],
    amounts: Sequence[Decimal],
    formulas: Sequence[str],
    how: str,
    trace: Trace,
) -> list[DrawnShare]:
    """Each person's amount among that person's ids, by minutes, or equally if there are none."""
    shares: list[DrawnShare] = []
    for minutes, amount, formula in zip(people, amounts, formulas, strict=True):
        ordered = sorted(minutes, key=lambda worker_id: (-minutes[worker_id], sort_key(worker_id)))
        weights = [max(minutes[worker_id], 0) for worker_id in ordered]
        if not any(weights):
            weights = [1] * len(ordered)
        for worker_id, weight, own in zip(ordered, weights, allot(amount, weights), strict=True):
            share = DrawnShare(worker_id=worker_id, role=role, amount=own)
            shares.append(share)
            among_ids = f" × {weight} / {sum(weights)} of this person's minutes" if len(weights) > 1 else ""
            _explain(share, f"{formula}{among_ids}", how, trace)
    return by_worker(shares)


def _minutes_by_person(
    people: PersonLinks, minutes: Mapping[WorkerId, int]
) -> defaultdict[WorkerId, dict[WorkerId, int]]:
    """Person → worker id → minutes."""
    found: defaultdict[WorkerId, dict[WorkerId, int]] = defaultdict(dict)
    for worker_id, own in minutes.items():
        found[people.of(worker_id)][worker_id] = own
    return found


def _as_people(people: PersonLinks, workers: Iterable[WorkerTotals]) -> list[WorkerTotals]:
    """The totals of these ids, added up by person."""
    if not people.primary:
        return list(workers)
    found: dict[WorkerId, WorkerTotals] = {}
    for worker in workers:
        person = people.of(worker.worker_id)
        before = found.get(person)
        found[person] = replace(
            worker,
            worker_id=person,
            minutes=worker.minutes + (before.minutes if before else 0),
            wage_minutes=(worker.wage_minutes or 0) + (before.wage_minutes or Fraction(0) if before else Fraction(0)),
        )
    return list(found.values())


def by_worker(shares: Iterable[DrawnShare]) -> list[DrawnShare]:
    return sorted(shares, key=lambda share: sort_key(share.worker_id))


def weights_by_person(terms: Terms, eligible: Sequence[WorkerTotals], earnings: Earnings) -> dict[WorkerId, Fraction]:
    """Each person's exact part of the crew part; the parts add up to 1."""
    people = PersonLinks(terms.same_person)
    counted = _as_people(people if terms.distribution in COUNTS_PEOPLE else PersonLinks(), eligible)
    weights = _weights(terms, counted, people, earnings)
    total = sum(weights, Fraction(0))
    found: defaultdict[WorkerId, Fraction] = defaultdict(Fraction)
    for worker, weight in zip(counted, weights, strict=True):
        found[people.of(worker.worker_id)] += weight / total if total else Fraction(0)
    return dict(found)


def _weights(terms: Terms, workers: Sequence[WorkerTotals], people: PersonLinks, earnings: Earnings) -> list[Fraction]:
    if terms.distribution == Distribution.TOTAL_EARNINGS:
        earned = [max(earnings.get(worker.worker_id, Fraction(0)), Fraction(0)) for worker in workers]
        return earned if any(earned) else [Fraction(worker.minutes) for worker in workers]
    if terms.distribution == Distribution.PER_HOUR:
        return [Fraction(worker.minutes) for worker in workers]
    if terms.distribution == Distribution.FIXED_PERCENT:
        return _fixed_percents(terms, workers)
    if terms.distribution == Distribution.LEAD_WEIGHTED:
        lead = None if terms.lead is None else people.of(terms.lead)
        return [exact(terms.lead_weight) if worker.worker_id == lead else Fraction(1) for worker in workers]
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


def _explain(share: DrawnShare, formula: str, how: str, trace: Trace) -> None:
    if trace.is_read:
        key = f"share.{share.role}.{share.worker_id}"
        trace.add(key, f"Share of {trace.name(share.worker_id)} ({how})", formula, dollars(share.amount))
