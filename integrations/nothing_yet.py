"""The text and action of an empty page: hours come from a connection, so they depend on its state."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.dateformat import format as date_text

from integrations.left_out import LeftOut, left_out_of
from integrations.models import Connection, ConnectionState
from protiv.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class NothingYet:
    """Why there is nothing, and where to change that; no action for those who can't."""

    heading: str
    text: str
    action: str = ""
    url: str = ""


def nothing_yet(connection: Connection | None, *, membership: Membership, now: datetime) -> NothingYet:
    """For the office. `connection.company` is loaded."""
    ask = "" if membership.is_admin else f" Ask an admin of {membership.company.name}."
    if connection is None:
        text = (
            "Hours, people, and jobs are imported from your time-tracking system, automatically once it's "
            f"connected.{ask}"
        )
        return _for_admin(membership, "Connect your time tracking", text, "Connect time tracking", "integration_list")
    name = connection.provider_info.name
    if connection.state == ConnectionState.TESTING:
        text = f"{name} is connected, but no start date is chosen, so nothing is imported yet.{ask}"
        return _for_admin(membership, "Finish setup", text, "Finish setup", "integration_setup", connection)
    left_out = left_out_of(connection, now=now)
    if connection.state == ConnectionState.INITIAL_SYNC and not (left_out and left_out.is_all):
        return _coming(connection)
    if not connection.is_syncing:
        text = f"{name} isn't syncing ({connection.get_state_display().lower()}), so no hours are imported."
        url = reverse("integration_detail", args=[connection.provider])
        return NothingYet("No hours are being imported", text, f"Open {name}", url)
    return _left_out(connection, left_out, membership)


def _coming(connection: Connection) -> NothingYet:
    text = "The first sync is importing hours, people, and jobs. It can take a while. You can leave this page."
    url = reverse("integration_detail", args=[connection.provider])
    return NothingYet("The first sync is running", text, "View progress", url)


def _left_out(connection: Connection, left_out: LeftOut | None, membership: Membership) -> NothingYet:
    """The connection syncs, so the start date or the horizon excludes everything."""
    start = connection.sync_start_date
    name = connection.provider_info.name
    parts = [f"{name} is connected."]
    if start is not None and not (left_out and left_out.is_all):
        parts.append(f"It has shown nothing since {date_text(start, 'M j, Y')}, the sync start date.")
    if left_out is not None:
        parts.append(left_out.text)
    if not membership.is_admin:
        parts.append("An admin can change this.")
    heading = "Nothing imported yet"
    return _for_admin(
        membership, heading, " ".join(parts), "Change what is imported", "integration_settings", connection
    )


def _for_admin(
    membership: Membership, heading: str, text: str, action: str, url_name: str, connection: Connection | None = None
) -> NothingYet:
    """The action leads to a page for admins only."""
    if not membership.is_admin:
        return NothingYet(heading, text)
    url = reverse(url_name, args=[connection.provider] if connection else [])
    return NothingYet(heading, text, action, url)
