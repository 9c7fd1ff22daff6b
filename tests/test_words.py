"""Whether what people read is plain American English: words of translated or British English that must not come back.

It reads templates, every text literal of the code, the texts that have a translation and, with a shorter list of words,
docstrings, comments, and names of tests. A finished area joins `CODE` and `TEMPLATES`.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = ("propay", "protiv", "integrations")
TEMPLATES = ("templates",)
# What not to write anywhere, docstrings, comments, and names of tests included, and what to write instead.
INSTEAD_ANYWHERE = {
    r"some(?:body)|no(?:body)|every(?:body)|any(?:body)": "someone, no one, everyone, anyone",
    r"anew|once more": "again",
    r"in force": "in effect, current",
    r"pay day": "payday",
    r"the own": "their own",
    r"work(?:s|ed|ing)? (?:it )?out": "calculate",
    r"for ever|for good": "permanently",
    r"comes? of it|came of it": "results",
    r"(?:make|makes|made) (?:themselves|itself)": "automatic",
    r"signs? of life": "heartbeat",
    r"ticked|other ticks": "selected",
    r"before (?:your|their) eyes": "you saw",
    r"what stands|as it stands|stands there": "is, current",
    r"(?:told|tell|tells) apart": "distinguished, distinguish",
    r"the usual left out|as good as empty": "name the default",
}
# What not to write in texts that people see either.
INSTEAD = INSTEAD_ANYWHERE | {
    r"(?:stand|stands|stood)": "is, appears, is shown",
    r"mend(?:s|ed)?": "fix",
    r"tick(?:s|ed)?": "select",
    r"typed|you type|to type": "entered, you enter",
    r"(?:of|the|a) saving": "savings",
    r"(?:brought|brings?|taken|takes?) in": "imported",
    r"sets? aside": "not imported",
    r"drift(?:s|ed)?": "change after approval",
    r"state extra": "state overtime premium",
    r"(?:take|takes|taken|took) (?:the approval )?back": "unapprove",
    r"(?:not|isn't|is) offered|offer it": "archived, available",
    r"retire[sd]?|(?:bring|brought) back": "archive, restore",
    r"(?:leave|leaves|left|leaving) out": "exclude",
    r"ma[dk]e (?:a |the )?propays?|make themselves": "create",
    r"at once": "immediately",
    r"first day|last day": "start date, end date",
    r"go-live day": "go-live date",
    r"left empty|leave (?:it|this) empty": "leave blank",
    r"(?:ProPay|ProPays|statement|statements|report|filter|worker|entry) fits?": "matches",
    r"(?:un)?tied": "linked",
    r"user name|set-up": "username, setup",
    r"may(?: not)? (?:approve|see|read|change|only)": "can, can't",
    r"counsel": "attorney",
    r"engineering rules?": "our rules, based on public sources",
    r"payroll program": "payroll software",
    r"load the (?:file|page)|load your": "import the file, reload the page",
    r"meanwhile": "in the meantime, while you were working",
    r"any more": "anymore, no longer",
    r"so far": "to date",
    r"throw away": "discard",
    r"look into": "check",
    r"comes of it|come about|came about": "results, was calculated",
    r"who gets (?:what|how much)": "name what is shown",
    r"letters": "characters",
    r"by itself|by themselves": "automatically, on its own",
    r"as usual": "company default",
    r"on top": "in addition, plus",
    r"our side": "our end",
    r"as good as": "counts as",
    r"in sight": "visible",
    r"goes by|go by": "uses, follows",
    r"what becomes of|what became of": "what happens to, what happened to",
    r"left alone": "skipped, unchanged",
    r"half-way|start-up": "halfway, startup",
}


def _compiled(words: dict[str, str]) -> dict[re.Pattern[str], str]:
    return {re.compile(rf"(?<![\w'’-])(?:{word})(?![\w-])", re.IGNORECASE): better for word, better in words.items()}


BAD = _compiled(INSTEAD)
BAD_ANYWHERE = _compiled(INSTEAD_ANYWHERE)
BAD[re.compile(r"[\d}] %(?![(\w])")] = "no space before %"
BAD[re.compile("’")] = "the straight apostrophe: '"
BAD[re.compile(r"\b[Ww]orker (?:number|no\.)")] = "employee number"
# The same words where they are right.
RIGHT = (
    "First day of a pay period",
    "the first day of any period, past or future",
    "On this statement so far, before taxes",
    "Use the first day of the workweek",
    "the last day (the company's today if not given)",
    "letters, digits, and hyphens",
    "we need to look into this",
    "Hours imported so far",
    "the tick schedule",
    "Schedule “tick”",
)
ATTRIBUTES = ("aria-label", "alt", "title", "placeholder", "data-confirm")
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"{%.*?%}")
QUOTED = re.compile(r'"([^"]*)"')
IDENTIFIER = re.compile(r"[a-z0-9_.:/=<>-]*|[A-Z0-9_]*")


class Shown(HTMLParser):
    """Collects the text of a page and the attributes that are shown or read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts += data.splitlines()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value or "" for name, value in attrs if name in ATTRIBUTES]


