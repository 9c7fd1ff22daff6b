"""The one settings file: what differs between machines comes from the environment (`.env` in development)."""

import base64
import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from protiv import deployment
from protiv.logging import logging_config
from protiv.secrets import credential_keys_problem, development_secret, secret_key_problem

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


def _required(name: str, *, development: str) -> str:
    return env.str(name, default=development if DEBUG else "")


SECRET_KEY = _required("SECRET_KEY", development=development_secret(BASE_DIR, "SECRET_KEY").hex())
CREDENTIAL_KEYS = [
    key.strip()
    for key in _required(
        "CREDENTIAL_KEYS",
        development="dev:" + base64.b64encode(development_secret(BASE_DIR, "CREDENTIAL_KEYS")).decode(),
    ).split(",")
    if key.strip()
]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
# Each provider reads its own settings from the environment; one with this ending is refused in production.
INSECURE = "_ALLOW_INSECURE_BASE_URL"
SANDBOX_TODAY = env.str("SANDBOX_TODAY", default="")

SITE_URL = _required("SITE_URL", development="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
try:
    vars().update(env.email_url_config(env.str("EMAIL_URL", default="") or "consolemail://"))
except ImproperlyConfigured as error:
    raise ImproperlyConfigured(f"EMAIL_URL isn't a mail server's address: {error}") from error
# Seconds for each answer of the mail server: pages send mail, and one that hangs must not hold them all.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"Protiv <protiv@{'localhost' if DEBUG else urlsplit(SITE_URL).hostname}>"
)

BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if BEHIND_PROXY else 0)

if not DEBUG:
    problems = [
        secret_key_problem(SECRET_KEY),
        credential_keys_problem(CREDENTIAL_KEYS),
        *(deployment.insecure_problem(name, is_on=env.bool(name)) for name in os.environ if name.endswith(INSECURE)),
        deployment.hosts_problem(ALLOWED_HOSTS),
        deployment.site_url_problem(SITE_URL, ALLOWED_HOSTS),
        deployment.mail_problem(backend=vars()["EMAIL_BACKEND"], host=vars()["EMAIL_HOST"]),
        deployment.sender_problem(DEFAULT_FROM_EMAIL) if SITE_URL else None,
        deployment.origins_problem(CSRF_TRUSTED_ORIGINS),
        deployment.proxies_problem(trusted=TRUSTED_PROXIES, behind_proxy=BEHIND_PROXY),
    ]
    if any(problems):
        listed = " ".join(problem for problem in problems if problem)
        raise ImproperlyConfigured(f"{listed} See docs/operating.md; DEBUG=true uses development defaults.")

# Applications

INSTALLED_APPS = [
    "protiv.accounts.admin_app.SupportConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.forms",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_q",
    "protiv.accounts",
    "protiv.timekeeping",
    "propay",
    "integrations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "protiv.caching.private_pages",
    "protiv.readable.ReadableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "protiv.accounts.signed_out.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "protiv.logging.RequestLogMiddleware",
    "axes.middleware.AxesMiddleware",
    "protiv.error_pages.not_allowed_page",
]

ROOT_URLCONF = "protiv.urls"
CSRF_FAILURE_VIEW = "protiv.error_pages.form_expired"
WSGI_APPLICATION = "protiv.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["protiv.accounts.templatetags.formats", "protiv.accounts.templatetags.look"],
        },
    },
]

# Forms are drawn by templates/django/forms/, so that no Python names a CSS class.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# The what-if sends six fields for each of up to 1,000 people, and its own: Django's 1,000 would end at 150 people.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 7_000

# Data

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock when a transaction begins, so that two writers wait instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Background work. Why each value: docs/architecture.md, "django-q2".

Q_CLUSTER = {
    "name": "protiv",
    "orm": "default",
    "broker_class": "integrations.worker.broker.OwnTasks",
    "workers": env.int("Q_WORKERS", default=2),
    "timeout": 300,
    "retry": 1500,
    "queue_limit": 2,
    "bulk": 1,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
    "recycle": 500,
    "max_rss": 512 * 1024,
    "label": "Background work",
}
# All that a worker runs (integrations/worker/broker.py).
TASKS = (
    "integrations.tasks.run_sync",
    "integrations.tasks.tick",
    "integrations.tasks.ping",
    "propay.tasks.work_pay_run",
    "propay.tasks.mail_overdue",
    "protiv.accounts.tasks.send_password_link",
)
# The name of a cluster's heartbeat, and what the supervisor expects from it (integrations/worker/supervisor.py).
WORKER_NAME = env("WORKER_NAME", default="worker")
WORKER_PING_SECONDS = env.int("WORKER_PING_SECONDS", default=60)
# Longer than the longest task, or a cluster whose workers are all busy would be taken for a hanging one.
WORKER_HUNG_SECONDS = env.int("WORKER_HUNG_SECONDS", default=600)
WORKER_STOP_SECONDS = env.int("WORKER_STOP_SECONDS", default=30)
SYNC_INTERVAL_SECONDS = env.int("SYNC_INTERVAL_SECONDS", default=2 * 60 * 60)
SYNC_TASK_SECONDS = env.int("SYNC_TASK_SECONDS", default=240)
SYNC_LEASE_SECONDS = env.int("SYNC_LEASE_SECONDS", default=240)
SYNC_WINDOW_RECORDS = env.int("SYNC_WINDOW_RECORDS", default=10_000)
# A window that would void more entries than this, and more than this percentage of its live ones, voids none of them:
# someone has to say whether they were deleted (protiv/timekeeping/losses.py).
SYNC_HOLD_ENTRIES = env.int("SYNC_HOLD_ENTRIES", default=20)
SYNC_HOLD_PERCENT = env.int("SYNC_HOLD_PERCENT", default=20)

# Called when a wage or a job's budget changed: the layer below may not import the one above.
REFRESH_BONUSES = "propay.services.refresh"
# Called when the start of the workweek changed: overtime depends on it.
UPDATE_TRUE_UPS = "propay.services.update_all_true_ups"

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "protiv.accounts.passwords.MaximumLengthValidator",
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "django.contrib.auth.password_validation.MinimumLengthValidator",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "django.contrib.auth.password_validation.NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
# Wrong passwords after which a user is locked out from a network, and a whole network (protiv/accounts/lockout.py).
AXES_FAILURE_LIMIT = env.int("SIGN_IN_LIMIT", default=10)
SIGN_IN_NETWORK_LIMIT = env.int("SIGN_IN_NETWORK_LIMIT", default=50)
AXES_HANDLER = "protiv.accounts.lockout.SignInLimits"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "protiv.accounts.lockout.wait_page"
AXES_CLIENT_IP_CALLABLE = "protiv.kit.clients.client_address"
AXES_USERNAME_CALLABLE = "protiv.accounts.lockout.typed_email"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False  # protiv/accounts/admin.py shows them, read-only
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username"]

# Errors

LOGGING = logging_config(as_json=not DEBUG, level=env.str("LOG_LEVEL", default="INFO"))

# Language and time: stored in UTC, shown in the company's zone (protiv/accounts/access.py activates it).

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en-us", "English"), ("es", "Español")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = not DEBUG
LOCALE_PATHS = [BASE_DIR / "protiv" / "locale"]
FORMAT_MODULE_PATH = "protiv.locale"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Security

SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = not DEBUG
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_SECURE = not DEBUG
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
