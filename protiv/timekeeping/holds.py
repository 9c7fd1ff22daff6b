"""What is held and why: the questions that only a person can answer, and how they are answered.

Entries are held by `ingest`. A hold is one entry; a question is all that is held for one reason of one person, job, or
cost code, and all that is held because many entries were gone at a time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from protiv.timekeeping.ingest import RowSource
from protiv.timekeeping.models import HeldEntry, HoldReason
from protiv.timekeeping.selectors import join_name

UNDECIDED = Q(kept_at__isnull=True)
NAMES = {
    HoldReason.WORKER: ("entry__worker__first_name", "entry__worker__middle_name", "entry__worker__last_name"),
    HoldReason.JOB: ("entry__job__number", "entry__job__name"),
    HoldReason.COST_CODE: ("entry__cost_code__number", "entry__cost_code__name"),
    HoldReason.MANY: (),
}
SUBJECTS = {
    HoldReason.WORKER: "entry__worker_id",
    HoldReason.JOB: "entry__job_id",
    HoldReason.COST_CODE: "entry__cost_code_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held of one person, job, or cost code (`subject_id`), or because it is much; undecided, or kept.

    `key` names it in a form; `last_id` is the newest of its holds, `workers` how many people's time it is.
    """

    reason: str
    subject_id: int | None
    name: str
    is_kept: bool
    is_asked: bool
    entries: int
    minutes: int
    workers: int
    days: int
    first_date: date
    last_date: date
    last_id: int

    @property
    def key(self) -> str:
        return f"{self.reason}-{self.subject_id or 0}-{'kept' if self.is_kept else 'open'}"


def held_by(source: RowSource) -> "QuerySet[HeldEntry]":
    """All that is held for this connection."""
    return HeldEntry.objects.filter(company_id=source.company_id, connection_id=source.connection_id)


def undecided_count(source: RowSource) -> int:
    """How many entries wait for someone to decide."""
    return held_by(source).filter(UNDECIDED).count()


def held_of(source: RowSource) -> list[Held]:
    """The questions, undecided ones first, the largest first; a query, and one for each reason that there is."""
    reasons = held_by(source).order_by().values_list("reason", flat=True).distinct()
    found = [one for reason in reasons for one in _of_reason(source, HoldReason(reason))]
    return sorted(found, key=lambda one: (one.is_kept, -one.entries, one.key))


def _of_reason(source: RowSource, reason: HoldReason) -> list[Held]:
    by = (SUBJECTS[reason],) if reason in SUBJECTS else ()
    rows = held_by(source).filter(reason=reason).annotate(is_kept=Q(kept_at__isnull=False)).order_by()
    grouped = rows.values("is_kept", *by, *NAMES[reason]).annotate(
        entries=Count("pk"),
        minutes=Sum("entry__minutes"),
        workers=Count("entry__worker_id", distinct=True),
        days=Count("entry__work_date", distinct=True),
        first_date=Min("entry__work_date"),
        last_date=Max("entry__work_date"),
        last_id=Max("pk"),
        asked=Count("asked_at"),
    )
    return [_held(reason, row) for row in grouped]


def _held(reason: HoldReason, row: dict[str, Any]) -> Held:
    names = [row.pop(name) for name in NAMES[reason]]
    separator = " " if reason == HoldReason.WORKER else " · "
    subject_id = row.pop(SUBJECTS.get(reason, ""), None)
    name = join_name(*names) if separator == " " else separator.join(part for part in names if part)
    return Held(reason=reason.value, subject_id=subject_id, name=name, is_asked=bool(row.pop("asked")), **row)


def chosen(source: RowSource, *, held_keys: Collection[str], up_to: int) -> "QuerySet[HeldEntry]":
    """The holds of these questions, none newer than `up_to`: what someone saw when deciding."""
    wanted = Q(pk__in=[])
    for key in held_keys:
        reason, subject_id, state = key.split("-")
        subject = SUBJECTS.get(HoldReason(reason))
        of_subject = {subject: int(subject_id)} if subject else {}
        wanted |= Q(reason=reason, kept_at__isnull=state == "open", **of_subject)
    return held_by(source).filter(wanted, pk__lte=up_to)


def jobs_of(source: RowSource, held: Held) -> "QuerySet[HeldEntry, Any]":
    """The jobs with held time of one question."""
    return chosen(source, held_keys=[held.key], up_to=held.last_id).order_by().values("entry__job")


def runs_of(holds: "QuerySet[HeldEntry]") -> list[tuple[int, date, date]]:
    """The runs that held these, each with the first and the last work date of what it held."""
    rows = holds.order_by("run_id").values_list("run_id")
    return list(rows.annotate(first=Min("entry__work_date"), last=Max("entry__work_date")))


def keep(holds: "QuerySet[HeldEntry]", *, now: datetime) -> int:
    """The sign-in lost access: the hours stay, and no one is asked again. Returns how many are newly kept."""
    return holds.filter(UNDECIDED).update(kept_at=now)


def mark_asked(source: RowSource, *, now: datetime) -> None:
    """Whoever may decide was told of all that is undecided."""
    held_by(source).filter(UNDECIDED, asked_at__isnull=True).update(asked_at=now)
