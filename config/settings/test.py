"""Tests: the same real servers as `make up`, separate from it."""

from config.settings.dev import *

DEBUG = False
MODE = "test"
# A real hash would cost whole seconds over a thousand tests; testing the hash is up to Django.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Static files are served uncollected.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# Tests look again at the same moment; the test of `apps.core.briefly` sets it.
KEPT_BRIEFLY = 0
