"""The lines of a budget by cost code: any number, each in hours or in dollars."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from propay.forms.fields import DollarsField, HoursField
from propay.services import Task
from protiv.kit.choices import name_of
from protiv.timekeeping.models import CostCode

MOST_LINES = 200
LINES_OF_AN_EMPTY_FORM = 3


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line of the form: the cost code's key, the hours, and the dollars, all as text."""

    code: str = ""
    hours: str = ""
    amount: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.code or self.hours.strip() or self.amount.strip())


class TaskLinesWidget(forms.Widget):
    """Three inputs per line, with the same names on each line, so that lines can be added and removed anywhere."""

    template_name = "propay/_task_lines.html"
    use_fieldset = True
    choices: Sequence[tuple[str, str]] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        lines = list(value or ())
        lines += [TypedLine()] * max(1, LINES_OF_AN_EMPTY_FORM - len(lines))
        context = super().get_context(name, None, attrs)
        context["widget"].update(lines=lines, choices=self.choices, empty=TypedLine())
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[TypedLine]:
        columns = (data.getlist(f"{name}_{part}") for part in ("code", "hours", "amount"))
        typed = (TypedLine(*parts) for parts in itertools.zip_longest(*columns, fillvalue=""))
        return [line for line in typed if not line.is_empty]


class TaskLinesField(forms.Field):
    """Cleans to a list of `Task`; errors include the line number."""

    widget = TaskLinesWidget
    codes: Mapping[str, CostCode] = {}

    def offer(self, codes: Iterable[CostCode]) -> None:
        """The cost codes that a line can have."""
        self.codes = {str(code.pk): code for code in codes}
        self.widget.choices = [(key, name_of(code)) for key, code in self.codes.items()]

    def clean(self, value: Any) -> list[Task]:
        if len(value or ()) > MOST_LINES:
            raise forms.ValidationError(f"A budget has at most {MOST_LINES} lines.")
        tasks, problems = [], []
        for number, line in enumerate(value or (), start=1):
            try:
                tasks.append(self._task(line))
            except forms.ValidationError as problem:
                problems += [f"Line {number}: {message}" for message in problem.messages]
        if problems:
            raise forms.ValidationError(problems)
        return tasks

    def _task(self, line: TypedLine) -> Task:
        code = self.codes.get(line.code)
        if code is None:
            raise forms.ValidationError("choose the cost code." if not line.code else "choose another cost code.")
        minutes: int | None = HoursField(required=False).clean(line.hours)
        amount: Decimal | None = DollarsField(required=False).clean(line.amount)
        if (minutes is None) == (amount is None):
            wanted = "enter its hours or its dollars" if minutes is None else "enter hours or dollars, not both"
            raise forms.ValidationError(f"{wanted}.")
        return Task(cost_code=code, minutes=minutes, amount=amount)
