"""What a browser sends of the what-if's form, and what a person reads then."""

from datetime import date

from django.urls import reverse

from tests.reading import text_of

MONDAY = date(2026, 11, 2)
HTMX = {"HX-Request": "true"}
CREW_COLUMNS = ("key", "name", "hours", "wage", "bonus", "share")


def address(propay=None, job=None) -> str:
    query = f"?propay={propay.pk}" if propay else f"?job={job.pk}" if job else ""
    return reverse("what_if") + query


def terms(people: list[dict[str, str]], **changes: object) -> dict[str, object]:
    """A ProPay of 1,400 dollars with these lines of the crew."""
    return {
        **{f"crew_{part}": [person.get(part, "") for person in people] for part in CREW_COLUMNS},
        "budget_type": "AMOUNT",
        "fixed_amount": "1400",
        "split_percent": "50",
        "completion_percent": "100",
        "distribution": "PER_HOUR",
        "burden_percent": "0",
        "start_date": "2026-11-04",
        "week_hours": "40",
        **{f"{part}_percent": "0" for part in ("lead", "manager", "company", "other")},
        **changes,
    }


def zoe(hours: str, **changes: str) -> dict[str, str]:
    """Someone who is added to the crew."""
    return {"name": "Zoe", "hours": hours, "wage": "10", **changes}


def filled(response) -> dict[str, list[str]]:
    """What a browser would send of the page's form."""
    form = response.context["form"]
    data: dict[str, list[str]] = {}
    for name in form.fields:
        value = form[name].value()
        if name == "crew":
            people = value or []
            for part in CREW_COLUMNS:
                data[f"crew_{part}"] = [getattr(person, part) for person in people]
        elif name == "tasks":
            for part in ("code", "hours", "amount"):
                data[f"tasks_{part}"] = [getattr(line, part) for line in value or []]
        elif isinstance(value, bool):
            data |= {name: ["on"]} if value else {}
        elif isinstance(value, list):
            data[name] = [str(one) for one in value]
        elif value is not None:
            data[name] = [str(getattr(value, "pk", value))]
    return data


def tried(client, where, **changes) -> str:
    """The fragment that htmx gets when these fields are changed."""
    data = filled(client.get(where)) | changes
    return text_of(client.post(where, data, headers=HTMX))
