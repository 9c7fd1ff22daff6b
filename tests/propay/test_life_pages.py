"""The pages of a ProPay's life: who may open them, what they show, what they refuse."""

from datetime import date
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from propay import services
from propay.models import AppliedCondition, BonusSettings, Condition, LineKind, ProPay, Snapshot, StatementLine
from propay.pages import drift
from protiv.timekeeping.models import TimeEntry
from tests import factories
from tests.propay.rows import NOW, make_propay, put
from tests.propay.test_views_pages import text_of as shown_of

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 10, 5)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def crew(company):
    people = [factories.make_worker(company, name) for name in ("Ana Ruiz", "Bob Stone")]
    for worker in people:
        factories.make_wage(worker, "20.00")
    return people


@pytest.fixture
def make(company, crew):
    """20 hours cost 400.00 of 1,400.00: Ana and Bob get 250.00 each."""

    def make(title="Kitchen", budget="1400.00", **fields):
        job = factories.make_job(company, title)
        for worker in crew:
            factories.make_entry(worker, job, minutes=600, work_date=MONDAY)
        propay = make_propay(job, **{"fixed_amount": Decimal(budget), **fields})
        services.refresh(company=company, now=NOW)
        propay.refresh_from_db()
        return propay

    return make


@pytest.fixture
def propay(make):
    return make()


@pytest.fixture
def approved(company, admin, propay):
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    propay.refresh_from_db()
    return propay


@pytest.fixture
def drifted(company, approved):
    TimeEntry.objects.filter(pk=TimeEntry.objects.order_by("pk").first().pk).update(minutes=300)
    services.refresh(company=company, job_ids=[approved.job_id], now=NOW)
    approved.refresh_from_db()
    return approved


def text_of(response) -> str:
    return unescape(shown_of(response))


def at(name, propay=None):
    return reverse(name, args=[propay.pk] if propay else [])


def seen_of(response) -> str:
    return response.context["preview"].seen


def status_of(propay) -> str:
    return ProPay.objects.get(pk=propay.pk).status


# Who may

FOR_APPROVERS = [
    ("propay_approve", "get"),
    ("propay_approve", "post"),
    ("propay_unapprove", "get"),
    ("propay_unapprove", "post"),
    ("propay_drift_adjust", "post"),
    ("propay_drift_dismiss", "post"),
]
FOR_MANAGERS = [("propay_drift", "get"), ("propay_complete", "post"), ("propay_reopen", "post")]


@pytest.mark.parametrize(("name", "method"), FOR_APPROVERS + FOR_MANAGERS)
def test_workers_and_strangers_get_nothing(as_worker, as_stranger, anonymous, approved, name, method):
    address = at(name, approved)
    assert getattr(as_worker, method)(address).status_code == 403
    assert getattr(as_stranger, method)(address).status_code == 404
    assert getattr(anonymous, method)(address).status_code == 302
    assert status_of(approved) == "APPROVED"
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize(("name", "method"), FOR_APPROVERS)
def test_managers_get_nothing_where_only_admins_approve(as_manager, company, approved, name, method):
    BonusSettings.objects.create(company=company, managers_approve=False)
    assert getattr(as_manager, method)(at(name, approved)).status_code == 403


def test_approving_many_is_for_approvers(as_manager, as_worker, as_stranger, anonymous, company, propay):
    address = at("propay_approve_many")
    assert as_worker.get(address).status_code == 403
    assert anonymous.get(address).status_code == 302
    seen = f"{propay.pk}:{services.look_at(company=company, propay_ids=[propay.pk]).worked[propay.pk].digest}"
    as_stranger.post(address, {"seen": seen})
    assert status_of(propay) == "STARTED"
    BonusSettings.objects.create(company=company, managers_approve=False)
    assert as_manager.post(address, {"seen": seen}).status_code == 403


@pytest.mark.parametrize("name", ["propay_complete", "propay_reopen", "propay_drift_adjust"])
def test_changes_are_posted(as_admin, approved, name):
    assert as_admin.get(at(name, approved)).status_code == 405


# Approving one


