"""Signing in, the company's settings and its people."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from protiv.accounts import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("login/", views.SignInView.as_view(), name="login"),
    path("session/", views.session_state, name="session_state"),
    path("signed-in/", views.signed_in, name="signed_in"),
    path("language/", views.language_set, name="language_set"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", views.ChangePasswordView.as_view(), name="password_change"),
    path("password-reset/", views.password_reset, name="password_reset"),
    path("password-reset/sent/", views.password_reset_done, name="password_reset_done"),
    path("password-reset/<uidb64>/<token>/", views.SetPasswordView.as_view(), name="password_reset_confirm"),
    path("company/switch/", views.company_switch, name="company_switch"),
    path("settings/", views.company_settings, name="company_settings"),
    path("settings/people/", views.people, name="people"),
    path("settings/people/<int:pk>/", views.person, name="person"),
    path("settings/people/<int:pk>/invite-again/", views.person_invite_again, name="person_invite_again"),
    path("settings/people/<int:pk>/remove/", views.person_remove, name="person_remove"),
]
