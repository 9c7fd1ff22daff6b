"""Which amounts that aren't locked or paid a change makes different: it is made, looked at, and rolled back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import blake2b

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from propay.frozen.evidence import DIGEST_BYTES
from propay.models import StatementLine
from propay.rules import statement_states
from protiv.accounts.models import Company
from protiv.kit.money import ZERO
from protiv.timekeeping.models import Worker

# (worker's name, ProPay's title, first day of the workweek or None for a share).
AmountKey = tuple[str, str, date | None]
Amounts = Mapping[AmountKey, Decimal]
SHOWN_AT_MOST = 100
REVIEW = "This applies to days that have begun. Review what changes, and say why."
CHANGED = "What this would change is different now. Nothing was saved. Review it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAmountChange:
    """An amount before and after: the true-ups of a workweek on open statements or, without a week, a share."""

    name: str
    title: str
    week_start: date | None
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountEffect:
    """What a change does: the first of the differences, and how many more. `seen` is a digest of all.

    `lowered` counts the amounts that become less.
    """

    shown: tuple[OpenAmountChange, ...]
    more: int
    lowered: int
    seen: str


def open_lines(company: Company) -> QuerySet[StatementLine]:
    """What open statements pay for ProPays and for bonuses entered by hand, with its overtime."""
    lines = StatementLine.objects.filter(Q(propay__isnull=False) | Q(adjustment__isnull=False), company=company)
    return lines.exclude(statement__status__in=statement_states.FROZEN)


def amounts_of(lines: QuerySet[StatementLine]) -> dict[AmountKey, Decimal]:
    """The sums of these lines by person, ProPay, and week."""
    found: dict[AmountKey, Decimal] = {}
    for line in lines.select_related("worker", "propay").order_by("week_start", "pk"):
        key = (called(line.worker), line.propay.title if line.propay else "", line.week_start)
        found[key] = found.get(key, ZERO) + line.total_amount + line.total_written_off
    return found


def effect_of(before: Amounts, after: Amounts, *values: object) -> AmountEffect:
    """What differs; `values` are what else someone saw, and belong to the digest."""
    pairs = [(key, before.get(key, ZERO), after.get(key, ZERO)) for key in {**before, **after}]
    changes = [
        OpenAmountChange(name=key[0], title=key[1], week_start=key[2], before=was, after=now)
        for key, was, now in pairs
        if was != now
    ]
    return AmountEffect(
        shown=tuple(changes[:SHOWN_AT_MOST]),
        more=max(len(changes) - SHOWN_AT_MOST, 0),
        lowered=sum(change.difference < 0 for change in changes),
        seen=blake2b(repr((changes, *values)).encode(), digest_size=DIGEST_BYTES).hexdigest(),
    )


def called(worker: Worker) -> str:
    """The name and the id, which tells two of the same name apart."""
    return f"{worker.name} (ID {worker.external_id})"


def refuse_unless_reviewed(effect: AmountEffect | None, *, seen: str, reason: str) -> None:
    """Raise ValidationError unless someone saw this effect and gave a reason; None needs neither."""
    if effect and not (seen and reason):
        raise ValidationError(REVIEW, code="review")
    if effect and seen != effect.seen:
        raise ValidationError(CHANGED, code="changed")
