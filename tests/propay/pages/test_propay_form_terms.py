"""The form of a ProPay, all its terms: each budget, the adjustment, the five parts, the people, the cost."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from propay import services
from propay.models import ProPay
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.filled import CREATE, errors, filled, lines, sent_by
from tests.make.propays import NOW, START, make_propay

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(company):
    return factories.make_job(company, "Kitchen", synced_budget_minutes=4830)


@pytest.fixture
def codes(company):
    return [factories.make_cost_code(company, name, number=name) for name in ("Drywall", "Framing", "Paint")]


@pytest.fixture
def people(company):
    return [factories.make_worker(company, name) for name in ("Ana Ruiz", "Ben Odermatt", "Cy Lo")]


# Budgets


def test_a_rate_budget_is_what_a_unit_pays_times_the_units(as_manager, job):
    as_manager.post(CREATE, filled(job, budget_type="RATE", rate_amount="$2.5025", quantity="1,200.5"))

    propay = ProPay.objects.get()
    assert (propay.rate_amount, propay.quantity) == (Decimal("2.5025"), Decimal("1200.5"))
    assert propay.budget_amount == Decimal("3004.25")


def test_a_comma_after_zero_is_no_thousands(as_manager, job):
    answer = as_manager.post(CREATE, filled(job, budget_type="RATE", rate_amount="0,500", quantity="1200"))

    assert not ProPay.objects.exists()
    assert "Enter a number, like" in answer.content.decode()


def test_a_budget_by_cost_code_takes_lines_in_hours_and_in_dollars(as_manager, job, codes):
    drywall, framing, paint = codes
    typed = lines((drywall, "8:30", ""), ("", "", ""), (framing, "14", ""), (paint, "", "$1,900"))

    as_manager.post(CREATE, filled(job, budget_type="TASKS", **typed))

    tasks = ProPay.objects.get().tasks.order_by("pk")
    assert [(task.cost_code, task.minutes, task.amount) for task in tasks] == [
        (drywall, 510, None),
        (framing, 840, None),
        (paint, None, Decimal("1900.00")),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("", "8", ""), "Line 2: choose the cost code."),
        (("999999", "8", ""), "Line 2: choose another cost code."),
        (("x", "8", ""), "Line 2: choose another cost code."),
        (("paint", "", ""), "Line 2: enter its hours or its dollars."),
        (("paint", "8", "900"), "Line 2: enter hours or dollars, not both."),
        (("paint", "many", ""), "Line 2: “many” isn't a number of hours."),
        (("paint", "", "-5"), "Line 2: “-5” isn't an amount."),
        (("paint", "0", ""), "Line 2: Budget hours must be more than 0."),
        (("drywall", "", "900"), "Each cost code can appear only once."),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_saved(as_manager, job, codes, row, words):
    by_name = {"paint": codes[2].pk, "drywall": codes[0].pk}
    typed = lines((codes[0], "8", ""), (by_name.get(row[0], row[0]), *row[1:]))

    response = as_manager.post(CREATE, filled(job, budget_type="TASKS", **typed))

    assert words in " ".join(errors(response)["tasks"])
    assert f'value="{row[1]}"' in response.content.decode()
    assert not ProPay.objects.exists()


def test_a_line_whose_time_does_not_count_is_refused(as_manager, job, codes):
    """Its whole budget would look saved."""
    sent = filled(job, budget_type="TASKS", cost_codes=[codes[0].pk], **lines((codes[0], "8", ""), (codes[2], "9", "")))

    assert "Time on Paint · Paint isn't counted on this ProPay" in errors(as_manager.post(CREATE, sent))["tasks"][0]
    assert not ProPay.objects.exists()
    sent["cost_codes"] = [codes[0].pk, codes[2].pk]
    assert as_manager.post(CREATE, sent).status_code == 302


def test_too_many_lines_are_refused_and_none_is_dropped(as_manager, job, codes):
    typed = lines(*[(codes[0], "8", "")] * 201)

    response = as_manager.post(CREATE, filled(job, budget_type="TASKS", **typed))

    assert errors(response)["tasks"] == ["A budget has at most 200 lines."]
    assert response.content.decode().count("data-line>") == 203


def test_the_lines_take_no_cost_code_of_another_company(as_manager, job):
    foreign = factories.make_cost_code(factories.make_company(), "Foreign code")

    response = as_manager.post(CREATE, filled(job, budget_type="TASKS", **lines((foreign, "8", ""))))

    assert "choose another cost code" in errors(response)["tasks"][0]
    assert "Foreign" not in response.content.decode()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"budget_type": "RATE"}, {"rate_amount", "quantity"}),
        ({"budget_type": "RATE", "rate_amount": "2.50", "quantity": "0"}, {"quantity"}),
        ({"budget_type": "RATE", "rate_amount": "2.50001", "quantity": "5"}, {"rate_amount"}),
        ({"budget_type": "RATE", "rate_amount": "cheap", "quantity": "1e9"}, {"rate_amount", "quantity"}),
        ({"budget_type": "TASKS"}, {"tasks"}),
        ({"adjustment_type": "PERCENT"}, {"adjustment_value"}),
        ({"adjustment_type": "PERCENT", "adjustment_value": "-101"}, {"adjustment_value"}),
        ({"adjustment_type": "MULTIPLY", "adjustment_value": "-1"}, {"adjustment_value"}),
        ({"adjustment_type": "HOURS", "adjustment_value": "8:30"}, {"adjustment_value"}),
        ({"adjustment_type": "DOUBLE", "adjustment_value": "2"}, {"adjustment_type"}),
        ({"completion_percent": "101"}, {"completion_percent"}),
        ({"completion_percent": ""}, {"completion_percent"}),
        ({"crew_percent": "90"}, {"crew_percent"}),
        ({"crew_percent": "50", "lead_percent": "60"}, {"crew_percent"}),
        ({"lead_percent": "60", "company_percent": "60"}, {"crew_percent"}),
        ({"manager_percent": "-1"}, {"manager_percent"}),
        ({"other_percent": "10"}, {"others"}),
        ({"distribution": "BY_LOT"}, {"distribution"}),
        ({"distribution": "LEAD_WEIGHTED", "lead_weight": "0"}, {"lead_weight"}),
        ({"distribution": "LEAD_WEIGHTED", "lead_weight": "heavy"}, {"lead_weight"}),
        ({"burden_percent": "-1"}, {"burden_percent"}),
        ({"burden_percent": "12.345"}, {"burden_percent"}),
        ({"lead": "999999", "paid_manager": "x", "others": ["9" * 30]}, {"lead", "paid_manager", "others"}),
    ],
)
def test_errors_are_shown_on_their_fields_and_nothing_is_saved(as_manager, job, changes, wrong):
    response = as_manager.post(CREATE, filled(job, **changes))

    assert set(errors(response)) == wrong
    assert not ProPay.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"rate_amount": "x", "quantity": "x", "tasks_code": ["x"], "tasks_hours": ["x"], "tasks_amount": ["x"]},
        {"adjustment_value": "x"},
        {"lead_weight": "x"},
    ],
)
def test_a_hidden_field_is_ignored(as_manager, job, changes):
    as_manager.post(CREATE, filled(job, **changes))

    propay = ProPay.objects.get()
    assert (propay.rate_amount, propay.adjustment_value, propay.lead_weight) == (None, None, Decimal("1.5"))
    assert not propay.tasks.exists()


# The adjustment


def test_an_adjustment_changes_the_budget_and_is_removed(as_manager, job):
    sent = filled(job, budget_type="AMOUNT", fixed_amount="5000", adjustment_type="PERCENT", adjustment_value="+15")
    as_manager.post(CREATE, sent)
    propay = ProPay.objects.get()
    assert (propay.fixed_amount, propay.budget_amount) == (Decimal("5000.00"), Decimal("5750.00"))
    assert "Restore original budget" in as_manager.get(reverse("propay_detail", args=[propay.pk])).content.decode()

    response = as_manager.post(reverse("propay_restore_budget", args=[propay.pk]), follow=True)

    propay.refresh_from_db()
    assert (propay.adjustment_type, propay.adjustment_value, propay.budget_amount) == ("", None, Decimal("5000.00"))
    assert "Restore original budget" not in response.content.decode()
    assert AuditEvent.objects.filter(action="propay.edited").count() == 1


def test_the_budget_is_restored_by_a_manager_and_while_it_is_live(as_manager, as_worker, as_stranger, anonymous, job):
    propay = make_propay(job, adjustment_type="MULTIPLY", adjustment_value=Decimal(2), status="APPROVED")
    address = reverse("propay_restore_budget", args=[propay.pk])

    assert as_manager.get(address).status_code == 405
    assert "can&#x27;t be changed" in as_manager.post(address, follow=True).content.decode()
    assert as_worker.post(address).status_code == 403
    assert as_stranger.post(address).status_code == 404
    assert anonymous.post(address).status_code == 302
    propay.refresh_from_db()
    assert propay.adjustment_type == "MULTIPLY"


# Parts, people, cost


def test_all_terms_of_the_bonus_are_stored_as_entered(as_manager, job, people):
    ana, ben, cy = people
    sent = filled(
        job,
        completion_percent="80",
        split_percent="60",
        crew_percent="50",
        lead_percent="20",
        manager_percent="15",
        company_percent="10",
        other_percent="5",
        lead=ana.pk,
        paid_manager=ben.pk,
        others=[ben.pk, cy.pk],
        distribution="LEAD_WEIGHTED",
        lead_weight="2",
        lead_also_shares="on",
        include_overtime_cost="on",
        burden_percent="12.5",
        include_travel="no",
    )

    assert as_manager.post(CREATE, sent).status_code == 302

    propay = ProPay.objects.get()
    assert (propay.lead, propay.paid_manager, set(propay.others.all())) == (ana, ben, {ben, cy})
    percents = (propay.crew_percent, propay.lead_percent, propay.manager_percent, propay.company_percent)
    assert (*percents, propay.other_percent) == (50, 20, 15, 10, 5)
    assert (propay.completion_percent, propay.split_percent, propay.distribution) == (80, 60, "LEAD_WEIGHTED")
    assert (propay.lead_weight, propay.lead_also_shares, propay.include_travel) == (2, True, False)
    assert (propay.include_overtime_cost, propay.burden_percent) == (True, Decimal("12.5"))
    text = as_manager.get(reverse("propay_detail", args=[propay.pk])).content.decode()
    for words in ("Ana Ruiz", "Ben Odermatt, Cy Lo", "20% lead", "5% others", "12.50% labor burden"):
        assert words in text


def test_the_form_offers_no_people_of_another_company_and_none_who_left(as_manager, company, job):
    foreign = factories.make_worker(factories.make_company(), "Zoe Foreign")
    factories.make_worker(company, "Old Hand", is_active=False)

    sent = filled(job, lead=foreign.pk, paid_manager=foreign.pk, others=[foreign.pk])
    response = as_manager.post(CREATE, sent)

    assert set(errors(response)) == {"lead", "paid_manager", "others"}
    assert "Foreign" not in response.content.decode()
    assert "Old Hand" not in response.content.decode()


def test_a_long_list_of_people_begins_with_the_chosen_and_those_on_the_job(as_manager, company, job, monkeypatch):
    monkeypatch.setattr("propay.forms.terms.LISTED_AT_MOST", 3)
    crew = [factories.make_worker(company, f"Person A{number}") for number in range(5)]
    chosen = factories.make_worker(company, "Chosen Zz", is_active=False)
    on_job = factories.make_worker(company, "On Zy")
    factories.make_entry(on_job, job)
    propay = make_propay(job, lead=chosen)

    form = as_manager.get(reverse("propay_edit", args=[propay.pk])).context["form"]

    listed = [key for key, _label in form.fields["lead"].choices]
    assert listed == ["", chosen.pk, on_job.pk, crew[0].pk]
    assert "Only the first" in form["lead"].help_text


# Round trips


@pytest.mark.parametrize("kind", ["RATE", "TASKS", "ADJUSTED", "PEOPLE"])
def test_saving_what_is_shown_changes_nothing(as_manager, company, job, codes, people, kind):
    fields = {
        "RATE": {"budget_type": "RATE", "rate_amount": Decimal("2.5"), "quantity": Decimal("1200.125")},
        "TASKS": {"budget_type": "TASKS"},
        "ADJUSTED": {"adjustment_type": "PERCENT", "adjustment_value": Decimal("-12.5"), "completion_percent": 40},
        "PEOPLE": {
            "lead": people[0],
            "paid_manager": people[1],
            "distribution": "LEAD_WEIGHTED",
            "lead_weight": Decimal("1.25"),
            "lead_also_shares": True,
            "include_overtime_cost": True,
            "burden_percent": Decimal("7.5"),
            "crew_percent": 40,
            "other_percent": 60,
        },
    }[kind]
    propay = make_propay(job, **fields)
    propay.others.set(people[1:] if kind == "PEOPLE" else [])
    for code, minutes, amount in ((codes[0], 20, None), (codes[1], None, Decimal("1234.50"))):
        if kind == "TASKS":
            propay.tasks.create(company=company, cost_code=code, minutes=minutes, amount=amount)
    before = services.terms_version(propay)
    address = reverse("propay_edit", args=[propay.pk])

    response = as_manager.post(address, sent_by(as_manager.get(address).context["form"]))

    assert response.status_code == 302
    propay.refresh_from_db()
    assert services.terms_version(propay) == before


# A copy of another ProPay


def test_a_copy_begins_with_the_terms_and_not_with_the_time_that_they_claim(as_manager, company, job, people):
    original = make_propay(
        job, title="First", split_percent=40, lead=people[0], end_date=date(2099, 12, 31), include_travel=True
    )

    response = as_manager.get(f"{CREATE}?copy={original.pk}")

    form = response.context["form"]
    assert (form["job"].value(), form["split_percent"].value(), form["lead"].value()) == (job.pk, 40, people[0].pk)
    assert (form["start_date"].value(), form["end_date"].value()) == (date(2100, 1, 1), None)
    assert "Copied from “First”" in response.content.decode()
    assert as_manager.post(f"{CREATE}?copy={original.pk}", sent_by(form)).status_code == 302
    copied = ProPay.objects.exclude(pk=original.pk).get()
    assert (copied.split_percent, copied.lead, copied.include_travel) == (40, people[0], True)


def test_a_copy_of_a_propay_without_an_end_asks_for_the_job(as_manager, job):
    original = make_propay(job, end_date=None)

    form = as_manager.get(f"{CREATE}?copy={original.pk}").context["form"]

    assert (form["job"].value(), form["title"].value()) == (None, "")


def test_no_one_can_copy_another_companys_propay(as_stranger, job):
    original = make_propay(job)

    assert as_stranger.get(f"{CREATE}?copy={original.pk}").status_code == 404
    assert as_stranger.get(f"{CREATE}?copy=x").status_code == 200


# One time entry, one ProPay


@pytest.mark.parametrize(
    "changes",
    [
        {"budget_type": "RATE", "rate_amount": "2", "quantity": "5"},
        {"budget_type": "TASKS"},
        {"adjustment_type": "PERCENT", "adjustment_value": "10"},
        {"distribution": "MANUAL"},
    ],
)
def test_time_that_another_one_claims_is_refused_and_the_other_named(as_manager, job, codes, changes):
    make_propay(job, title="First")
    typed = lines((codes[0], "8", "")) if changes.get("budget_type") == "TASKS" else {}

    response = as_manager.post(CREATE, filled(job, **changes, **typed))

    assert "“First” already counts" in errors(response)["__all__"][0]
    assert ProPay.objects.count() == 1


def test_the_service_refuses_invalid_values_by_field(company, admin, job):
    with pytest.raises(ValidationError) as refusal:
        services.create_propay(
            company=company,
            actor=admin,
            now=NOW,
            job=job,
            title="Kitchen",
            budget_type="AMOUNT",
            split_percent=Decimal(101),
            burden_percent=Decimal(-1),
            start_date=START,
            end_date=date(2026, 9, 1),
        )

    assert set(refusal.value.message_dict) == {"fixed_amount", "split_percent", "burden_percent", "end_date"}
