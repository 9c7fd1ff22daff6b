"""Fill the demo: one company that is connected and syncing, one that is fresh for walking through the guide."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from integrations import runner, services
from integrations.exaktime import environment
from integrations.exaktime.login import Login
from integrations.exaktime.provider import EXAKTIME
from integrations.exaktime.sandbox.accounts import FRESH_PASSWORD
from integrations.exaktime.sandbox.accounts import PASSWORD as SANDBOX_PASSWORD
from integrations.exaktime.sandbox.client import start_sandbox
from integrations.models import Connection, Horizon, RunState, SyncRun
from propay.services import demo
from protiv.accounts.models import Company, Membership, PayPolicy, Role, User

PASSWORD = "demo-password"  # noqa: S105  # of made-up people, printed below
ACME = Login("acme", "sync@acme.test", SANDBOX_PASSWORD).credentials()
# And the days before them in the same workweek: no week is cut.
DAYS_OF_HISTORY = 120

WELCOME = f"""
Protiv runs at  {{site_url}}

  Acme Roofing, connected and syncing:
    admin@acme.test     {PASSWORD}   (company admin)
    manager@acme.test   {PASSWORD}   (manager)
    worker@acme.test    {PASSWORD}   (worker: sees their own bonus)

  Fresh Framing, for walking through setup:
    admin@fresh.test    {PASSWORD}
    Integrations → ExakTime → Connect, with the sandbox's
    Username sync@fresh.test   Password {FRESH_PASSWORD}   Company ID fresh

  Support staff:  {{site_url}}/admin/  staff@protiv.test  {PASSWORD}

Press Ctrl+C to stop. Your data is kept.
"""


class Command(BaseCommand):
    help = "Create the demo companies if they don't exist. Requires DEBUG."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo's passwords are public, so it runs with DEBUG only.")
        if not Company.objects.filter(slug="acme-roofing").exists():
            self.stdout.write("Acme Roofing: first sync from the sandbox …")
            # All or nothing: a demo that stopped halfway is created again on the next attempt.
            with start_sandbox(port=sandbox_port(), today=demo_today()), transaction.atomic():
                acme = make_people()
                sync_all(acme)
                pay_and_budget(acme)
        self.stdout.write(WELCOME.format(site_url=settings.SITE_URL))


def sandbox_port() -> int:
    """The port of the address at which Protiv looks for the sandbox."""
    port = urlsplit(environment.base_url()).port
    if port is None:
        raise CommandError("EXAKTIME_BASE_URL must name the sandbox with its port, as in http://127.0.0.1:8900.")
    return port


def demo_today() -> date:
    """The sandbox's fixed current day."""
    with suppress(TypeError, ValueError):
        return date.fromisoformat(settings.SANDBOX_TODAY)
    return timezone.now().date()


def make_people() -> Company:
    """Both companies with their people, and one of our support staff."""
    acme = Company.objects.create(name="Acme Roofing", slug="acme-roofing", time_zone="America/Denver")
    fresh = Company.objects.create(name="Fresh Framing", slug="fresh-framing", time_zone="America/Denver")
    PayPolicy.objects.bulk_create([PayPolicy(company=acme), PayPolicy(company=fresh)])
    for company, email, first_name, role in (
        (acme, "admin@acme.test", "Alex", Role.ADMIN),
        (acme, "manager@acme.test", "Morgan", Role.MANAGER),
        (acme, "worker@acme.test", "Wren", Role.WORKER),
        (fresh, "admin@fresh.test", "Frankie", Role.ADMIN),
    ):
        user = User.objects.create_user(email, PASSWORD, first_name=first_name)
        Membership.objects.create(company=company, user=user, role=role)
    User.objects.create_superuser("staff@protiv.test", PASSWORD, first_name="Sam", last_name="Support")
    return acme


def sync_all(company: Company) -> None:
    """Connect as the guide says, and do the first sync here and now."""
    now = timezone.now()
    connection = services.connect(
        company=company, provider=EXAKTIME.key, credentials=ACME, actor=admin_of(company), now=now
    )
    request = services.start_sync(
        connection=connection,
        sync_start_date=company.workweek_start_date(demo_today() - timedelta(days=DAYS_OF_HISTORY)),
        horizon=Horizon.LEAVE_OUT_CURRENT_WEEK,
        provider_settings={"budget_hours_field": "Budget Hours", "contract_price_field": "Contract Price"},
        actor=admin_of(company),
        now=now,
    )
    runner.run_sync(request.run.pk, clock=timezone.now)
    run = SyncRun.objects.get(pk=request.run.pk)
    if run.state not in (RunState.SUCCEEDED, RunState.PARTIAL):
        raise CommandError(f"The demo's first sync ended as {run.state}: {run.error_text}")


def pay_and_budget(company: Company) -> None:
    """Fill the product with data from those hours."""
    connection = Connection.objects.get(company=company)
    demo.fill(
        demo.Stage(
            company=company,
            admin=admin_of(company),
            manager=member_of(company, Role.MANAGER),
            worker=member_of(company, Role.WORKER),
            start_date=connection.sync_start_date or demo_today(),
            now=timezone.now(),
        )
    )


def member_of(company: Company, role: Role) -> Membership:
    return Membership.objects.select_related("user").get(company=company, role=role)


def admin_of(company: Company) -> User:
    return member_of(company, Role.ADMIN).user
