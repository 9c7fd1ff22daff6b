"""A company with a row of everything, the addresses of all of our pages, and hostile input."""

from datetime import date
from html.parser import HTMLParser
from typing import Any

from django.contrib import admin
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from propay import services
from tests.make import factories, statement_rows
from tests.make.connections import make_connection, make_run
from tests.make.paid import make_open
from tests.make.payroll import create_file, save_layout
from tests.make.propays import make_propay
from tests.routes import routes

HUGE = "1" + "0" * 30
VALUES = {
    "NUL": "a\0b",
    "huge": HUGE,
    "empty": "",
    "long": "x" * 5_000,
    "words": "a " * 2_000,
    "unicode": "‮😀ﷺİ\"'><{%\\",
    "exponent": "1e999999999",
    "last day": "9999-12-31",
    "commas": "1" + ",000" * 2_000,
}


class Everything(QueryDict):
    """Parameters of which each has the same value, whatever a page asks for, and more than once."""

    def __init__(self, value: str = "", times: int = 2, **_options: object) -> None:
        super().__init__(mutable=True)
        self.value, self.times = value, times
        self["x"] = value

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> Any:
        return self.value

    def __delitem__(self, key: str) -> None:
        """A link that leaves a parameter out."""

    def get(self, key: str, default: object = None) -> Any:
        return self.value

    def getlist(self, key: str, default: object = None) -> list[Any]:
        return [self.value] * self.times


class SendsEverything:
    """Middleware: a page gets the value of the request's header for every parameter and every field."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request):
        if (name := request.META.get("everything")) is not None:
            request.GET = Everything(VALUES[name])
            if request.method == "POST":
                request.POST = Everything(VALUES[name])
        return self.get_response(request)


def make_world(company, user) -> dict[str, list[Any]]:
    """A row of everything: the arguments of an address by the beginning of its pattern."""
    worker = factories.make_worker(company, "Ana Ruiz", number="101", membership=user.memberships.get())
    wage, job = factories.make_wage(worker, "20.00"), factories.make_job(company, "Kitchen", number="17")
    factories.make_cost_code(company, "Drywall")
    entry = factories.make_entry(worker, job, minutes=600)
    propay = make_propay(job, title="Kitchen remodel")
    services.refresh(company=company, now=timezone.now())
    statement = statement_rows.make_full_statement(factories.make_worker(company, "Ben Cole"))
    plan = services.create_plan(company=company, actor=user, name="Standard", start_date=date(2026, 10, 1))
    condition = services.save_condition(company=company, actor=user, name="Late", kind="PENALTY", amount=None)
    services.save_automation_rule(
        company=company, actor=user, is_on=True, plan=plan, moment="FIRST_TIME", go_live_date=date(2026, 10, 1)
    )
    exclusion = services.add_exclusion(company=company, actor=user, kind="NAME_PATTERN", pattern="TEST-*")
    run = make_run(make_connection(company, last_success_at=timezone.now()))
    make_open(worker)
    keys = {
        "bonuses/lines/": statement.lines.first(),
        "bonuses/payroll/files/": create_file(company, user),
        "bonuses/pay-runs/": statement_rows.make_pay_run(company),
        "bonuses/statements/": statement,
        "integrations/runs/": run,
        "jobs/": job,
        "propays/": propay,
        "settings/automation/exclusions/": exclusion,
        "settings/categories/": services.add_category(company=company, actor=user, name="Tools"),
        "settings/conditions/": condition,
        "settings/payroll/layouts/": save_layout(company, user),
        "settings/pay-rules/": company.pay_policies.get(),
        "settings/people/": factories.make_member(company),
        "settings/plans/": plan,
        "settings/plans/versions/": plan.versions.get(),
        "team/": worker,
        "team/consents/": _consent(company, user, worker),
        "time/": entry,
    }
    return {beginning: [row.pk] for beginning, row in keys.items()} | {
        "integrations/<": ["EXAKTIME"],
        "password-reset/<": [urlsafe_base64_encode(force_bytes(user.pk)), "set-password"],
        "reports/": ["saved-hours"],
        "team/<int:pk>/exempt/": [worker.pk, factories.set_exempt(worker).pk],
        "team/<int:pk>/schedules/": [worker.pk, worker.schedules.create(company=company, monday=600).pk],
        "team/<int:pk>/wages/": [worker.pk, wage.pk],
    }


def _consent(company, user, worker):
    return services.record_consent(
        company=company,
        worker_id=worker.pk,
        actor=user,
        signed_date=date(2026, 10, 1),
        file_name="consent.pdf",
        content=b"%PDF-1.7",
        now=timezone.now(),
    )


def addresses(world: dict[str, list[Any]]) -> dict[str, str]:
    """Every address of ours by its pattern; the Django admin's are those of `admin_addresses`."""
    found = {}
    for route, pattern in routes():
        if not route.startswith("admin/") and route != "readyz":  # which answers 503 while no worker runs
            arguments = _arguments(route, world) if "<" in route else []
            found[route] = reverse(pattern.name, args=arguments)
    return found


def _arguments(route: str, world: dict[str, list[Any]]) -> list[Any]:
    """Of the longest beginning that fits: a pattern that is new needs a row in `make_world`."""
    beginning = max((one for one in world if route.startswith(one)), key=len, default="")
    assert beginning, f"make_world has no row for {route}"
    return world[beginning][: route.count("<")]


def admin_addresses() -> list[str]:
    """The pages of the Django admin: each list, a row of it with its history, and what looks for rows."""
    found = ["/admin/", "/admin/login/", "/admin/jsi18n/", "/admin/autocomplete/", *admin_forms()]
    for model in admin.site._registry:
        row = model._default_manager.first()
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse(f"{name}_{page}", args=[row.pk if row else 1]) for page in ("change", "history")]
    return found


def admin_forms() -> list[str]:
    """Where the Django admin takes actions on many rows, and new rows."""
    names = [f"admin:{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
    return [reverse(f"{name}_{page}") for name in names for page in ("changelist", "add")]


class Form:
    """A form of a page as a browser would send it; what is empty is filled with something of its kind."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.texts: set[str] = set()


class _Forms(HTMLParser):
    BY_TYPE = {"date": "2026-11-02", "email": "new@acme.test", "search": "", "password": "correct-horse-battery"}

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, Form]] = []
        self.form = Form()
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.form = Form()
            if given.get("method") == "post":
                self.forms.append((given.get("action", ""), self.form))
        elif tag == "select":
            self.select = name
        elif tag == "option" and given.get("value") and ("selected" in given or self.select not in self.form.fields):
            self.form.fields[self.select] = [given["value"]]
        elif tag == "textarea" and name:
            self.form.fields[name] = ["Some text"]
            self.form.texts.add(name)
        elif tag == "input" and name:
            self._input(name, given)

    def _input(self, name: str, given: dict[str, str]) -> None:
        kind, fields = given.get("type", "text"), self.form.fields
        if kind in ("submit", "file") or (kind in ("checkbox", "radio") and "checked" not in given and name in fields):
            return
        value = given.get("value") or ("on" if kind == "checkbox" else self.BY_TYPE.get(kind, "7"))
        fields[name] = [value] if kind == "radio" else [*fields.get(name, []), value]
        if kind not in ("checkbox", "radio", "date") and given.get("inputmode") != "decimal":
            self.form.texts.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


def forms_on(page: str) -> list[tuple[str, Form]]:
    """Where each form of a page is sent to, and the form."""
    parser = _Forms()
    parser.feed(page)
    return parser.forms
