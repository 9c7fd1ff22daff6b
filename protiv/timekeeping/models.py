"""Workers, jobs, time entries, and hourly wages.

Synced rows carry `connection_id`, the id of the connection that brought them. It is a plain number because this layer
does not know the one above; a connection is never deleted, so the number always stays valid.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from protiv.accounts.models import Company, Membership
from protiv.kit.bulk import BulkSyncQuerySet
from protiv.kit.fields import WageField
from protiv.kit.us_states import US_STATES, state_code
from protiv.timekeeping.records import EntryKind


class Synced(models.Model):
    """A row that a provider owns. `external_id` is the provider's own id: names change, ids don't."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    connection_id = models.PositiveBigIntegerField()
    external_id = models.CharField(max_length=64)

    class Meta:
        abstract = True


class Listed(Synced):
    """A row of one of the provider's lists.

    `is_listed`: the last list that was read names it. `is_reread_due`: that changed, and the days of its time are still
    to be read again.
    """

    is_listed = models.BooleanField(default=True)
    is_reread_due = models.BooleanField(default=False)

    class Meta:
        abstract = True


class Worker(Listed):
    """A person who clocks time. May be given a sign-in (`membership`) to see their own bonus.

    `no_bonus`: draws no crew share on any ProPay. `is_salaried`: paid a salary, though not exempt from overtime.
    `same_person_as`: the primary worker of a person who has several (bonus.md 10.2); None for that one itself.
    """

    number = models.CharField(max_length=64, blank=True)
    first_name = models.CharField(max_length=255, blank=True)
    middle_name = models.CharField(max_length=255, blank=True)
    last_name = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=255, blank=True)
    pay_type = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    no_bonus = models.BooleanField(default=False)
    is_salaried = models.BooleanField(default=False)
    same_person_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="other_ids"
    )
    membership = models.OneToOneField(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="worker"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection_id", "external_id"], name="worker_external_id"),
            models.CheckConstraint(condition=~Q(same_person_as=F("pk")), name="worker_not_linked_to_itself"),
        ]
        indexes = [models.Index(fields=["company", "last_name", "first_name"], name="worker_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)


class OvertimeExemption(models.Model):
    """Whether federal and state overtime law exempt a worker from `from_date` on (bonus.md 11.3).

    None: from the beginning. The next one replaces it; both flags off end it.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="exemptions", db_index=False)
    from_date = models.DateField(null=True, blank=True)
    is_federal = models.BooleanField(default=True)
    is_state = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "from_date"], name="one_exemption_per_day"),
            models.UniqueConstraint(fields=["worker"], condition=Q(from_date=None), name="one_exemption_without_day"),
        ]

    def __str__(self) -> str:
        return f"{self.worker} from {self.from_date or 'the beginning'}"


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_SCHEDULED_DAY = 10 * 60


class WorkerSchedule(models.Model):
    """A worker's alternative workweek from `from_date` on (bonus.md 11.10): minutes by weekday.

    None: from the beginning. The next one replaces it; one without any minutes ends it. `is_under_agreement`: a
    collective agreement replaces the state's daily overtime.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="schedules", db_index=False)
    from_date = models.DateField(null=True, blank=True)
    monday = models.PositiveSmallIntegerField(default=0)
    tuesday = models.PositiveSmallIntegerField(default=0)
    wednesday = models.PositiveSmallIntegerField(default=0)
    thursday = models.PositiveSmallIntegerField(default=0)
    friday = models.PositiveSmallIntegerField(default=0)
    saturday = models.PositiveSmallIntegerField(default=0)
    sunday = models.PositiveSmallIntegerField(default=0)
    is_under_agreement = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "from_date"], name="one_schedule_per_day"),
            models.UniqueConstraint(fields=["worker"], condition=Q(from_date=None), name="one_schedule_without_day"),
            models.CheckConstraint(
                condition=Q(**{f"{day}__lte": LONGEST_SCHEDULED_DAY for day in WEEKDAYS}),
                name="schedule_ten_hours_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} from {self.from_date or 'the beginning'}"

    @property
    def minutes(self) -> tuple[tuple[int, int], ...]:
        """The scheduled weekdays, Monday being 0, with their minutes."""
        every = enumerate(getattr(self, day) for day in WEEKDAYS)
        return tuple((weekday, minutes) for weekday, minutes in every if minutes)

    @property
    def days(self) -> list[tuple[str, int]]:
        """The scheduled weekdays by name, with their minutes."""
        return [(WEEKDAYS[weekday].capitalize(), minutes) for weekday, minutes in self.minutes]


class DifferentPeople(models.Model):
    """Someone said that these two workers are not the same person, so no link is suggested; the lower id is first."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    first = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "different people"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="different_people_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="different_people_in_order"),
        ]
        indexes = [models.Index(fields=["company"], name="different_people_by_company")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"


class Wage(models.Model):
    """A worker's hourly pay from `start_date` on, without burden, until the next wage starts."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="wages")
    start_date = models.DateField()
    hourly_amount = WageField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "start_date"], name="one_wage_per_worker_and_day"),
            models.CheckConstraint(condition=Q(hourly_amount__gt=0), name="wage_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.hourly_amount} from {self.start_date}"


class Job(Listed):
    """What a ProPay pays for, whatever the provider calls it. Entered values override synced ones."""

    number = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=255)
    city = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=255, blank=True)
    typed_state = models.CharField(max_length=2, choices=list(US_STATES.items()), blank=True)
    is_active = models.BooleanField(default=True)
    synced_budget_minutes = models.PositiveIntegerField(null=True, blank=True)
    synced_contract_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    typed_budget_minutes = models.PositiveIntegerField(null=True, blank=True)
    typed_contract_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection_id", "external_id"], name="job_external_id")]
        indexes = [models.Index(fields=["company", "name"], name="job_by_name")]

    def __str__(self) -> str:
        return f"{self.number} · {self.name}" if self.number else self.name

    @property
    def state_code(self) -> str:
        """The postal code of its state, whose overtime law applies; empty if it can't be read."""
        return self.typed_state or state_code(self.state)

    @property
    def budget_minutes(self) -> int | None:
        return self.synced_budget_minutes if self.typed_budget_minutes is None else self.typed_budget_minutes

    @property
    def contract_amount(self) -> Decimal | None:
        return self.synced_contract_amount if self.typed_contract_amount is None else self.typed_contract_amount


