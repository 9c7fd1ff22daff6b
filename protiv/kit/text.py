"""Text from outside: what no database can store, and what can be a key. Pure."""

from collections.abc import Iterable

NUL = "\0"
LARGEST_KEY = 2**63 - 1
# Every number with this many digits is below that.
LONGEST_KEY = 18


def is_key(text: str) -> bool:
    """Tell whether this text, as the browser sent it, can be a database key."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY


def keys(texts: Iterable[str]) -> list[int]:
    """Read those of the texts that can be database keys."""
    return [int(text) for text in texts if is_key(text)]
