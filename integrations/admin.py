"""For support staff: each connection and its runs. Everything is read-only, and no form contains a secret."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django_q.admin import FailAdmin, QueueAdmin, ScheduleAdmin, TaskAdmin
from django_q.models import Failure, OrmQ, Schedule, Success

from integrations import services
from integrations.models import Connection, SyncCount, SyncIssue, SyncRun, Trigger
from protiv.accounts.admin_access import ReadOnly, staff
from protiv.kit.refused import Refused

SECRETS = ("credentials_encrypted",)


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    """Nothing is added, changed, or deleted here: the services do that, with an audit trail."""

    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Filter only by fields that pages show: others could be guessed character by character."""
        is_shown = lookup.partition("__")[0] not in (self.exclude or ())
        return is_shown and super().lookup_allowed(lookup, value, request)


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    """The links to providers, with "Sync now"."""

    list_display = ("company", "provider", "account_identifier", "state", "last_success_at", "failures_in_a_row")
    list_filter = ("state", "provider", "horizon")
    list_select_related = ("company",)
    search_fields = ("company__name", "company__slug", "account_identifier")
    date_hierarchy = "created_at"
    ordering = ("company__name", "pk")
    exclude = SECRETS
    actions = ("sync_now",)

    def has_sync_permission(self, request: HttpRequest) -> bool:
        """The right to change a connection includes the right to sync it: nothing else can be changed here."""
        return request.user.has_perm("integrations.change_connection")

    @admin.action(description="Sync now", permissions=["sync"])
    def sync_now(self, request: HttpRequest, queryset: "QuerySet[Connection]") -> None:
        """Calls the same service as the refresh icon."""
        for connection in queryset.select_related("company"):
            level, text = _sync(connection, request)
            self.message_user(request, f"{connection.company}, {connection}: {text}", level)


def _sync(connection: Connection, request: HttpRequest) -> tuple[int, str]:
    try:
        answer = services.request_sync(
            connection=connection,
            trigger=Trigger.MANUAL,
            requested_by=staff(request),
            now=timezone.now(),
        )
    except Refused as error:
        return messages.ERROR, error.message
    if answer.joined:
        return messages.INFO, f"Run {answer.run.pk} is already in progress."
    return messages.SUCCESS, f"Run {answer.run.pk} is queued."


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    """What each run did, how long it took, and why it failed."""

    list_display = (
        "id",
        "company",
        "connection",
        "trigger",
        "state",
        "queued_at",
        "duration",
        *(count.field for count in SyncCount),
        "error_code",
    )
    list_filter = ("state", "trigger", "queued_at", "error_code")
    list_select_related = ("company", "connection__company")
    search_fields = ("company__name", "company__slug", "connection__account_identifier", "error_id", "error_code")
    date_hierarchy = "queued_at"
    ordering = ("-pk",)
    readonly_fields = ("duration",)

    @admin.display(description="took")
    def duration(self, run: SyncRun) -> str:
        """From the first start to the end."""
        if run.started_at is None or run.ended_at is None:
            return "—"
        return str(run.ended_at - run.started_at).split(".", maxsplit=1)[0]


@admin.register(SyncIssue)
class SyncIssueAdmin(ReadOnlyAdmin):
    """Records that could not be imported, with the reason."""

    list_display = ("company", "object_type", "external_id", "reason", "window_date", "created_at", "mended_at")
    list_filter = (("mended_at", admin.EmptyFieldListFilter), "object_type", "created_at")
    list_select_related = ("company",)
    search_fields = ("company__name", "company__slug", "external_id", "reason")
    date_hierarchy = "created_at"
    ordering = ("-pk",)


# The queue. Its rows name the code that a worker runs, so no one adds, changes, resubmits, or deletes one here.

admin.site.unregister([Schedule, Success, Failure, OrmQ])


@admin.register(Schedule)
class ReadOnlyScheduleAdmin(ReadOnly, ScheduleAdmin):
    """The one schedule; `setup_schedules` makes it."""


@admin.register(Success)
class ReadOnlySuccessAdmin(ReadOnly, TaskAdmin):
    """Successful tasks, if any are kept."""


@admin.register(Failure)
class ReadOnlyFailureAdmin(ReadOnly, FailAdmin):
    """Tasks that failed, with the traceback."""


@admin.register(OrmQ)
class ReadOnlyQueueAdmin(ReadOnly, QueueAdmin):
    """Tasks that wait for a worker."""
