"""Bonuses that are past their payday (29 CFR 778.106; bonus.md 11.17): found, and told the admins once a week.

The tick queues a look at each company once a day; the look sends the mail.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django_q.tasks import async_task

from propay.models import OverdueCheck, ProPay, Statement
from propay.queries.settings import bonus_settings
from propay.rules.due_dates import last_day_past_payday
from propay.rules.pay_periods import ONE_DAY, period_of
from propay.rules.statement_states import UNPAID
from propay.rules.states import ProPayStatus
from propay.services.booking import usual_anchor_date
from propay.services.shared import BATCH
from protiv.accounts.models import Company, Membership, Role

TASK = "propay.tasks.mail_overdue"
DAY, WEEK = timedelta(days=1), timedelta(days=7)
IS_OWED = Q(bonus_amount__gt=0) | Q(federal_amount__gt=0) | Q(state_extra_amount__gt=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDates:
    """What is past its payday: ProPays completed before a moment, and unpaid statements that end up to a day."""

    completed_before: datetime
    ended_by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """How many completed ProPays and unpaid statements are past their payday, by these limits."""

    due: DueDates
    propays: int
    statements: int

    @property
    def any(self) -> bool:
        return bool(self.propays or self.statements)


def due_dates(company: Company, today: date) -> DueDates:
    """The limits for this company; at most two queries."""
    own = bonus_settings(company)
    anchor_date = own.period_anchor_date or usual_anchor_date(company)
    paid = today - timedelta(days=own.payday_days)
    period = period_of(paid, length=company.pay_period, anchor_date=anchor_date)
    last_day = last_day_past_payday(period, today=today, days=own.payday_days)
    return DueDates(
        completed_before=datetime.combine(last_day + ONE_DAY, time(), company.zone),
        ended_by=paid - ONE_DAY,
    )


def overdue_of(company: Company, today: date) -> Overdue:
    """Counted; four queries at most."""
    due = due_dates(company, today)
    return Overdue(
        due=due,
        propays=overdue_propays(company, due).count(),
        statements=overdue_statements(company, due).count(),
    )


def overdue_propays(company: Company, due: DueDates) -> QuerySet[ProPay]:
    """Completed, so that the bonus could be computed, and not approved."""
    return ProPay.objects.filter(company=company, status=ProPayStatus.COMPLETE, completed_at__lt=due.completed_before)


def overdue_statements(company: Company, due: DueDates) -> QuerySet[Statement]:
    """Not marked as paid, though something is owed."""
    return Statement.objects.filter(IS_OWED, company=company, status__in=UNPAID, end_date__lte=due.ended_by)


def queue_overdue_checks(*, now: datetime) -> None:
    """Queue a look at the companies that weren't looked at for a day; safe to run twice at a time."""
    unpaid = Statement.objects.filter(company=OuterRef("pk"), status__in=UNPAID)
    complete = ProPay.objects.filter(company=OuterRef("pk"), status=ProPayStatus.COMPLETE)
    is_due = Q(overdue_check=None) | Q(overdue_check__checked_at__lte=now - DAY)
    companies = Company.objects.filter(is_due, Exists(unpaid) | Exists(complete))
    for company_id in companies.order_by("pk").values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            OverdueCheck.objects.get_or_create(company_id=company_id)
            is_due_now = Q(checked_at=None) | Q(checked_at__lte=now - DAY)
            if OverdueCheck.objects.filter(is_due_now, company_id=company_id).update(checked_at=now):
                transaction.on_commit(lambda company_id=company_id: async_task(TASK, company_id))  # type: ignore[misc]


def mail_overdue(*, company_id: int, now: datetime) -> None:
    """Tell the admins, at most once a week, while something is past its payday."""
    company = Company.objects.get(pk=company_id)
    found = overdue_of(company, company.local_date(now))
    may_mail = Q(mailed_at=None) | Q(mailed_at__lte=now - WEEK)
    if not found.any or not OverdueCheck.objects.filter(may_mail, company=company).update(mailed_at=now):
        return
    admins = Membership.objects.filter(company=company, role=Role.ADMIN, user__is_active=True)
    addresses = list(admins.values_list("user__email", flat=True))
    if addresses:
        send_mail("Protiv: bonuses past their payday", _text(company, found), None, addresses)


def _text(company: Company, found: Overdue) -> str:
    parts = [f"At {company.name}, some bonuses are past their payday.", ""]
    if found.propays:
        parts.append(f"Completed ProPays that aren't approved: {found.propays}")
        parts.append(f"{settings.SITE_URL}/propays/?tab=complete")
    if found.statements:
        parts.append(f"Bonus statements that aren't marked as paid: {found.statements}")
        parts.append(f"{settings.SITE_URL}/bonuses/statements/")
    parts += [
        "",
        "A bonus, and the overtime on it, is due with the next payday after it can be calculated (29 CFR 778.106).",
        "You get this once a week while there are any.",
        "",
    ]
    return "\n".join(parts)