def test_the_approval_page_shows_who_gets_what_on_which_statement(as_manager, company, crew, propay):
    factories.make_entry(crew[0], factories.make_job(company), minutes=40 * 60, work_date=date(2026, 10, 6))

    text = text_of(as_manager.get(at("propay_approve", propay)))

    assert "Ana Ruiz Crew Nov 2 – Nov 15, 2026 $250.00" in text
    assert "Together $500.00" in text
    # 50 hours: 0.5 × 250 / 50 × 10.
    assert "Overtime true-up on top, as hours stand today $25.00" in text


def test_approving_from_the_page_books_and_shows_what_was_frozen(as_manager, manager, propay):
    page = as_manager.get(at("propay_approve", propay))

    response = as_manager.post(at("propay_approve", propay), {"seen": seen_of(page)}, follow=True)

    text = text_of(response)
    assert "Approved “Kitchen”" in text
    assert f"Approved by {manager.email}" in text
    assert "Unapprove…" in text
    assert "Complete" not in text.split("Budget against actual")[0]
    assert StatementLine.objects.filter(kind=LineKind.SHARE).count() == 2


def test_what_changed_meanwhile_is_not_approved(as_admin, crew, propay):
    seen = seen_of(as_admin.get(at("propay_approve", propay)))
    factories.make_entry(crew[0], propay.job, minutes=60, work_date=MONDAY)

    response = as_admin.post(at("propay_approve", propay), {"seen": seen}, follow=True)

    assert "changed while you were looking" in text_of(response)
    assert response.redirect_chain[-1][0] == at("propay_approve", propay)
    assert status_of(propay) == "STARTED"


@pytest.mark.parametrize("seen", ["", "nonsense"])
def test_nothing_is_approved_unseen(as_admin, propay, seen):
    as_admin.post(at("propay_approve", propay), {"seen": seen})
    assert status_of(propay) == "STARTED"


def test_the_second_person_is_told_who_approved(as_admin, as_manager, manager, propay):
    seen = seen_of(as_admin.get(at("propay_approve", propay)))
    as_manager.post(at("propay_approve", propay), {"seen": seen})
    response = as_admin.post(at("propay_approve", propay), {"seen": seen}, follow=True)
    assert f"It is approved already by {manager.email}." in text_of(response)


def test_a_propay_that_is_not_done_says_why_and_has_no_button(as_admin, make):
    propay = make(completion_percent=Decimal(80))
    response = as_admin.get(at("propay_approve", propay))
    assert "It can't be approved now. It is 80 % complete." in text_of(response)
    assert '<button class="btn btn-primary" disabled>' in response.content.decode()


def test_a_loss_says_what_approving_it_means(as_admin, make):
    text = text_of(as_admin.get(at("propay_approve", make(budget="100.00"))))
    assert "pays nobody and takes nothing from wages" in text
    assert "Nobody gets a share." in text


@pytest.mark.parametrize("status", ["APPROVED", "PAID", "CANCELED"])
def test_what_is_not_open_has_no_approval_page(as_admin, propay, status):
    put(propay, status)
    assert as_admin.get(at("propay_approve", propay)).url == at("propay_detail", propay)


# Conditions


@pytest.fixture
def penalty(company):
    return Condition.objects.create(company=company, name="Call-back", kind="PENALTY", amount=Decimal("50.00"))


@pytest.fixture
def disqualifier(company):
    return Condition.objects.create(company=company, name="Accident", kind="DISQUALIFIER")


@pytest.fixture
def send(as_manager):
    """The form of the approval page as it stands, with something typed into it."""

    def send(propay, *, seen=None, **typed):
        seen = seen or seen_of(as_manager.get(at("propay_approve", propay)))
        return as_manager.post(at("propay_approve", propay), {"seen": seen, **typed}, follow=True)

    return send


def test_ticking_a_condition_works_the_pool_out_again_before_the_approval(
    as_manager, send, propay, penalty, disqualifier
):
    page = text_of(as_manager.get(at("propay_approve", propay)))
    assert "Call-back" in page
    assert "Accident (no bonus at all)" in page
    typed = {f"on_{penalty.pk}": "on", f"amount_{penalty.pk}": "80", f"note_{penalty.pk}": "Leak"}

    text = text_of(send(propay, work_out="1", **typed))

    assert "Worked out again with what you ticked. Nothing is approved yet" in text
    assert "Bonus pool $420.00" in text
    assert status_of(propay) == "STARTED"
    send(propay, work_out="1", **{f"on_{disqualifier.pk}": "on"})
    assert [one.condition for one in AppliedCondition.objects.all()] == [disqualifier]
    assert "Accident: no bonus" in text_of(as_manager.get(at("propay_detail", propay)))


