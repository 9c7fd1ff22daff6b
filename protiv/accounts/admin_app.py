"""Puts our support site in the place of the Django admin's own."""

from django.contrib.admin.apps import AdminConfig


class SupportConfig(AdminConfig):
    default_site = "protiv.accounts.admin_site.SupportSite"