class CostCode(Listed):
    """A kind of work. The provider's built-in codes (`is_system`) contain no work of their own.

    `is_commute`: an admin said that drive time on this code is the way to work, so it counts nowhere.
    """

    number = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=255)
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    is_commute = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection_id", "external_id"], name="cost_code_external_id")]
        indexes = [
            models.Index(fields=["company", "name"], name="cost_code_by_name"),
            models.Index(fields=["id"], condition=Q(is_commute=True), name="cost_code_commutes"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.name}" if self.number else self.name


class PayPeriod(Synced):
    """The provider's pay period; both dates included."""

    start_date = models.DateField()
    end_date = models.DateField()
    is_closed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection_id", "external_id"], name="pay_period_external_id"),
            models.CheckConstraint(condition=Q(end_date__gte=F("start_date")), name="pay_period_ends_after_start"),
        ]
        indexes = [models.Index(fields=["company", "start_date"], name="pay_period_by_start")]

    def __str__(self) -> str:
        return f"{self.start_date} to {self.end_date}"


class ImportedDates(models.Model):
    """Which work dates a connection imports: from `start_date` to `end_date`, the latter excluded; None: no end.

    `is_final_only`: of those, only what is final. Written by `ingest` only.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    connection_id = models.PositiveBigIntegerField(unique=True)
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    is_final_only = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "imported dates"

    def __str__(self) -> str:
        return f"{self.start_date} to {self.end_date}"


ENTRY_KINDS = {
    EntryKind.WORK: "Work",
    EntryKind.TRAVEL: "Travel",
    EntryKind.MEAL_BREAK: "Meal break",
    EntryKind.AUTO_LUNCH: "Automatic lunch deduction",
    EntryKind.TIME_OFF: "Time off",
    EntryKind.PAID_BREAK: "Paid break",
    EntryKind.COMMUTE: "Commute",
}
ENTRY_KIND_CHOICES = [(kind.value, label) for kind, label in ENTRY_KINDS.items()]


class EntryValues(models.Model):
    """The data of a time entry and the run that wrote it; the same for the entry and its earlier versions.

    The clock is local. What was read last before 0.2 has times without dates (`protiv.timekeeping.clock`).
    Runs are named by number for the same reason as the connection.
    """

    work_date = models.DateField()
    start_date = models.DateField(null=True)
    start_time = models.TimeField(null=True)
    stop_date = models.DateField(null=True)
    stop_time = models.TimeField(null=True)
    minutes = models.IntegerField()
    regular_minutes = models.IntegerField()
    ot1_minutes = models.IntegerField()
    ot2_minutes = models.IntegerField()
    kind = models.CharField(max_length=10, choices=ENTRY_KIND_CHOICES)
    is_open = models.BooleanField(default=False)
    is_final = models.BooleanField(default=False)
    is_reopened = models.BooleanField(default=False)
    comment = models.CharField(max_length=1000, blank=True)
    modified_at = models.DateTimeField(null=True)
    changed_run_id = models.PositiveBigIntegerField()
    voided_run_id = models.PositiveBigIntegerField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class TimeEntry(Synced, EntryValues):
    """One worker, one job, one cost code, one work date, whole signed minutes. Written by `ingest`, which a sync calls.

    A voided entry vanished at the provider; it is kept. `excluded_at`: a person said that it doesn't count, because the
    trip was a commute or the automatic lunch was worked through (bonus.md 11.9).
    """

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="time_entries", db_index=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="time_entries", db_index=False)
    cost_code = models.ForeignKey(
        CostCode, on_delete=models.PROTECT, null=True, related_name="time_entries", db_index=False, db_constraint=False
    )
    fingerprint = models.BigIntegerField()
    added_run_id = models.PositiveBigIntegerField()
    excluded_at = models.DateTimeField(null=True)

    objects = BulkSyncQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "time entries"
        constraints = [
            models.UniqueConstraint(fields=["connection_id", "external_id"], name="time_entry_external_id"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_run_id__isnull=True)
                | Q(voided_at__isnull=False, voided_run_id__isnull=False),
                name="time_entry_void_names_run",
            ),
        ]
        indexes = [
            models.Index(fields=["connection_id", "work_date"], name="time_entry_window"),
            models.Index(fields=["job", "work_date"], name="time_entry_by_job"),
            models.Index(fields=["company", "-work_date", "-id"], name="time_entry_by_date"),
            models.Index(fields=["worker", "work_date"], name="time_entry_by_worker"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} on {self.work_date}"


class TimeEntryVersion(EntryValues):
    """A time entry's data before a run changed or voided it. Written by `ingest` only, in the same transaction.

    Its relations have no constraint in the database: they come from the entry, which had one.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(TimeEntry, on_delete=models.PROTECT, related_name="versions")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    job = models.ForeignKey(
        Job, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    cost_code = models.ForeignKey(
        CostCode, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    replaced_run_id = models.PositiveBigIntegerField()
    replaced_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.entry_id} before run {self.replaced_run_id}"


class HoldReason(models.TextChoices):
    """Why hours are held: whose or what time it is isn't listed any more, or how much went at a time."""

    WORKER = "WORKER", "Person no longer listed"
    JOB = "JOB", "Job no longer listed"
    COST_CODE = "COST_CODE", "Cost code no longer listed"
    MANY = "MANY", "Many entries gone at a time"


class HeldEntry(models.Model):
    """A live time entry that a read no longer brought, and that a person has to decide on. It goes on counting.

    The row is there as long as the hold: it ends when the entry is read again or voided. `kept_at`: someone said that
    the sign-in lost access, so the hours stay. `asked_at`: the admins got their mail.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    connection_id = models.PositiveBigIntegerField()
    entry = models.OneToOneField(TimeEntry, on_delete=models.CASCADE, related_name="hold")
    reason = models.CharField(max_length=9, choices=HoldReason)
    run_id = models.PositiveBigIntegerField()
    held_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    kept_at = models.DateTimeField(null=True)

    objects = BulkSyncQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "held entries"
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=HoldReason.values), name="hold_reason_known"),
        ]
        indexes = [
            models.Index(fields=["connection_id", "reason"], name="held_entry_by_connection"),
            models.Index(fields=["company"], condition=Q(kept_at__isnull=True), name="held_entry_undecided"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.get_reason_display()}"
