"""`make up`: the whole of Satchel on one machine, with the demo. DEBUG=on brings Django's own error pages."""

from config import env
from config.limits import account_limits
from config.settings.base import *
from config.settings.base import ALLOWED_HOSTS

DEBUG = env.flag("DEBUG")
BIND = env.text("BIND", "127.0.0.1")
PORT = env.number("PORT", 8000)
ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
if BIND not in ALLOWED_HOSTS and BIND != "::1" and not env.words("ALLOWED_HOSTS"):
    # Others may connect, by any name they have for this machine. Letters and credentials still use PUBLIC_URL.
    ALLOWED_HOSTS.append("*")
CSRF_TRUSTED_ORIGINS = [f"http://{name}:{PORT}" for name in ("localhost", "127.0.0.1", "[::1]")] + [
    env.origin("PUBLIC_URL")
]
# A CSP can't express [::1].
FRAMED_BY = list(dict.fromkeys(origin for origin in CSRF_TRUSTED_ORIGINS if "[" not in origin))

MODE = "dev"
DEMO_ALLOWED = True
DEMO_PUBLIC = env.flag("DEMO_PUBLIC")
# Where the process kills itself, to test that nothing is lost.
FAILPOINT = env.choice("SATCHEL_FAILPOINT", ["none", "award", "sign", "bake", "before_letter", "after_letter"], "none")
# Or fails in many places, one file of this folder per fault.
FAULTS = env.text("SATCHEL_FAULTS", "")

EMAIL_BACKEND = "apps.notices.backends.KeptMail"
RATE_LIMITS_FACTOR = 0 if env.choice("RATE_LIMITS", ["on", "off"], "on") == "off" else 100
ACCOUNT_RATE_LIMITS = account_limits(RATE_LIMITS_FACTOR)
# Hosts named here may be reached by the guarded client though they aren't public, for trying things out.
FETCH_ALLOW = env.words("FETCH_ALLOW")
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.static.QuicklyCompressed"
}
