"""How numbers and moments are shown: hours by company choice, money with two decimals, times absolute and relative."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils import timezone
from django.utils.dateformat import format as date_text
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import TIME_STRINGS
from django.utils.translation import gettext as _

from protiv.accounts.models import Company, HoursFormat
from protiv.kit.money import normal_wage

register = template.Library()
CURRENCY_SIGNS = {"USD": "$", "CAD": "CA$"}
MINUS = "−"
NOTHING = "—"
MINUTE, HOUR, DAY = 60, 3600, 86400
# Each unit, its seconds, and the count at which the next larger unit takes over.
UNITS = (("minute", MINUTE, 60), ("hour", HOUR, 24), ("day", DAY, 30), ("month", 30 * DAY, 12))
YEAR = 365 * DAY


@register.filter
def hours(minutes: int | None, company: Company) -> str:
    """Whole minutes as `7:30` or `7.50`, by company choice."""
    if minutes is None:
        return NOTHING
    sign, size = (MINUS if minutes < 0 else ""), abs(minutes)
    if company.hours_format == HoursFormat.DECIMAL:
        return f"{sign}{(Decimal(size) / 60).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    return f"{sign}{size // 60:,}:{size % 60:02d}"


@register.filter
def money(amount: Decimal | None, company: Company) -> str:
    """Dollars with a sign, thousands commas and two decimals."""
    if amount is None:
        return NOTHING
    return f"{MINUS if amount < 0 else ''}{CURRENCY_SIGNS[company.currency]}{abs(amount):,.2f}"


@register.filter
def wage(amount: Decimal | None, company: Company) -> str:
    """Dollars per hour: as `money`, with up to four decimals where they are needed."""
    return NOTHING if amount is None else f"{CURRENCY_SIGNS[company.currency]}{normal_wage(amount):,}"


def day(one: date) -> str:
    """A day, as the reader writes dates: `Nov 2, 2026`."""
    return date_format(one, _("M j, Y"))


@register.filter
def days(first: date, last: date) -> str:
    """From a day to a day, as the reader writes dates: `Oct 26 – Nov 8, 2026`."""
    return f"{date_format(first, _('M j')) if first.year == last.year else day(first)} – {day(last)}"


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """An instant in the company's zone with the zone's name, and how long ago or ahead it is."""
    if at is None:
        return NOTHING
    ahead = (at - timezone.now()).total_seconds()
    if abs(ahead) < MINUTE:
        relative = _("just now")
    else:
        relative = (_("%(length)s ago") if ahead < 0 else _("in %(length)s")) % {"length": rough_length(abs(ahead))}
    local = timezone.localtime(at)
    shown = f"{date_text(local, _('M j, Y'))}, {date_text(local, 'g:i A')} {local:%Z}"
    return format_html(
        '<time datetime="{}">{} <span class="text-secondary">({})</span></time>', at.isoformat(), shown, relative
    )


def rough_length(seconds: float) -> str:
    """A length of time in its largest unit, rounded half up: 7,170 seconds are `2 hours`. At least a minute."""
    for unit, size, limit in UNITS:
        if (count := _half_up(seconds, size)) < limit:
            return TIME_STRINGS[unit] % {"num": max(count, 1)}
    return TIME_STRINGS["year"] % {"num": max(_half_up(seconds, YEAR), 1)}


def _half_up(seconds: float, size: int) -> int:
    return int(seconds + size / 2) // size
