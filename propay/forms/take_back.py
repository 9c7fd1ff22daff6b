"""What an admin enters about a worker's consent to deductions, and about who left."""

from typing import Any

from django import forms

from propay.forms.fields import DayField
from propay.models import ConsentFileType, DepartureKind
from propay.services.take_back import MAX_FILE_BYTES


class ConsentForm(forms.Form):
    """The signed paper, and the day on which it was signed."""

    signed_date = DayField(label="Signed on")
    file = forms.FileField(
        label="Signed consent",
        help_text="A PDF, JPEG, or PNG file of up to 5 MB. Only admins can open it.",
        widget=forms.FileInput(attrs={"accept": ",".join(ConsentFileType.values)}),
        error_messages={"required": "Choose the file of the signed consent."},
    )

    def clean_file(self) -> Any:
        """A file that is too large isn't read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError("The file is larger than 5 MB. Scan it with a lower resolution.")
        return file

    @property
    def values(self) -> dict[str, Any]:
        """The service's arguments."""
        file = self.cleaned_data["file"]
        return {
            "signed_date": self.cleaned_data["signed_date"],
            "file_name": file.name,
            "content": file.read(),
        }


class DepartureForm(forms.Form):
    """The last day, and how the worker left."""

    last_day = DayField(label="Final workday", required=False, help_text="Leave it blank if the worker didn't leave.")
    kind = forms.ChoiceField(
        label="How", choices=[("", "Choose…"), *DepartureKind.choices], required=False, widget=forms.Select
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("last_day") and not self.cleaned_data.get("kind"):
            self.add_error("kind", "Choose how the worker left.")
        return self.cleaned_data
