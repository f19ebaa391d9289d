"""Tests: the same real parts as `make up`, beside it."""

from config.settings.dev import *

DEBUG = False
MODE = "test"
# Whole seconds a sign-in would cost add up over a thousand tests; the hash itself is Django's to test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Static files are served as they lie, uncollected.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# Tests look again in the same moment; the one of `apps.core.briefly` sets it.
KEPT_BRIEFLY = 0
