"""Doctor's look at the keys."""

from __future__ import annotations

from django.conf import settings

from apps.core.health import FAIL, OK, Check, needs_database
from apps.credentials import keys as crypt
from apps.credentials.models import SigningKey


@needs_database
def keys() -> Check:
    """Every active key can be opened, or none is needed yet. A web server can't tell: it holds nothing to open them."""
    active = list(SigningKey.objects.filter(state=SigningKey.State.ACTIVE).select_related("issuer"))
    if settings.SERVES_PAGES and not settings.KEY_ENCRYPTION_KEYS:
        return Check("keys", OK, f"{len(active)} in use. Only workers open them: `manage.py doctor` there tries each.")
    for key in active:
        try:
            crypt.signer(key)
        except crypt.KeyTroubleError as error:
            return Check(
                "keys",
                FAIL,
                f"the key of {key.issuer} does not open: {error}",
                "Restore KEY_ENCRYPTION_KEYS from backup.",
            )
    return Check("keys", OK, f"{len(active)} open. Back up KEY_ENCRYPTION_KEYS: without it nothing can be signed.")
