"""Asking a company's admins about hours that are held: in words, and by mail, once for each question."""

from datetime import datetime

from django.utils.text import capfirst

from integrations.models import Connection, SyncRun
from integrations.providers.base import Words
from integrations.sync.mail import mail_admins
from integrations.sync.source import source_of
from protiv.accounts.templatetags.formats import day, days, hours
from protiv.timekeeping import holds
from protiv.timekeeping.holds import Held
from protiv.timekeeping.models import HoldReason

# A mail is no list: the page has them all.
MAILED_LINES = 20


def ask_about_held(run: SyncRun, *, now: datetime) -> None:
    """Mail what the admins have not been asked yet: no run asks again what an earlier one did."""
    source, connection = source_of(run.connection), run.connection
    provider = connection.provider_info
    new = [one for one in holds.held_of(source) if not one.is_kept and not one.is_asked]
    holds.mark_asked(source, now=now)
    if not new:
        return
    lines = [f"- {_line(one, connection)}" for one in new[:MAILED_LINES]]
    if len(new) > MAILED_LINES:
        lines.append(f"and {len(new) - MAILED_LINES:,} more")
    listed = "\n".join(lines)
    mail_admins(
        connection,
        f"Action needed: hours are missing in {provider}",
        f"{provider} no longer shows hours that were imported before:\n\n{listed}\n\nThey still count here. Were they "
        f"deleted in {provider}, or did our sign-in lose access to them? Until you decide, ProPays with these hours "
        "can't be approved.",
    )


def _line(held: Held, connection: Connection) -> str:
    entries = f"{held.entries:,} {'entry' if held.entries == 1 else 'entries'}"
    time = f"{hours(held.minutes, connection.company)} hours"
    return f"{subject_of(held, connection.provider_info.words)}: {entries}, {time}, {days_of(held)}"


def subject_of(held: Held, words: Words) -> str:
    """Whose or what time it is, in the provider's words."""
    one = {HoldReason.WORKER: words.worker, HoldReason.JOB: words.job, HoldReason.COST_CODE: words.cost_code}
    if held.subject_id is None:
        people = words.worker if held.workers == 1 else words.workers
        return f"Many entries together, of {held.workers:,} {people}"
    return f"{capfirst(one[HoldReason(held.reason)])} “{held.name}”"


def days_of(held: Held) -> str:
    """`Nov 3, 2026`, or `Oct 26 – Nov 8, 2026`."""
    return day(held.last_date) if held.first_date == held.last_date else days(held.first_date, held.last_date)