def test_approving_with_other_ticks_than_were_worked_out_approves_by_the_second_click(send, propay, penalty):
    typed = {f"on_{penalty.pk}": "on", f"amount_{penalty.pk}": "80"}

    assert "Bonus pool $420.00" in text_of(send(propay, **typed))
    assert status_of(propay) == "STARTED"

    assert "Approved “Kitchen”" in text_of(send(propay, **typed))
    assert Snapshot.objects.get().figures["pool_amount"] == "420.00"


def test_ticks_on_a_page_that_is_out_of_date_change_nothing(as_manager, send, company, admin, propay, penalty):
    seen = seen_of(as_manager.get(at("propay_approve", propay)))
    services.apply_condition(
        company=company, propay_id=propay.pk, condition_id=penalty.pk, actor=admin, note="Theirs", now=NOW
    )

    assert "the figures as they are now" in text_of(send(propay, seen=seen, work_out="1"))
    assert "changed while you were looking" in text_of(send(propay, seen=seen))

    assert AppliedCondition.objects.get().note == "Theirs"
    assert status_of(propay) == "STARTED"


@pytest.mark.parametrize(("amount", "told"), [("", "Enter how much it takes"), ("x", "not a"), ("0.00", "more than 0")])
@pytest.mark.parametrize("button", [{}, {"work_out": "1"}])
def test_a_ticked_penalty_needs_an_amount(send, propay, penalty, amount, told, button):
    response = send(propay, **{f"on_{penalty.pk}": "on", f"amount_{penalty.pk}": amount}, **button)
    assert response.status_code == 200
    assert told in str(response.context["form"].errors[f"amount_{penalty.pk}"])
    assert not AppliedCondition.objects.exists()
    assert status_of(propay) == "STARTED"


def test_conditions_of_an_approved_propay_are_told_off(as_manager, company, approved, penalty):
    seen = services.look_at(company=company, propay_ids=[approved.pk]).worked[approved.pk].digest
    typed = {f"on_{penalty.pk}": "on", f"amount_{penalty.pk}": "5", "work_out": "1", "seen": seen}
    response = as_manager.post(at("propay_approve", approved), typed, follow=True)
    assert "is approved and can't be changed" in text_of(response)


def test_the_list_of_conditions_is_for_admins(as_admin, as_manager, as_worker, as_stranger, anonymous, penalty):
    pages = [at("condition_list"), at("condition_edit", penalty)]
    assert [as_admin.get(page).status_code for page in pages] == [200, 200]
    assert [as_manager.get(page).status_code for page in pages] == [403, 403]
    assert [as_worker.get(page).status_code for page in pages] == [403, 403]
    assert [as_stranger.get(page).status_code for page in pages] == [200, 404]
    assert [anonymous.get(page).status_code for page in pages] == [302, 302]
    assert "No condition yet" in text_of(as_stranger.get(pages[0]))
    assert as_stranger.post(at("condition_set", penalty), {"is_active": "no"}).status_code == 404


def test_an_admin_adds_changes_and_retires_conditions(as_admin):
    assert "No condition yet" in text_of(as_admin.get(at("condition_list")))
    as_admin.post(at("condition_list"), {"name": "Call-back", "kind": "PENALTY", "amount": "$1,050"})
    condition = Condition.objects.get()
    text = text_of(as_admin.get(at("condition_list")))
    assert "Call-back Takes $1,050.00 from the pool" in text
    as_admin.post(at("condition_edit", condition), {"name": "Callback", "kind": "PENALTY", "amount": ""})
    response = as_admin.post(at("condition_set", condition), {"is_active": "no"}, follow=True)
    assert "Callback Retired Takes an amount from the pool, each time another Bring back" in text_of(response)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": "", "kind": "PENALTY"}, "name"),
        ({"name": "x" * 121, "kind": "PENALTY"}, "name"),
        ({"name": "Call-back", "kind": "PENALTY"}, "name"),
        ({"name": "Other", "kind": ""}, "kind"),
        ({"name": "Other", "kind": "BONUS"}, "kind"),
        ({"name": "Other", "kind": "PENALTY", "amount": "-3"}, "amount"),
        ({"name": "Other", "kind": "PENALTY", "amount": "much"}, "amount"),
        ({"name": "Other", "kind": "DISQUALIFIER", "amount": "5"}, "amount"),
    ],
)
def test_wrong_conditions_are_refused_on_their_field(as_admin, penalty, typed, field):
    response = as_admin.post(at("condition_list"), typed)
    assert list(response.context["form"].errors) == [field]
    assert Condition.objects.count() == 1


