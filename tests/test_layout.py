"""Where tests live: at the path of what they test, and each for itself."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Folders of which every module has its test: `propay/rules/shares.py` in `tests/propay/rules/test_shares.py`, or in a
# folder `tests/propay/rules/shares/`. Tests of `protiv` leave its name out.
MIRRORED = [
    "propay/rules",
    "propay/cases",
    "propay/frozen",
    "propay/services",
    "propay/services/booking",
    "protiv/kit",
    "integrations/sync",
]
# Modules whose test is that of what they are a part of.
TESTED_BY = {
    "propay/rules/figures.py": "propay/rules/test_calculations.py",
    "propay/rules/parts.py": "propay/rules/test_shares.py",
    "propay/rules/terms.py": "propay/rules/test_calculations.py",
    "propay/rules/days.py": "propay/rules/test_policies.py",
    "propay/rules/bonus_overtime.py": "propay/rules/test_calculations.py",
    "propay/rules/earning.py": "propay/rules/test_overtime.py",
    "propay/rules/state_overtime.py": "propay/rules/test_week_hours.py",
    "propay/rules/true_up_trace.py": "propay/rules/test_overtime.py",
    "propay/rules/week_pay.py": "propay/rules/test_overtime.py",
    "propay/cases/building.py": "propay/what_if/test_real.py",
    "propay/cases/fields.py": "propay/cases/test_parsing.py",
    "propay/cases/writing.py": "propay/what_if/test_real.py",
    "propay/frozen/evidence.py": "propay/services/test_approval.py",
    "propay/frozen/figures.py": "propay/frozen/test_stored_before.py",
    "propay/frozen/overtime.py": "propay/frozen/test_stored_before.py",
    "propay/frozen/steps.py": "propay/frozen/test_stored_before.py",
    "propay/services/amount_effects.py": "propay/services/test_people.py",
    "propay/services/approval_questions.py": "propay/pages/approval/test_hours_to_check.py",
    "propay/services/booking/adjustments.py": "propay/services/test_adjustments.py",
    "propay/services/booking/closing.py": "propay/services/test_locking.py",
    "propay/services/booking/lines.py": "propay/services/test_drift.py",
    "propay/services/booking/periods.py": "propay/services/test_bonus_settings.py",
    "propay/services/booking/removing.py": "propay/services/test_approval.py",
    "propay/services/booking/statements.py": "propay/services/test_paying.py",
    "propay/services/checks.py": "propay/services/test_terms.py",
    "propay/services/crew.py": "propay/pages/propays/test_crew_page.py",
    "propay/services/rows.py": "propay/services/test_terms.py",
    "propay/services/shared.py": "propay/services/test_approval.py",
    "propay/services/snapshots.py": "propay/services/test_approval.py",
    "propay/services/true_up_steps.py": "propay/services/test_true_ups.py",
    "propay/services/what_if.py": "propay/pages/what_if/test_saving.py",
    "protiv/kit/pointers.py": "propay/pages/approval/test_hours_to_check.py",
    "integrations/sync/asking.py": "integrations/sync/test_lost_access.py",
    "integrations/sync/mail.py": "integrations/sync/test_outcomes.py",
    "integrations/sync/source.py": "integrations/sync/test_windows.py",
}

# The files of `propay/forms` that are parts of several forms.
FORM_PARTS = {"case_upload", "crew_lines", "fields", "initial", "plan_choice", "task_lines"}


def nouns(room: str) -> set[str]:
    """The names of a folder's modules."""
    return {path.stem for path in (ROOT / "propay" / room).glob("*.py")} - {"__init__"}


def mirror_of(module: str) -> Path:
    """Where the test of a module belongs."""
    path = Path(module.removeprefix("protiv/"))
    return ROOT / "tests" / path.with_name(f"test_{path.name}")


def modules() -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for folder in MIRRORED
        for path in sorted((ROOT / folder).glob("*.py"))
        if path.name != "__init__.py"
    ]


def imported_by(path: Path) -> set[str]:
    """The names of the modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports by dots, which hides what"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_every_module_has_its_test_at_its_own_path():
    homes = {module: mirror_of(module) for module in modules()}
    homeless = {
        module for module, home in homes.items() if not home.exists() and not home.with_name(Path(module).stem).is_dir()
    }
    assert homeless == set(TESTED_BY)
    assert [test for test in TESTED_BY.values() if not (ROOT / "tests" / test).exists()] == []


def test_views_forms_and_what_they_show_or_do_carry_one_noun():
    assert nouns("forms") - nouns("views") == FORM_PARTS
    assert nouns("views") - nouns("pages") - nouns("services") == {"reports"}


def test_no_test_module_imports_another():
    files = list((ROOT / "tests").rglob("*.py"))
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in files}
    tests = {name for name, path in names.items() if path.name.startswith("test_")}
    assert {name: sorted(imported_by(path) & tests) for name, path in names.items() if imported_by(path) & tests} == {}
