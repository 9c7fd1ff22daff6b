"""Workers' questions about lines of their statements, and the answers. Both stay with the line, paid or not."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.utils.translation import gettext as _

from propay.models import LineMessage, StatementLine
from propay.services.shared import lock, record_event
from protiv.accounts.models import Company, Membership, User
from protiv.timekeeping.selectors import own_workers

MOST_LETTERS = 2000


def ask_question(*, company: Company, actor: User, line_id: int, text: str, now: datetime) -> LineMessage:
    """A worker asks about a line of their own statement; DoesNotExist for anyone else's."""
    with transaction.atomic():
        company = lock(company)
        member = Membership.objects.filter(company=company, user=actor).first()
        own = own_workers(member) if member else ()
        line = StatementLine.objects.select_related("worker").get(company=company, pk=line_id, worker__in=own)
        return _say(line, actor, text, is_answer=False, now=now)


def answer_question(*, company: Company, actor: User, line_id: int, text: str, now: datetime) -> LineMessage:
    """A manager answers; DoesNotExist for another company's line. Refused (ValidationError) if no one asked."""
    with transaction.atomic():
        company = lock(company)
        line = StatementLine.objects.select_related("worker").get(company=company, pk=line_id)
        if not line.messages.exists():
            raise ValidationError("No one asked about this line.")
        return _say(line, actor, text, is_answer=True, now=now)


def _say(line: StatementLine, actor: User, text: str, *, is_answer: bool, now: datetime) -> LineMessage:
    text = text.strip()
    ProhibitNullCharactersValidator()(text)
    if not text:
        raise ValidationError(_("Enter a message before you send."))
    if len(text) > MOST_LETTERS:
        text = _("Your message is longer than %(most)s characters. Please shorten it.")
        raise ValidationError(text % {"most": MOST_LETTERS})
    message = LineMessage.objects.create(
        company_id=line.company_id, line=line, author=actor, is_answer=is_answer, text=text, created_at=now
    )
    action, did = ("question.answered", "Answered a question of") if is_answer else ("question.asked", "Question of")
    summary = f"{did} {line.worker.name} about “{line}”: {text}"
    record_event(line.company_id, actor, action, f"statement:{line.statement_id}", summary)
    return message
