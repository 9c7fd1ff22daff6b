"""Signing in and out, the company's settings, its people."""

from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.messages.views import SuccessMessageMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.decorators.http import require_POST, require_safe

from protiv.accounts.access import SESSION_KEY, CompanyRequest, for_members, memberships_of
from protiv.accounts.forms import SignInForm


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process answers, and nothing about what it stands on."""
    return HttpResponse("ok", content_type="text/plain")


class SignInView(auth_views.LoginView):
    """Email and password."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class ChangePasswordView(SuccessMessageMixin, auth_views.PasswordChangeView):
    """Somebody signed in picks a new password; their other sessions end."""

    template_name = "accounts/password_change.html"
    success_url = reverse_lazy("dashboard")
    success_message = "Your password is changed. You stay signed in here; everywhere else you sign in anew."


@require_POST
@for_members
def company_switch(request: CompanyRequest) -> HttpResponse:
    """Show another of the user's companies from now on."""
    chosen = request.POST.get("company", "")
    if chosen not in {str(membership.company_id) for membership in memberships_of(request.user)}:
        raise Http404("This user belongs to no such company.")
    request.session[SESSION_KEY] = int(chosen)
    return redirect("dashboard")