def texts_of_template(source: str) -> Iterator[str]:
    """What a template shows, and the texts that its tags translate or hand on; each value is `{}`."""
    source = COMMENT.sub("", source)
    for tag in TAG.findall(source):
        yield from QUOTED.findall(tag)
    page = Shown()
    page.feed(re.sub(r"{{.*?}}", "{}", TAG.sub("", source)))
    page.close()
    yield from page.texts


def texts_of_code(source: str) -> Iterator[str]:
    """Every text literal but docstrings, exported names, and headings of files; where it has values, each is `{}`."""
    tree = ast.parse(source)
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "heading"}
    for node in tree.body:
        if isinstance(node, ast.Assign) and "__all__" in ast.dump(node.targets[0]):
            inner |= {id(name) for name in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.value


def texts_for_developers(source: str) -> Iterator[str]:
    """Docstrings, comments, and names of tests, without quoted code."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield re.sub(r"`[^`]*`", "", " ".join((ast.get_docstring(node) or "").split()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name.replace("_", " ")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield re.sub(r"`[^`]*`", "", token.string)


def texts_of_catalog(source: str) -> Iterator[str]:
    yield from re.findall(r'^msgid "(.*)"$', source, flags=re.MULTILINE)


def files() -> Iterator[tuple[Path, Iterator[str]]]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, texts_of_code(path.read_text())
        for path in sorted((ROOT / folder).rglob("*.po")):
            yield path, texts_of_catalog(path.read_text())
    for folder in TEMPLATES:
        for path in sorted((ROOT / folder).rglob("*.*")):
            yield path, texts_of_template(path.read_text())


def problems(text: str, words: dict[re.Pattern[str], str] = BAD) -> Iterator[str]:
    """Yield what is wrong with a text and what to write instead."""
    text = text.replace("’", "'")
    for right in RIGHT:
        text = text.replace(right, "")
    if not IDENTIFIER.fullmatch(text):
        for pattern, better in words.items():
            for found in pattern.finditer(text):
                yield f"{found[0]!r} (write: {better}) in {text.strip()!r}"


def test_visible_text_is_plain_american_english():
    found = [f"{path.relative_to(ROOT)}: {one}" for path, texts in files() for text in texts for one in problems(text)]
    assert not found, "\n".join(found)


def test_what_developers_read_is_plain_american_english():
    found = [
        f"{path.relative_to(ROOT)}: {one}"
        for folder in (*CODE, "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for text in texts_for_developers(path.read_text())
        for one in problems(text, BAD_ANYWHERE)
    ]
    assert not found, "\n".join(found)


def test_docstrings_comments_and_names_of_tests_are_read():
    source = '"""Nobody."""\n# Once more.\ndef test_rules_in_force():\n    """`Somebody`."""\n'
    found = [one.split(" (")[0] for text in texts_for_developers(source) for one in problems(text, BAD_ANYWHERE)]
    assert found == ["'Nobody'", "'in force'", "'Once more'"]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("<p>Approve those ticked</p>", "ticked"),
        ('<a title="How this was worked out" href="#">{{ amount }}</a>', "worked out"),
        ('<button data-confirm="Mark the ticked ones?">{% icon "x" %}</button>', "ticked"),
        ('{% translate "Your sign-in is not tied to your time yet." %}', "tied"),
        ('{% include "_empty.html" with title="None" text="Somebody has time." %}', "Somebody"),
        ("<b>{{ percent }} %</b>", "} %"),
    ],
)
def test_a_template_is_read_where_it_shows_text(source, word):
    assert any(word in one for text in texts_of_template(source) for one in problems(text))


def test_code_is_read_but_for_docstrings_and_identifiers():
    source = '"""Nobody."""\nrefuse(f"{name} has no rules in force.", code="drift")\nHINT = "Left empty: the job\'s."'
    found = [one for text in texts_of_code(source) for one in problems(text)]
    assert [one.split(" (")[0] for one in found] == ["'Left empty'", "'in force'"]
