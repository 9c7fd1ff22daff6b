"""Everything that changes a ProPay or its payments. Layers above enter only here."""

from propay.models import ProPay
from propay.rules.budgets import BudgetType
from propay.services.adjustments import (
    add_adjustment,
    add_category,
    answer_adjustment,
    remove_adjustment,
    set_category_active,
)
from propay.services.amount_effects import AmountEffect, OpenAmountChange
from propay.services.approval import (
    ApprovalOutcome,
    approve_propays,
    preview_approval,
    unapprove_propay,
    unsettled_time,
)
from propay.services.approval_questions import (
    AnswerField,
    AnswerKind,
    Answers,
    ApprovalQuestion,
    approval_questions,
)
from propay.services.automation import (
    Automated,
    JobLeftOut,
    PlannedProPay,
    Proposal,
    add_exclusion,
    automate,
    exclusions_of,
    propose,
    remove_exclusion,
    rule_of,
    save_automation_rule,
)
from propay.services.bonus_settings import save_bonus_settings, set_worker_flags
from propay.services.commutes import set_commute_code, set_commute_entry
from propay.services.conditions import (
    Failed,
    apply_condition,
    failed_conditions,
    remove_condition,
    save_condition,
    set_condition_active,
    set_conditions,
)
from propay.services.crew import WorkerTerms, crew_version, set_crew_terms
from propay.services.drift import Drift, dismiss_drift, drift_of, resolve_drift_by_adjusting
from propay.services.hours_elsewhere import follow_hours_of_run
from propay.services.life import complete_propay, reopen_propay
from propay.services.locking import unlock_statement
from propay.services.lunches import decide_worked_lunch, tell_worked_lunch
from propay.services.overdue import DueDates, due_dates, overdue_of, queue_overdue_checks
from propay.services.pay_policies import PolicyValues, preview_pay_policy, remove_pay_policy, save_pay_policy
from propay.services.pay_runs import resume_pay_runs, start_pay_run, work_pay_run
from propay.services.paying import Payment, pay_statements
from propay.services.payroll import delete_custom_layout, save_custom_layout, save_payroll_settings
from propay.services.payroll_files import create_payroll_file, download_draft, download_payroll_file
from propay.services.people import preview_link, say_different, set_person
from propay.services.plan_effects import SHOWN_AT_MOST, Applied, Effect, apply_version_to, effects_of_version
from propay.services.plans import (
    PlanTerms,
    create_plan,
    remove_plan_version,
    rename_plan,
    set_plan_active,
    set_plan_terms,
    terms_of_version,
    version_in_force,
)
from propay.services.questions import answer_question, ask_question
from propay.services.refreshing import OpenProPay, open_on_jobs, refresh
from propay.services.review import decide_review
from propay.services.shared import may_approve
from propay.services.take_back import follow_take_back, record_consent, set_departure, withdraw_consent
from propay.services.terms import (
    ProPayInput,
    Task,
    cancel_propay,
    create_propay,
    edit_propay,
    restore_propay,
    terms_version,
)
from propay.services.true_ups import update_all_true_ups
from propay.services.what_if import save_what_if
from propay.services.worker_statuses import StatusModel, StatusRow, preview_worker_status, save_worker_status

__all__ = [
    "SHOWN_AT_MOST",
    "AmountEffect",
    "AnswerField",
    "AnswerKind",
    "Answers",
    "Applied",
    "ApprovalOutcome",
    "ApprovalQuestion",
    "Automated",
    "BudgetType",
    "Drift",
    "DueDates",
    "Effect",
    "Failed",
    "JobLeftOut",
    "OpenAmountChange",
    "OpenProPay",
    "Payment",
    "PlanTerms",
    "PlannedProPay",
    "PolicyValues",
    "ProPay",
    "ProPayInput",
    "Proposal",
    "StatusModel",
    "StatusRow",
    "Task",
    "WorkerTerms",
    "add_adjustment",
    "add_category",
    "add_exclusion",
    "answer_adjustment",
    "answer_question",
    "apply_condition",
    "apply_version_to",
    "approval_questions",
    "approve_propays",
    "ask_question",
    "automate",
    "cancel_propay",
    "complete_propay",
    "create_payroll_file",
    "create_plan",
    "create_propay",
    "crew_version",
    "decide_review",
    "decide_worked_lunch",
    "delete_custom_layout",
    "dismiss_drift",
    "download_draft",
    "download_payroll_file",
    "drift_of",
    "due_dates",
    "edit_propay",
    "effects_of_version",
    "exclusions_of",
    "failed_conditions",
    "follow_hours_of_run",
    "follow_take_back",
    "may_approve",
    "open_on_jobs",
    "overdue_of",
    "pay_statements",
    "preview_approval",
    "preview_link",
    "preview_pay_policy",
    "preview_worker_status",
    "propose",
    "queue_overdue_checks",
    "record_consent",
    "refresh",
    "remove_adjustment",
    "remove_condition",
    "remove_exclusion",
    "remove_pay_policy",
    "remove_plan_version",
    "rename_plan",
    "reopen_propay",
    "resolve_drift_by_adjusting",
    "restore_propay",
    "resume_pay_runs",
    "rule_of",
    "save_automation_rule",
    "save_bonus_settings",
    "save_condition",
    "save_custom_layout",
    "save_pay_policy",
    "save_payroll_settings",
    "save_what_if",
    "save_worker_status",
    "say_different",
    "set_category_active",
    "set_commute_code",
    "set_commute_entry",
    "set_condition_active",
    "set_conditions",
    "set_crew_terms",
    "set_departure",
    "set_person",
    "set_plan_active",
    "set_plan_terms",
    "set_worker_flags",
    "start_pay_run",
    "tell_worked_lunch",
    "terms_of_version",
    "terms_version",
    "unapprove_propay",
    "unlock_statement",
    "unsettled_time",
    "update_all_true_ups",
    "version_in_force",
    "withdraw_consent",
    "work_pay_run",
]
