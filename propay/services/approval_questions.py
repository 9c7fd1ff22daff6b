"""What a person must confirm before a ProPay can be approved: one page, the same for every kind of question.

A kind of question is a function in `KINDS`: it finds its questions for many ProPays with a few queries. A question
without fields is only shown. One with fields keeps its ProPay from being approved until each has an answer, so
approving many skips it. The answers are kept with the approval.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from propay.frozen.evidence import DIGEST_BYTES
from propay.models import ProPay
from propay.queries.breaks import BreakEntry, LunchDays, doubtful_breaks, lunches_without_gap
from propay.queries.overtime import policies_of
from propay.queries.people import Pair, pairs_in_a_workweek
from propay.queries.plausibility import implausible_on
from propay.rules.known import IncompleteWeek, spans
from propay.rules.state_overtime import CALIFORNIA
from propay.rules.terms import Distribution
from propay.rules.trace import day, hours
from propay.services.outside_hours import Span, field_name, in_words, incomplete_weeks_of, shares_of
from protiv.accounts.models import Company, Membership, Role, User
from protiv.kit.pointers import Link, Pointer, Pointers
from protiv.timekeeping.implausible import point_out
from protiv.timekeeping.selectors import told_apart

MINUTES_PER_DAY = 24 * 60
WHAT_TO_ENTER = (
    "Overtime counts everything worked in a week. Enter what each person worked on the missing days, on all jobs "
    "together; 0 if nothing."
)
WHY_BREAKS = "Breaks of 21 to 29 minutes don't count as time worked. Check that they were real meal breaks."
WHY_LUNCHES = "Lunches were taken away on days whose clock shows no break. Check that the crew had them."
# By the name of the field.
Answers = Mapping[str, Any]
LISTED_AT_MOST = 20
ASK = "Confirm it on its approval page."


class AnswerKind(StrEnum):
    TICK = "TICK"
    HOURS = "HOURS"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerField:
    """One field of the approval page. `required` is what an answer that is missing is told.

    `most_minutes` is the limit of hours.
    """

    name: str
    kind: AnswerKind
    label: str
    required: str
    most_minutes: int | None = None


CHECKED_TIME = AnswerField(
    name="checked_time",
    kind=AnswerKind.TICK,
    label="I checked these hours, and they are right.",
    required="Check the hours listed here, then select this box to confirm them.",
)


TOLD_EARNINGS = AnswerField(
    name="told_earnings",
    kind=AnswerKind.TICK,
    label="The crew was told before the work began that its bonus is a percentage of total earnings.",
    required="An admin confirms that the crew was told, by selecting this box.",
)
# Only an admin's answer counts.
FOR_ADMINS = frozenset({TOLD_EARNINGS.name})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalQuestion:
    """One question about one ProPay.

    `text` says what was found, `pointers` where to look. `mark` changes with what the question is about, so that an
    answer never confirms what its author didn't see.
    """

    key: str
    title: str
    text: str
    pointers: Pointers
    fields: tuple[AnswerField, ...] = ()
    mark: str

    def is_answered(self, answers: Answers) -> bool:
        return all(_is_given(answers.get(field.name)) for field in self.fields)

    def evidence(self, answers: Answers) -> dict[str, Any]:
        """What the approval keeps: what was asked, shown, and answered."""
        return {
            "question": self.key,
            "text": self.text,
            "shown": [pointer.text for pointer in self.pointers.shown],
            "answers": {field.name: answers[field.name] for field in self.fields},
        }


def _is_given(answer: object) -> bool:
    """0 hours are an answer; an empty box is none."""
    return answer is not None and answer is not False and answer != ""


def approval_questions(
    *, company: Company, propays: Collection[ProPay], today: date
) -> dict[int, tuple[ApprovalQuestion, ...]]:
    """The questions of each of these ProPays that has any."""
    found: defaultdict[int, list[ApprovalQuestion]] = defaultdict(list)
    propay_ids = [propay.pk for propay in propays]
    for find in KINDS:
        for propay_id, question in find(company, propay_ids, today).items():
            found[propay_id].append(question)
    for propay_id, question in _total_earnings(company, propays).items():
        found[propay_id].append(question)
    return {propay_id: tuple(questions) for propay_id, questions in found.items()}


def seen_with(digest: str, questions: Collection[ApprovalQuestion]) -> str:
    """What an approver confirms: the digest of the figures, and the questions shown with them."""
    if not questions:
        return digest
    marks = [digest, *(f"{one.key}:{one.mark}" for one in questions)]
    return mark_of(marks)


def mark_of(about: object) -> str:
    """The mark of a question about this, which must look the same whenever it is the same."""
    return blake2b(repr(about).encode(), digest_size=DIGEST_BYTES).hexdigest()


def answers_by(company: Company, actor: User, answers: Mapping[int, Answers]) -> dict[int, Answers]:
    """The answers that count: some questions are an admin's."""
    if all(FOR_ADMINS.isdisjoint(own) for own in answers.values()):
        return dict(answers)
    if Membership.objects.filter(company=company, user=actor, role=Role.ADMIN).exists():
        return dict(answers)
    return {pk: {name: one for name, one in own.items() if name not in FOR_ADMINS} for pk, own in answers.items()}


