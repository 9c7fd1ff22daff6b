"""Companies, the people who sign in, and what they did."""

import datetime
import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from protiv.kit.us_states import US_STATES


def validate_time_zone(name: str) -> None:
    """Refuse anything that isn't an IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is not a time zone. Use a name such as America/Denver.")


class UserManager(BaseUserManager["User"]):
    """Creates users who sign in with their email address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractUser):
    """Someone who signs in, with an email address instead of a username."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("email address"), unique=True)
    # Empty as long as they chose none (language.py).
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, blank=True, default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Weekday(models.TextChoices):
    MONDAY = "MONDAY", "Monday"
    TUESDAY = "TUESDAY", "Tuesday"
    WEDNESDAY = "WEDNESDAY", "Wednesday"
    THURSDAY = "THURSDAY", "Thursday"
    FRIDAY = "FRIDAY", "Friday"
    SATURDAY = "SATURDAY", "Saturday"
    SUNDAY = "SUNDAY", "Sunday"


class PayPeriodLength(models.TextChoices):
    WEEKLY = "WEEKLY", "Weekly"
    BIWEEKLY = "BIWEEKLY", "Every two weeks (biweekly)"
    SEMIMONTHLY = "SEMIMONTHLY", "Twice a month (semimonthly)"
    MONTHLY = "MONTHLY", "Monthly"


class Currency(models.TextChoices):
    USD = "USD", "US dollar"
    CAD = "CAD", "Canadian dollar"


class HoursFormat(models.TextChoices):
    CLOCK = "CLOCK", "7:30"
    DECIMAL = "DECIMAL", "7.50"


class Company(models.Model):
    """The customer: a contractor. Days and weeks are the company's, in its time zone."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64, default="America/New_York", validators=[validate_time_zone])
    pay_period = models.CharField(max_length=11, choices=PayPeriodLength, default=PayPeriodLength.BIWEEKLY)
    currency = models.CharField(max_length=3, choices=Currency, default=Currency.USD)
    hours_format = models.CharField(max_length=7, choices=HoursFormat, default=HoursFormat.CLOCK)
    include_travel = models.BooleanField(
        "count drive time", default=False, help_text="Travel between jobs counts as work on a ProPay."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def local_date(self, now: datetime.datetime) -> datetime.date:
        """The company's calendar date at the moment `now`."""
        return now.astimezone(self.zone).date()

    def pay_policy_on(self, day: datetime.date) -> "PayPolicy":
        """The pay policy in effect on a day. All of them are read once, and kept on this instance."""
        models.prefetch_related_objects([self], "pay_policies")
        begun = [policy for policy in self.pay_policies.all() if policy.first_day <= day]
        return max(begun, key=lambda policy: policy.first_day)

    def workweek_start_date(self, day: datetime.date) -> datetime.date:
        """The first day of the workweek that `day` belongs to."""
        return day - datetime.timedelta(days=(day.weekday() - self.pay_policy_on(day).first_weekday) % 7)


class StateMethodChoice(models.TextChoices):
    """How California treats the bonus (`propay.rules.policies.StateMethod`)."""

    FLAT_SUM = "FLAT_SUM", "Flat sum (divided by non-overtime hours)"
    PRODUCTION = "PRODUCTION", "Production (divided by all hours)"


class DivisorChoice(models.TextChoices):
    """Which hours divide a flat sum (`propay.rules.policies.Divisor`)."""

    GREATER = "GREATER", "Whichever pays the worker more"
    PERIOD = "PERIOD", "Hours of the whole time in which it was earned"
    WEEK = "WEEK", "Hours of each workweek"


class TakeBackChoice(models.TextChoices):
    """Whether money that a worker already earned can be taken from a bonus (bonus.md 11.2)."""

    NEVER = "NEVER", "Never"
    WITH_CONSENT = "WITH_CONSENT", "With the worker's written consent"
    YES = "YES", "Yes"


class PayPolicy(models.Model):
    """A company's rules for overtime on a bonus from `from_date` on; the first one has none (bonus.md 11.4).

    `state` is where the crews work unless a job says otherwise; empty for the federal rule alone.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="pay_policies", db_index=False)
    from_date = models.DateField(null=True, blank=True)
    workweek_start = models.CharField(max_length=9, choices=Weekday, default=Weekday.MONDAY)
    workday_start = models.TimeField(default=datetime.time(0))
    state = models.CharField(max_length=2, choices=list(US_STATES.items()), blank=True)
    method = models.CharField(max_length=10, choices=StateMethodChoice, default=StateMethodChoice.FLAT_SUM)
    divisor = models.CharField(max_length=7, choices=DivisorChoice, default=DivisorChoice.GREATER)
    take_back = models.CharField(max_length=12, choices=TakeBackChoice, default=TakeBackChoice.WITH_CONSENT)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "pay policies"
        constraints = [
            models.UniqueConstraint(fields=["company", "from_date"], name="one_pay_policy_per_day"),
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(from_date=None), name="one_first_pay_policy"
            ),
            models.CheckConstraint(
                condition=models.Q(workweek_start__in=Weekday.values), name="pay_policy_workweek_known"
            ),
            models.CheckConstraint(condition=models.Q(state__in=["", *US_STATES]), name="pay_policy_state_known"),
            models.CheckConstraint(
                condition=models.Q(method__in=StateMethodChoice.values), name="pay_policy_method_known"
            ),
            models.CheckConstraint(
                condition=models.Q(divisor__in=DivisorChoice.values), name="pay_policy_divisor_known"
            ),
            models.CheckConstraint(
                condition=models.Q(take_back__in=TakeBackChoice.values), name="pay_policy_take_back_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Pay policy of {self.company} from {self.from_date or 'the beginning'}"

    @property
    def first_day(self) -> datetime.date:
        return self.from_date or datetime.date.min

    @property
    def first_weekday(self) -> int:
        """The day on which the workweek starts, Monday being 0."""
        return Weekday.values.index(self.workweek_start)


class Role(models.TextChoices):
    ADMIN = "ADMIN", "Admin"
    MANAGER = "MANAGER", "Manager"
    WORKER = "WORKER", "Worker"


class Membership(models.Model):
    """A user's place in one company."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=7, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="one_membership_per_company"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def can_manage(self) -> bool:
        return self.role in (Role.ADMIN, Role.MANAGER)


class AuditEvent(models.Model):
    """Who did what to which object, and when. Written once, never changed."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="audit_events")
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=120, blank=True)
    summary = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-created_at"], name="audit_by_company")]

    def __str__(self) -> str:
        return self.summary


class UsedFormToken(models.Model):
    """The token of a form that was sent and did something: it does nothing a second time (`form_tokens`)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    token = models.CharField(max_length=32)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "token"], name="form_token_used_once")]
        indexes = [models.Index(fields=["used_at"], name="form_token_by_time")]

    def __str__(self) -> str:
        return self.token
