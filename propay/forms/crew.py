"""The terms of a ProPay for each worker with time on it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from propay.forms.fields import NumberField, typed_dollars, typed_number
from propay.rules.terms import Distribution
from propay.services import WorkerTerms
from protiv.timekeeping.models import Worker

LARGEST_SHARE = Decimal("9999999999.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewLine:
    """One worker: the current share (None: no figure yet), the worker's terms, and why there is no share at all."""

    worker: Worker
    minutes: int
    amount: Decimal | None
    terms: WorkerTerms
    excluded: str

    @property
    def is_eligible(self) -> bool:
        return not self.excluded


class CrewForm(forms.Form):
    """A checkbox and, if the distribution uses it, a percentage or an amount for each line."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[CrewLine], distribution: str, seen: str, **options: Any) -> None:
        super().__init__(*args, **{"initial": {"seen": seen}, **options})
        self.lines = lines
        self.typed = {Distribution.FIXED_PERCENT: "percent", Distribution.MANUAL: "amount"}.get(
            Distribution(distribution), ""
        )
        for line in lines:
            self._add(line)

    def _add(self, line: CrewLine) -> None:
        key, name = line.worker.pk, line.worker.name
        self.fields[f"no_bonus_{key}"] = forms.BooleanField(
            required=False, initial=line.terms.no_bonus, label=f"No bonus for {name}"
        )
        if self.typed == "percent":
            self.fields[f"percent_{key}"] = NumberField(
                required=False,
                places=2,
                low=0,
                high=100,
                example="33.33",
                initial=typed_number(line.terms.fixed_percent),
                label=f"Percentage for {name}",
            )
        elif self.typed == "amount":
            self.fields[f"amount_{key}"] = NumberField(
                required=False,
                places=2,
                low=0,
                high=LARGEST_SHARE,
                example="150.00",
                initial=typed_dollars(line.terms.manual_amount),
                label=f"Amount for {name}",
            )

    def rows(self) -> Iterator[tuple[CrewLine, forms.BoundField, forms.BoundField | None]]:
        """Each line with its checkbox and, if used, its number."""
        for line in self.lines:
            number = self[f"{self.typed}_{line.worker.pk}"] if self.typed else None
            yield line, self[f"no_bonus_{line.worker.pk}"], number

    def workers(self) -> dict[int, WorkerTerms]:
        """The service's argument; a number that isn't used stays unchanged."""
        return {line.worker.pk: self._terms_of(line) for line in self.lines}

    def _terms_of(self, line: CrewLine) -> WorkerTerms:
        key, cleaned = line.worker.pk, self.cleaned_data
        return WorkerTerms(
            no_bonus=cleaned[f"no_bonus_{key}"],
            fixed_percent=cleaned.get(f"percent_{key}", line.terms.fixed_percent),
            manual_amount=cleaned.get(f"amount_{key}", line.terms.manual_amount),
        )
