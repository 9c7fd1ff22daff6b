"""Automatic ProPays: the plan, the trigger, and the excluded jobs."""

from django.db import models
from django.db.models import Q

from propay.models.plan import BonusPlan
from protiv.accounts.models import Company
from protiv.timekeeping.models import CostCode, Job


class AutomationMoment(models.TextChoices):
    FIRST_TIME = "FIRST_TIME", "When a job gets its first time entry"
    JOB_APPEARS = "JOB_APPEARS", "As soon as a job is imported"


class AutomationRule(models.Model):
    """One row per company that set up automation.

    A job with time before `go_live_date` gets no ProPay: its budget covers the whole job, and the earlier time would
    not count against it. Jobs up to `known_job_id` existed when automation was switched on: they aren't new, so they
    wait for their first time.
    """

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="automation_rule", primary_key=True)
    is_on = models.BooleanField(default=False)
    plan = models.ForeignKey(BonusPlan, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=11, choices=AutomationMoment, default=AutomationMoment.FIRST_TIME)
    go_live_date = models.DateField()
    known_job_id = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(moment__in=AutomationMoment.values), name="automation_moment_known")
        ]

    def __str__(self) -> str:
        return f"Automation of {self.company_id}"


class ExclusionKind(models.TextChoices):
    NAME_PATTERN = "NAME_PATTERN", "Jobs by name or number"
    COST_CODE = "COST_CODE", "Jobs with time only on one cost code"
    JOB = "JOB", "One job"


class AutomationExclusion(models.Model):
    """Jobs that the automation excludes.

    NAME_PATTERN: name or number matches `pattern`, ignoring case; with * or ? the whole name must match, otherwise it
    must contain the pattern. COST_CODE: all its time to date is on excluded cost codes. JOB: this job.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="automation_exclusions", db_index=False)
    kind = models.CharField(max_length=12, choices=ExclusionKind)
    pattern = models.CharField(max_length=120, blank=True)
    cost_code = models.ForeignKey(CostCode, on_delete=models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "pattern"],
                condition=Q(kind=ExclusionKind.NAME_PATTERN),
                name="pattern_excluded_once",
            ),
            models.UniqueConstraint(fields=["company", "cost_code"], name="cost_code_excluded_once"),
            models.UniqueConstraint(fields=["company", "job"], name="job_excluded_once"),
            models.CheckConstraint(
                condition=(Q(kind=ExclusionKind.NAME_PATTERN, cost_code=None, job=None) & ~Q(pattern=""))
                | Q(kind=ExclusionKind.COST_CODE, pattern="", cost_code__isnull=False, job=None)
                | Q(kind=ExclusionKind.JOB, pattern="", cost_code=None, job__isnull=False),
                name="exclusion_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.pattern or self.cost_code_id or self.job_id}"
