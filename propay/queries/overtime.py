"""By whose overtime rules a true-up is worked out: the company's of today, or those of the day when it was paid.

Rules change: a company moves, or learns better. What was paid by the old ones stays right, and so does what a late edit
of a paid week adds to it. So a statement keeps the rules when it is paid.
"""

from collections import defaultdict
from collections.abc import Collection

from propay.frozen.overtime import policy_of
from propay.models import LineKind, StatementLine
from propay.queries.settings import bonus_settings
from propay.rules.overtime import OvertimePolicy, OvertimeRule, StateMethod
from protiv.accounts.models import Company, Weekday

# (ProPay id, worker id)
PropayPayee = tuple[int, int]
KINDS = (LineKind.SHARE, LineKind.DRIFT, LineKind.TRUE_UP)


def overtime_policy(company: Company) -> OvertimePolicy:
    """The company's overtime rules of today as the calculation takes them."""
    settings = bonus_settings(company)
    return OvertimePolicy(
        rule=OvertimeRule(settings.overtime_rule),
        method=StateMethod(settings.overtime_method),
        first_weekday=Weekday.values.index(company.workweek_start),
    )


def payees_by_policy(
    company: Company, propay_ids: Collection[int], payees: frozenset[PropayPayee] | None = None
) -> dict[OvertimePolicy, frozenset[PropayPayee]]:
    """Everybody with a line of these ProPays (or those of them in `payees`), by the rules that hold for them.

    Whoever was paid some of a ProPay's bonus has the rules of that day for all of it; the first payment counts.
    """
    lines = StatementLine.objects.filter(company=company, propay__in=propay_ids, kind__in=KINDS)
    columns = ("propay_id", "worker_id", "statement__overtime_policy")
    paid_by: dict[PropayPayee, OvertimePolicy | None] = {}
    for propay_id, worker_id, kept in lines.order_by("statement__paid_at", "pk").values_list(*columns):
        if propay_id is None or (payees is not None and (propay_id, worker_id) not in payees):
            continue
        paid_by[propay_id, worker_id] = paid_by.get((propay_id, worker_id)) or (policy_of(kept) if kept else None)
    today = overtime_policy(company)
    groups: defaultdict[OvertimePolicy, set[PropayPayee]] = defaultdict(set)
    for payee, policy in paid_by.items():
        groups[policy or today].add(payee)
    return {policy: frozenset(group) for policy, group in groups.items()}
