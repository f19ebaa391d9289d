"""Production: https, no demo, no fail points, no limits lifted."""

from config import env
from config.settings.base import *
from config.settings.base import (
    BUCKET_ORIGIN,
    EVIDENCE_HOST,
    EVIDENCE_ORIGIN,
    PUBLIC_HOST,
    PUBLIC_URL,
    SILENCED_SYSTEM_CHECKS,
)

for name in ("SATCHEL_FAILPOINT", "SATCHEL_FAULTS", "FETCH_ALLOW", "RATE_LIMITS", "DEMO_PUBLIC"):
    if env.text(name, ""):
        message = f"{name} is for trying things out; production refuses to start with it."
        raise env.BadSetting(message)
if not (PUBLIC_URL.startswith("https://") and EVIDENCE_ORIGIN.startswith("https://")):
    message = "PUBLIC_URL and EVIDENCE_ORIGIN must be https in production."
    raise env.BadSetting(message)
if PUBLIC_HOST == EVIDENCE_HOST:
    message = "EVIDENCE_ORIGIN must be another host than PUBLIC_URL: cookies do not mind the port."
    raise env.BadSetting(message)
if BUCKET_ORIGIN.startswith("http://"):
    message = "S3_ENDPOINT_URL must be https in production: browsers send to it from our pages."
    raise env.BadSetting(message)

DEBUG = False
MODE = "prod"
DEMO_ALLOWED = False
DEMO_PUBLIC = False
FAILPOINT = "none"
FAULTS = ""
BIND = env.text("BIND", "127.0.0.1")

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
HSTS_REACH = env.choice("HSTS_REACH", ("host", "subdomains", "preload"), "host")
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_REACH != "host"
SECURE_HSTS_PRELOAD = HSTS_REACH == "preload"
# Hosts below ours may belong to someone else, without https.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W005", "security.W021"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
LANGUAGE_COOKIE_NAME = "__Host-language"
THEME_COOKIE_NAME = "__Host-theme"
