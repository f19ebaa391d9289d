"""Settings shared by every Satchel. The environment is read only through config.env; each variable is read once."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.conf import locale
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from config import env, files, headers
from config.limits import LIMITS, account_limits

# Allows annotations like ModelAdmin[User] in class headers.
django_stubs_ext.monkeypatch()

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(env.text("SATCHEL_DATA", ROOT / ".satchel"))

# --- who we are -------------------------------------------------------------------------------------------------------
PUBLIC_URL = env.origin("PUBLIC_URL")
FORMER_PUBLIC_URLS = env.words("FORMER_PUBLIC_URLS")
EVIDENCE_ORIGIN = env.origin("EVIDENCE_ORIGIN")
SITE_NAME = "Satchel"

SECRET_KEY = env.text("SECRET_KEY")
# KEY_ENCRYPTION_KEYS encrypt the signing keys in the database; share links, and the unsubscribe addresses in letters,
# are derived from SHARE_LINK_KEY. Neither is SECRET_KEY, which may be changed at any time without losing a credential
# or a link.
KEY_ENCRYPTION_KEYS = env.text("KEY_ENCRYPTION_KEYS", "")
# What signs with a key: a function that takes the key's row, so that a KMS or HSM can replace it.
_OUR_SIGNER = "apps.credentials.keys.from_database"
SIGNER = env.text("SIGNER", _OUR_SIGNER)
# Only processes that sign hold KEY_ENCRYPTION_KEYS. Who may use another signer isn't known here.
HOLDS_KEYS = bool(KEY_ENCRYPTION_KEYS) or SIGNER != _OUR_SIGNER
SHARE_LINK_KEY = env.text("SHARE_LINK_KEY")

_public = urlsplit(PUBLIC_URL)
_evidence = urlsplit(EVIDENCE_ORIGIN)
PUBLIC_HOST = _public.hostname
EVIDENCE_HOST = _evidence.hostname
ALLOWED_HOSTS = [PUBLIC_HOST, EVIDENCE_HOST, *env.words("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Pages that may frame the evidence viewer.
FRAMED_BY = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "apps.core.views.csrf_failure"

# --- rooms ------------------------------------------------------------------------------------------------------------
ROOMS = [
    "core",
    "accounts",
    "notices",
    "frameworks",
    "issuers",
    "credentials",
    "pathways",
    "submissions",
    "reviews",
    "backpacks",
    "demo",
]
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "crispy_forms",
    "crispy_bootstrap5",
    "anymail",
    "django_htmx",
    *(f"apps.{room}" for room in ROOMS),
]
REACTIONS = "config.reactions.REACTIONS"
SCHEDULE = "config.schedule.SCHEDULE"
LEAVING = "config.leaving"
HIDES_ALL = "apps.backpacks.verbs.hide_everything"
MERGING = "config.merging"
RETENTION = "config.retention.RETENTION"
WAYS = "config.ways.WAYS"
HEALTH_CHECKS = "config.health.CHECKS"
SHELL = "config.shell"
KEPT_OUT = "apps.demo.policies.kept_out"
# How credentials ask a higher app whether the evidence behind a hash is still there, unchanged.
EVIDENCE_AS_IT_IS = "apps.submissions.queries.as_they_are"
# And where a code printed on paper leads.
SHORT_ADDRESS = "apps.backpacks.queries.path_named_by"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.evidence_host",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "apps.core.middleware.own_pages_only",
    "apps.core.middleware.same_for_everybody",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.kept_out",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.core.middleware.page_language",
    "apps.core.middleware.person_time_zone",
    "apps.core.middleware.rate_limited",
    "apps.core.middleware.opened_by_hand",
    "apps.accounts.middleware.consent_asked",
    "apps.accounts.idempotency.done_once",
]
ROOT_URLCONF = "config.urls"
EVIDENCE_URLCONF = "config.urls_evidence"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.context.shell",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"


# --- parts ------------------------------------------------------------------------------------------------------------
def _database(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = str(dict(parse_qsl(parts.query)).get("port") or parts.port or "")
        int(port or 0)
    except ValueError:  # without its contents: a password is not for the log
        message = "DATABASE_URL cannot be read: it must look like postgresql://user:password@host:5432/satchel."
        raise env.BadSetting(message) from None
    if parts.scheme not in {"postgres", "postgresql"}:
        message = f"DATABASE_URL must be a postgresql:// address; Satchel has no other database ({parts.scheme}://…)."
        raise env.BadSetting(message)
    if not parts.path.strip("/"):
        message = "DATABASE_URL names no database: it ends like …/satchel."
        raise env.BadSetting(message)
    query = dict(parse_qsl(parts.query))
    query.pop("port", None)
    return {
        "ENGINE": "apps.core.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        # A socket's folder is given in the query (?host=/…), since the host part can't hold it.
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": port,
        # How often a query is run before the connection keeps its plan; only `apps.core.prepared` repeats queries
        # exactly. A server that fails silently is noticed after a quarter of a minute: nothing tests the connection
        # first.
        "OPTIONS": {"prepare_threshold": 3, "keepalives_idle": 10, "tcp_user_timeout": 15_000, **query},
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES: dict[str, dict[str, Any]] = {"default": _database(env.text("DATABASE_URL"))}
# Set by the web server (config/gunicorn.py).
SERVES_PAGES = env.flag("SATCHEL_SERVES_PAGES")
if SERVES_PAGES and env.flag("DATABASE_POOL", default=True):
    # Web processes only: pool threads don't survive the fork of a Celery worker. A page whose database is away says
    # so within seconds, and recovers as soon as it is back. `apps.core.postgresql` checks what the pool gives: the
    # pool's own check would ask the server each time.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
    DATABASES["default"]["OPTIONS"] |= {
        "pool": {
            "min_size": 1,
            "max_size": env.number("DATABASE_POOL_SIZE", max(8, env.number("WEB_THREADS", 6) + 1), least=1),
            "timeout": 2,
            "reconnect_timeout": 1,
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _beside(broker: str) -> str:
    """The cache's own database on the broker's server, the next number: clearing one must not empty the other."""
    try:
        parts = urlsplit(broker)
        parts.port  # noqa: B018 - it is parsed when it is read
    except ValueError:
        message = (
            "REDIS_URL cannot be read: it must look like redis://host:6379/0 or redis+socket:///path?virtual_host=0."
        )
        raise env.BadSetting(message) from None
    socket = parts.scheme == "redis+socket"
    number = dict(parse_qsl(parts.query)).get("virtual_host", "0") if socket else parts.path.strip("/") or "0"
    if parts.scheme not in {"redis", "rediss", "redis+socket"} or not number.isdecimal():
        message = (
            # Without what is between: a password is not for the log.
            f"REDIS_URL begins with {broker.partition(':')[0]!r} and ends with {parts.path!r}; it must look like"
            " redis://host:6379/0 or redis+socket:///path?virtual_host=0."
        )
        raise env.BadSetting(message)
    beside = str(int(number) + 1)
    return f"unix://{parts.path}?db={beside}" if socket else parts._replace(path=f"/{beside}").geturl()


REDIS_URL = env.text("REDIS_URL")
# How long a request waits for a bell to be taken, or for the cache.
BROKER_SECONDS = 0.5
CACHES = {
    "default": {
        "BACKEND": "apps.core.cache.FailOpenRedisCache",
        "LOCATION": _beside(REDIS_URL),
        "KEY_PREFIX": "satchel",
        "TIMEOUT": 300,
        # A server that accepts the connection and doesn't answer counts as away too.
        "OPTIONS": {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS},
    }
}

CELERY_BROKER_URL = REDIS_URL
# A bell is rung once: the job is already written, so don't wait for a broker that is away.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": BROKER_SECONDS,
    "socket_connect_timeout": BROKER_SECONDS,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "now"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Messages are acknowledged on arrival, so there is nothing to cancel; setting this avoids a page of warnings.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
SWEEP_EVERY = timedelta(seconds=env.number("SWEEP_SECONDS", 5, least=1))
# Beat's tasks go before every waiting job, 0 being first: behind a long queue they would expire, and with them the
# search for lost jobs.
CELERY_TASK_DEFAULT_PRIORITY = 6
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "apps.core.tasks.sweep",
        "schedule": SWEEP_EVERY,
        "options": {"expires": SWEEP_EVERY.total_seconds(), "priority": 0},
    },
    "schedule": {
        "task": "apps.core.tasks.run_schedule",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 30, "priority": 0},
    },
}

_files = files.place(DATA / "storage")
STORAGES = {
    "default": _files.storage,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Where browsers send the parts of large files directly; empty if those come to us.
BUCKET_ORIGIN = _files.origin
FILES_LIE_IN = _files.words
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
# Pages refer to files only by their hashed names.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ADD_HEADERS_FUNCTION = headers.add
# Built files come before sources: both have a js/satchel.js.
STATICFILES_DIRS = [ROOT / "static" / "dist", ROOT / "static" / "src"]
# Complete typefaces for PDFs and preview cards; no browser fetches them.
PAPER_FONTS = ROOT / "static" / "dist-paper"
# The most that one form may carry; larger files come in parts, each file up to the second limit.
UPLOAD_LIMIT = 25 * 1024 * 1024
LARGEST_UPLOAD = 2 * 1024**3
# People who say that they are younger share nothing until a guardian agrees.
GUARDIAN_AGE = env.number("GUARDIAN_AGE", 16, least=0)
LEARNER_QUOTA = env.number("LEARNER_QUOTA_GB", 10, least=0) * 1024**3
# ClamAV, as a path or as host:port; without it, files are not scanned, and pages say so.
CLAMAV_SOCKET = env.text("CLAMAV_SOCKET", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A rubric of 30 criteria with 8 levels and 10 pieces of evidence each is one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
# Twice as many as are checked at once, so that anyone who sends too many is told the limit.
DATA_UPLOAD_MAX_NUMBER_FILES = 400

# --- people -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "apps.demo.backends.DemoDoor",  # first: refuses the demo's people wherever the demo isn't allowed
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Addresses are unique in lower case, by a constraint that this check doesn't see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "apps.notices.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "apps.accounts.models.display_name"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "signup": "apps.accounts.forms.SignupForm",
    "login": "apps.accounts.forms.LoginForm",
    "request_login_code": "apps.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "apps.accounts.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "apps.accounts.forms.ConfirmEmailVerificationCodeForm",
    "add_email": "apps.accounts.forms.AddEmailForm",
    "change_password": "apps.accounts.forms.ChangePasswordForm",
    "set_password": "apps.accounts.forms.SetPasswordForm",
    "reset_password": "apps.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "apps.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "apps.accounts.forms.ReauthenticateForm",
}
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 10
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# An address is confirmed by a code, not a link: a sign-up with a passkey must finish in the browser that holds it.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
# Correcting a mistyped address would be offered only for newly made accounts, and so reveal which addresses are
# known.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = reverse_lazy("account_email")
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "apps.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "apps.accounts.forms.AuthenticateForm",
    "reauthenticate": "apps.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "apps.accounts.forms.ActivateTOTPForm",
    "generate_recovery_codes": "apps.accounts.forms.GenerateRecoveryCodesForm",
    "add_webauthn": "apps.accounts.forms.AddPasskeyForm",
    "login_webauthn": "apps.accounts.forms.LoginPasskeyForm",
    "authenticate_webauthn": "apps.accounts.forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "apps.accounts.forms.ReauthenticatePasskeyForm",
    "signup_webauthn": "apps.accounts.forms.SignupPasskeyForm",
    "edit_webauthn": "apps.accounts.forms.RenamePasskeyForm",
}
# The newest versions of what people agree to; everyone is asked to agree to a new number on the next page they open.
# Every version's text stays, as templates/<document>/v<number>.html.
CONSENT_VERSIONS = {"terms": 1, "privacy": 2}
# Not in a cookie of its own: the privacy page lists the cookies.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CSRF_COOKIE_SAMESITE = "Lax"

# For this many seconds a public page made for one visitor is given to others; less than the one second within which
# anything hidden is hidden everywhere.
KEPT_BRIEFLY = 0.8
# A broken cache lets people through. RATE_LIMITS multiplies the limits, or lifts them.
RATE_LIMITS_FACTOR = 1
RATE_LIMITS = LIMITS
ACCOUNT_RATE_LIMITS = account_limits(RATE_LIMITS_FACTOR)
# An IPv6 customer has a network of this prefix length.
RATE_LIMIT_IPV6_PREFIX = ALLAUTH_RATE_LIMIT_IPV6_PREFIX = 64
# How many of our proxies are in front of the web server; each adds the address it saw to X-Forwarded-For.
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0, least=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- mail -------------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"Satchel <satchel@{PUBLIC_HOST}>")
MAIL_DIR = DATA / "mail"
# The mail service that reports bounced letters, and the view that reads its reports. Those below sign them; for the
# others, a secret in the URL is the only proof.
_HOOK = "anymail.webhooks"
MAIL_SERVICES = {
    "brevo": f"{_HOOK}.brevo.BrevoTrackingWebhookView",
    "mailersend": f"{_HOOK}.mailersend.MailerSendTrackingWebhookView",
    "mailgun": f"{_HOOK}.mailgun.MailgunTrackingWebhookView",
    "mailjet": f"{_HOOK}.mailjet.MailjetTrackingWebhookView",
    "postal": f"{_HOOK}.postal.PostalTrackingWebhookView",
    "postmark": f"{_HOOK}.postmark.PostmarkTrackingWebhookView",
    "sendgrid": f"{_HOOK}.sendgrid.SendGridTrackingWebhookView",
    "sparkpost": f"{_HOOK}.sparkpost.SparkPostTrackingWebhookView",
}
MAIL_SERVICES_THAT_SIGN = ("mailersend", "mailgun", "postal")
MAIL_EVENTS = env.choice("MAIL_EVENTS", ["none", *MAIL_SERVICES], "none")
ANYMAIL = env.beginning_with("ANYMAIL_")
if MAIL_EVENTS not in {"none", *MAIL_SERVICES_THAT_SIGN} and not ANYMAIL.get("WEBHOOK_SECRET"):
    message = f"{MAIL_EVENTS} does not sign what it tells: set ANYMAIL_WEBHOOK_SECRET to a name:password of its own."
    raise env.BadSetting(message)

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.accounts.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.core.api.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.api.CursorPages",
    "PAGE_SIZE": 25,
    "DEFAULT_SCHEMA_CLASS": "drf_standardized_errors.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "apps.core.problems.problem_handler",
    "DEFAULT_THROTTLE_CLASSES": ["apps.core.api.Throttle"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_FORMATTER_CLASS": "apps.core.problems.ProblemFormatter"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Satchel API",
    "DESCRIPTION": "Evidence-based micro-credentials: catalogue, submissions, credentials.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.accounts.idempotency.with_the_header",
    ],
    "ENUM_NAME_OVERRIDES": {
        "SubmissionState": "apps.submissions.models.Submission.State",
        "AttemptState": "apps.submissions.models.Attempt.State",
        "CredentialState": "apps.credentials.models.Credential.State",
        "AchievementState": "apps.issuers.models.AchievementVersion.State",
        "AchievementKind": "apps.issuers.models.AchievementVersion.Kind",
        "EvidenceKind": "apps.submissions.models.EvidenceItem.Kind",
        "UploadState": "apps.submissions.models.Upload.State",
        "CaptureOutcome": "apps.submissions.models.Capture.Outcome",
        "OutcomeEnum": "apps.reviews.models.Outcome",
        "HowEnum": "apps.reviews.models.Decision.How",
        "TurnState": "apps.reviews.models.Turn.State",
        "PathwayState": "apps.pathways.models.PathwayVersion.State",
        "CreditRequestState": "apps.pathways.models.CreditRequest.State",
        "StatusReason": "apps.credentials.models.Credential.Reason",
    },
}

# --- words and time ---------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
# Django 5.2 doesn't know te reo Māori: without this, asking for the language's own name raises.
locale.LANG_INFO["mi"] = {"bidi": False, "code": "mi", "name": "Māori", "name_local": "Te reo Māori"}
LANGUAGES = [("en", _("English")), ("mi", _("Māori")), ("ar", _("Arabic"))]
THEME_COOKIE_NAME = "theme"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [ROOT / "config" / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# The time zone of people about whom nothing else is known; they can change it on their own page.
TIME_ZONE_DEFAULT = env.zone("TIME_ZONE_DEFAULT", "Pacific/Auckland")

# --- the outside ------------------------------------------------------------------------------------------------------
FETCH_ALLOW: list[str] = []
EVIDENCE_LINK_SECONDS = 15 * 60
LEASE_HOURS = 8
# An offer from a lead is kept for its assessor for this many of the issuer's business days; then it is free again.
OFFER_DAYS = 2
# A draft untouched for this long lapses. Its learner is told two weeks before, and can reopen it.
DRAFT_LAPSE_DAYS = 180

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# One policy for the whole site: nothing inline, nothing from elsewhere, no framing.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF, EVIDENCE_ORIGIN],
        "img-src": [SELF, "data:", "blob:", EVIDENCE_ORIGIN],
        "media-src": [SELF, "blob:", EVIDENCE_ORIGIN],
        "frame-src": [EVIDENCE_ORIGIN],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Browser features that pages may use: passkeys and copying; nothing that watches, listens or pays.
PERMISSIONS_POLICY: dict[str, list[str] | str] = {
    "publickey-credentials-create": "self",
    "publickey-credentials-get": "self",
    "clipboard-write": "self",
    "fullscreen": "self",
    **dict.fromkeys(
        (
            *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope"),
            *("hid", "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi"),
            *("payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
        ),
        "none",
    ),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO")},
    # The health page has already said what is away; a log line for each request would bury the rest.
    "filters": {
        "not_health": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda line: getattr(getattr(line, "request", None), "path", "") != "/health/",
        },
        "database_away": {"()": "apps.core.logs.DatabaseAway"},
    },
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "django.request": {"filters": ["not_health", "database_away"]},
        # It warns of each attempt to reach a database that is away; the pages say so already.
        "psycopg.pool": {"level": "ERROR"},
    },
}
