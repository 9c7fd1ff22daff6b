"""Replaces the Django admin's default site with our support site."""

from django.contrib.admin.apps import AdminConfig


class SupportConfig(AdminConfig):
    default_site = "protiv.accounts.admin_site.SupportSite"
