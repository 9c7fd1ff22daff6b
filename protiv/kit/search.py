"""The search of every list: a few words, checked before they are used in a query."""

import unicodedata
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

MOST_CHARACTERS = 100
MOST_WORDS = 10
TOO_LONG = f"Your search is longer than {MOST_CHARACTERS} characters, so it wasn't used. Shorten it."
TOO_MANY_WORDS = f"Your search has more than {MOST_WORDS} words, so it wasn't used. Use fewer words."
UNREADABLE = "Your search contains a character that can't be read, so it wasn't used. Enter it again."

Row = TypeVar("Row", bound=Model)
Shape = TypeVar("Shape")


def check_words(text: str) -> None:
    """Refuse (ValidationError) words that are too much work, or that PostgreSQL can't accept."""
    if len(text) > MOST_CHARACTERS:
        raise ValidationError(TOO_LONG, code="too_long")
    if len(text.split()) > MOST_WORDS:
        raise ValidationError(TOO_MANY_WORDS, code="too_many_words")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in "".join(text.split())):
        raise ValidationError(UNREADABLE, code="unreadable")


class SearchField(forms.CharField):
    """Words to search for. The browser doesn't cut them off: text that is too long is refused and stays in the box."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "widget": forms.SearchInput, **options})
        # Instead of a text field's own NUL check, because `check_words` explains it better.
        self.validators = [check_words]


class SearchForm(forms.Form):
    """The search box of a list. `label` says what is searched, for screen readers."""

    q = SearchField(label="Search")

    def __init__(self, data: Any, *, label: str = "", placeholder: str = "") -> None:
        super().__init__(data)
        field = self.fields["q"]
        field.label = label or field.label
        field.widget.attrs["placeholder"] = placeholder or label

    @property
    def words(self) -> str:
        """Return the search words; empty while the search is invalid."""
        return self.cleaned_data.get("q", "") if self.is_valid() else ""

    def listed(self, rows: "QuerySet[Row, Shape]") -> "QuerySet[Row, Shape]":
        """Return the matching rows; none while the search is invalid, so that no one mistakes them for results."""
        return rows if self.is_valid() else rows.none()


def holding(rows: "QuerySet[Row, Shape]", words: str, *lookups: str) -> "QuerySet[Row, Shape]":
    """Return those of `rows` in which one of the lookups, such as `name__icontains`, finds each of the words."""
    for word in words.split():
        rows = rows.filter(Q.create([(lookup, word) for lookup in lookups], connector=Q.OR))
    return rows
