"""What people enter about ProPays. The cleaned data of each form are its service's arguments."""

from propay.forms.initial import initial_of, numbers_of
from propay.forms.terms import ProPayForm

__all__ = ["ProPayForm", "initial_of", "numbers_of"]