def unanswered_text(questions: Collection[ApprovalQuestion], answers: Answers) -> str:
    """Why these answers aren't enough to approve; empty if they are."""
    return " ".join(f"{one.text} {ASK}" for one in questions if not one.is_answered(answers))


def _implausible_time(company: Company, propay_ids: Collection[int], today: date) -> dict[int, ApprovalQuestion]:
    """Time that is probably a mistake (bonus.md 10.8)."""
    found = implausible_on(company, propay_ids, today=today)
    return {
        propay_id: ApprovalQuestion(
            key="implausible_time",
            title="Hours to check",
            text=f"Some of its hours look like a mistake. {pointers}",
            pointers=pointers,
            fields=(CHECKED_TIME,),
            mark=mark_of(found[propay_id]),
        )
        for propay_id, pointers in point_out(found, company=company).items()
    }


def _incomplete_weeks(company: Company, propay_ids: Collection[int], _today: date) -> dict[int, ApprovalQuestion]:
    """Weeks that aren't wholly imported, and what was worked in them on the days outside (bonus.md 10.3)."""
    weeks = incomplete_weeks_of(company, shares_of(propay_ids), is_frozen=False)
    open_weeks = {pk: [week for week in found if not week.is_answered] for pk, found in weeks.items()}
    names = told_apart(week.worker_id for found in open_weeks.values() for week in found)
    by_day = policies_of(company).has_daily_overtime
    return {pk: _incomplete(found, names, by_day=by_day) for pk, found in sorted(open_weeks.items()) if found}


def _incomplete(weeks: Collection[IncompleteWeek], names: Mapping[int, str], *, by_day: bool) -> ApprovalQuestion:
    asked = [(week.worker_id, first, last) for week in weeks for first, last in spans(week.days, by_day=by_day)]
    starts = sorted({week.week_start for week in weeks})
    texts = [f"The week of {day(start)} isn't wholly imported." for start in starts]
    pointers = Pointers(shown=tuple(Pointer(text=text) for text in (*texts, WHAT_TO_ENTER)))
    return ApprovalQuestion(
        key="incomplete_weeks",
        title="Hours that aren't imported",
        text="Some of its workweeks aren't wholly imported, so overtime needs hours that you enter.",
        pointers=pointers,
        fields=tuple(_hours_field(names[span[0]], span) for span in asked),
        mark=mark_of(asked),
    )


def _hours_field(name: str, span: Span) -> AnswerField:
    return AnswerField(
        name=field_name(span),
        kind=AnswerKind.HOURS,
        label=f"{name}, {in_words(span)}",
        required="Enter the hours worked on these days, such as 24 or 24:30. Enter 0 if there were none.",
        most_minutes=((span[2] - span[1]).days + 1) * MINUTES_PER_DAY,
    )


def _total_earnings(company: Company, propays: Collection[ProPay]) -> dict[int, ApprovalQuestion]:
    """Crew shares without a true-up under California's rule, which no statute there mentions (bonus.md 11.6)."""
    ids = [propay.pk for propay in propays if propay.distribution == Distribution.TOTAL_EARNINGS]
    if not ids or not any(row.state == CALIFORNIA for row in policies_of(company).rows):
        return {}
    text = (
        "Its crew part is a percentage of total earnings, so no overtime is added to it, and California's rule "
        "applies. An admin confirms that this was agreed before the work began."
    )
    question = ApprovalQuestion(
        key="total_earnings",
        title="Percentage of total earnings",
        text=text,
        pointers=Pointers(shown=(Pointer(text=text),)),
        fields=(TOLD_EARNINGS,),
        mark=mark_of(text),
    )
    return dict.fromkeys(ids, question)


def _same_person(company: Company, propay_ids: Collection[int], _today: date) -> dict[int, ApprovalQuestion]:
    """Workers who may be one person, whose overtime would then be calculated together (bonus.md 10.2)."""
    found = pairs_in_a_workweek(company, propay_ids)
    names = told_apart(worker_id for together in found.values() for pair, _week in together for worker_id in pair)
    return {propay_id: _pairs(together, names) for propay_id, together in sorted(found.items())}