# Approving many


def test_several_are_ticked_seen_and_approved_at_once(as_manager, make):
    good, other, early = make("Kitchen"), make("Roof"), make("Shed", completion_percent=Decimal(40))
    listed = as_manager.get(at("propay_list")).content.decode()
    assert listed.count('name="id"') == 3

    page = as_manager.get(at("propay_approve_many"), {"id": [good.pk, other.pk, early.pk]})

    text = text_of(page)
    assert "Approve 2 of 3" in text
    assert "Shed Not approved: It is 40 % complete. A ProPay is approved at 100 % only. — —" in text
    seen = [f"{line.propay.pk}:{line.seen}" for line in page.context["good"]]
    response = as_manager.post(at("propay_approve_many"), {"seen": seen}, follow=True)
    assert "Approved 2 ProPays." in text_of(response)
    assert [status_of(one) for one in (good, other, early)] == ["APPROVED", "APPROVED", "STARTED"]


def test_those_that_changed_meanwhile_are_named(as_manager, make, crew):
    good, other = make("Kitchen"), make("Roof")
    page = as_manager.get(at("propay_approve_many"), {"id": [good.pk, other.pk]})
    factories.make_entry(crew[0], other.job, minutes=60, work_date=MONDAY)
    seen = [f"{line.propay.pk}:{line.seen}" for line in page.context["good"]]

    text = text_of(as_manager.post(at("propay_approve_many"), {"seen": seen}, follow=True))

    assert "Approved 1 ProPay." in text
    assert "“Roof” was not approved. Its figures changed" in text


def test_the_page_of_many_shows_what_netting_takes(as_manager, company, make):
    BonusSettings.objects.create(company=company, nets_losses=True)
    gain, loss = make("Kitchen"), make("Roof", "300.00")

    page = as_manager.get(at("propay_approve_many"), {"id": [gain.pk, loss.pk]})

    # 100.00 too much on the roof, from 1,000.00 saved in the kitchen.
    assert "Kitchen $1,000.00 $100.00 $450.00" in text_of(page)
    seen = [f"{line.propay.pk}:{line.seen}" for line in page.context["good"]]
    as_manager.post(at("propay_approve_many"), {"seen": seen})
    assert str(ProPay.objects.get(pk=gain.pk).pool_amount) == "450.00"
    text = text_of(as_manager.get(at("propay_unapprove", loss)))
    assert "the approval is taken back of these, too: Kitchen" in text


@pytest.mark.parametrize("ids", [[], ["x"], ["9" * 30], ["999999"]])
def test_nothing_ticked_leads_back_to_the_list(as_manager, propay, ids):
    assert as_manager.get(at("propay_approve_many"), {"id": ids}).url == at("propay_list")


@pytest.mark.parametrize("seen", [[], ["x"], ["1:zz"], ["999999:" + "0" * 32]])
def test_nonsense_approves_nothing(as_manager, propay, seen):
    as_manager.post(at("propay_approve_many"), {"seen": seen}, follow=True)
    assert status_of(propay) == "STARTED"


def test_another_companys_propays_are_not_seen(as_stranger, propay):
    assert as_stranger.get(at("propay_approve_many"), {"id": [propay.pk]}).url == at("propay_list")


def test_only_approvers_tick_and_only_where_it_makes_sense(as_manager, company, propay):
    assert 'name="id"' not in as_manager.get(at("propay_list"), {"tab": "canceled"}).content.decode()
    BonusSettings.objects.create(company=company, managers_approve=False)
    assert 'name="id"' not in as_manager.get(at("propay_list")).content.decode()


def test_the_page_of_many_takes_the_same_queries_for_more(as_manager, make, django_assert_max_num_queries):
    ids = [make(f"Job {number}").pk for number in range(8)]
    with django_assert_max_num_queries(25):
        as_manager.get(at("propay_approve_many"), {"id": ids})


# Unapproving


