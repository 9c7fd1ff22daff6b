"""A what-if case as JSON (bonus.md 9), in a file or pasted."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from propay.cases import solving
from propay.cases.limits import PAGE_BYTES, PAGE_TRUE_UPS


class CaseForm(forms.Form):
    """One case. Cleans to its `solution`; what is wrong with it is an error that names the case's field."""

    file = forms.FileField(
        label="JSON file", required=False, widget=forms.FileInput(attrs={"accept": ".json,application/json"})
    )
    text = forms.CharField(
        label="Or paste the case",
        required=False,
        max_length=PAGE_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "class": "case-text", "spellcheck": "false", "maxlength": None}),
        help_text="Leave blank to use a file. Up to 1 MB. Nothing is saved.",
    )

    def clean(self) -> dict[str, Any]:
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text")
        if self.errors:
            return self.cleaned_data
        if bool(file) == bool(text):
            raise forms.ValidationError("Choose a file or paste a case, one of the two.")
        try:
            data = solving.load(_read(file) if file else text or "")
            self.cleaned_data["solution"] = solving.solved(data, most_true_ups=PAGE_TRUE_UPS)
        except solving.CaseError as problem:
            self.add_error("file" if file else "text", _in_words(problem))
        return self.cleaned_data


def _read(file: UploadedFile) -> str:
    if (file.size or 0) > PAGE_BYTES:
        raise solving.CaseError("input", "is larger than 1 MB. Use the command propay_whatif for a case of this size")
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise solving.CaseError("input", "is not UTF-8 text") from error


def _in_words(problem: solving.CaseError) -> str:
    """The field and what is wrong with it, as in "time[0].minutes: must be whole minutes, not '480'."."""
    return f"{': '.join(part for part in (problem.field, problem.message) if part)}."
