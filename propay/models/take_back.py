"""Consents to take money back from a bonus, and who left the company (bonus.md 11.2 and 11.14)."""

from django.db import models
from django.db.models import F, Q

from protiv.accounts.models import Company, User
from protiv.timekeeping.models import Worker


class ConsentFileType(models.TextChoices):
    """The content types of a signed consent."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"


class TakeBackConsent(models.Model):
    """A worker's written consent to deductions from a bonus, with the signed paper. In effect until it is withdrawn."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="take_back_consents", db_index=False)
    signed_date = models.DateField()
    file_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=15, choices=ConsentFileType)
    content = models.BinaryField()
    recorded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker"], condition=Q(withdrawn_at=None), name="one_consent_in_force_per_worker"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="consent_withdrawn_after_recorded",
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=ConsentFileType.values), name="consent_file_type_known"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "worker"], name="consent_by_company"),
            models.Index(fields=["worker"], name="consent_by_worker"),
        ]

    def __str__(self) -> str:
        return f"Consent of {self.worker_id}, signed {self.signed_date}"


class DepartureKind(models.TextChoices):
    QUIT = "QUIT", "Quit"
    LAID_OFF = "LAID_OFF", "Laid off"
    DISCHARGED = "DISCHARGED", "Discharged"


class Departure(models.Model):
    """A worker's last day with the company. Nothing is taken back from who left."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    worker = models.OneToOneField(Worker, on_delete=models.PROTECT, related_name="departure")
    last_day = models.DateField()
    kind = models.CharField(max_length=10, choices=DepartureKind)
    recorded_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=DepartureKind.values), name="departure_kind_known")]

    def __str__(self) -> str:
        return f"{self.worker_id} left on {self.last_day}"
