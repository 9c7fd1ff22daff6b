"""Mutants of a source file: the same file with one operator, number, or condition changed."""

import ast
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SWAPPED_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SWAPPED_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
SWAPPED_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
NOT_CHANGED = ("annotation", "returns", "decorator_list", "format_spec", "type_params")
# A statement of up to this many characters shows the change; of a longer one, only the expression.
SHOWN_WHOLE = 100
A_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of a file: `name` says which, whatever lines are added above it."""

    path: str
    place: int
    variant: int
    line: int
    name: str

    def rank(self, seed: int) -> str:
        """Where the mutant comes in a sample; a change elsewhere moves nothing."""
        return hashlib.sha256(f"{seed} {self.name}".encode()).hexdigest()


def mutants_of(path: str, source: str) -> Iterator[Mutant]:
    """Every mutant of the file."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    shown_by = _surroundings(tree)
    for place, node in enumerate(nodes):
        if node not in shown_by:
            continue
        function, shown = shown_by[node]
        for variant in range(len(_changes(node))):
            after = _changed(source, place, variant)[nodes.index(shown)]
            name = f"{path}: {function}: {_text(shown)} -> {_text(after)}"
            yield Mutant(path=path, place=place, variant=variant, line=getattr(shown, "lineno", 0), name=name)


def mutate(source: str, mutant: Mutant) -> ast.Module:
    """The file with the mutant's change."""
    tree = _changed(source, mutant.place, mutant.variant)[0]
    assert isinstance(tree, ast.Module)
    return ast.fix_missing_locations(tree)


def _changed(source: str, place: int, variant: int) -> list[ast.AST]:
    """The nodes of the file, one of them changed, each at the place it had before."""
    nodes = list(ast.walk(ast.parse(source)))
    _changes(nodes[place])[variant]()
    return nodes


def _text(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0]


def _surroundings(tree: ast.Module) -> dict[ast.AST, tuple[str, ast.AST]]:
    """Of each node that may change: its function or class, and the statement or expression that shows the change.

    Left out are annotations, decorators, docstrings, the fixed text of an f-string, `__all__`, and the `strict` of a
    zip, which only guards against ourselves.
    """
    found: dict[ast.AST, tuple[str, ast.AST]] = {}

    def visit(node: ast.AST, function: str, statement: ast.AST, above: ast.AST) -> None:
        statement = node if isinstance(node, ast.stmt) else statement
        small = above if isinstance(node, ast.Constant | ast.Name) else node
        found[node] = (function, statement if len(_text(statement)) <= SHOWN_WHOLE else small)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            function = f"{function}.{node.name}".lstrip(".")
        for field, value in ast.iter_fields(node):
            if field not in NOT_CHANGED:
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST) and not _is_no_rule(node, child):
                        visit(child, function, statement, node)

    for statement in tree.body:
        visit(statement, "", statement, tree)
    return found


def _is_no_rule(parent: ast.AST, child: ast.AST) -> bool:
    if isinstance(parent, ast.Expr | ast.JoinedStr) and isinstance(child, ast.Constant):
        return True
    if isinstance(child, ast.keyword) and child.arg == "strict":
        return True
    return isinstance(parent, ast.Assign) and ast.unparse(parent.targets[0]) == "__all__"


def _changes(node: ast.AST) -> list[Callable[[], None]]:
    """What can be changed about one node, each as a function that does it."""
    match node:
        case ast.Compare():
            return [_setter(node.ops, at, SWAPPED_COMPARISONS[type(op)]()) for at, op in enumerate(node.ops)]
        case ast.BinOp() | ast.AugAssign() if type(node.op) in SWAPPED_ARITHMETIC:
            return [_attribute(node, "op", SWAPPED_ARITHMETIC[type(node.op)]())]
        case ast.BoolOp():
            return [_attribute(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())]
        case ast.UnaryOp(op=ast.USub()):
            return [_attribute(node, "op", ast.UAdd())]
        case ast.UnaryOp(op=ast.Not()):
            return [_attribute(node, "operand", ast.UnaryOp(ast.Not(), node.operand))]
        case ast.If() | ast.IfExp() | ast.While() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            return [_attribute(node, "test", ast.UnaryOp(ast.Not(), node.test))]
        case ast.comprehension():
            return [
                _setter(node.ifs, at, ast.UnaryOp(ast.Not(), test))
                for at, test in enumerate(node.ifs)
                if not isinstance(test, ast.Compare | ast.UnaryOp)
            ]
        case ast.Name(id=name) if name in SWAPPED_CALLS:
            return [_attribute(node, "id", SWAPPED_CALLS[name])]
        case ast.Constant():
            return _other_constants(node)
    return []


def _other_constants(node: ast.Constant) -> list[Callable[[], None]]:
    if isinstance(node.value, bool):
        return [_attribute(node, "value", not node.value)]
    if isinstance(node.value, int):
        return [_attribute(node, "value", node.value + 1), _attribute(node, "value", node.value - 1)]
    if isinstance(node.value, str) and A_NUMBER.fullmatch(node.value):
        return [_attribute(node, "value", f"1{node.value}")]
    return []


def _attribute(node: ast.AST, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, name, value)


def _setter(items: list, at: int, value: ast.AST) -> Callable[[], None]:
    return lambda: items.__setitem__(at, value)
