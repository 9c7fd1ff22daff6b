"""What a page points out, with links to where a person can look at it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link: its text and its address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """One thing to look at, and the links to it."""

    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointers:
    """The first of the things to look at, and how many more there are."""

    shown: tuple[Pointer, ...] = ()
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.shown) + self.more

    def __str__(self) -> str:
        rest = f" And {self.more + len(self.shown) - 1:,} more." if self.count > 1 else ""
        return f"{self.shown[0].text}{rest}" if self.shown else ""