def test_unapproving_asks_for_a_reason(as_manager, approved):
    assert "come off the open statements" in text_of(as_manager.get(at("propay_unapprove", approved)))
    response = as_manager.post(at("propay_unapprove", approved), {"reason": " "})
    assert response.context["form"].errors["reason"]
    response = as_manager.post(at("propay_unapprove", approved), {"reason": "Wrong job"}, follow=True)
    assert "The approval is taken back." in text_of(response)
    assert "Taken back" in text_of(response)
    assert status_of(approved) == "STARTED"


def test_unapproving_what_was_paid_is_refused_on_the_page(as_manager, approved):
    statement = StatementLine.objects.first().statement
    type(statement).objects.filter(pk=statement.pk).update(
        status="PAID", pay_date=date(2026, 11, 13), paid_amount=Decimal("250.00")
    )
    response = as_manager.post(at("propay_unapprove", approved), {"reason": "Wrong job"})
    assert "was paid already" in text_of(response)
    assert status_of(approved) == "APPROVED"


def test_what_is_not_approved_has_nothing_to_take_back(as_manager, propay):
    assert as_manager.get(at("propay_unapprove", propay)).url == at("propay_detail", propay)


# Complete and reopen


def test_a_manager_completes_and_reopens_from_the_page(as_manager, propay):
    response = as_manager.post(at("propay_complete", propay), follow=True)
    assert "Marked complete. It waits for approval." in text_of(response)
    assert "Reopen" in text_of(response)
    response = as_manager.post(at("propay_reopen", propay), follow=True)
    assert status_of(propay) == "STARTED"
    assert "can be reopened" in text_of(as_manager.post(at("propay_reopen", propay), follow=True))


# The page of an approved one


def test_buttons_are_only_for_those_who_may(as_manager, company, propay):
    assert "Approve…" in text_of(as_manager.get(at("propay_detail", propay)))
    BonusSettings.objects.create(company=company, managers_approve=False)
    text = text_of(as_manager.get(at("propay_detail", propay)))
    assert "Approve…" not in text
    assert "Complete" in text


def test_the_page_shows_the_approved_figures_whatever_becomes_of_the_time(as_manager, drifted):
    text = text_of(as_manager.get(at("propay_detail", drifted)))
    assert "Bonus pool $500.00" in text
    assert "Today the shares would come to $50.00 more." in text
    assert "Drift $50.00" in text_of(as_manager.get(at("propay_list"), {"tab": "approved"}))


def test_budget_of_the_job_is_the_propays_own_from_the_approval_on(as_manager, company, admin, make):
    propay = make(budget_type="HOURS", fixed_amount=None)
    type(propay.job).objects.update(synced_budget_minutes=3000)
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)
    type(propay.job).objects.update(synced_budget_minutes=6000)
    assert "50:00 h As it stood at the approval." in text_of(as_manager.get(at("propay_detail", propay)))
    services.unapprove_propay(company=company, propay_id=propay.pk, actor=admin, reason="No", now=NOW)
    propay.refresh_from_db()
    assert propay.budget_minutes is None


# Drift


def test_the_drift_page_shows_each_entry_and_each_amount(as_manager, drifted):
    text = text_of(as_manager.get(at("propay_drift", drifted)))
    assert "Changed Ana Ruiz Oct 5, 2026 10:00 → 5:00" in text
    assert "Ana Ruiz Crew $250.00 $183.33 −$66.67" in text
    assert "Together $500.00 $550.00 $50.00" in text


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"voided_at": NOW, "voided_run_id": 1}, "Voided: it is gone at the time-tracking system"),
        ({"is_open": True}, "Still on the clock"),
        ({"kind": "meal_break"}, "Now meal break, which doesn't count"),
        ({"work_date": date(2026, 9, 1)}, "Moved to Sep 1, outside the ProPay's dates"),
        ({"work_date": date(2026, 10, 7)}, "Oct 5 → Oct 7, 2026"),
        ({"kind": "auto_lunch", "minutes": 540}, "Work → Automatic lunch"),
    ],
)
def test_the_drift_page_says_what_became_of_an_entry(as_manager, company, approved, values, told):
    TimeEntry.objects.filter(pk=TimeEntry.objects.first().pk).update(**values)
    services.refresh(company=company, job_ids=[approved.job_id], now=NOW)
    assert told in text_of(as_manager.get(at("propay_drift", approved)))


