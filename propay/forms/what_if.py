"""A scenario on the what-if page: the terms of a ProPay, and a crew that may differ from the real one."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from propay.forms.crew_lines import CrewLinesField, TypedPerson, typed_person
from propay.forms.fields import NumberField
from propay.forms.terms import ProPayForm
from propay.models import PART_COLUMNS, PlanVersion, ProPay
from propay.rules.labor import MINUTES_PER_HOUR
from propay.rules.terms import Distribution
from propay.services.checks import adjustment_out_of_range, repeated_codes
from propay.what_if.scenario import HUNDRED, MADE_UP_AT_MOST, ScenarioWorker, made_up_days, pool_of
from protiv.accounts.models import Company
from protiv.timekeeping.models import Job

HOURS_OF_A_WEEK = Decimal(40)
TOO_MANY_DAYS = (
    "The hours of added people make {:,} days of work, and a what-if can have at most {:,}. Enter fewer hours for "
    "them, or more hours per week."
)


class WhatIfForm(ProPayForm):
    """The terms of a ProPay, of a job without one, or from scratch.

    Cleans to `services.ProPayInput` and what only the what-if has: `crew` (a list of `ScenarioWorker`), `week_hours`,
    and `kept`, an outcome to compare with.
    """

    crew = CrewLinesField(label="Crew", required=False)
    week_hours = NumberField(
        label="Weekly hours for added people",
        required=False,
        places=2,
        low=1,
        high=120,
        example="40",
        initial="40",
        help_text="Spread over five days a week from the start date. Hours over 40 are overtime.",
    )
    kept = forms.CharField(required=False, max_length=100_000, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        company: Company,
        propay: ProPay | None = None,
        job: Job | None = None,
        crew: Sequence[ScenarioWorker] = (),
        **options: Any,
    ) -> None:
        super().__init__(*args, company=company, propay=propay, **options)
        self.fields["crew"].offer(crew, company)  # type: ignore[attr-defined]
        self.fields["job"].required = False
        for name in ("cost_codes", *(("title", "manager") if propay else ())):
            del self.fields[name]
        if propay or job:
            del self.fields["job"]
        if propay:
            for name in ("start_date", "end_date"):
                self.fields[name].widget = forms.HiddenInput()

    def _offer_plans(self, company: Company, propay: ProPay | None) -> None:
        """Every version of every plan: someone may want to try one that starts later."""
        versions = PlanVersion.objects.filter(company=company).select_related("plan")
        self._offer("plan_version", versions.order_by("plan__name", "-start_date"))

    def _plan_problem(self, version: PlanVersion) -> str:
        return ""

    @property
    def shows_parts(self) -> bool:
        """Whether the crew gets less than all of the pool, or shares it by something other than hours."""
        parts = [str(self[name].value() or 0) for name in PART_COLUMNS[1:]]
        is_cut = any(part.strip("0.") for part in parts)
        return is_cut or self["distribution"].value() != Distribution.PER_HOUR or self._is_wrong(*PART_COLUMNS)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("job") is None:
            self.cleaned_data.pop("job", None)
        cleaned = super().clean()
        self._check_size(cleaned)
        self._check_budget(cleaned)
        if any(name in self.errors for name in PART_COLUMNS):
            return cleaned
        parts = pool_of(cleaned)
        total = sum(parts.values())
        if total != HUNDRED or parts["crew"] < 0:
            self.add_error("crew_percent", f"The five parts total {total:f}%. They must total 100%.")
        if parts["other"] and not cleaned.get("others"):
            self.add_error("others", "Choose who gets the “Others” part, or set it to 0.")
        return cleaned

    def _check_budget(self, cleaned: dict[str, Any]) -> None:
        """Refuse what can't be saved or calculated."""
        kind, value = cleaned.get("adjustment_type"), cleaned.get("adjustment_value")
        if kind and value is not None and (problem := adjustment_out_of_range(kind, value)):
            self.add_error("adjustment_value", problem)
        if problem := repeated_codes(cleaned.get("tasks") or ()):
            self.add_error("tasks", problem)

    def _check_size(self, cleaned: dict[str, Any]) -> None:
        """Refuse hours that would become more days than the page can calculate, before creating any."""
        if not cleaned.get("crew") or "week_hours" in self.errors:
            return
        week_minutes = week_minutes_of(cleaned)
        people = self.fields["crew"].made_up(cleaned["crew"])  # type: ignore[attr-defined]
        days = sum(made_up_days(person.minutes or 0, week_minutes=week_minutes) for person in people)
        if days > MADE_UP_AT_MOST:
            self.add_error("crew", TOO_MANY_DAYS.format(days, MADE_UP_AT_MOST))


def week_minutes_of(cleaned: Mapping[str, Any]) -> int:
    """Return the weekly hours of added people."""
    return int((cleaned["week_hours"] or HOURS_OF_A_WEEK) * MINUTES_PER_HOUR)


def typed_crew(lines: Sequence[ScenarioWorker], company: Company) -> list[TypedPerson]:
    """The real crew as lines of the form."""
    return [typed_person(line, company) for line in lines]
