"""A company's link to a time-tracking provider, its sync runs, and the records a run could not import."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from integrations.providers import registry
from integrations.providers.base import Capabilities, Provider
from protiv.accounts.models import Company


class ConnectionState(models.TextChoices):
    """The state of the link. How the last run went is the run's own state."""

    TESTING = "TESTING", "Setup not finished"
    INITIAL_SYNC = "INITIAL_SYNC", "First sync"
    ACTIVE = "ACTIVE", "Connected"
    REAUTH_REQUIRED = "REAUTH_REQUIRED", "Reconnect required"
    PAUSED = "PAUSED", "Paused"
    DISCONNECTED = "DISCONNECTED", "Disconnected"


SYNCING_STATES = (ConnectionState.INITIAL_SYNC, ConnectionState.ACTIVE)


class Horizon(models.TextChoices):
    """Which time a sync imports."""

    ALL = "ALL", "All time up to today"
    LEAVE_OUT_CURRENT_WEEK = "LEAVE_OUT_CURRENT_WEEK", "Exclude the current workweek"
    FINAL_ONLY = "FINAL_ONLY", "Only final time (pay period closed or signed off)"


class Connection(models.Model):
    """One company's link to one provider. Disconnecting wipes the credentials and keeps row and data."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="connections", db_index=False)
    provider = models.CharField(max_length=20, choices=registry.choices)
    state = models.CharField(max_length=15, choices=ConnectionState, default=ConnectionState.TESTING)
    # The provider's name for the customer's account, from the sign-in.
    account_identifier = models.CharField(max_length=255)
    credentials_encrypted = models.TextField(blank=True)
    # Names of the account's capabilities, from the last sign-in.
    capabilities = models.JSONField(default=list, blank=True)
    # The values of the provider's own settings form, by field name.
    provider_settings = models.JSONField(default=dict, blank=True)
    sync_start_date = models.DateField(null=True, blank=True)
    horizon = models.CharField(max_length=22, choices=Horizon, default=Horizon.LEAVE_OUT_CURRENT_WEEK)
    visible_people = models.PositiveIntegerField(null=True, blank=True)
    pause_reason = models.CharField(max_length=300, blank=True)
    next_sync_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    # The first sync is complete up to (not including) this day; None once it is finished.
    first_sync_cursor_date = models.DateField(null=True, blank=True)
    # The rolling re-read of older history continues from this day.
    reread_cursor_date = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "provider"], name="one_connection_per_provider"),
            models.CheckConstraint(condition=Q(state__in=ConnectionState.values), name="connection_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=SYNCING_STATES) | Q(sync_start_date__isnull=False),
                name="syncing_connection_has_start_date",
            ),
        ]
        indexes = [models.Index(fields=["next_sync_at"], name="connection_due")]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} · {self.account_identifier}"

    @property
    def is_syncing(self) -> bool:
        return self.state in SYNCING_STATES

    @property
    def provider_info(self) -> Provider:
        """The description of its provider: words, texts, forms."""
        return registry.by_key(self.provider)

    @property
    def can(self) -> Capabilities:
        """The account's capabilities."""
        return Capabilities.of(self.capabilities)


class Trigger(models.TextChoices):
    INITIAL = "INITIAL", "First sync"
    SCHEDULED = "SCHEDULED", "Scheduled"
    MANUAL = "MANUAL", "Manual"
    COMMAND = "COMMAND", "Command"


class RunState(models.TextChoices):
    QUEUED = "QUEUED", "Waiting"
    RUNNING = "RUNNING", "Running"
    SUCCEEDED = "SUCCEEDED", "Succeeded"
    PARTIAL = "PARTIAL", "Succeeded, some records not imported or on hold"
    FAILED = "FAILED", "Failed"
    CANCELED = "CANCELED", "Canceled"
    INTERRUPTED = "INTERRUPTED", "Interrupted"


OPEN_STATES = (RunState.QUEUED, RunState.RUNNING)
GOOD_STATES = (RunState.SUCCEEDED, RunState.PARTIAL)


