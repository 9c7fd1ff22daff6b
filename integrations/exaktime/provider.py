"""The description of ExakTime for the rest of the product."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import mark_safe

from integrations.exaktime import environment
from integrations.exaktime.budgets import BudgetFields
from integrations.exaktime.client import ClientOptions, ExakTimeClient
from integrations.exaktime.company_id import build_base_url
from integrations.exaktime.connector import ExakTimeConnector
from integrations.exaktime.forms import ExakTimeConnectForm, ExakTimeSettingsForm
from integrations.exaktime.login import SCHEMA, Login
from integrations.providers.base import Connector, Credentials, OnCredentialsChanged, Provider, Words


def connector_for(
    login: Login,
    *,
    base_url: str,
    budget_fields: BudgetFields,
    allow_insecure: bool = False,
    options: ClientOptions | None = None,
) -> ExakTimeConnector:
    """`base_url` is the setting, with `{company_id}` in it. Raises Refused or InvalidBaseUrl."""
    address = build_base_url(base_url, login.company_id, allow_insecure=allow_insecure)
    return ExakTimeConnector(ExakTimeClient(login, base_url=address, options=options), budget_fields=budget_fields)


def make(credentials: Credentials, settings: Mapping[str, Any], _on_changed: OnCredentialsChanged) -> Connector:
    """The address comes from the installation's settings; only the Company ID comes from a user."""
    chosen = ExakTimeSettingsForm.with_defaults(settings)
    return connector_for(
        Login.of(credentials),
        base_url=environment.base_url(),
        allow_insecure=environment.allows_insecure(),
        budget_fields=BudgetFields(chosen["budget_hours_field"], chosen["contract_price_field"]),
    )


EXAKTIME = Provider(
    key="EXAKTIME",
    slug="exaktime",
    name="ExakTime",
    initials="ET",
    card="Imports employees, locations, cost codes, pay periods, and time records every two hours.",
    words=Words(
        job="location",
        jobs="locations",
        account="Company ID",
        account_suffix=".exaktime.com",
        credentials="username and password",
        hidden="password",
        lists="employees, locations, cost codes, and pay periods",
    ),
    comes_in=(
        "Employees, locations (they become jobs), and cost codes",
        "Time records, and whether their pay period is closed or signed off",
        "Budgets from two custom fields of your locations, if you use them",
    ),
    needs=(
        "The username and password of an ExakTime account that can see all employees. We recommend a separate "
        "account for Protiv.",
        mark_safe("Your Company ID: the part before <strong>.exaktime.com</strong> in your address"),
        "Your go-live date with Protiv",
    ),
    people_seen="An ExakTime user sees only the employees in their view set.",
    people_missing="In ExakTime, give this user a view set that includes all employees, or connect with a different "
    "account.",
    connect_form=ExakTimeConnectForm,
    credentials=SCHEMA,
    settings_form=ExakTimeSettingsForm,
    make=make,
    environment=(environment.BASE_URL, environment.ALLOW_INSECURE_BASE_URL),
    checks=(environment.check_base_url,),
)
