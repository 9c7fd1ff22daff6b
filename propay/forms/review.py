"""A decision about overtime that today's rules would add."""

from django import forms

from propay.models import ReviewAnswer


class ReviewForm(forms.Form):
    """One row of the review. `amount` is what the page showed."""

    propay_id = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    worker_id = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    amount = forms.DecimalField(max_digits=12, decimal_places=2, widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=ReviewAnswer)
    reason = forms.CharField(max_length=400, error_messages={"required": "Enter a reason. It is kept."})
