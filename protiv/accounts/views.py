"""Signing in and out, the company's settings, its people."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.messages.views import SuccessMessageMixin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.middleware.csrf import get_token, rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language

from protiv.accounts import lockout, services
from protiv.accounts.access import (
    SESSION_KEY,
    CompanyRequest,
    chosen_membership,
    for_admins,
    for_members,
    memberships_of,
    page_of,
)
from protiv.accounts.forms import (
    CompanyForm,
    InviteForm,
    NewPasswordForm,
    OwnPasswordForm,
    PasswordLinkForm,
    RoleForm,
    SignInForm,
)
from protiv.accounts.language import in_own_language, own_language, read_in_own_language
from protiv.accounts.models import Membership, User

PEOPLE_ON_A_PAGE = 50

# Before and around signing in


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process responds, and nothing about its environment."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@login_not_required
@require_safe
def session_state(request: HttpRequest) -> JsonResponse:
    """The signed-in user and the current token: static/session.js asks for them before a form is submitted."""
    user = request.user if isinstance(request.user, User) else None
    memberships = memberships_of(user) if user else []
    mine = page_of(user, chosen_membership(request, memberships)) if user else ""
    companies = [one.company_id for one in memberships]
    return JsonResponse({"page_of": mine, "companies": companies, "token": get_token(request)})


@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """The page after signing in next to an open form: back to that form's tab."""
    return in_own_language(request, "accounts/signed_in.html")


@login_not_required
@require_POST
def language_set(request: HttpRequest) -> HttpResponse:
    """Switch the language: of this browser, and of whoever is signed in, wherever they sign in next."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if isinstance(request.user, User):
        services.set_language(user=request.user, language=language)
    return set_language(request)


@method_decorator(read_in_own_language, name="dispatch")
class SignInView(auth_views.LoginView):
    """Email and password."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


@login_not_required
@require_http_methods(["GET", "POST"])
@read_in_own_language
def password_reset(request: HttpRequest) -> HttpResponse:
    """Mail a link that sets a new password. The answer is the same whether the address is known or not."""
    form = PasswordLinkForm(request.POST or None)
    if form.is_valid():
        services.request_password_link(request, **form.cleaned_data, language=own_language(request))
        return redirect("password_reset_done")
    return render(request, "accounts/password_reset.html", {"form": form})


@login_not_required
@require_safe
def password_reset_done(request: HttpRequest) -> HttpResponse:
    """Say that the link is on its way, if the address is known."""
    return in_own_language(request, "accounts/password_reset_done.html")


@method_decorator(read_in_own_language, name="dispatch")
class SetPasswordView(SuccessMessageMixin, auth_views.PasswordResetConfirmView):
    """The page that mailed links open."""

    template_name = "accounts/password_set.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("login")
    success_message = gettext_lazy("Password set. Sign in with your new password.")

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        """Anyone who can read the address's mail isn't guessing: their wait ends."""
        response = super().form_valid(form)
        lockout.lift(self.request, form.user.email)
        return response


@method_decorator(read_in_own_language, name="dispatch")
class ChangePasswordView(SuccessMessageMixin, auth_views.PasswordChangeView):
    """Someone signed in picks a new password; their other sessions end."""

    template_name = "accounts/password_change.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("dashboard")
    success_message = gettext_lazy("Password changed. You're still signed in here. Other devices were signed out.")


# The company


@require_POST
@for_members
def company_switch(request: CompanyRequest) -> HttpResponse:
    """Show another of the user's companies from now on."""
    chosen = request.POST.get("company", "")
    if chosen not in {str(membership.company_id) for membership in memberships_of(request.user)}:
        raise Http404("This user belongs to no such company.")
    request.session[SESSION_KEY] = int(chosen)
    # Pages open in other tabs belong to the previous company: their forms are refused instead of applied to this one.
    rotate_token(request)
    return redirect("dashboard")


@require_http_methods(["GET", "POST"])
@for_admins
def company_settings(request: CompanyRequest) -> HttpResponse:
    """Name, days and weeks, and how figures are shown."""
    initial = {field: getattr(request.company, field) for field in services.SETTINGS}
    form = CompanyForm(request.POST or None, initial=initial)
    if form.is_valid():
        services.update_company(company=request.company, actor=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, "Settings saved.")
        return redirect("company_settings")
    return render(request, "accounts/company_settings.html", {"form": form})


# People


@require_http_methods(["GET", "POST"])
@for_admins
def people(request: CompanyRequest) -> HttpResponse:
    """Who can sign in for this company, and a form to invite someone."""
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            membership = services.invite(company=request.company, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("email", error)
        else:
            messages.success(request, f"Invited {membership.user.email}. We've sent them an email.")
            return redirect("people")
    members = request.company.memberships.select_related("user").order_by("user__email")
    page_obj = Paginator(members, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/people.html", {"form": form, "page_obj": page_obj})


@require_http_methods(["GET", "POST"])
@for_admins
def person(request: CompanyRequest, pk: int) -> HttpResponse:
    """One member: the role, inviting again, removing."""
    membership = _member(request, pk)
    form = RoleForm(request.POST or None, initial={"role": membership.role})
    if form.is_valid():
        try:
            services.change_role(company=request.company, membership_id=pk, actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("role", error)
        else:
            messages.success(request, f"Role saved for {membership.user.email}.")
            return _back_to_people(request, membership)
    return render(request, "accounts/person.html", {"form": form, "member": membership})


@require_POST
@for_admins
def person_invite_again(request: CompanyRequest, pk: int) -> HttpResponse:
    """Send the invitation again."""
    membership = _member(request, pk)
    services.invite_again(company=request.company, membership_id=pk, actor=request.user)
    messages.success(request, f"Invitation resent to {membership.user.email}.")
    return redirect("people")


@require_POST
@for_admins
def person_remove(request: CompanyRequest, pk: int) -> HttpResponse:
    """End a membership."""
    membership = _member(request, pk)
    try:
        services.remove_member(company=request.company, membership_id=pk, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("person", pk=pk)
    messages.success(request, f"Removed {membership.user.email}. They no longer have access to {request.company}.")
    return _back_to_people(request, membership)


def _member(request: CompanyRequest, pk: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user"), company=request.company, pk=pk)


def _back_to_people(request: CompanyRequest, membership: Membership) -> HttpResponse:
    """Members who changed their own role may no longer be allowed to see the list."""
    return redirect("dashboard" if membership.user_id == request.user.pk else "people")
