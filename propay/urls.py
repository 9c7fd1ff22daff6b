"""The product's pages."""

from django.urls import path

from propay.views import bonuses, crew, dashboard, dry_run, editing, payroll, propays, reports

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("propays/", propays.propay_list, name="propay_list"),
    path("propays/create/", editing.propay_create, name="propay_create"),
    path("propays/job-facts/", editing.propay_job_facts, name="propay_job_facts"),
    path("propays/plan-choices/", editing.propay_plan_choices, name="propay_plan_choices"),
    path("propays/plan-numbers/", editing.propay_plan_numbers, name="propay_plan_numbers"),
    path("propays/<int:pk>/", propays.propay_detail, name="propay_detail"),
    path("propays/<int:pk>/crew/", crew.propay_crew, name="propay_crew"),
    path("propays/<int:pk>/edit/", editing.propay_edit, name="propay_edit"),
    path("propays/<int:pk>/restore-budget/", editing.propay_restore_budget, name="propay_restore_budget"),
    path("propays/<int:pk>/cancel/", propays.propay_cancel, name="propay_cancel"),
    path("propays/<int:pk>/restore/", propays.propay_restore, name="propay_restore"),
    path("propays/dry-run/", dry_run.dry_run, name="dry_run"),
    path("propays/dry-run.csv", dry_run.dry_run_file, name="dry_run_file"),
    path("bonuses/", bonuses.bonuses, name="bonuses"),
    path("bonuses/payroll/", payroll.payroll_preview, name="payroll_preview"),
    path("bonuses/payroll/file/", payroll.payroll_file, name="payroll_file"),
    path("settings/payroll/", payroll.payroll_settings, name="payroll_settings"),
    path("settings/payroll/layouts/create/", payroll.custom_layout_create, name="custom_layout_create"),
    path("settings/payroll/layouts/<int:pk>/", payroll.custom_layout_edit, name="custom_layout_edit"),
    path("settings/payroll/layouts/<int:pk>/delete/", payroll.custom_layout_delete, name="custom_layout_delete"),
    path("reports/", reports.report_list, name="report_list"),
    path("reports/<slug:slug>/", reports.report, name="report"),
    path("reports/<slug:slug>/print/", reports.report_print, name="report_print"),
    path("reports/<slug:slug>.csv", reports.report_file, name="report_file"),
]
