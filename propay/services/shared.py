"""The first and last steps of every change to a ProPay: the company's lock, the ProPay itself, the audit event.

Every change takes the company's lock first, in its transaction. So a new ProPay can't miss time or a wage that another
transaction is writing at that moment, two ProPays that claim the same time can't both be stored, and refreshes of one
company wait for each other instead of deadlocking. Readers never wait.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError

from propay.models import ProPay
from propay.queries.settings import bonus_settings
from propay.rules import states
from protiv.accounts.models import AuditEvent, Company, Membership, Role, User

T = TypeVar("T")
BATCH = 500


def lock(company: Company) -> Company:
    """The current company row, locked to the end of the transaction (on SQLite, all writers wait anyway)."""
    return Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def get_propay(company: Company, propay_id: int) -> ProPay:
    """The ProPay with its job and manager; DoesNotExist if it is another company's."""
    return ProPay.objects.select_related("job", "manager", "company").get(company=company, pk=propay_id)


def refuse_unless_live(propay: ProPay, what: str) -> None:
    """Refuse (ValidationError) changes to an approved or canceled ProPay."""
    refuse_unless_in(states.LIVE, propay, what)


def refuse_unless_in(allowed: Collection[str], propay: ProPay, what: str) -> None:
    """Refuse (ValidationError) unless the ProPay is in one of these states."""
    if propay.status not in allowed:
        raise ValidationError(f"This ProPay is {propay.get_status_display().lower()} and can't be {what}.")


def may_approve(*, company: Company, membership: Membership | None) -> bool:
    """Whether the user can approve: admins, and managers if the company allows it."""
    if membership is None or membership.company_id != company.pk:
        return False
    return membership.is_admin or (membership.role == Role.MANAGER and bonus_settings(company).managers_approve)


def refuse_unless_approver(company: Company, actor: User) -> None:
    """Refuse (ValidationError) anyone who can't approve in this company."""
    membership = Membership.objects.filter(company=company, user=actor).first()
    if not may_approve(company=company, membership=membership):
        raise ValidationError(
            "You don't have permission to approve ProPays. Ask an admin to approve it or to let managers approve.",
            code="not_allowed",
        )


def record(propay: ProPay, actor: User | None, action: str, verb: str, detail: str = "") -> None:
    """Write an audit event: who did what to this ProPay. None is Protiv itself."""
    record_all([propay], actor, action, verb, detail)


def record_all(propays: Iterable[ProPay], actor: User | None, action: str, verb: str, detail: str = "") -> None:
    """Write audit events for all of these ProPays together."""
    more = f" {detail}" if detail else ""
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                company_id=propay.company_id,
                actor=actor,
                action=action,
                target=f"propay:{propay.pk}",
                summary=f"{verb} the ProPay “{propay.title}”.{more}"[:500],
            )
            for propay in propays
        ),
        batch_size=BATCH,
    )


def record_event(company_id: int, actor: User | None, action: str, target: str, summary: str) -> None:
    """Write an audit event about anything else."""
    AuditEvent.objects.create(company_id=company_id, actor=actor, action=action, target=target, summary=summary[:500])


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in batches."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