def _pairs(together: Collection[tuple[Pair, date]], names: Mapping[int, str]) -> ApprovalQuestion:
    shown = tuple(
        Pointer(
            text=same_person_text(names[pair[0]], names[pair[1]], week),
            links=(Link(text="Worker", url=reverse("worker_detail", args=[pair[1]])),),
        )
        for pair, week in together
    )
    pointers = Pointers(shown=shown[:LISTED_AT_MOST], more=len(shown[LISTED_AT_MOST:]))
    return ApprovalQuestion(
        key="same_person",
        title="Workers who may be one person",
        text=f"Some of its workers may be one person under two IDs. {pointers}",
        pointers=pointers,
        mark=mark_of(together),
    )


def same_person_text(name: str, other: str, week: date) -> str:
    """What is told about two workers who may be one person and worked in the same week."""
    return (
        f"{name} and {other} may be the same person, and both worked in the week of {day(week)}. Overtime is "
        "calculated for each of them alone, so it can be too low."
    )


def _doubtful_breaks(_company: Company, propay_ids: Collection[int], _today: date) -> dict[int, ApprovalQuestion]:
    """Breaks that are too long to count by themselves and too short for a meal (bonus.md 11.9)."""
    found = doubtful_breaks(propay_ids)
    names = told_apart(one.worker_id for breaks in found.values() for one in breaks)
    return {propay_id: _breaks(breaks, names) for propay_id, breaks in sorted(found.items())}


def _breaks(breaks: Sequence[BreakEntry], names: Mapping[int, str]) -> ApprovalQuestion:
    pointers = break_pointers(breaks, names)
    return ApprovalQuestion(
        key="doubtful_breaks",
        title="Breaks of 21 to 29 minutes",
        text=WHY_BREAKS,
        pointers=_with_reason(WHY_BREAKS, pointers),
        mark=mark_of(breaks),
    )


def break_pointers(breaks: Sequence[BreakEntry], names: Mapping[int, str]) -> Pointers:
    """The first of these breaks in words, with links to them."""
    shown = tuple(
        Pointer(
            text=f"{names[one.worker_id]}: a break of {one.minutes} minutes on {day(one.work_date)}.",
            links=(Link(text="Entry", url=reverse("time_entry", args=[one.entry_id])),),
        )
        for one in breaks[:LISTED_AT_MOST]
    )
    return Pointers(shown=shown, more=len(breaks) - len(shown))


def _with_reason(reason: str, pointers: Pointers) -> Pointers:
    return Pointers(shown=(Pointer(text=reason), *pointers.shown), more=pointers.more)


def _lunches(company: Company, propay_ids: Collection[int], _today: date) -> dict[int, ApprovalQuestion]:
    """Automatic lunches for which the clock shows no gap (bonus.md 11.9)."""
    found = lunches_without_gap(company, propay_ids)
    names = told_apart(one.worker_id for days in found.values() for one in days)
    return {propay_id: _lunch_days(days, names) for propay_id, days in sorted(found.items())}


def _lunch_days(lunches: Sequence[LunchDays], names: Mapping[int, str]) -> ApprovalQuestion:
    shown = tuple(
        Pointer(
            text=f"{names[one.worker_id]}: {hours(one.minutes)} on {_days_in_words(one.dates)}.",
            links=(Link(text="Time", url=_time_url(one)),),
        )
        for one in lunches[:LISTED_AT_MOST]
    )
    pointers = Pointers(shown=shown, more=len(lunches) - len(shown))
    return ApprovalQuestion(
        key="lunches_without_gap",
        title="Automatic lunches that the clock doesn't show",
        text=WHY_LUNCHES,
        pointers=_with_reason(WHY_LUNCHES, pointers),
        mark=mark_of(lunches),
    )


def _days_in_words(dates: Sequence[date]) -> str:
    return day(dates[0]) if len(dates) == 1 else f"{len(dates)} days from {day(dates[0])} to {day(dates[-1])}"


def _time_url(one: LunchDays) -> str:
    query = {"worker": one.worker_id, "from": one.dates[0], "to": one.dates[-1]}
    return f"{reverse('time_list')}?{urlencode(query)}"


KINDS: tuple[Callable[[Company, Collection[int], date], dict[int, ApprovalQuestion]], ...] = (
    _implausible_time,
    _incomplete_weeks,
    _same_person,
    _doubtful_breaks,
    _lunches,
)
