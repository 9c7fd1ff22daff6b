"""What a person reads of a page."""

import re


def text_of(response) -> str:
    """What a person reads: tags and runs of white space gone."""
    assert response.status_code == 200
    body = re.sub(r"<svg.*?</svg>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))
