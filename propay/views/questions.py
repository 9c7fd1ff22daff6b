"""A worker asks about a line; the office answers."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from propay import services
from propay.models import StatementLine
from propay.views.statements import show_statement
from protiv.accounts.access import CompanyRequest, for_managers, for_members
from protiv.accounts.language import own_language
from protiv.timekeeping.selectors import own_workers


@require_POST
@for_members
def question_ask(request: CompanyRequest, pk: int) -> HttpResponse:
    """A worker asks about a line of their own statement."""
    lines = StatementLine.objects.filter(company=request.company, worker__in=own_workers(request.membership))
    line = get_object_or_404(lines, pk=pk)
    with translation.override(own_language(request)):
        return _say(request, line, services.ask_question, gettext("Sent. You'll see the answer here."))


@require_POST
@for_managers
def question_answer(request: CompanyRequest, pk: int) -> HttpResponse:
    """A manager answers."""
    line = get_object_or_404(StatementLine, company=request.company, pk=pk)
    return _say(request, line, services.answer_question, "Sent. The worker will see it on their statement.")


def _say(request: CompanyRequest, line: StatementLine, say: Callable[..., object], done: str) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        say(company=request.company, actor=request.user, line_id=line.pk, text=text, now=timezone.now())
    except ValidationError as refusal:
        refused = {"line_id": line.pk, "text": text, "errors": refusal.messages}
        return show_statement(request, line.statement_id, refused=refused)
    messages.success(request, done)
    return redirect(f"{reverse('statement_detail', args=[line.statement_id])}#line-{line.pk}")
