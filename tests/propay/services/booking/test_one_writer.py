"""Statements and their lines have one writer: `propay.services.booking`."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
BOOKS = {"Statement", "StatementLine"}
# Related managers that lead to them from other rows.
RELATED = {"lines", "statements", "statement_lines", "rollover"}
AMOUNTS = {"bonus_amount", "federal_amount", "state_extra_amount", "paid_amount"}
WRITES = {
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "delete",
    "save",
    "bulk_load",
    "bulk_sync",
    "bulk_write",
}
THE_WRITER = ROOT / "propay/services/booking"
# The tables themselves, and the steps of a database from one version to the next.
EXEMPT = (ROOT / "propay/models", ROOT / "propay/migrations")


def writes_in(source: str) -> list[str]:
    """The places, as `line: code`, at which this module writes statements or lines of them."""
    tree = ast.parse(source)
    books = _named_after(tree, _aliases(tree))
    return [f"{node.lineno}: {ast.unparse(node)}" for node in _writes(tree, books)]


def _aliases(tree: ast.Module) -> set[str]:
    """What the two models are called here."""
    imported = [alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    return {alias.asname or alias.name for alias in imported if alias.name in BOOKS} | BOOKS


def _named_after(tree: ast.Module, books: set[str]) -> set[str]:
    """These names, and those of variables that hold what comes from them."""
    while True:
        found = set(books)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr)
                and node.value
                and _leads_to(node.value, found)
            ):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {one.id for one in targets if isinstance(one, ast.Name)}
            elif isinstance(node, ast.For | ast.comprehension) and _leads_to(node.iter, found):
                found |= {node.target.id} if isinstance(node.target, ast.Name) else set()
            elif isinstance(node, ast.arg) and node.annotation and _mentions(node.annotation, BOOKS):
                found.add(node.arg)
        if found == books:
            return found
        books = found


def _leads_to(node: ast.expr, names: set[str]) -> bool:
    """Whether a chain of attributes, calls, and subscripts begins with one of these names or goes by a relation."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(node, ast.Attribute) and node.attr in RELATED:
            return True
        if isinstance(node, ast.Call):
            if any(isinstance(one, ast.Name | ast.Attribute | ast.Call) and _leads_to(one, names) for one in node.args):
                return isinstance(node.func, ast.Name) or _leads_to(node.func, names)
            node = node.func
        else:
            node = node.value
    return isinstance(node, ast.Name) and node.id in names


def _mentions(node: ast.expr, names: set[str]) -> bool:
    text = ast.unparse(node)
    return any(name in text for name in names)


def _writes(tree: ast.Module, books: set[str]) -> Iterator[ast.Call | ast.Assign | ast.AugAssign]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (_makes(node) or _calls_a_write(node, books)):
            yield node
        elif isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(one, ast.Attribute) and one.attr in AMOUNTS for one in targets):
                yield node


def _makes(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in BOOKS or (name == "BulkSyncQuerySet" and any(_mentions(one, BOOKS) for one in node.args))


def _calls_a_write(node: ast.Call, books: set[str]) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr in WRITES and _leads_to(node.func.value, books)


def modules() -> list[Path]:
    found = [path for area in ("propay", "integrations", "protiv") for path in (ROOT / area).rglob("*.py")]
    return sorted(path for path in found if not any(path.is_relative_to(one) for one in (THE_WRITER, *EXEMPT)))


def test_no_module_but_booking_writes_statements_or_their_lines():
    found = {str(path.relative_to(ROOT)): places for path in modules() if (places := writes_in(path.read_text()))}
    assert not found, "Let propay/services/booking write it."


def test_booking_itself_is_seen_to_write():
    places = " ".join(place for path in THE_WRITER.glob("*.py") for place in writes_in(path.read_text()))
    for write in ("StatementLine(", "bulk_create(", ".update(", ".delete()", "line.save()", "bulk_write("):
        assert write in places


@pytest.mark.parametrize(
    "source",
    [
        "StatementLine(company=company)",
        "models.StatementLine(company=company)",
        "from propay.models import StatementLine as Row\nRow.objects.bulk_create(rows)",
        "Statement.objects.filter(pk=pk).update(bonus_amount=0)",
        "lines = StatementLine.objects.filter(pk=pk)\nof_one = lines.exclude(amount=0)\nof_one.delete()",
        "for line in StatementLine.objects.all():\n    line.save()",
        "statement.lines.create(amount=1)",
        "propay.statement_lines.all().update(amount=0)",
        "def change(line: StatementLine) -> None:\n    line.save(update_fields=['steps'])",
        "statement.federal_amount += line.federal_amount",
        "line = get_object_or_404(StatementLine, pk=pk)\nline.delete()",
        "BulkSyncQuerySet(StatementLine).bulk_write(rows, fields=['amount'])",
    ],
)
def test_a_second_writer_is_found(source):
    assert writes_in(source)


@pytest.mark.parametrize(
    "source",
    [
        "StatementLine.objects.filter(pk=pk).exclude(amount=0).exists()",
        "def show(lines: QuerySet[StatementLine]) -> str: ...",
        "ProPay.objects.filter(pk=pk).update(status='PAID')",
        "LineMessage.objects.create(line=line)",
    ],
)
def test_readers_are_left_alone(source):
    assert not writes_in(source)
