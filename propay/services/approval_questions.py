"""What a person must confirm before a ProPay can be approved: one page, the same for every kind of question.

A kind of question is a function in `KINDS`: it finds its questions for many ProPays with a few queries. A question
without fields is only shown. One with fields keeps its ProPay from being approved until each has an answer, so
approving many skips it. The answers are kept with the approval.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from propay.frozen.evidence import DIGEST_BYTES
from propay.queries.plausibility import implausible_on
from protiv.accounts.models import Company
from protiv.kit.pointers import Pointers
from protiv.timekeeping.implausible import point_out

# By the name of the field.
Answers = Mapping[str, Any]
ASK = "Confirm it on its approval page."


class AnswerKind(StrEnum):
    TICK = "TICK"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerField:
    """One field of the approval page. `required` is what an answer that is missing is told."""

    name: str
    kind: AnswerKind
    label: str
    required: str


CHECKED_TIME = AnswerField(
    name="checked_time",
    kind=AnswerKind.TICK,
    label="I checked these hours, and they are right.",
    required="Check the hours listed here, then select this box to confirm them.",
)


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
        return all(answers.get(field.name) not in (None, "", False) for field in self.fields)

    def evidence(self, answers: Answers) -> dict[str, Any]:
        """What the approval keeps: what was asked, shown, and answered."""
        return {
            "question": self.key,
            "text": self.text,
            "shown": [pointer.text for pointer in self.pointers.shown],
            "answers": {field.name: answers[field.name] for field in self.fields},
        }


def approval_questions(
    *, company: Company, propay_ids: Collection[int], today: date
) -> dict[int, tuple[ApprovalQuestion, ...]]:
    """The questions of each of these ProPays that has any."""
    found: defaultdict[int, list[ApprovalQuestion]] = defaultdict(list)
    for find in KINDS:
        for propay_id, question in find(company, propay_ids, today).items():
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


KINDS: tuple[Callable[[Company, Collection[int], date], dict[int, ApprovalQuestion]], ...] = (_implausible_time,)
