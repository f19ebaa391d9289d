"""Doctor's look at the keys."""

from __future__ import annotations

from apps.core.health import FAIL, OK, Check, needs_database
from apps.credentials import keys as crypt
from apps.credentials.models import SigningKey


@needs_database
def keys() -> Check:
    """Every active key can be opened, or none is needed yet."""
    active = list(SigningKey.objects.filter(state=SigningKey.State.ACTIVE).select_related("issuer"))
    for key in active:
        try:
            crypt.decrypt(key.encrypted, issuer_id=key.issuer.public_id, key_id=key.public_id)
        except crypt.KeyTroubleError as error:
            return Check(
                "keys",
                FAIL,
                f"the key of {key.issuer} does not open: {error}",
                "Restore KEY_ENCRYPTION_KEYS from backup.",
            )
    return Check("keys", OK, f"{len(active)} open. Back up KEY_ENCRYPTION_KEYS: without it nothing can be signed.")