class SyncCount(models.TextChoices):
    """The counters of a run, with one label for each everywhere. The run's field is `<value>_count`."""

    SEEN = "seen", "Read"
    ADDED = "added", "Added"
    CHANGED = "changed", "Changed"
    VOIDED = "voided", "Voided"
    SET_ASIDE = "set_aside", "Not imported"
    HELD = "held", "On hold"

    @property
    def field(self) -> str:
        return f"{self.value}_count"


# The counters of changed hours.
WRITTEN_COUNTS = (SyncCount.ADDED, SyncCount.CHANGED, SyncCount.VOIDED)


class SyncRun(models.Model):
    """One attempt to bring a connection's hours up to date; it may take many tasks.

    `windows` is the plan: a list of [first day, day after the last] in ISO form, read in that order. `days_done` of
    `days_total` is the checkpoint: the number of planned days that are stored, counted through all windows.
    `lease_token` is the fencing token: a worker with an older one can't commit.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="runs")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    trigger = models.CharField(max_length=9, choices=Trigger)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=11, choices=RunState, default=RunState.QUEUED)
    since_date = models.DateField(null=True, blank=True)
    windows = models.JSONField(default=list)
    days_total = models.PositiveIntegerField(default=0)
    days_done = models.PositiveIntegerField(default=0)
    days_per_window = models.PositiveIntegerField(default=7)
    lease_token = models.PositiveIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    starts_without_end = models.PositiveIntegerField(default=0)
    worked_seconds = models.PositiveIntegerField(default=0)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    seen_count = models.PositiveIntegerField(SyncCount.SEEN.label, default=0)
    added_count = models.PositiveIntegerField(SyncCount.ADDED.label, default=0)
    changed_count = models.PositiveIntegerField(SyncCount.CHANGED.label, default=0)
    voided_count = models.PositiveIntegerField(SyncCount.VOIDED.label, default=0)
    set_aside_count = models.PositiveIntegerField(SyncCount.SET_ASIDE.label, default=0)
    held_count = models.PositiveIntegerField(SyncCount.HELD.label, default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error_text = models.CharField(max_length=1000, blank=True)
    error_id = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(state__in=OPEN_STATES), name="one_open_run_per_connection"
            ),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state_known"),
            models.CheckConstraint(condition=Q(days_done__lte=F("days_total")), name="run_days_done_within_total"),
        ]
        indexes = [models.Index(fields=["connection", "-id"], name="run_history")]

    def __str__(self) -> str:
        return f"Run {self.pk} ({self.get_state_display()})"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def counts(self) -> list[tuple[SyncCount, int]]:
        """All counters, in display order."""
        return [(count, getattr(self, count.field)) for count in SyncCount]

    def ranges(self) -> list[tuple[date, date]]:
        """The plan as pairs of dates."""
        return [(date.fromisoformat(start), date.fromisoformat(end)) for start, end in self.windows]

    def planned_days(self) -> list[tuple[date, date]]:
        """The same for display: with the last day included."""
        return [(start, end - timedelta(days=1)) for start, end in self.ranges()]


class SyncIssue(models.Model):
    """An object that a run set aside. The next good read of the same object fixes it (`mended_at`)."""

    run = models.ForeignKey(SyncRun, on_delete=models.PROTECT, related_name="issues")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="issues", db_index=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    object_type = models.CharField(max_length=20)
    external_id = models.CharField(max_length=255)
    reason = models.CharField(max_length=500)
    # First day of the window it was read in; None for objects from a list.
    window_date = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "object_type", "external_id"],
                condition=Q(mended_at__isnull=True),
                name="one_open_issue_per_object",
            )
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.external_id}: {self.reason}"


class Heartbeat(models.Model):
    """The time of the last heartbeat of the tick, or of a worker host's cluster, by name."""

    name = models.CharField(max_length=100, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.beat_at.isoformat()}"
