"""One name, one meaning: no class of the product is called as another one is (design, vocabulary)."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("protiv", "integrations", "propay")
# Django asks for these names, once in each class or module.
ASKED_FOR = {"Meta", "Media", "Command", "Migration"}


def places_of_classes(root: Path) -> dict[str, list[str]]:
    """Return the modules that define a class of each name, forms and the Django admin left out."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            where = path.relative_to(root)
            if not {"forms", "forms.py", "admin.py", "user_admin.py"}.isdisjoint(where.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and node.name not in ASKED_FOR:
                    places[node.name].append(str(where))
    return places


def test_no_class_name_occurs_twice():
    twice = {name: places for name, places in places_of_classes(ROOT).items() if len(places) > 1}
    assert twice == {}


@pytest.mark.parametrize("old", ["Plan", "Worked", "Look"])
def test_ambiguous_words_name_no_class(old):
    assert old not in places_of_classes(ROOT)
