"""The totals of statements, and what corrections are set against (bonus.md 10.5 and 11.1)."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from propay.models import LineKind, Statement, StatementLine, StatementStatus
from propay.queries.statements import DUE_BONUS, IS_DEDUCTION
from propay.queries.take_back import take_back_rules
from propay.rules import statement_states
from propay.rules.people import PersonLinks
from propay.rules.take_back import TakeBackRules
from propay.rules.terms import WorkerId
from propay.rules.written_off import (
    Columns,
    not_collected,
    not_taken_back,
    set_against_bonuses,
    set_against_overtime,
    spread,
)
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.kit.money import ZERO
from protiv.timekeeping.models import Worker

# What earned a bonus (a ProPay, or a bonus entered by hand), and worker id of the person.
EarnedBy = tuple[int | None, int | None, WorkerId]
WRITTEN_OFF = ("written_off_amount", "written_off_federal", "written_off_state_extra")
SUMS = {
    "bonus_amount": "amount",
    "federal_amount": "federal_amount",
    "state_extra_amount": "state_extra_amount",
    **dict(zip(WRITTEN_OFF, WRITTEN_OFF, strict=True)),
}
# The columns of a line that are paid together, each with what is written off of it.
BONUS_COLUMNS = (("amount", "written_off_amount"),)
OVERTIME_COLUMNS = (
    ("federal_amount", "written_off_federal"),
    ("state_extra_amount", "written_off_state_extra"),
)
_DOLLARS: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=12, decimal_places=2)


def retotal(statement_ids: Collection[int]) -> None:
    """Update the totals of these statements, and what is set against what their workers weren't charged."""
    sum_up({*statement_ids, *set_against(statement_ids)})


def sum_up(statement_ids: Collection[int]) -> None:
    """Update the totals of these statements from their lines."""
    lines = StatementLine.objects.filter(statement=OuterRef("pk")).order_by().values("statement")
    sums = {
        column: Coalesce(Subquery(lines.annotate(total=Sum(of)).values("total")), Value(ZERO), output_field=_DOLLARS)
        for column, of in SUMS.items()
    }
    Statement.objects.filter(pk__in=statement_ids).update(**sums)


def set_against(statement_ids: Collection[int]) -> set[int]:
    """Set corrections against what wasn't collected, on all open statements of these people (bonus.md 10.2).

    What can't be taken back isn't collected (bonus.md 11.2). Returns the ids of the statements with changed lines. A
    few queries, fewer where nothing was ever below zero.
    """
    people, worker_ids = _people_on(statement_ids)
    lines = StatementLine.objects.filter(worker__in=worker_ids)
    has_any = ~Q(**dict.fromkeys(WRITTEN_OFF, 0))
    is_below_zero = Q(amount__lt=0) | Q(federal_amount__lt=0) | Q(state_extra_amount__lt=0)
    by = ("propay_id", "adjustment_id", "worker_id")
    rows = lines.filter(has_any | is_below_zero).order_by().values_list("company_id", *by).distinct()
    found = list(rows)
    if not found:
        return set()
    rules = take_back_rules(found[0][0], people, worker_ids)
    earned = {(propay_id, adjustment_id, people.of(one)) for _company, propay_id, adjustment_id, one in found}
    changed = [*_deductions(lines, rules), *_corrections(lines, earned, people, rules)]
    BulkSyncQuerySet(StatementLine).bulk_write(changed, fields=WRITTEN_OFF)
    return {line.statement_id for line in changed}


def _deductions(lines: "QuerySet[StatementLine]", rules: TakeBackRules) -> Iterator[StatementLine]:
    """Yield the deductions on open statements of which something else isn't collected now."""
    for line in lines.filter(IS_DEDUCTION, statement__status=StatementStatus.OPEN).select_related("statement"):
        why_not = rules.why_not(line.worker_id, line.statement.end_date)
        written_off = not_taken_back(line.amount, ZERO) if why_not else ZERO
        if line.written_off_amount != written_off:
            line.written_off_amount = written_off
            yield line


