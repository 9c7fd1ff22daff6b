"""Mail to a company's admins about their connection."""

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from integrations.models import Connection
from protiv.accounts.models import Membership, Role


def mail_admins(connection: Connection, subject: str, text: str) -> None:
    """Tell the company's admins, once this is committed."""
    admins = Membership.objects.filter(company_id=connection.company_id, role=Role.ADMIN, user__is_active=True)
    addresses = list(admins.values_list("user__email", flat=True))
    body = f"{text}\n\n{settings.SITE_URL}/integrations/{connection.provider_info.slug}/\n"
    transaction.on_commit(lambda: send_mail(f"Protiv: {subject}", body, None, addresses, fail_silently=True))
