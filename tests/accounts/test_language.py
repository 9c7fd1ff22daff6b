"""What a worker reads before and around signing in: Spanish if the browser requests it."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from protiv.accounts import services, user_services
from protiv.accounts.models import User
from tests.conftest import PASSWORD
from tests.make import factories
from tests.make.paid import make_open
from tests.make.queue import work_queue

SPANISH = {"headers": {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}}
NEW_PASSWORD = "siete-tejas-mojadas"


def link_of(user):
    token = default_token_generator.make_token(user)
    return f"/password-reset/{urlsafe_base64_encode(force_bytes(user.pk))}/{token}/"


@pytest.fixture
def superuser(db):
    return User.objects.create_superuser("super@protiv.test", "correct-horse-battery")


@pytest.fixture
def deliver(django_capture_on_commit_callbacks):
    def run(send):
        with django_capture_on_commit_callbacks(execute=True):
            send()
        work_queue()
        return mail.outbox[-1]

    return run


@pytest.mark.parametrize(
    ("address", "spanish", "english"),
    [
        ("/login/", "Iniciar sesión", "Sign in"),
        ("/login/", "Correo electrónico", "Email"),
        ("/password-reset/", "Enviar enlace", "Send reset link"),
        ("/password-reset/sent/", "Revise su correo", "Check your email"),
        ("/password-reset/x/y/", "Este enlace ya no sirve", "This link no longer works"),
        ("/no-such-page/", "No existe esa página", "Page not found"),
    ],
)
def test_before_sign_in_the_browser_decides_the_language(db, client, address, spanish, english):
    asked, usual = client.get(address, **SPANISH), client.get(address)
    assert '<html lang="es">' in asked.text
    assert spanish in asked.text
    assert english not in asked.text
    assert (asked["Content-Language"], "Accept-Language" in asked["Vary"]) == ("es", True)
    assert '<html lang="en">' in usual.text
    assert english in usual.text


def test_a_wrong_password_is_reported_in_spanish(client, worker_user):
    wrong = client.post("/login/", {"username": worker_user.email, "password": "wrong"}, **SPANISH)
    assert "El correo o la contraseña no es correcto." in wrong.text


@pytest.mark.parametrize(("limit", "wait"), [(10, "5 segundos"), (5, "15 minutos")])
def test_the_wait_is_shown_in_spanish(client, worker_user, settings, limit, wait):
    settings.AXES_FAILURE_LIMIT = limit
    for _ in range(5):
        answer = client.post("/login/", {"username": worker_user.email, "password": "wrong"}, **SPANISH)
    assert answer.status_code == 429
    assert "Demasiados intentos" in answer.text
    assert wait in answer.text


def test_a_new_password_is_set_in_spanish(client, worker_user):
    form = client.get(link_of(worker_user), follow=True, **SPANISH)
    assert "Cree su contraseña" in form.text
    assert "misma contraseña anterior" not in form.text
    short = client.post(form.request["PATH_INFO"], {"new_password1": "corta", "new_password2": "corta"}, **SPANISH)
    assert "too short" not in short.text
    passwords = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    done = client.post(form.request["PATH_INFO"], passwords, follow=True, **SPANISH)
    assert "Contraseña guardada. Inicie sesión con ella." in done.text


def test_a_worker_changes_the_password_in_spanish_and_the_office_in_english(as_worker, as_admin):
    form = as_worker.get("/password/", **SPANISH).text
    assert "Cambiar la contraseña" in form
    assert "Contraseña actual" in form
    # Django's Spanish hint at the second field reads as if it asked for the password before.
    assert "misma contraseña anterior" not in form
    passwords = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert "Contraseña cambiada." in as_worker.post("/password/", passwords, follow=True, **SPANISH).text
    assert "Change password" in as_admin.get("/password/", **SPANISH).text


def test_a_password_link_is_mailed_in_the_language_of_the_page(client, worker_user, deliver):
    asked = deliver(lambda: client.post("/password-reset/", {"email": worker_user.email}, **SPANISH))
    assert asked.subject == "Cambie su contraseña de Protiv"
    assert "Hola:" in asked.body
    assert "Hello" not in asked.body
    usual = deliver(lambda: client.post("/password-reset/", {"email": worker_user.email}))
    assert usual.subject == "Reset your Protiv password"
    assert "Hola" not in usual.body


def test_a_worker_is_invited_in_both_languages_and_a_manager_in_english(company, admin, deliver):
    worker, manager = (
        deliver(lambda role=role: services.invite(company=company, actor=admin, email=f"{role}@acme.test", role=role))
        for role in ("WORKER", "MANAGER")
    )
    assert worker.subject == "Acme Roofing invited you to Protiv / Acme Roofing lo invitó a Protiv"
    assert "where you can see your hours and bonuses" in worker.body
    assert "donde puede ver sus horas y sus bonos" in worker.body
    assert worker.body.count("/password-reset/") == 4
    assert manager.subject == "Acme Roofing invited you to Protiv"
    assert "Hola" not in manager.body


@pytest.mark.parametrize(("before", "after"), [("WORKER", "MANAGER"), ("MANAGER", "WORKER")])
def test_a_worker_reads_about_a_new_role_in_both_languages(company, as_admin, deliver, before, after):
    membership = factories.make_member(company, role=before)
    told = deliver(lambda: as_admin.post(f"/settings/people/{membership.pk}/", {"role": after}))
    spanish = {"WORKER": "Trabajador", "MANAGER": "Gerente"}[after]
    assert told.subject == "Your role at Acme Roofing / Su tipo de cuenta en Acme Roofing"
    assert f"Your role at Acme Roofing in Protiv is now {after.capitalize()}." in told.body
    assert f"Su tipo de cuenta en Acme Roofing en Protiv ahora es: {spanish}." in told.body


def test_a_new_role_in_the_office_is_shown_in_english(company, as_admin, deliver):
    membership = factories.make_member(company, role="MANAGER")
    told = deliver(lambda: as_admin.post(f"/settings/people/{membership.pk}/", {"role": "ADMIN"}))
    assert told.subject == "Your role at Acme Roofing"
    assert "Hola" not in told.body


@pytest.mark.parametrize(("role", "is_spanish"), [("WORKER", True), ("MANAGER", False)])
def test_only_a_removed_worker_reads_about_it_in_both_languages(company, as_admin, deliver, role, is_spanish):
    membership = factories.make_member(company, role=role)
    told = deliver(lambda: as_admin.post(f"/settings/people/{membership.pk}/remove/"))
    assert told.subject.startswith("You no longer have access to Acme Roofing in Protiv")
    assert ("Ya no tiene acceso a Acme Roofing en Protiv. Su historial se conserva." in told.body) is is_spanish
    assert "{" not in told.body


def test_a_worker_reads_about_changes_by_support_in_both_languages(worker_user, superuser, deliver):
    changes = {"email": "new@acme.test", "is_active": False}
    told = deliver(lambda: user_services.change_user(user_id=worker_user.pk, actor=superuser, **changes))
    assert told.subject == "Your Protiv account was changed / Cambios en su cuenta de Protiv"
    assert "- email address from “worker@acme.test” to “new@acme.test”\n- active from on to off" in told.body
    assert "- correo electrónico: de “worker@acme.test” a “new@acme.test”" in told.body
    assert "activo: de activado a desactivado" in told.body


def test_support_sends_a_worker_the_password_link_in_both_languages(worker_user, admin, superuser, deliver):
    worker, office = (
        deliver(lambda user=user: user_services.send_password_link(user=user, actor=superuser))
        for user in (worker_user, admin)
    )
    assert worker.subject == "Reset your Protiv password / Cambie su contraseña de Protiv"
    assert office.subject == "Reset your Protiv password"


def test_a_worker_known_elsewhere_is_invited_in_both_languages(company, admin, deliver):
    factories.make_user("known@acme.test", password=PASSWORD)
    told = deliver(lambda: services.invite(company=company, actor=admin, email="known@acme.test", role="WORKER"))
    assert "Sign in with this email address" in told.body
    assert "Inicie sesión con este correo" in told.body


@pytest.mark.parametrize("language", ["es", "es-MX", "es-US,es;q=0.9", "es-419"])
def test_spanish_of_any_country_has_the_numbers_of_the_us_and_mexico(as_worker, worker_user, company, language):
    worker = factories.make_worker(company, "Ana Ruiz", membership=worker_user.memberships.get())
    make_open(worker, "1234.50 0.00 0.00")
    page = as_worker.get("/bonuses/statements/", headers={"Accept-Language": language})
    assert '<html lang="es">' in page.text
    assert "$1,234.50" in page.text


@pytest.mark.parametrize("language", ["en", "es-MX"])
def test_a_limit_has_a_decimal_point_in_both_languages(db, client, settings, language):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1.5 * 1024**2
    form = {"username": "a" * 2 * 1024**2, "password": "b"}
    answer = client.post(
        "/login/", urlencode(form), "application/x-www-form-urlencoded", headers={"Accept-Language": language}
    )
    assert answer.status_code == 400
    assert "1.5 MB" in answer.text


def test_a_server_error_is_shown_in_spanish_without_a_query(db, client, monkeypatch, django_assert_num_queries):
    def broken(**_arguments):
        raise RuntimeError

    monkeypatch.setattr("protiv.accounts.views.own_language", broken)
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        answer = client.post("/password-reset/", {"email": "a@b.test"}, **SPANISH)
    assert answer.status_code == 500
    assert "Algo falló de nuestro lado" in answer.text
    assert '<html lang="es">' in answer.text