def _corrections(
    lines: "QuerySet[StatementLine]", earned: Collection[EarnedBy], people: PersonLinks, rules: TakeBackRules
) -> Iterator[StatementLine]:
    """Yield the lines of what was earned, of which something else is set against or not collected now."""
    groups: defaultdict[tuple[EarnedBy, bool], list[StatementLine]] = defaultdict(list)
    propays, adjustments = {one[0] for one in earned if one[0]}, {one[1] for one in earned if one[1]}
    of_them = Q(propay__in=propays) | Q(adjustment__in=adjustments)
    ordered = lines.filter(of_them).order_by("statement__start_date", "statement_id", "pk")
    for line in ordered.select_related("statement"):
        key = (line.propay_id, line.adjustment_id, people.of(line.worker_id))
        if key in earned:
            groups[key, line.kind == LineKind.TRUE_UP].append(line)
    for (_earned, is_overtime), group in groups.items():
        if is_overtime:
            yield from _settled(group, OVERTIME_COLUMNS, set_against_overtime)
        else:
            yield from _settled(group, BONUS_COLUMNS, set_against_bonuses, rules)


def _people_on(statement_ids: Collection[int]) -> tuple[PersonLinks, set[int]]:
    """The links of the people whose statements these are, and all of their worker ids."""
    rows = Statement.objects.filter(pk__in=statement_ids).order_by().values_list("worker_id", "worker__same_person_as")
    persons = {primary or worker_id for worker_id, primary in rows}
    linked = Worker.objects.filter(same_person_as__in=persons).values_list("pk", "same_person_as")
    primary_of: dict[WorkerId, WorkerId] = {pk: primary for pk, primary in linked if primary is not None}
    people = PersonLinks(primary_of)
    return people, {int(one) for one in people.ids(persons)}


def uncollected(statement_ids: Collection[int]) -> list[tuple[StatementLine, Decimal]]:
    """Each line of these statements' bonus columns, with its part of what is below zero there (bonus.md 10.5)."""
    below_zero = Statement.objects.annotate(due=DUE_BONUS).filter(pk__in=statement_ids, due__lt=0)
    lines = StatementLine.objects.filter(statement__in=below_zero).exclude(kind=LineKind.TRUE_UP)
    found: list[tuple[StatementLine, Decimal]] = []
    ordered = lines.select_related("propay").order_by("statement_id", "pk")
    for _statement, group in groupby(ordered, key=attrgetter("statement_id")):
        own = list(group)
        parts = not_collected([(line.propay_id, line.amount + line.written_off_amount) for line in own])
        found += zip(own, parts, strict=True)
    return found


def _settled(
    lines: Collection[StatementLine],
    columns: Collection[tuple[str, str]],
    rule: Callable[[Sequence[Columns], Columns], Iterable[Columns]],
    rules: TakeBackRules | None = None,
) -> Iterator[StatementLine]:
    """Yield those of one ProPay's open lines for one person, in order, of which something else is written off now.

    With `rules`, a minus that can't be taken back isn't collected.
    """
    frozen = [line for line in lines if line.statement.status in statement_states.FROZEN]
    open_ones = [line for line in lines if line.statement.status not in statement_states.FROZEN]
    left = tuple(sum((getattr(line, written_off) for line in frozen), ZERO) for _of, written_off in columns)
    statements = [list(group) for _statement, group in groupby(open_ones, key=attrgetter("statement_id"))]
    amounts = [tuple(sum((getattr(line, of) for line in group), ZERO) for of, _off in columns) for group in statements]
    for group, sums, found in zip(statements, amounts, rule(amounts, left), strict=True):
        statement = group[0].statement
        why_not = rules and rules.why_not(statement.worker_id, statement.end_date)
        totals = tuple(map(not_taken_back, sums, found)) if why_not else found
        before = [[getattr(line, name) for name in WRITTEN_OFF] for line in group]
        for (of, written_off), total in zip(columns, totals, strict=True):
            weights = [max(-getattr(line, of) if total > 0 else getattr(line, of), ZERO) for line in group]
            for line, part in zip(group, spread(total, weights), strict=True):
                setattr(line, written_off, part)
        for line, values in zip(group, before, strict=True):
            if values != [getattr(line, name) for name in WRITTEN_OFF]:
                yield line
