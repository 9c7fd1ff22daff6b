"""The Integrations pages and the refresh icon."""

from django.urls import path, register_converter

from integrations import views
from integrations.providers.catalog import ProviderConverter

register_converter(ProviderConverter, "provider")

urlpatterns = [
    path("integrations/", views.integration_list, name="integration_list"),
    path("integrations/sync/", views.sync_now, name="sync_now"),
    path("integrations/sync/status/", views.sync_button_status, name="sync_button_status"),
    path("integrations/runs/<int:pk>/", views.integration_run, name="integration_run"),
    path("integrations/<provider:provider>/runs/", views.integration_runs, name="integration_runs"),
    path("integrations/<provider:provider>/", views.integration_detail, name="integration_detail"),
    path("integrations/<provider:provider>/connect/", views.integration_connect, name="integration_connect"),
    path("integrations/<provider:provider>/setup/", views.integration_setup, name="integration_setup"),
    path(
        "integrations/<provider:provider>/setup/time/", views.integration_time_preview, name="integration_time_preview"
    ),
    path("integrations/<provider:provider>/status/", views.integration_status, name="integration_status"),
    path("integrations/<provider:provider>/settings/", views.integration_settings, name="integration_settings"),
    path("integrations/<provider:provider>/held/", views.integration_decide_held, name="integration_decide_held"),
    path("integrations/<provider:provider>/pause/", views.integration_pause, name="integration_pause"),
    path("integrations/<provider:provider>/resume/", views.integration_resume, name="integration_resume"),
    path("integrations/<provider:provider>/disconnect/", views.integration_disconnect, name="integration_disconnect"),
]
