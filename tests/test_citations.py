"""Every rule that code, tests, templates, or docs cite exists, under the number they cite."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RULES = ROOT / "docs" / "rules"
FOLDERS = ("docs", "integrations", "propay", "protiv", "templates", "tests")
READ = (".py", ".md", ".html", ".txt", ".toml")
# `bonus.md 6.3`, `exaktime.md 5.5-5.9`, `bonus.md 1, 2 and 4.1`.
CITATION = re.compile(r"\b(?P<book>[a-z-]+\.md) (?P<numbers>\d+(?:\.\d+)?(?:(?:, | and | to |-)\d+(?:\.\d+)?)*)\b")
# Forms that can't be resolved: pages outside the repository, and a number without its book.
UNRESOLVED = re.compile(r"bonus-rules|exaktime-contract|quickbooks-time-contract|design\.md|\(contract \d")


def texts() -> list[tuple[str, str]]:
    files = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*") if file.suffix in READ]
    return [(file.relative_to(ROOT).as_posix(), file.read_text()) for file in files if file != Path(__file__)]


def numbers(book: str) -> set[str]:
    """The numbers that a rule book gives out: of its sections, and of its rules."""
    text = (RULES / book).read_text()
    return set(re.findall(r"^## (\d+)\. ", text, re.MULTILINE)) | set(
        re.findall(r"^\*\*(\d+\.\d+)\*\* ", text, re.MULTILINE)
    )


def unknown(name: str, text: str) -> list[str]:
    found = [f"{name}: {match.group()}" for match in UNRESOLVED.finditer(text)]
    for match in CITATION.finditer(text):
        book = match["book"]
        known = numbers(book) if (RULES / book).exists() else set()
        found += [f"{name}: {book} {n}" for n in re.findall(r"\d+(?:\.\d+)?", match["numbers"]) if n not in known]
    return found


def test_every_citation_names_a_rule_that_exists():
    cited = texts()
    assert sum(len(CITATION.findall(text)) for _, text in cited) > 80
    assert [line for name, text in cited for line in unknown(name, text)] == []


@pytest.mark.parametrize(
    "text",
    ["bonus.md 6.99", "bonus.md 4 to 44", "exaktime.md 5.5, 5.13", "payday.md 1", "(contract 5.10)", "bonus-rules.md"],
)
def test_a_citation_of_a_missing_rule_is_found(text: str) -> None:
    assert unknown("page.md", f"what it says ({text}).")


@pytest.mark.parametrize("book", ["bonus.md", "exaktime.md"])
def test_no_rule_has_two_texts(book: str) -> None:
    given = re.findall(r"^\*\*(\d+\.\d+)\*\* ", (RULES / book).read_text(), re.MULTILINE)
    assert len(given) == len(set(given)) > 20
