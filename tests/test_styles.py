"""The look: four stylesheets, linked in one place, and every color in one of them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHEETS = ["tokens", "base", "components", "pages"]
# Of the colors with a name in CSS, those that someone may type.
NAMED = (
    "aqua|azure|beige|black|blue|brown|coral|crimson|cyan|fuchsia|gold|goldenrod|gray|green|grey|indigo|ivory|khaki|"
    "lavender|lime|magenta|maroon|navy|olive|orange|orchid|pink|plum|purple|red|salmon|sienna|silver|tan|teal|tomato|"
    "turquoise|violet|wheat|white|whitesmoke|yellow"
)
COLOR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\("
    rf"|(?<![\w-])(?:dark|light|medium|pale|deep)?(?:{NAMED})(?![\w-])",
    re.IGNORECASE,
)
PAINT = re.compile(r"""\b(?:fill|stroke|stop-color|flood-color|color|bgcolor|style)=\\?["']([^"']*)""", re.IGNORECASE)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# A word after it would name Tabler's hue, which tokens.css sets: Status(color="azure").
PYTHON_HUE = re.compile(r'Status\([^)]*\bcolor="[a-z]+"')


def colors_of_sheet(text: str) -> list[str]:
    """Raw colors in the values of a stylesheet; selectors such as `.bg-red` and `#menu` are no values."""
    values = re.findall(r":\s*([^;{}]+)(?=[;}])", COMMENT.sub("", text))
    return [found[0] for value in values for found in COLOR.finditer(value)]


def colors_of_markup(text: str) -> list[str]:
    """Raw colors in the attributes that paint."""
    return [found[0] for value in PAINT.findall(PYTHON_HUE.sub("", text)) for found in COLOR.finditer(value)]


def sheet(name: str) -> str:
    return (ROOT / "static" / f"{name}.css").read_text()


def markup() -> list[Path]:
    """Every template, script, and module that could write markup."""
    scripts = [*(ROOT / "static").glob("*.js")]
    modules = [path for app in ("protiv", "integrations", "propay") for path in (ROOT / app).rglob("*.py")]
    return [*(path for path in (ROOT / "templates").rglob("*") if path.is_file()), *scripts, *modules]


def test_there_are_four_stylesheets():
    own = [path for path in (ROOT / "static").rglob("*.css") if "vendor" not in path.parts]
    assert sorted(path.name for path in own) == sorted(f"{name}.css" for name in SHEETS)


def test_every_page_links_the_four_in_one_place():
    linked = {path: re.findall(r'static "([^"]+)\.css"', path.read_text()) for path in markup()}
    assert {path.name: names for path, names in linked.items() if names} == {
        "_head.html": ["vendor/tabler-1.6.1/tabler.min", *SHEETS]
    }
    assert [path for path in markup() if path.suffix == ".html" and "<style" in path.read_text()] == []


@pytest.mark.parametrize("name", SHEETS[1:])
def test_a_stylesheet_takes_its_colors_from_the_tokens(name):
    assert colors_of_sheet(sheet(name)) == []


def test_markup_holds_no_color():
    found = {str(path.relative_to(ROOT)): colors_of_markup(path.read_text()) for path in markup()}
    assert {path: colors for path, colors in found.items() if colors} == {}


@pytest.mark.parametrize(
    ("text", "colors"),
    [
        (".a { color: #fff; }", ["#fff"]),
        (".a { border: 1px solid DarkRed }", ["DarkRed"]),
        (".a { background: linear-gradient(rgb(1 2 3), white); }", ["rgb(", "white"]),
        (".a:has(#red) { color: var(--red); white-space: nowrap; fill: none; /* red: #fff; */ }", []),
    ],
)
def test_a_color_in_a_stylesheet_is_found(text, colors):
    assert colors_of_sheet(text) == colors


@pytest.mark.parametrize(
    ("text", "colors"),
    [
        ('<path fill="#0b7a63">', ["#0b7a63"]),
        ('<p style="color: red">', ["red"]),
        ('<a href="#add" class="text-red"><svg fill="none" stroke="currentColor">', []),
    ],
)
def test_a_color_in_markup_is_found(text, colors):
    assert colors_of_markup(text) == colors


def test_every_token_is_used_and_every_used_one_is_there():
    defined = set(re.findall(r"^\s*(--(?!tblr)[\w-]+):", sheet("tokens"), re.MULTILINE))
    used = {one for name in SHEETS for one in re.findall(r"var\((--(?!tblr)[\w-]+)", sheet(name))}
    assert used == defined
