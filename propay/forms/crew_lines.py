"""The crew of a what-if, with hours and wages that may differ from the real ones."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator

from propay.cases.writing import worker_key
from propay.forms.fields import NumberField, typed_number
from propay.rules.labor import MINUTES_PER_HOUR
from propay.what_if.scenario import ScenarioWorker
from protiv.accounts.models import Company, HoursFormat
from protiv.accounts.templatetags.formats import hours
from protiv.kit.money import normal_wage
from protiv.kit.refused import Refused
from protiv.kit.typed import read_hours, read_wage

LINES_OF_AN_EMPTY_CREW = 3
MOST_LINES = 1_000
MOST_HOURS = 10_000
NO_BONUS = "no"
COLUMNS = ("key", "name", "hours", "wage", "bonus", "share")


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """A line of the form, all as text. `key` is a real worker's id, or empty for an added person."""

    key: str = ""
    name: str = ""
    hours: str = ""
    wage: str = ""
    bonus: str = ""
    share: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.key or self.name.strip() or self.hours.strip() or self.wage.strip())


def typed_person(line: ScenarioWorker, company: Company) -> TypedPerson:
    """A line of the form for a member of the real crew."""
    minutes = max(line.minutes or 0, 0)
    has_decimals = company.hours_format == HoursFormat.DECIMAL and minutes % 3 == 0
    return TypedPerson(
        key=worker_key(line.worker_id),
        name=line.name,
        hours=hours(minutes, company) if has_decimals else f"{minutes // 60}:{minutes % 60:02d}",
        wage="" if line.wage is None else f"{normal_wage(line.wage):,}",
        bonus=NO_BONUS if line.no_bonus else "",
        share=typed_number(line.typed),
    )


class CrewLinesWidget(forms.Widget):
    """Several inputs per line, with the same names on each line, so that lines can be added and removed anywhere."""

    template_name = "propay/_crew_lines.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        lines = list(value or ())
        if not lines:
            lines = [TypedPerson()] * LINES_OF_AN_EMPTY_CREW
        context = super().get_context(name, None, attrs)
        context["widget"].update(lines=lines, empty=TypedPerson())
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[TypedPerson]:
        columns = (data.getlist(f"{name}_{part}") for part in COLUMNS)
        typed = (TypedPerson(*parts) for parts in itertools.zip_longest(*columns, fillvalue=""))
        return [line for line in typed if not line.is_empty]


class CrewLinesField(forms.Field):
    """Cleans to a list of `ScenarioWorker`; errors include the person's name."""

    widget = CrewLinesWidget
    known: Mapping[str, tuple[ScenarioWorker, TypedPerson]] = {}

    def offer(self, lines: Sequence[ScenarioWorker], company: Company) -> None:
        """The real crew: a line that still has its initial text is unchanged."""
        self.known = {worker_key(line.worker_id): (line, typed_person(line, company)) for line in lines}

    def made_up(self, people: Iterable[ScenarioWorker]) -> list[ScenarioWorker]:
        """Return the workers who have no real days to spread their hours over."""
        real = {line.worker_id for line, _ in self.known.values() if line.minutes and line.minutes > 0}
        return [person for person in people if person.worker_id not in real]

    def clean(self, value: Any) -> list[ScenarioWorker]:
        if len(value or ()) > MOST_LINES:
            raise forms.ValidationError(f"A what-if can have at most {MOST_LINES:,} people. Remove some of them.")
        people: list[ScenarioWorker] = []
        problems: list[str] = []
        for number, line in enumerate(value or (), start=1):
            try:
                people.append(self._person(line, number))
            except Refused as problem:
                problems.append(f"{line.name.strip() or f'Line {number}'}: {problem.message}")
            except forms.ValidationError as problem:
                problems += [f"{line.name.strip() or f'Line {number}'}: {message}" for message in problem.messages]
        if len({person.worker_id for person in people}) != len(people):
            problems.append("Someone is listed twice. Reload the page.")
        if problems:
            raise forms.ValidationError(problems)
        return people

    def _person(self, line: TypedPerson, number: int) -> ScenarioWorker:
        if line.key and line.key not in self.known:
            raise forms.ValidationError("is no longer on this crew. Reload the page.")
        ProhibitNullCharactersValidator()(line.name)
        real, shown = self.known.get(line.key, (None, TypedPerson()))
        return ScenarioWorker(
            worker_id=real.worker_id if real else f"added {number:04d}",
            name=real.name if real else line.name.strip()[:100] or f"Person {number}",
            minutes=None if real and line.hours == shown.hours else _minutes(line.hours),
            wage=None if real and line.wage == shown.wage else _wage(line.wage),
            no_bonus=line.bonus == NO_BONUS,
            typed=_share(line.share),
        )


def _minutes(text: str) -> int:
    """Hours as text to minutes; zero is allowed."""
    minutes = read_hours(text, may_be_none=True)
    if minutes > MOST_HOURS * MINUTES_PER_HOUR:
        raise forms.ValidationError(f"enter at most {MOST_HOURS:,} hours for one person.")
    return minutes


def _wage(text: str) -> Decimal:
    if not text.strip():
        raise forms.ValidationError("enter the wage, like 25.00.")
    return read_wage(text)


def _share(text: str) -> Decimal | None:
    return NumberField(places=2, low=0, high=9_999_999, example="25 or 150.00", required=False).clean(text)
