"""Every file, function, and link that a page for developers names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# The names that recipes make up.
MADE_UP = re.compile("thanks|busybusy")
# Pages about code as it is.
CODE_PAGES = [
    ROOT / "CONTRIBUTING.md",
    ROOT / "docs" / "how-a-number-gets-to-the-page.md",
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
]
A_PATH = re.compile(r"`((?:protiv|integrations|propay|templates|static|tests|docs)/[\w./-]*)`")
A_FUNCTION = re.compile(r"`(\w+)` in `([\w/]+\.py)`")
A_LINK = re.compile(r"\]\((?!https?:|mailto:)([\w./-]+)(?:#[\w-]*)?\)")


def missing(doc: Path, text: str) -> list[str]:
    """The names in the text that don't exist."""
    paths = {path for path in A_PATH.findall(text) if not MADE_UP.search(path) and not (ROOT / path).exists()}
    links = {link for link in A_LINK.findall(text) if not (doc.parent / link).exists()}
    functions = {
        f"{name} in {path}"
        for name, path in A_FUNCTION.findall(text)
        if not (ROOT / path).exists() or not re.search(rf"^(def|class) {name}\b", (ROOT / path).read_text(), re.M)
    }
    return sorted(paths | links | functions)


@pytest.mark.parametrize("doc", PAGES, ids=lambda doc: doc.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(doc: Path) -> None:
    links = [link for link in A_LINK.findall(doc.read_text()) if not (doc.parent / link).exists()]
    assert links == []


@pytest.mark.parametrize("doc", CODE_PAGES, ids=lambda doc: doc.name)
def test_modules_and_functions_that_a_page_names_exist(doc: Path) -> None:
    text = doc.read_text()
    assert A_PATH.search(text)
    assert missing(doc, text) == []


@pytest.mark.parametrize(
    "text", ["`propay/rules/nothing.py`", "`allot` in `propay/rules/shares.py`", "[there](nowhere.md)"]
)
def test_a_missing_name_is_found(text: str) -> None:
    assert missing(ROOT / "README.md", text)
