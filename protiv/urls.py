"""The URLs of all pages."""

from django.contrib import admin
from django.urls import include, path

from integrations.worker.health import readyz

handler400 = "protiv.error_pages.bad_request"
handler403 = "protiv.error_pages.forbidden"
handler404 = "protiv.error_pages.not_found"
handler500 = "protiv.error_pages.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("readyz", readyz, name="readyz"),
    path("", include("protiv.accounts.urls")),
    path("", include("protiv.timekeeping.urls")),
    path("", include("propay.urls")),
    path("", include("integrations.urls")),
]
