"""The product's pages."""

from django.urls import path

from propay import views

urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("propays/", views.propay_list, name="propay_list"),
    path("propays/create/", views.propay_create, name="propay_create"),
    path("propays/job-facts/", views.propay_job_facts, name="propay_job_facts"),
    path("propays/<int:pk>/", views.propay_detail, name="propay_detail"),
    path("propays/<int:pk>/edit/", views.propay_edit, name="propay_edit"),
    path("propays/<int:pk>/cancel/", views.propay_cancel, name="propay_cancel"),
    path("propays/<int:pk>/restore/", views.propay_restore, name="propay_restore"),
    path("bonuses/", views.bonuses, name="bonuses"),
]
