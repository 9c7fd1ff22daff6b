"""The crew of a ProPay: no bonus, fixed percentages, fixed amounts, and that they add up."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from propay import services
from propay.models import ProPay, Share
from protiv.accounts.models import AuditEvent
from tests.make import factories
from tests.make.propays import NOW, make_approved, make_propay
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def crew(company):
    """Three at 20.00: their ten hours each cost 600.00 of 1,000.00, so the crew's part is 200.00."""
    people = [factories.make_worker(company, name) for name in ("Ana Ames", "Ben Berg", "Cy Cole")]
    for worker in people:
        factories.make_wage(worker, "20.00")
    return people


def address(propay: ProPay) -> str:
    return reverse("propay_crew", args=[propay.pk])


def shares(propay: ProPay) -> list[str]:
    amounts = Share.objects.filter(propay=propay).order_by("worker_id").values_list("amount", flat=True)
    return [str(amount) for amount in amounts]


def test_a_worker_without_a_bonus_counts_and_the_others_share(as_manager, make, crew):
    propay = make()
    assert shares(propay) == ["66.67", "66.67", "66.66"]

    response = as_manager.post(address(propay), {f"no_bonus_{crew[0].pk}": "on"}, follow=True)

    assert "Saved and recalculated." in text_of(response)
    assert shares(propay) == ["0.00", "100.00", "100.00"]
    assert ProPay.objects.get().actual_minutes == 1800
    assert AuditEvent.objects.filter(action="propay.crew_set").count() == 1


def test_fixed_percentages_are_shared_as_entered(as_manager, make, crew):
    propay = make(distribution="FIXED_PERCENT")
    typed = {f"percent_{worker.pk}": text for worker, text in zip(crew, ("50", "33.33", "16.67 %"), strict=True)}

    as_manager.post(address(propay), typed)

    assert shares(propay) == ["100.00", "66.66", "33.34"]
    form = as_manager.get(address(propay)).context["form"]
    assert [typed.value() for _line, _tick, typed in form.rows()] == ["50", "33.33", "16.67"]


def test_fixed_amounts_are_shared_as_entered(as_manager, make, crew):
    propay = make(distribution="MANUAL")
    typed = {f"amount_{worker.pk}": text for worker, text in zip(crew, ("$120.50", "79.50", ""), strict=True)}

    as_manager.post(address(propay), typed)

    assert shares(propay) == ["120.50", "79.50", "0.00"]


@pytest.mark.parametrize(
    ("distribution", "name", "texts", "words"),
    [
        ("FIXED_PERCENT", "percent", ("50", "30", "30"), "total 110, not 100"),
        ("FIXED_PERCENT", "percent", ("", "", ""), "total 0, not 100"),
        ("MANUAL", "amount", ("100", "50", "49.99"), "total 199.99, not 200.00"),
    ],
)
def test_numbers_that_do_not_add_up_are_refused_and_kept(as_manager, make, crew, distribution, name, texts, words):
    propay = make(distribution=distribution)
    typed = {f"{name}_{worker.pk}": text for worker, text in zip(crew, texts, strict=True)}

    response = as_manager.post(address(propay), typed)

    text = text_of(response)
    assert words in text
    assert "Nothing is saved yet" in text
    assert [typed.value() for _line, _tick, typed in response.context["form"].rows()] == list(texts)
    assert not propay.crew_terms.exists()


def test_the_propay_page_links_here_if_something_does_not_add_up(as_manager, make):
    propay = make(distribution="FIXED_PERCENT")

    page = as_manager.get(reverse("propay_detail", args=[propay.pk]))

    assert "total 0, not 100. No bonus can be shown until this is fixed. Fix it on the Crew page" in text_of(page)
    assert f'class="alert-link" href="{address(propay)}"' in page.content.decode()


def test_the_percentages_of_workers_without_a_bonus_do_not_count(as_manager, make, crew):
    propay = make(distribution="FIXED_PERCENT")
    typed = {f"percent_{worker.pk}": "50" for worker in crew}

    as_manager.post(address(propay), {**typed, f"no_bonus_{crew[2].pk}": "on"})

    assert shares(propay) == ["100.00", "100.00", "0.00"]


