"""Our support staff looks at ProPays and changes none."""

import pytest
from django.urls import reverse

from propay import services
from propay.models import BonusSettings
from tests.make import factories
from tests.make.payroll import save_layout, save_settings
from tests.make.propays import NOW, START, make_propay
from tests.make.statement_rows import make_full_statement, make_pay_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def propay(company):
    worker = factories.make_worker(company, "Ana Ruiz")
    factories.make_wage(worker, "20.00")
    job = factories.make_job(company, "Kitchen", number="17")
    factories.make_entry(worker, job, minutes=60)
    propay = make_propay(job, title="Kitchen remodel")
    services.refresh(company=company, now=NOW)
    return propay


@pytest.fixture
def as_staff(sign_in, db):
    return sign_in(factories.make_user("staff@protiv.test", is_staff=True, is_superuser=True))


@pytest.mark.parametrize("query", [{}, {"q": "kitchen"}, {"q": "17"}, {"status": "STARTED"}, {"budget_type": "AMOUNT"}])
def test_staff_finds_propays(as_staff, propay, query):
    page = as_staff.get(reverse("admin:propay_propay_changelist"), query).content.decode()

    assert "Kitchen remodel" in page
    assert "2490.00" in page


def test_staff_sees_figures_and_shares_and_can_change_nothing(as_staff, propay):
    address = reverse("admin:propay_propay_change", args=[propay.pk])
    page = as_staff.get(address).content.decode()

    assert "Ana Ruiz" in page
    assert 'name="_save"' not in page
    assert as_staff.post(address, {"title": "Other"}).status_code == 403
    assert as_staff.post(reverse("admin:propay_propay_delete", args=[propay.pk])).status_code == 403
    assert as_staff.get(reverse("admin:propay_propay_add")).status_code == 403


def test_staff_sees_payroll_settings_and_own_layouts_and_can_change_nothing(as_staff, company, admin):
    layout = save_layout(company, admin)
    save_settings(company, admin, layout="CUSTOM", custom_layout_id=layout.pk)

    for model, pk, shown in (("customlayout", layout.pk, "payroll_id"), ("payrollsettings", company.pk, "CUSTOM")):
        page = as_staff.get(reverse(f"admin:propay_{model}_changelist"), {"q": "acme"}).content.decode()
        assert "Acme Payroll" in page
        address = reverse(f"admin:propay_{model}_change", args=[pk])
        page = as_staff.get(address).content.decode()
        assert shown in page
        assert 'name="_save"' not in page
        assert as_staff.post(address, {"name": "Other"}).status_code == 403
        assert as_staff.get(reverse(f"admin:propay_{model}_add")).status_code == 403


def test_staff_sees_statements_with_lines_and_pay_runs_and_can_change_nothing(as_staff, company):
    statement = make_full_statement(factories.make_worker(company, "Ana Ruiz"))
    run = make_pay_run(company, error_text="Paying stopped.")

    for model, pk, listed, shown in (
        ("statement", statement.pk, "Ana Ruiz", "Kitchen remodel"),
        ("payrun", run.pk, "Paying stopped.", "Paying stopped."),
    ):
        page = as_staff.get(reverse(f"admin:propay_{model}_changelist"), {"q": "acme"}).content.decode()
        assert listed in page
        address = reverse(f"admin:propay_{model}_change", args=[pk])
        page = as_staff.get(address).content.decode()
        assert shown in page
        assert 'name="_save"' not in page
        assert as_staff.post(address, {"status": "PAID"}).status_code == 403
        assert as_staff.post(reverse(f"admin:propay_{model}_delete", args=[pk])).status_code == 403


def test_staff_sees_plans_settings_and_the_automation_and_can_change_nothing(as_staff, company, admin):
    plan = services.create_plan(company=company, actor=admin, name="Standard", start_date=START)
    services.save_automation_rule(
        company=company, actor=admin, is_on=True, plan=plan, moment="FIRST_TIME", go_live_date=START
    )
    exclusion = services.add_exclusion(company=company, actor=admin, kind="NAME_PATTERN", pattern="TEST-*")
    BonusSettings.objects.create(company=company)

    for model, pk, shown in (
        ("bonusplan", plan.pk, "Standard"),
        ("bonussettings", company.pk, "Acme"),
        ("automationrule", company.pk, "Standard"),
        ("automationexclusion", exclusion.pk, "TEST-*"),
    ):
        assert shown in as_staff.get(reverse(f"admin:propay_{model}_changelist"), {"q": "acme"}).text
        address = reverse(f"admin:propay_{model}_change", args=[pk])
        page = as_staff.get(address).text
        assert shown in page
        assert 'name="_save"' not in page
        assert as_staff.post(address, {"name": "Other"}).status_code == 403
        assert as_staff.post(reverse(f"admin:propay_{model}_delete", args=[pk])).status_code == 403


def test_the_people_of_a_company_have_no_admin_access(as_admin, propay):
    response = as_admin.get(reverse("admin:propay_propay_changelist"))

    assert response.status_code in (302, 404)


def test_staff_sees_what_was_approved_and_can_change_nothing(as_staff, company, admin, propay):
    condition = services.save_condition(company=company, actor=admin, name="Leak", kind="PENALTY", amount=None)
    services.approve_propays(company=company, actor=admin, propay_ids=[propay.pk], now=NOW)

    for model, pk, shown in (
        ("snapshot", propay.snapshots.get().pk, "saving_amount"),
        ("condition", condition.pk, "Penalty"),
    ):
        listed = as_staff.get(reverse(f"admin:propay_{model}_changelist"), {"q": "acme"}).content.decode()
        assert "Acme Roofing" in listed
        address = reverse(f"admin:propay_{model}_change", args=[pk])
        page = as_staff.get(address).content.decode()
        assert shown in page
        assert 'name="_save"' not in page
        assert as_staff.post(address, {}).status_code == 403
        assert as_staff.post(reverse(f"admin:propay_{model}_delete", args=[pk])).status_code == 403
        assert as_staff.get(reverse(f"admin:propay_{model}_add")).status_code == 403
