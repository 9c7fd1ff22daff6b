"""The Spanish catalogs hold exactly the texts that code and templates mark for translation, each of them translated."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
CODE = ("protiv", "integrations", "propay")
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# What Django makes of a template's tags, for xgettext to read.
MARKED = re.compile(rf"\b(?:n?gettext|_|pgettext\(\s*{LITERAL},)\s*\(?\s*({LITERAL})")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|{\w*}")


def marked_in_code() -> Iterator[str]:
    for folder in CODE:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS and node.args:
                    text = node.args[0]
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        yield text.value


def said_in_code() -> Iterator[str]:
    """Every text of the code: the words of a choice are marked where they are shown, by the name of a variable."""
    for folder in CODE:
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def marked_in_templates() -> Iterator[str]:
    for file in (ROOT / "templates").rglob("*"):
        if file.suffix in (".html", ".txt"):
            yield from map(ast.literal_eval, MARKED.findall(templatize(file.read_text())))


def catalog(folder: str) -> dict[str, list[str]]:
    """Each text with its translations (one, or one for each number), as the compiled catalog has them."""
    with (ROOT / folder / "locale/es/LC_MESSAGES/django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    texts: dict[str, list[str]] = {}
    for key, text in compiled.items():
        # A plural's key comes with its number, a text's with its context in front.
        text_of_key = (key[0] if isinstance(key, tuple) else key).rpartition("\x04")[2]
        texts.setdefault(text_of_key, []).append(text)
    texts.pop("")
    return texts


def test_no_marked_text_is_missing_and_no_translation_is_left_over():
    protiv, propay = catalog("protiv"), catalog("propay")
    assert protiv.keys() & propay.keys() == set(), "in both catalogs"
    marked = {*marked_in_code(), *marked_in_templates()}
    assert len(marked) > 250
    assert marked - protiv.keys() - propay.keys() == set(), "not translated"
    assert {*protiv, *propay} - marked - {*said_in_code()} == set(), "no longer used"


@pytest.mark.parametrize("folder", ["protiv", "propay"])
def test_a_translation_has_the_placeholders_of_its_text(folder: str) -> None:
    for text, translations in catalog(folder).items():
        for translation in translations:
            assert sorted(PLACEHOLDER.findall(translation)) == sorted(PLACEHOLDER.findall(text)), text


@pytest.mark.parametrize("folder", ["protiv", "propay"])
def test_the_compiled_catalog_says_what_its_source_says(folder: str) -> None:
    source = (ROOT / folder / "locale/es/LC_MESSAGES/django.po").read_text()
    assert "#, fuzzy" not in source
    assert "#~" not in source, "texts that are no longer used"
    told = re.findall(r'^msgstr(?:\[\d\])? ((?:".*"\n?)+)', source, re.MULTILINE)
    texts = {"".join(ast.literal_eval(line) for line in lines.strip().splitlines()) for lines in told[1:]}
    assert texts == {one for translations in catalog(folder).values() for one in translations}