@pytest.mark.parametrize(
    ("distribution", "name", "text", "words"),
    [
        ("FIXED_PERCENT", "percent", "half", "Enter a number"),
        ("FIXED_PERCENT", "percent", "101", "from 0 to 100"),
        ("FIXED_PERCENT", "percent", "33.333", "2 decimals"),
        ("MANUAL", "amount", "-5", "from 0 to"),
        ("MANUAL", "amount", "12.345", "2 decimals"),
    ],
)
def test_an_invalid_number_is_shown_next_to_its_worker(as_manager, make, crew, distribution, name, text, words):
    propay = make(distribution=distribution)

    response = as_manager.post(address(propay), {f"{name}_{crew[0].pk}": text})

    assert list(response.context["form"].errors) == [f"{name}_{crew[0].pk}"]
    assert words in text_of(response)
    assert not propay.crew_terms.exists()


def test_unused_numbers_stay_unchanged(as_manager, company, make, crew):
    propay = make()
    propay.crew_terms.create(company=company, worker=crew[0], fixed_percent=Decimal(40))

    as_manager.post(address(propay), {f"no_bonus_{crew[0].pk}": "on", f"percent_{crew[0].pk}": "99"})

    term = propay.crew_terms.get()
    assert (term.no_bonus, term.fixed_percent) == (True, Decimal(40))


def test_amounts_can_be_entered_before_there_is_a_figure(as_manager, company, make, crew):
    propay = make(distribution="MANUAL")
    factories.make_entry(factories.make_worker(company, "Dee Lo"), propay.job)
    services.refresh(company=company, now=NOW)

    as_manager.post(address(propay), {f"amount_{crew[0].pk}": "10"})

    assert propay.crew_terms.get().manual_amount == Decimal("10.00")


def test_the_page_says_why_a_worker_has_no_share(as_manager, make, crew):
    propay = make(lead=crew[0], lead_percent=20, crew_percent=80)
    type(crew[1]).objects.filter(pk=crew[1].pk).update(no_bonus=True)
    services.refresh(company=propay.company, now=NOW)

    text = text_of(as_manager.get(address(propay)))

    assert "Ana Ames Paid as the crew lead" in text
    assert "Ben Berg Not eligible for crew shares on any ProPay" in text
    assert "The crew's part of $160.00 is divided by hours worked" in text


def test_the_page_of_a_propay_without_time_says_so(as_manager, company):
    propay = make_propay(factories.make_job(company))

    assert "No crew yet" in text_of(as_manager.get(address(propay)))


def test_a_change_by_someone_else_is_not_overwritten(as_manager, as_admin, make, crew):
    propay = make()
    seen = as_manager.get(address(propay)).context["form"]["seen"].value()
    as_admin.post(address(propay), {f"no_bonus_{crew[0].pk}": "on", "seen": seen})

    response = as_manager.post(address(propay), {f"no_bonus_{crew[1].pk}": "on", "seen": seen})

    assert "Someone else changed the crew of this ProPay while you were editing." in text_of(response)
    assert propay.crew_terms.get().worker == crew[0]


def test_saving_without_a_change_leaves_no_audit_event(as_manager, make):
    propay = make()

    as_manager.post(address(propay), {})

    assert not AuditEvent.objects.exists()


def test_the_service_refuses_workers_of_another_company(company, admin, make):
    propay = make()
    foreign = factories.make_worker(factories.make_company())

    with pytest.raises(ValidationError, match="One of the workers isn't in your company."):
        services.set_crew_terms(
            company=company,
            propay_id=propay.pk,
            workers={foreign.pk: services.WorkerTerms(no_bonus=True)},
            actor=admin,
            now=NOW,
        )
    assert not propay.crew_terms.exists()


def test_the_crew_of_an_approved_propay_is_closed(as_manager, make):
    propay = make()
    make_approved(propay, {})

    for response in (as_manager.get(address(propay), follow=True), as_manager.post(address(propay), {}, follow=True)):
        assert "can't be changed" in text_of(response)


def test_only_allowed_roles_open_the_crew_page(as_admin, as_manager, as_worker, as_stranger, anonymous, make):
    where = address(make())

    assert as_admin.get(where).status_code == 200
    assert as_manager.get(where).status_code == 200
    assert as_worker.get(where).status_code == 403
    assert as_stranger.get(where).status_code == 404
    assert as_stranger.post(where, {}).status_code == 404
    assert anonymous.get(where).status_code == 302


def test_the_crew_page_takes_as_many_queries_for_many_as_for_few(
    as_manager, company, make, django_assert_max_num_queries
):
    propay = make()
    for _ in range(20):
        factories.make_entry(factories.make_worker(company), propay.job)
    services.refresh(company=company, now=NOW)

    with django_assert_max_num_queries(18):
        assert as_manager.get(address(propay)).status_code == 200
