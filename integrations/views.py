"""The Integrations pages. Admins change a connection, managers see it and can force a sync, workers have no access."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from integrations import runner, selectors, services, sync_icon
from integrations.crypto import CredentialsUnreadable
from integrations.forms import HeldForm, SyncSettingsForm, settings_form
from integrations.models import Connection, ConnectionState, Horizon, Trigger
from integrations.providers.base import Preview, Provider, ProviderError
from integrations.services import SyncRequest
from propay.services import may_approve
from protiv.accounts.access import CompanyRequest, for_admins, for_managers
from protiv.kit.redirects import redirect_back
from protiv.kit.refused import Refused
from protiv.kit.search import SearchForm
from protiv.kit.text import keys

# Seeing


@require_GET
@for_managers
def integration_list(request: CompanyRequest) -> HttpResponse:
    """The catalog; a search by htmx gets only the cards."""
    search = SearchForm(request.GET, label="Search integrations")
    cards = []
    if search.is_valid():
        cards = selectors.cards(company=request.company, query=search.words, now=timezone.now())
    is_search = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    template = "integrations/_catalog.html" if is_search else "integrations/list.html"
    response = render(request, template, {"cards": cards, "search": search})
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_GET
@for_managers
def integration_detail(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """The state of the connection, its last runs, and the records set aside."""
    connection = selectors.connection_of(company=request.company, provider=provider.key)
    if connection is None:
        return render(request, "integrations/not_connected.html", {"provider": provider})
    now = timezone.now()
    context = {
        "connection": connection,
        "status": selectors.status_of(connection, now=now),
        "coverage": selectors.coverage_of(connection, now=now),
        "runs": selectors.last_runs(connection=connection)[: selectors.LAST_RUNS],
        "questions": selectors.held_questions(connection),
        "may_decide": may_approve(company=request.company, membership=request.membership),
        "page_obj": selectors.open_issues(connection=connection, page=request.GET.get("page")),
    }
    return render(request, "integrations/detail.html", context)


@require_GET
@for_managers
def integration_runs(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """All syncs, newest first."""
    connection = _connection(request, provider)
    only = request.GET.get("only", "")
    page = selectors.runs_page(connection=connection, only=only, page=request.GET.get("page"))
    return render(request, "integrations/runs.html", {"connection": connection, "page_obj": page, "only": only})


@require_GET
@for_managers
def integration_run(request: CompanyRequest, pk: int) -> HttpResponse:
    """All that is known about one sync."""
    run = selectors.run_of(company=request.company, pk=pk)
    if run is None:
        raise Http404("No such sync.")
    context = {"run": run, "connection": run.connection, "unread_since": selectors.unread_since(run)}
    return render(request, "integrations/run.html", context)


@require_GET
@for_managers
def integration_status(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """The fragment that the page includes; once no run is open, it stops polling and the page is notified."""
    status = selectors.status_of(_connection(request, provider), now=timezone.now())
    response = render(request, "integrations/_sync_status.html", {"status": status})
    if status.progress is None:
        response["HX-Trigger"] = "sync-ended"
    return response


# Connecting


@sensitive_post_parameters()
@sensitive_variables("form", "credentials")
@for_admins
def integration_connect(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """Sign in with the values entered; failures are shown on the form, and nothing is stored."""
    known = selectors.connection_of(company=request.company, provider=provider.key)
    form = provider.connect_form(request.POST or None, account_identifier=known.account_identifier if known else "")
    if form.is_valid():
        try:
            connection = services.connect(
                company=request.company,
                provider=provider.key,
                credentials=form.credentials(),
                actor=request.user,
                now=timezone.now(),
            )
        except (ProviderError, Refused) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, f"Signed in to {provider}.")
            return _after_connect(connection)
    return render(request, "integrations/connect.html", {"form": form, "provider": provider, "connection": known})


def _after_connect(connection: Connection) -> HttpResponse:
    if connection.state == ConnectionState.TESTING:
        return redirect("integration_setup", connection.provider)
    return redirect("integration_detail", connection.provider)


@for_admins
def integration_setup(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """Choose what to import, see what this sign-in can see, and start."""
    connection = selectors.connection_of(company=request.company, provider=provider.key)
    if connection is None or connection.state in (ConnectionState.DISCONNECTED, ConnectionState.REAUTH_REQUIRED):
        return redirect("integration_connect", provider)
    if connection.state != ConnectionState.TESTING:
        return redirect("integration_settings", provider)
    form = _settings_form(request, connection)
    if form.is_valid() and _done(
        request, services.start_sync, "The first sync has started.", connection=connection, **form.arguments()
    ):
        return redirect("integration_detail", provider)
    preview, problem = _preview(connection)
    context = {"form": form, "connection": connection, "preview": preview, "problem": problem}
    return render(request, "integrations/setup.html", context)


@require_GET
@for_admins
def integration_time_preview(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """How much time the start date and the horizon in the form would import; `propose` puts another date into it."""
    connection, form = _connection(request, provider), SyncSettingsForm(today=date.max)
    start = form.readable_start(request.GET.get("propose") or request.GET.get("sync_start_date", ""))
    asked = request.GET.get("horizon", "")
    horizon = asked if asked in Horizon.values else connection.horizon
    context: dict[str, Any] = {"connection": connection}
    try:
        context["preview"] = services.time_preview(
            connection=connection, start=start, horizon=horizon, now=timezone.now()
        )
    except ProviderError as error:
        context["problem"] = error.message
    except CredentialsUnreadable:
        context["problem"] = runner.unreadable(connection)
    if "propose" in request.GET and start is not None:
        form.initial["sync_start_date"] = start
        context["start_date_input"] = form["sync_start_date"].as_widget(attrs={"hx-swap-oob": "true"})
    return render(request, "integrations/_time_preview.html", context)


@for_admins
def integration_settings(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """Change later what is imported."""
    connection = selectors.connection_of(company=request.company, provider=provider.key)
    if connection is None or connection.sync_start_date is None:
        return redirect("integration_setup", provider)
    form = _settings_form(request, connection)
    if form.is_valid():
        try:
            services.change_settings(
                connection=connection,
                **form.arguments(),
                confirmed_entries=_confirmed_entries(request),
                actor=request.user,
                now=timezone.now(),
            )
        except services.NeedsConfirmation as needed:
            context = {"form": form, "connection": connection, "effects": needed.effects}
            return render(request, "integrations/settings_confirm.html", context)
        except Refused as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, "Settings saved.")
            return redirect("integration_detail", provider)
    return render(request, "integrations/settings.html", {"form": form, "connection": connection})


def _confirmed_entries(request: CompanyRequest) -> int:
    """The number of entries shown to the admin before confirming."""
    told = request.POST.get("confirmed_entries", "")
    return int(told) if told.isdecimal() and len(told) < 10 else 0


# Hours on hold


@require_POST
@for_managers
def integration_decide_held(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """Say what became of hours that a sync no longer found. Voiding them changes bonuses: for those who approve."""
    if not may_approve(company=request.company, membership=request.membership):
        raise PermissionDenied
    connection = _connection(request, provider)
    form = HeldForm(request.POST, keys=[one.held.key for one in selectors.held_questions(connection).shown])
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("integration_detail", provider)
    is_deleted = form.cleaned_data["decision"] == services.HeldDecision.DELETED
    told = (
        "These hours are voided. Open ProPays were recalculated."
        if is_deleted
        else f"These hours stay. {provider.people_missing}"
    )
    _done(request, services.decide_held, told, connection=connection, **form.arguments())
    return redirect("integration_detail", provider)


# Pausing, resuming, disconnecting


@require_POST
@for_admins
def integration_pause(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """Stop syncing until someone resumes it."""
    _done(request, services.pause, "Syncing is paused.", connection=_connection(request, provider))
    return redirect("integration_detail", provider)


@require_POST
@for_admins
def integration_resume(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """Resume, with an immediate sync."""
    _done(request, services.resume, "Syncing resumed.", connection=_connection(request, provider))
    return redirect("integration_detail", provider)


@for_admins
def integration_disconnect(request: CompanyRequest, provider: Provider) -> HttpResponse:
    """Ask first, then wipe the credentials; the data stays."""
    connection = _connection(request, provider)
    if request.method != "POST":
        return render(request, "integrations/disconnect.html", {"connection": connection})
    text = f"Disconnected. We deleted the saved {provider.words.credentials}. Your hours are still here."
    _done(request, services.disconnect, text, connection=connection)
    return redirect("integration_detail", provider)


# Force sync


@require_POST
@for_managers
def sync_now(request: CompanyRequest) -> HttpResponse:
    """The refresh icon: queue a sync of every connection, and return the busy icon."""
    requests, refusals = _request_syncs(request)
    icon = sync_icon.pressed(requests, refusals)
    if request.headers.get("HX-Request"):
        response = render(request, "integrations/_sync_answer.html", {"icon": icon})
        response["HX-Trigger"] = "sync-started"
        return response
    messages.add_message(request, messages.INFO if requests else messages.ERROR, icon.text or "")
    return redirect_back(request, request.headers.get("Referer", ""), "dashboard")


@require_GET
@for_managers
def sync_button_status(request: CompanyRequest) -> HttpResponse:
    """Polled by the icon while it is busy: the runs that it watches are in `run`; without one, the idle icon."""
    run_ids = keys(request.GET.getlist("run")[:10])
    icon = sync_icon.watching(company=request.company, run_ids=run_ids, now=timezone.now())
    return render(request, "integrations/_sync_answer.html", {"icon": icon})


def _request_syncs(request: CompanyRequest) -> tuple[list[SyncRequest], list[str]]:
    requests, refusals, now = [], [], timezone.now()
    for connection in selectors.connections_of(company=request.company):
        try:
            requests.append(
                services.request_sync(connection=connection, trigger=Trigger.MANUAL, requested_by=request.user, now=now)
            )
        except Refused as error:
            refusals.append(error.message)
    return requests, refusals


# Helpers


def _connection(request: CompanyRequest, provider: Provider) -> Connection:
    connection = selectors.connection_of(company=request.company, provider=provider.key)
    if connection is None:
        raise Http404("This company is not connected.")
    return connection


def _settings_form(request: CompanyRequest, connection: Connection) -> SyncSettingsForm:
    today = connection.company.local_date(timezone.now())
    form = settings_form(connection, request.POST or None, today=today)
    if start := form.readable_start(request.GET.get("sync_start_date", "")):
        form.initial["sync_start_date"] = start
    return form


def _preview(connection: Connection) -> tuple[Preview | None, str]:
    """What this sign-in can see, or why that is unknown."""
    try:
        return services.preview(connection=connection), ""
    except ProviderError as error:
        return None, error.message
    except CredentialsUnreadable:
        return None, runner.unreadable(connection)


def _done(request: CompanyRequest, service: Any, text: str, **arguments: Any) -> bool:
    """Call a service that changes a connection, and show the result."""
    try:
        service(**arguments, actor=request.user, now=timezone.now())
    except Refused as error:
        messages.error(request, error.message)
        return False
    messages.success(request, text)
    return True