def test_the_drift_page_names_another_job_worker_code_and_wage(as_manager, company, crew, approved):
    first, second = TimeEntry.objects.order_by("pk")
    code = factories.make_cost_code(company, "Tile")
    TimeEntry.objects.filter(pk=first.pk).update(job=factories.make_job(company, "Barn"))
    TimeEntry.objects.filter(pk=second.pk).update(worker=crew[0], cost_code=code)
    crew[0].wages.update(hourly_amount=Decimal("22.00"))
    factories.make_entry(crew[1], approved.job, minutes=60, work_date=MONDAY)
    text = text_of(as_manager.get(at("propay_drift", approved)))
    for told in ("Moved to Barn", "Bob Stone → Ana Ruiz", "No cost code → Tile", "$20.00 → $22.00", "New Bob Stone"):
        assert told in text


def test_the_drift_page_shows_the_first_entries_and_how_many_more_there_are(as_manager, crew, approved, monkeypatch):
    monkeypatch.setattr(drift, "SHOWN_ENTRIES", 1)
    crew[0].wages.update(hourly_amount=Decimal("22.00"))
    factories.make_entry(crew[1], approved.job, minutes=60, work_date=MONDAY)
    text = text_of(as_manager.get(at("propay_drift", approved)))
    assert "$20.00 → $22.00" in text
    assert "And 1 more entry." in text


def test_drift_is_adjusted_from_its_page(as_manager, drifted):
    seen = as_manager.get(at("propay_drift", drifted)).context["page"].seen
    response = as_manager.post(at("propay_drift_adjust", drifted), {"seen": seen, "note": "Left at noon"}, follow=True)
    text = text_of(response)
    assert "Adjusted. The differences are on the workers' next open statements." in text
    assert "Bonus pool $550.00" in text
    assert "Adjusted after the approval: these are the figures since then." in text
    assert "Left at noon" in text
    assert "Replaced Pool $500.00" in text
    assert "$500.00 adjusted: $550.00" in text_of(as_manager.get(reverse("propay_list"), {"tab": "all"}))
    assert StatementLine.objects.filter(kind=LineKind.DRIFT).count() == 2
    assert "Today's figures are the approved ones." in text_of(as_manager.get(at("propay_drift", drifted)))


def test_drift_is_dismissed_with_a_reason_from_its_page(as_manager, drifted):
    seen = as_manager.get(at("propay_drift", drifted)).context["page"].seen
    response = as_manager.post(at("propay_drift_dismiss", drifted), {"seen": seen, "reason": ""})
    assert response.context["dismiss"].errors["reason"]
    response = as_manager.post(
        at("propay_drift_dismiss", drifted), {"seen": seen, "reason": "Broken clock"}, follow=True
    )
    assert "was dismissed: Broken clock" in text_of(response)
    assert "It can still be adjusted." in text_of(as_manager.get(at("propay_drift", drifted)))


@pytest.mark.parametrize("name", ["propay_drift_adjust", "propay_drift_dismiss"])
def test_a_difference_that_was_not_seen_is_not_decided(as_manager, drifted, name):
    response = as_manager.post(at(name, drifted), {"seen": "x", "reason": "Because"})
    assert "changed again while you were looking" in text_of(response)
    assert Snapshot.objects.count() == 1
    assert ProPay.objects.get().drifted_at is not None


def test_managers_who_may_not_approve_see_the_drift_and_decide_nothing(as_manager, company, drifted):
    BonusSettings.objects.create(company=company, managers_approve=False)
    response = as_manager.get(at("propay_drift", drifted))
    assert response.status_code == 200
    assert 'name="seen"' not in response.content.decode()


def test_drift_without_a_bonus_today_says_why_and_can_only_be_dismissed(as_manager, company, crew, approved):
    crew[0].wages.all().delete()
    services.refresh(company=company, worker_ids=[crew[0].pk], now=NOW)
    assert "Today there would be no bonus" in text_of(as_manager.get(at("propay_detail", approved)))
    text = text_of(as_manager.get(at("propay_drift", approved)))
    assert "Wages are missing: Ana Ruiz" in text
    assert "Adjust on the next statement" not in text


def test_a_live_propay_has_no_drift_page(as_manager, propay):
    assert as_manager.get(at("propay_drift", propay)).url == at("propay_detail", propay)
    assert as_manager.post(at("propay_drift_adjust", propay)).status_code == 404
