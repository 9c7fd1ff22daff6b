"""What the pages show of automatic lunches that were worked through."""

from django.db.models import QuerySet

from propay.models import LunchStatus, WorkedLunch
from protiv.accounts.models import Company
from protiv.timekeeping.models import TimeEntry


def waiting_lunches(company: Company) -> QuerySet[WorkedLunch]:
    """Those that no manager has decided on, oldest first."""
    waiting = WorkedLunch.objects.filter(company=company, status=LunchStatus.WAITING)
    return waiting.select_related("entry__worker", "entry__job").order_by("told_at", "pk")


def last_word(entry: TimeEntry) -> WorkedLunch | None:
    """What was last said about this automatic lunch."""
    return WorkedLunch.objects.filter(entry=entry).order_by("-pk").first()
