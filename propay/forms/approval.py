"""What a person enters around an approval: reasons and notes."""

from django import forms


class ReasonForm(forms.Form):
    """The reason for unapproving a ProPay or for not paying a difference."""

    reason = forms.CharField(
        label="Reason",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter a reason. It's kept with the ProPay."},
    )


class NoteForm(forms.Form):
    """A short note on a correction."""

    note = forms.CharField(label="Note", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
