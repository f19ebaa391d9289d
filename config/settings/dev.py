"""`make up`: the whole of Satchel on one machine, with the demo. DEBUG=on brings Django's own error pages."""

from config import env
from config.settings.base import *
from config.settings.base import ALLOWED_HOSTS

DEBUG = env.flag("DEBUG")
BIND = env.text("BIND", "127.0.0.1")
PORT = env.number("PORT", 8000)
ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
if BIND not in ALLOWED_HOSTS and BIND != "::1" and not env.words("ALLOWED_HOSTS"):
    # Others are let in, by whatever name they know this machine. Letters and credentials use PUBLIC_URL all the same.
    ALLOWED_HOSTS.append("*")
CSRF_TRUSTED_ORIGINS = [f"http://{name}:{PORT}" for name in ("localhost", "127.0.0.1", "[::1]")] + [
    env.origin("PUBLIC_URL")
]

MODE = "dev"
DEMO_ALLOWED = True
DEMO_PUBLIC = env.flag("DEMO_PUBLIC")
FAILPOINTS_ALLOWED = True

EMAIL_BACKEND = "apps.notices.backends.KeptMail"
RATE_LIMITS_FACTOR = 0 if env.choice("RATE_LIMITS", ["on", "off"], "on") == "off" else 100
# Only loopback hosts named here are reachable through the guarded client, for trying things out.
FETCH_ALLOW = env.words("FETCH_ALLOW")
ACCOUNT_RATE_LIMITS = False
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.static.QuicklyCompressed"
}
