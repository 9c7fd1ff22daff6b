"""The parts of a pool divided among people, with or without room for their overtime (bonus.md 5, 11.7). Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from propay.rules.bonus_overtime import BonusOvertime, contains_overtime
from propay.rules.labor import Labor
from propay.rules.people import PersonLinks
from propay.rules.shares import Earnings, crew_shares, named_shares, weights_by_person
from propay.rules.terms import PART_NAMES, DrawnShare, Parts, ShareRole, Terms, WorkerId, WorkerTotals
from propay.rules.trace import Trace, dollars, number
from protiv.kit.money import CENT, ZERO, allot, exact, round_up_cents

Shares = tuple[DrawnShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Who gets a part of what. `percents` are those of the pool, without the crew's if no one is eligible."""

    terms: Terms
    percents: Mapping[str, Fraction]
    labor: Labor
    eligible: Sequence[WorkerTotals]
    earnings: Earnings

    def shares(self, parts: Parts, trace: Trace) -> Shares:
        """Every person's amount from each part."""
        shares = []
        if self.eligible:
            shares = crew_shares(self.terms, self.eligible, parts.crew, self.earnings, trace)
        minutes = {worker.worker_id: worker.minutes for worker in self.labor.workers}
        people = PersonLinks(self.terms.same_person)
        for role, name, named in self._named():
            shares += named_shares(role, named, getattr(parts, name), minutes, people, trace)
        return tuple(shares)

    def with_overtime(self, parts: Parts, overtime: BonusOvertime, trace: Trace) -> tuple[Parts, Shares]:
        """Bonuses that fit into the pool together with their overtime; the company gets what is left over.

        They start at what exact arithmetic says, to the next cent, and are lowered until the rounded amounts fit.
        """
        quiet = Trace(is_read=False)
        percents = [Fraction(0) if name == "company" else self.percents[name] for name in PART_NAMES]
        left = sum((getattr(parts, name) for name in PART_NAMES), ZERO) - parts.company
        weights = self._weights(sum(percents))
        rates = overtime.per_dollar(weights)
        factor = 1 + sum((weight * sum(rates[person]) for person, weight in weights.items()), Fraction(0))
        total = round_up_cents(exact(left) / factor)
        while True:
            lowered = Parts(**dict(zip(PART_NAMES, allot(total, percents), strict=True)))
            shares = self.shares(lowered, quiet)
            due = overtime.at_least(self.terms, shares, rates)
            if total + due <= left:
                due = overtime.true_ups(self.terms, shares, explains=False).amount
            if total + due <= left:
                break
            total -= CENT
        formula = f"{dollars(left)} / {number(factor)}, lowered by cents until the overtime of {dollars(due)} fits"
        trace.add("includes_overtime", "Bonuses, with room for their overtime in the pool", formula, dollars(total))
        lowered = replace(lowered, company=parts.company + left - total - due)
        return lowered, self.shares(lowered, trace)

    def _named(self) -> Iterator[tuple[ShareRole, str, Sequence[WorkerId]]]:
        """The people who are named for a part of the pool."""
        terms = self.terms
        if terms.lead is not None and terms.pool.lead:
            yield ShareRole.LEAD, "lead", [terms.lead]
        if terms.manager is not None and terms.pool.manager:
            yield ShareRole.MANAGER, "manager", [terms.manager]
        if terms.pool.other:
            yield ShareRole.OTHER, "other", terms.others

    def _weights(self, whole: Fraction | int) -> dict[WorkerId, Fraction]:
        """Each person's exact part of everything that people get, as far as overtime is due on it."""
        people = PersonLinks(self.terms.same_person)
        found: defaultdict[WorkerId, Fraction] = defaultdict(Fraction)
        crew = DrawnShare(worker_id=0, role=ShareRole.CREW, amount=ZERO)
        if self.eligible and whole and not contains_overtime(self.terms, crew):
            for person, weight in weights_by_person(self.terms, self.eligible, self.earnings).items():
                found[person] += weight * self.percents["crew"] / whole
        for _role, name, named in self._named():
            persons = {people.of(worker_id) for worker_id in named}
            for person in persons:
                found[person] += self.percents[name] / whole / len(persons) if whole else Fraction(0)
        return dict(found)
