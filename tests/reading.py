"""What a person reads of a page, and what it is made of."""

import re
from html import unescape

UNSEEN = re.compile(r"<(svg|template|style|script)\b.*?</\1>", re.DOTALL)


def text_of(response, *, with_choices: bool = True) -> str:
    """What a person reads: no tags, no drawings, and one space at a time; with or without what could be chosen."""
    body = UNSEEN.sub(" ", response.content.decode())
    if not with_choices:
        body = re.sub(r"<option.*?</option>", "", body, flags=re.DOTALL)
    return _in_one_line(re.sub(r"<[^>]+>", " ", body))


def markup_of(response) -> str:
    """The page with its tags, HTML's escapes undone, and one space at a time."""
    return _in_one_line(response.content.decode())


def _in_one_line(text: str) -> str:
    return " ".join(unescape(text).split())
