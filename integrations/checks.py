"""Checks at start-up for settings that would make the sync unsafe."""

from math import ceil
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django_q.conf import Conf

from integrations.providers import registry


@register(Tags.security)
def check_providers(**_kwargs: Any) -> list[CheckMessage]:
    """Problems that each provider finds in its own settings."""
    problems = [problem for provider in registry.PROVIDERS for check in provider.checks for problem in check()]
    return [Error(problem.text, hint=problem.hint, id=problem.id) for problem in problems]


@register()
def check_retry(**_kwargs: Any) -> list[CheckMessage]:
    """django-q2 counts `retry` from the fetch, including time in its own queue: if it is too short, tasks run twice."""
    cluster = settings.Q_CLUSTER
    rounds = 1 + ceil((cluster["queue_limit"] + cluster["bulk"]) / cluster["workers"])
    if cluster["retry"] > cluster["timeout"] * rounds:
        return []
    return [
        Error(
            f"Q_CLUSTER: retry must be greater than timeout × {rounds}, or tasks run twice.",
            hint="Raise retry, or lower queue_limit.",
            id="integrations.E002",
        )
    ]


@register()
def check_task_ends_in_time(**_kwargs: Any) -> list[CheckMessage]:
    """A task that runs until the cluster's timeout is killed in its last window."""
    if settings.Q_CLUSTER["timeout"] >= settings.SYNC_TASK_SECONDS + 30:
        return []
    return [
        Error(
            "SYNC_TASK_SECONDS must be at least 30 seconds below the cluster's timeout.",
            hint="Lower SYNC_TASK_SECONDS.",
            id="integrations.E003",
        )
    ]


@register()
def check_hold_limits(**_kwargs: Any) -> list[CheckMessage]:
    """Thresholds that no loss can reach would let a sign-in that lost access void everything."""
    if settings.SYNC_HOLD_ENTRIES >= 0 and 0 <= settings.SYNC_HOLD_PERCENT < 100:
        return []
    return [
        Error(
            "SYNC_HOLD_ENTRIES must be 0 or more, and SYNC_HOLD_PERCENT from 0 to 99.",
            hint="Use the defaults, 20 and 20.",
            id="integrations.E004",
        )
    ]


@register()
def check_success_log(**_kwargs: Any) -> list[CheckMessage]:
    """Keeping successful tasks costs 85% of django-q2's throughput; our SyncRun is the log."""
    if Conf.SAVE_LIMIT < 0:
        return []
    return [Warning("Q_CLUSTER: save_limit should be -1.", id="integrations.W001")]
