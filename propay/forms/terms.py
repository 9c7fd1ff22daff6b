"""What a person enters to create or edit a ProPay. The cleaned data are `propay.services.ProPayInput`."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Case, Q, QuerySet, When

from propay.forms.fields import (
    DayField,
    DollarsField,
    HoursField,
    ManyField,
    NumberField,
    PercentField,
    chosen,
    keys_now,
    value_now,
)
from propay.forms.initial import TRAVEL_TEXTS
from propay.forms.plan_choice import version_label, why_it_does_not_fit
from propay.forms.task_lines import TaskLinesField
from propay.models import PlanVersion, ProPay
from propay.models.labels import ADJUSTMENT_TYPES, DISTRIBUTIONS, choices_of, values_of
from propay.queries.settings import plan_versions_after, plan_versions_on
from propay.rules.budgets import DEFINITIONS, all_columns, types_by_lines, types_with
from propay.rules.terms import Distribution
from propay.services.checks import TERM_LIMITS, budget_needs
from protiv.accounts.models import Company, Membership, Role
from protiv.kit.choices import LISTED_AT_MOST, CappedChoiceField, name_of
from protiv.timekeeping.models import CostCode, Job, TimeEntry, Worker

# The fields whose names differ from the budget's columns.
BUDGET_INPUTS = {"budget_minutes": "budget_hours"}
ADJUSTMENT = ("adjustment_type", "adjustment_value", "completion_percent")
PEOPLE = ("lead", "paid_manager", "others")
JOB_IS_INACTIVE = "“{job}” is inactive, so it can't get a new ProPay. Choose another job."
PEOPLE_CUT = f"Only the first {LISTED_AT_MOST} workers are listed. Workers with time on this job come first."
TRAVEL_CHOICES = {text: choice for choice, text in TRAVEL_TEXTS.items()}


def shown_with() -> dict[str, tuple[str, Sequence[str]]]:
    """Return the fields that are shown only for some choices of another field; otherwise their values are ignored."""
    budget = {
        BUDGET_INPUTS.get(one.column, one.column): ("budget_type", types_with(one.column)) for one in all_columns()
    }
    return {
        **budget,
        "tasks": ("budget_type", types_by_lines()),
        "adjustment_value": ("adjustment_type", values_of(ADJUSTMENT_TYPES)),
        "lead_weight": ("distribution", [Distribution.LEAD_WEIGHTED]),
    }


def budget_choices() -> list[tuple[str, str]]:
    """Return the types of budget with their labels."""
    return [(str(one.type), one.label) for one in DEFINITIONS.values()]


class ManagerField(forms.ModelChoiceField):
    """Everyone who can manage, and the current choice with its status."""

    def label_from_instance(self, member: Any) -> str:
        return str(member.user) if member.can_manage else f"{member.user} (no longer a manager)"


class PlanVersionField(forms.ModelChoiceField):
    def label_from_instance(self, version: Any) -> str:
        return version_label(version)


class ProPayForm(forms.Form):
    """The terms of a ProPay; a blank budget means the job's. `claimed_by` is the conflicting ProPay."""

    claimed_by: int | None = None

    job = CappedChoiceField(
        Job.objects.none(), empty_label="Choose a job", error_messages={"required": "Choose the job."}
    )
    title = forms.CharField(max_length=255, required=False, help_text="Leave blank to use the job name.")
    manager = ManagerField(Membership.objects.none(), label="Manager", required=False, empty_label="No one")
    start_date = DayField(label="Start date")
    end_date = DayField(label="End date", required=False, help_text="Leave blank for no end date.")
    cost_codes = ManyField(
        CostCode.objects.none(),
        label="Cost codes",
        help_text="Leave all unchecked to count time on every cost code.",
    )
    include_travel = forms.ChoiceField(label="Drive time", required=False)

    plan_version = PlanVersionField(
        PlanVersion.objects.none(),
        label="Bonus plan",
        required=False,
        empty_label="No plan",
        help_text="Fills in the plan's numbers. Changing them here doesn't change the plan.",
        error_messages={"invalid_choice": "There is no such plan in your company. Choose one from the list."},
    )
    budget_type = forms.ChoiceField(
        label="Labor budget type",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the labor budget type."},
    )
    budget_hours = HoursField(
        label="Budget hours",
        required=False,
        help_text="Example: 80, 80.5, or 80:30. Leave blank to use the job's budget hours.",
    )
    fixed_amount = DollarsField(
        label="Budget in dollars", required=False, help_text="For labor only. Example: 5,000.00."
    )
    contract_amount = DollarsField(
        label="Contract price in dollars", required=False, help_text="Leave blank to use the job's contract price."
    )
    labor_percent = PercentField(
        label="Labor, % of contract price", required=False, least=Decimal("0.01"), help_text="Example: 30."
    )
    rate_amount = NumberField(
        label="Dollars per unit",
        required=False,
        places=4,
        low=TERM_LIMITS["rate_amount"][0],
        high=TERM_LIMITS["rate_amount"][1],
        example="2.50",
        help_text="For labor only. Example: 2.50.",
    )
    quantity = NumberField(
        label="Quantity",
        required=False,
        places=3,
        low=TERM_LIMITS["quantity"][0],
        high=TERM_LIMITS["quantity"][1],
        example="1,200",
        help_text="The number of units in the job. Example: 1,200.",
    )
    tasks = TaskLinesField(label="Budget by cost code", required=False, help_text="Blank lines are ignored.")
    adjustment_type = forms.ChoiceField(
        label="Budget adjustment", required=False, choices=[("", "None"), *choices_of(ADJUSTMENT_TYPES)]
    )
    adjustment_value = NumberField(
        label="Adjustment value",
        required=False,
        places=4,
        low=-1_000,
        high=99_999_999,
        example="15 or -10",
        help_text="A percentage (15 or -10), a factor (1.2), or the dollars or hours that replace the budget.",
    )
    completion_percent = PercentField(
        label="Percent complete",
        initial=Decimal(100),
        help_text="Below 100, only that percentage of the budget counts as earned. You can approve only at 100.",
    )

    split_percent = PercentField(
        label="Share of savings that goes to the bonus pool (%)",
        initial=Decimal(50),
        help_text="This percentage of the savings becomes the bonus pool.",
    )
    crew_percent = PercentField(label="Crew", required=False, help_text="Leave blank to use the rest of the 100%.")
    lead_percent = PercentField(label="Lead", initial=Decimal(0))
    manager_percent = PercentField(label="Manager", initial=Decimal(0))
    company_percent = PercentField(label="Company", initial=Decimal(0))
    other_percent = PercentField(label="Others", initial=Decimal(0))
    lead = forms.ModelChoiceField(
        Worker.objects.none(),
        label="Crew lead",
        required=False,
        empty_label="No one",
        help_text="If you choose no one, the lead's part goes to the crew.",
    )
    paid_manager = forms.ModelChoiceField(
        Worker.objects.none(),
        label="Who gets the manager's part",
        required=False,
        empty_label="No one",
        help_text="If you choose no one, that part goes to the company.",
    )
    others = ManyField(Worker.objects.none(), label="Who splits the “Others” part equally")
    distribution = forms.ChoiceField(
        label="How the crew's part is divided", choices=choices_of(DISTRIBUTIONS), initial=Distribution.PER_HOUR
    )
    lead_weight = NumberField(
        label="Lead's weight",
        required=False,
        places=2,
        low=TERM_LIMITS["lead_weight"][0],
        high=TERM_LIMITS["lead_weight"][1],
        example="1.5",
        initial="1.5",
        help_text="Everyone else counts as 1. Leave blank to keep the current weight, or 1.5 for a new ProPay.",
    )
    lead_also_shares = forms.BooleanField(label="The lead also gets a share of the crew's part", required=False)
    include_overtime_cost = forms.BooleanField(label="Include overtime premium in labor cost", required=False)
    burden_percent = NumberField(
        label="Labor burden (% of wages)",
        places=2,
        low=TERM_LIMITS["burden_percent"][0],
        high=TERM_LIMITS["burden_percent"][1],
        example="12.5",
        initial="0",
        help_text="Payroll taxes and insurance. Example: 12.5.",
    )
    pool_includes_overtime = forms.BooleanField(
        label="The pool includes the overtime on the bonuses",
        required=False,
        help_text="Bonuses and their overtime together come to the pool. Can't change once time counts.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, company: Company, propay: ProPay | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["budget_type"].choices = budget_choices()  # type: ignore[attr-defined]
        self.propay = propay
        if propay is None:
            del self.fields["seen"]
        self._offer_jobs(company, propay)
        self._offer_cost_codes(company, propay)
        self._offer_people(company)
        self._offer_plans(company, propay)
        usual = "counts" if company.include_travel else "doesn't count"
        self.fields["include_travel"].choices = [  # type: ignore[attr-defined]
            ("", f"Company default ({usual})"),
            ("yes", "Counts"),
            ("no", "Doesn't count"),
        ]

    # Choices

    def _offer(self, name: str, rows: QuerySet[Any], choices: Iterable[tuple[Any, str]] | None = None) -> None:
        """The rows to choose from and, if already listed, the list itself."""
        field: Any = self.fields[name]
        field.queryset = rows
        if choices is not None:
            field.choices = list(choices)

    def _offer_jobs(self, company: Company, propay: ProPay | None) -> None:
        own = Q(pk=propay.job_id) if propay else Q(pk=None)
        jobs = Job.objects.filter(Q(is_active=True) | own | chosen(self, "job"), company=company)
        self._offer("job", jobs.order_by("name", "pk"))
        self.fields["job"].explain_cap()  # type: ignore[attr-defined]
        may_manage = Q(role__in=(Role.ADMIN, Role.MANAGER))
        managers = company.memberships.filter(may_manage | chosen(self, "manager")).select_related("user")
        self._offer("manager", managers.order_by("user__email"))

    def _offer_cost_codes(self, company: Company, propay: ProPay | None) -> None:
        named = Q(pk__in=propay.cost_codes.values("pk")) if propay else Q(pk__in=[])
        tasked = Q(pk__in=propay.tasks.values("cost_code")) if propay else Q(pk__in=[])
        kept = named | tasked | chosen(self, "cost_codes") | chosen(self, "tasks")
        codes = CostCode.objects.filter(Q(is_active=True, is_system=False) | kept, company=company)
        listed = list(codes.order_by("number", "name", "pk"))
        self._offer("cost_codes", codes, [(code.pk, name_of(code)) for code in listed])
        self.fields["tasks"].offer(listed)  # type: ignore[attr-defined]

    def _offer_people(self, company: Company) -> None:
        """One list for three fields: the people chosen, then those with time on the job, then all others by name."""
        workers = Worker.objects.filter(company=company)
        named = Q(pk__in=[key for name in PEOPLE for key in keys_now(self, name)])
        on_job = TimeEntry.objects.filter(company=company, job__in=keys_now(self, "job"), voided_at=None)
        order = Case(When(named, then=0), When(pk__in=on_job.values("worker"), then=1), default=2)
        found = workers.filter(Q(is_active=True) | named).order_by(order, "last_name", "first_name", "pk")
        listed = list(found[: LISTED_AT_MOST + 1])
        if len(listed) > LISTED_AT_MOST:
            self.fields["lead"].help_text += f" {PEOPLE_CUT}"
        people = [(worker.pk, name_of(worker)) for worker in listed[:LISTED_AT_MOST]]
        for name in PEOPLE:
            nobody = [] if name == "others" else [("", "No one")]
            self._offer(name, workers, [*nobody, *people])

    def _offer_plans(self, company: Company, propay: ProPay | None) -> None:
        """The versions in effect on the first day, the one this ProPay uses, and the one chosen."""
        first_day = self.first_day
        versions = plan_versions_on(company, first_day) if first_day else PlanVersion.objects.none()
        own = Q(pk=propay.plan_version_id) if propay else Q(pk=None)
        kept = own | chosen(self, "plan_version")
        offered = PlanVersion.objects.filter(Q(pk__in=versions.values("pk")) | kept, company=company)
        self._offer("plan_version", offered.select_related("plan", "company").order_by("plan__name", "start_date"))
        later = plan_versions_after(company, first_day) if first_day else versions
        later = later.exclude(pk__in=offered.values("pk"))
        self.later_plans = [version_label(one) for one in later.select_related("plan").order_by("plan__name")]

    @property
    def first_day(self) -> date | None:
        """The first day in the form, if valid."""
        try:
            return self.fields["start_date"].to_python(value_now(self, "start_date"))
        except forms.ValidationError:
            return None

    # Which collapsed groups start open

    @property
    def shows_adjustment(self) -> bool:
        """Whether any of it is set or invalid."""
        is_partly_done = str(self["completion_percent"].value()) not in ("100", "100.00")
        return is_partly_done or bool(self["adjustment_type"].value()) or self._is_wrong(*ADJUSTMENT)

    @property
    def shows_people(self) -> bool:
        """Whether anyone is named."""
        return any(keys_now(self, name) for name in PEOPLE) or self._is_wrong(*PEOPLE)

    @property
    def shows_cost(self) -> bool:
        """Whether the cost includes more than wages."""
        has_burden = str(self["burden_percent"].value()) not in ("0", "")
        return has_burden or bool(self["include_overtime_cost"].value()) or self._is_wrong("burden_percent")

    def _is_wrong(self, *names: str) -> bool:
        return any(name in self.errors for name in names)

    # What was entered

    def clean_include_travel(self) -> bool | None:
        return TRAVEL_CHOICES.get(self.cleaned_data["include_travel"])

    def clean_job(self) -> Job | None:
        """An inactive job stays visible but gets no new ProPay."""
        job: Job | None = self.cleaned_data["job"]
        is_own = self.propay is not None and job is not None and job.pk == self.propay.job_id
        if job is not None and not job.is_active and not is_own:
            raise forms.ValidationError(JOB_IS_INACTIVE.format(job=job))
        return job

    def clean_plan_version(self) -> PlanVersion | None:
        version: PlanVersion | None = self.cleaned_data["plan_version"]
        if version is not None and (problem := self._plan_problem(version)):
            raise forms.ValidationError(problem)
        return version

    def _plan_problem(self, version: PlanVersion) -> str:
        """Why this version can't be used; the ProPay's current version always can."""
        first_day = self.first_day
        is_own = self.propay is not None and self.propay.plan_version_id == version.pk
        return "" if is_own or first_day is None else why_it_does_not_fit(version, first_day)

    @property
    def plan_note(self) -> str:
        """What is wrong with the chosen plan, shown before the form is submitted."""
        field: Any = self.fields["plan_version"]
        version = next(iter(field.queryset.filter(chosen(self, "plan_version"))), None)
        return "" if self.is_bound or version is None else self._plan_problem(version)

    def clean(self) -> dict[str, Any]:
        """Check the chosen budget's fields and the order of the dates; rename keys for the service."""
        super().clean()
        cleaned = self.cleaned_data
        self._forget_hidden()
        needs = budget_needs(cleaned["budget_type"]) if "budget_type" in cleaned else {}
        for name, message in needs.items():
            if name not in self.errors and not cleaned.get(name):
                self.add_error(name, message)
        start, end = cleaned.get("start_date"), cleaned.get("end_date")
        if start and end and end < start:
            self.add_error("end_date", "The end date is before the start date. Choose a later one, or leave it blank.")
        if "job" in cleaned and not cleaned.get("title"):
            cleaned["title"] = cleaned["job"].name
        cleaned["budget_minutes"] = cleaned.pop("budget_hours", None)
        return {name: value for name, value in cleaned.items() if value is not None or name not in LEFT_TO_SERVICE}

    def _forget_hidden(self) -> None:
        """Treat a hidden field as blank, whatever it contains."""
        for name, (decided_by, choices) in shown_with().items():
            if decided_by in self.cleaned_data and self.cleaned_data[decided_by] not in choices:
                self.errors.pop(name, None)
                self.cleaned_data[name] = None


# Not set if blank: the crew gets the rest, and a hidden weight stays unchanged.
LEFT_TO_SERVICE = ("crew_percent", "lead_weight")
