"""All settings, from the environment; in production each missing or malformed variable is named and stops the start."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from portal import environment as env
from portal.environment import REQUIRED, read
from portal.schedule import CELERY_BEAT_SCHEDULE as CELERY_BEAT_SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent

PORTAL_MODE = read("PORTAL_MODE", env.one_of("demo", "production"), "demo")
IS_DEMO = PORTAL_MODE == "demo"
# Beijing time at which a rehearsal's clock begins; naming one makes the installation a rehearsal.
REHEARSAL_FROM = read("REHEARSAL_FROM", env.instant, None)
IS_REHEARSAL = REHEARSAL_FROM is not None
if IS_REHEARSAL and not IS_DEMO:
    raise ImproperlyConfigured("REHEARSAL_FROM must not be set in production: deadlines are read on the real clock.")


def _demo(value: Any) -> Any:
    """The value as a default in the demo only: production must say it."""
    return value if IS_DEMO else REQUIRED


# -- the house ------------------------------------------------------------------------------------------------------
DEBUG = False
VAR_DIR = read("PORTAL_VAR", Path, BASE_DIR / "var")
_DEMO_SECRET_KEY = "demo-only-secret-key-that-no-production-setting-would-ever-accept-000"  # noqa: S105 — refused below
_DEMO_ENCRYPTION_KEY = "ZGVtby1vbmx5LWtleS1kZW1vLW9ubHkta2V5LWRlbW8="
SECRET_KEY = read("SECRET_KEY", env.long_secret, _demo(_DEMO_SECRET_KEY))
ENCRYPTION_KEYS = read("ENCRYPTION_KEY", env.fernet_keys, _demo([_DEMO_ENCRYPTION_KEY]))
if not IS_DEMO and SECRET_KEY.startswith("demo-only"):
    raise ImproperlyConfigured("SECRET_KEY must not be the demo's in production.")
if not IS_DEMO and _DEMO_ENCRYPTION_KEY in ENCRYPTION_KEYS:
    raise ImproperlyConfigured("ENCRYPTION_KEY must not be the demo's in production.")
PUBLIC_URL = read("PUBLIC_URL", env.web_address, _demo("http://127.0.0.1:8000"))
ALLOWED_HOSTS = read("ALLOWED_HOSTS", env.names, _demo(["127.0.0.1", "localhost", "[::1]"]))
TRUSTED_PROXIES = read("TRUSTED_PROXIES", env.count, 0)
SITE = {
    "name": "智能工厂梯度培育申报管理平台",
    "operator": read("SITE_OPERATOR", str, "湖北省经济和信息化厅（演示）" if IS_DEMO else ""),
    "contact": read("SITE_CONTACT", str, ""),
    "icp": read("SITE_ICP", str, ""),
}

# How long a revocation bars its holder is common practice, not in the notice.
REVOCATION_BAR_YEARS = read("REVOCATION_BAR_YEARS", env.count, 3)

# The house's own apps, each standing on those before it.
OWN_APPS = ("portal", "tiers", "applications", "review")
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "portal.served_files.ServedFilesConfig",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "pgtrigger",
    "rules",
    "guardian",
    "portal.apps.PortalConfig",
    "tiers.apps.TiersConfig",
    "applications.apps.ApplicationsConfig",
    "review.apps.ReviewConfig",
]

MIDDLEWARE = [
    "portal.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.middleware.SessionLimitMiddleware",
    "portal.middleware.ArrivalMiddleware",
    "portal.middleware.WallsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.middleware.SecondFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

# What `manage.py prepare` loads, in this order; the demo world only in the demo, in a rehearsal its people.
DEMO_COMMAND = "seed_demo" if IS_DEMO else None
DEMO_STAGE = read("DEMO_STAGE", env.one_of(*env.STAGES), "empty" if IS_REHEARSAL else "now")
LOADING_COMMANDS = ("load_reference", "load_catalogue", "load_calendar", *filter(None, [DEMO_COMMAND]))

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
CSRF_FAILURE_VIEW = "portal.views.errors.csrf_failure"
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
                "portal.views.page.page",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# -- the public API, which the portal's own pages use -----------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.api.PortalSession"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api.answered",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "智能工厂梯度培育申报管理平台 API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# -- database -------------------------------------------------------------------------------------------------------
_APP_DATABASE = read("DATABASE_URL", env.database, _demo(env.database("postgresql://portal_app@127.0.0.1/portal")))
APP_ROLE = _APP_DATABASE["USER"]
if read("DATABASE_ROLE", env.one_of("owner"), "") == "owner":
    DATABASES = {"default": read("DATABASE_OWNER_URL", env.database)}
else:
    DATABASES = {"default": _APP_DATABASE}
# A transaction that hangs must not hold locks on the evening of a deadline.
for _database_config in (_APP_DATABASE, DATABASES["default"]):
    _database_config.setdefault("OPTIONS", {}).setdefault("options", "-c idle_in_transaction_session_timeout=60s")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Throttling counters live here, so sign-in works, and stays throttled, while Redis is down. Django would throw live
# ones away from 300 on, which strangers could bring about: a task removes those that expired instead.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000_000},
    }
}

# -- grants ---------------------------------------------------------------------------------------------------------
# guardian keeps grants that are facts (an application is lent to an expert); who may do what is asked of `rules` alone,
# so neither its backend nor its additions to users and groups are wanted.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = GUARDIAN_MONKEY_PATCH_GROUP = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# -- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "portal.User"
AUTHENTICATION_BACKENDS = ["portal.sessions.Backend"]
# Argon2id costs whoever guesses memory too, and the portal far less than PBKDF2 does: on the evening of a deadline time
# is what it can spare the least. What was kept by PBKDF2 is kept anew when its owner next gives the password.
PASSWORD_HASHERS = ["portal.hashing.PortalHasher", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": read("PASSWORD_MIN_LENGTH", env.positive, 12)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "portal.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "portal.account_forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"【{SITE['name']}】"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(PUBLIC_URL).scheme
# "key" is (account, address) for failed sign-ins: see AccountAdapter. Never by address alone: an office shares one.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "5/5m/key",
    "signup": "200/h/ip",
    "reset_password": "200/h/ip,5/m/key",
    "reset_password_from_key": "200/h/ip",
    "verify": "60/m/ip,600/h/ip",
    # An objection needs no account. An office shares an address, so the bound is wide.
    "objection": "20/h/ip",
    "objection_lookup": "30/m/ip,200/h/ip",
}
MFA_ADAPTER = "portal.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "portal.account_forms.AuthenticateForm",
    "reauthenticate": "portal.account_forms.ReauthenticateForm",
    "activate_totp": "portal.account_forms.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE["name"]
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = 10

SOCIALACCOUNT_ADAPTER = "portal.adapters.SocialAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
# The provincial provider vouches for the addresses it names, so its people meet the account they were invited to.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
OIDC_ISSUER = read("OIDC_ISSUER", env.web_address, "")
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "provincial",
                    "name": read("OIDC_NAME", str, "统一身份认证"),
                    "client_id": read("OIDC_CLIENT_ID"),
                    "secret": read("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
            "VERIFIED_EMAIL": True,
            "OAUTH_PKCE_ENABLED": True,
        }
    }
    if OIDC_ISSUER
    else {}
)

# -- sessions and the browser ---------------------------------------------------------------------------------------
SESSION_ENGINE = "portal.sessions"
SESSION_IDLE_SECONDS = read("SESSION_IDLE_MINUTES", env.positive, 30) * 60
SESSION_ABSOLUTE_SECONDS = read("SESSION_ABSOLUTE_HOURS", env.positive, 12) * 3600
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
_HTTPS = PUBLIC_URL.startswith("https://")
if not IS_DEMO and not _HTTPS:
    raise ImproperlyConfigured("PUBLIC_URL must begin with https:// in production.")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, *(["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))] if OIDC_ISSUER else [])],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
MOST_SENT = 220 * 1024**2  # a video of 200 MB and what a form adds to it; the proxy in front is told the same

# -- language, time, files ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap/css", BASE_DIR / "node_modules/bootstrap/dist/css"),
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
]
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")  # no visitor waits for those
FONTS_DIR = BASE_DIR / "fonts"  # for paper only; bin/setup puts them there
STORAGES = {
    "default": read("STORAGE_URL", env.storage, {"BACKEND": "django.core.files.storage.FileSystemStorage"}),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
CLAMD_URL = read("CLAMD_URL", env.scanner, "")

# Keys are never in the database, and passphrases never in a file: docs/operations.md.
SEALS_FOLDER = read("SEALS_FOLDER", Path, None)
SEAL_PASSPHRASES = read("SEAL_PASSPHRASES", env.passphrases, {})
SEAL_PKCS11 = {part: read(f"SEAL_PKCS11_{part.upper()}", str, "") for part in ("module", "token", "pin")}
SEAL_PKCS11_KEYS = read("SEAL_PKCS11_KEYS", env.names, [])
TIMESTAMP_URL = read("TIMESTAMP_URL", env.service_address, "")

# -- mail and background work ---------------------------------------------------------------------------------------
_TO_FILES = {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": VAR_DIR / "mail"}
vars().update(read("EMAIL_URL", env.mail_server, _demo(_TO_FILES)))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = read("DEFAULT_FROM_EMAIL", str, _demo("noreply@portal.example"))
SERVER_EMAIL = DEFAULT_FROM_EMAIL

REDIS_URL = read("REDIS_URL", env.broker, _demo("redis://127.0.0.1:6379/0"))
CELERY_BROKER_URL = REDIS_URL
# A page that hands work to the worker answers at once whether or not Redis is there; beat sweeps up what was missed.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 3,
    "max_retries": 0,
    "visibility_timeout": 3600,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
# Papers take seconds and a package of them minutes: they have workers of their own, so that no deadline waits for them.
PAPERS_QUEUE = "papers"
CELERY_TASK_ROUTES = {"portal.tasks.make_*": {"queue": PAPERS_QUEUE}}
PRESS_SECONDS = read("PRESS_SECONDS", env.positive, 120)
PRESS_MEGABYTES = read("PRESS_MEGABYTES", env.positive, 1_500)
CELERY_TASK_SERIALIZER, CELERY_ACCEPT_CONTENT = "json", ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
ROUND_REMINDER_HOURS = read("ROUND_REMINDERS", env.hours, (168, 72, 24, 2))
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

# -- logs -----------------------------------------------------------------------------------------------------------
_LOG_JSON = read("LOG_FORMAT", env.one_of("json", "console"), "console" if IS_DEMO else "json") == "json"
_LOG_STEPS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[*_LOG_STEPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False)
            if _LOG_JSON
            else structlog.dev.ConsoleRenderer(colors=False),
            "foreign_pre_chain": _LOG_STEPS,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": read("LOG_LEVEL", env.one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
    },
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # Every 4xx and 5xx is in the request log already, with its number.
        "django.request": {"level": "CRITICAL"},
        # It greets at every start.
        "pikepdf": {"level": "WARNING"},
        # They tell of each step of each document.
        "weasyprint.progress": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        # What they say of a certificate that isn't trusted, the page says.
        "pyhanko": {"level": "ERROR"},
        "pyhanko_certvalidator": {"level": "ERROR"},
    },
}
