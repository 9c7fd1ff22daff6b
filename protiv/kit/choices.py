"""Lists to choose from that stay short however many jobs and people a company has."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext, gettext_lazy

from protiv.kit.text import is_key

# A longer list isn't useful, and every page that shows it would have to include it.
LISTED_AT_MOST = 300
# The whole text with its number, so that the catalog finds it.
IF_NOT_LISTED = "Only the first 300 are listed. For others, open their page first."


def name_of(row: Any) -> str:
    """A row in a list of choices: its name, and whether it is inactive."""
    name = str(row) or f"Worker {row.number}"
    return name if row.is_active else gettext("%(name)s (inactive)") % {"name": name}


class CappedChoices(ModelChoiceIterator):  # type: ignore[type-arg]  # Django has no type arguments at runtime
    """The empty choice, the first rows, and the chosen one."""

    field: "CappedChoiceField"

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        chosen = str(self.field.chosen or "")
        listed = list(self.queryset[:LISTED_AT_MOST])
        yield from map(self.choice, listed)
        if len(listed) == LISTED_AT_MOST and is_key(chosen) and int(chosen) not in {row.pk for row in listed}:
            yield from map(self.choice, self.queryset.filter(pk=chosen))


class CappedBoundField(forms.BoundField):
    """Tells the field the current choice before it lists its choices."""

    field: "CappedChoiceField"

    def value(self) -> Any:
        self.field.chosen = super().value()
        return self.field.chosen


class CappedChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # as above
    """Lists a few hundred rows; accepts any row of its queryset."""

    iterator = CappedChoices
    bound_field_class = CappedBoundField
    chosen: Any = None

    def label_from_instance(self, obj: Any) -> str:
        return name_of(obj)

    def explain_cap(self) -> None:
        """Say that the list is cut off, if it is; one query."""
        if self.queryset is not None and self.queryset[LISTED_AT_MOST : LISTED_AT_MOST + 1].exists():
            self.help_text = gettext_lazy(IF_NOT_LISTED)
