"""Text from outside: what no database can store, and what can be a key; and names joined into text. Pure."""

from collections.abc import Iterable, Sequence

NUL = "\0"
LARGEST_KEY = 2**63 - 1
# Every number with this many digits is below that.
LONGEST_KEY = 18
NAMED = 5


def is_key(text: str) -> bool:
    """Tell whether this text, as the browser sent it, can be a database key."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_KEY


def keys(texts: Iterable[str]) -> list[int]:
    """Read those of the texts that can be database keys."""
    return [int(text) for text in texts if is_key(text)]


def listed(names: Sequence[str]) -> str:
    """Join the first few names, and say how many more there are."""
    more = len(names) - NAMED
    shown = [*names[:NAMED], *([f"{more} more"] if more > 0 else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
