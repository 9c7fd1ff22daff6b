"""Signing in, the company's settings and its people."""

from django.contrib.auth import views as auth_views
from django.urls import path

from protiv.accounts import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("password/", views.ChangePasswordView.as_view(), name="password_change"),
    path("company/switch/", views.company_switch, name="company_switch"),
]
