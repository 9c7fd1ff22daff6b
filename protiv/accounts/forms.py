"""Forms for signing in, setting up a company, and inviting people."""

import zoneinfo
from itertools import groupby
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm, UsernameField
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy

from protiv.accounts.models import Currency, HoursFormat, Role
from protiv.accounts.passwords import LONGEST_PASSWORD

# As the database stores them (accounts.User.email).
LONGEST_ADDRESS = 254
COMMON_TIME_ZONES = (
    ("America/New_York", "Eastern (America/New_York)"),
    ("America/Chicago", "Central (America/Chicago)"),
    ("America/Denver", "Mountain (America/Denver)"),
    ("America/Phoenix", "Arizona (America/Phoenix)"),
    ("America/Los_Angeles", "Pacific (America/Los_Angeles)"),
    ("America/Anchorage", "Alaska (America/Anchorage)"),
    ("Pacific/Honolulu", "Hawaii (Pacific/Honolulu)"),
)
# Names in the time zone database that stand for no place.
NO_PLACE = {"Factory", "localtime"}
ROLES = (
    (
        Role.ADMIN,
        "Admin: everything a manager can do, plus connects time tracking, sets wages and rules, marks statements paid, "
        "and manages users",
    ),
    (
        Role.MANAGER,
        "Manager: runs ProPays and sees everyone's hours, hourly wages, and bonuses. Can approve ProPays if you allow "
        "it.",
    ),
    (Role.WORKER, "Worker: sees their own hours and bonuses"),
)
HOURS_FORMATS = ((HoursFormat.CLOCK, "Hours and minutes, 7:30"), (HoursFormat.DECIMAL, "Decimal, 7.50"))


def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """All IANA time zones by area, those of most customers first."""
    rest = sorted(zoneinfo.available_timezones() - dict(COMMON_TIME_ZONES).keys() - NO_PLACE)
    areas = groupby(sorted(rest, key=_area), key=_area)
    return [("United States", list(COMMON_TIME_ZONES)), *((area, [(z, z) for z in zones]) for area, zones in areas)]


def _area(name: str) -> str:
    area, slash, _ = name.partition("/")
    return area if slash else "Other"


class BoundedSignIn(AuthenticationForm):
    """Refuse impossible addresses and passwords: they would fail in the log of attempts, or cost time.

    Validators instead of `max_length`: a browser would silently cut off pasted text.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].validators.append(MaxLengthValidator(LONGEST_ADDRESS))
        self.fields["password"].validators.append(MaxLengthValidator(LONGEST_PASSWORD))


class SignInForm(BoundedSignIn):
    """Django's sign-in, which asks for an email address."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("The email or the password isn't right. Check both and try again."),
    }

    username = UsernameField(
        label=gettext_lazy("Email"), widget=forms.EmailInput(attrs={"autofocus": True, "autocomplete": "username"})
    )


class StaffSignInForm(BoundedSignIn, AdminAuthenticationForm):
    """The sign-in of the Django admin."""


class NewPasswordForm(SetPasswordForm):
    """A new password, entered twice. Django's hint at the second one reads as if it asked for the old password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["new_password2"].help_text = ""


class OwnPasswordForm(NewPasswordForm, PasswordChangeForm):
    """The current password, and a new one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["old_password"].label = gettext_lazy("Current password")


class PasswordLinkForm(forms.Form):
    """The email address for a password link."""

    email = forms.EmailField(label=gettext_lazy("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class CompanyForm(forms.Form):
    """The settings of a company; the fields are `services.SETTINGS`."""

    name = forms.CharField(label="Company name", max_length=120)
    time_zone = forms.ChoiceField(
        label="Time zone",
        choices=time_zones,
        help_text="Sets today's date, which decides the pay period for new approvals, and the times shown here. Work "
        "dates come from your time-tracking system.",
    )
    currency = forms.ChoiceField(label="Currency", choices=Currency)
    hours_format = forms.ChoiceField(label="Hours format", choices=HOURS_FORMATS)
    include_travel = forms.BooleanField(
        label="Count drive time",
        required=False,
        help_text="Counts travel between jobs as time on a ProPay. Open ProPays that use the company default are "
        "recalculated immediately; approved ones don't change.",
    )


class InviteForm(forms.Form):
    """Someone new, or someone who uses Protiv elsewhere."""

    email = forms.EmailField(label="Email", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(label="Role", choices=ROLES, initial=Role.WORKER, widget=forms.RadioSelect)


class RoleForm(forms.Form):
    """What a member can see and do."""

    role = forms.ChoiceField(label="Role", choices=ROLES, widget=forms.RadioSelect)
