"""What a person enters around an approval: answers to its questions, reasons, and notes."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms

from propay.forms.fields import HoursField
from propay.services import AnswerField, AnswerKind, Answers, ApprovalQuestion


def _tick(field: AnswerField) -> forms.Field:
    return forms.BooleanField(label=field.label, error_messages={"required": field.required})


def _hours(field: AnswerField) -> forms.Field:
    return HoursField(
        label=field.label,
        may_be_none=True,
        most_minutes=field.most_minutes,
        error_messages={"required": field.required},
    )


FORM_FIELDS: dict[AnswerKind, Callable[[AnswerField], forms.Field]] = {AnswerKind.TICK: _tick, AnswerKind.HOURS: _hours}


class AnswersForm(forms.Form):
    """The answers to the questions of one ProPay before its approval."""

    def __init__(self, *args: Any, questions: Sequence[ApprovalQuestion], **options: Any) -> None:
        super().__init__(*args, **options)
        self.questions = questions
        for question in questions:
            for field in question.fields:
                self.fields[field.name] = FORM_FIELDS[field.kind](field)

    @property
    def rows(self) -> list[tuple[ApprovalQuestion, list[forms.BoundField]]]:
        """Each question with its fields."""
        return [(question, [self[field.name] for field in question.fields]) for question in self.questions]

    @property
    def answers(self) -> Answers:
        """The service's argument."""
        return self.cleaned_data


class ReasonForm(forms.Form):
    """The reason for unapproving a ProPay or for not paying a difference."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter a reason. It's kept with the ProPay."},
    )


class NoteForm(forms.Form):
    """A short note on a correction."""

    note = forms.CharField(label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
