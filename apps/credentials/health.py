"""Doctor's checks of the keys, and of how credentials are signed."""

from __future__ import annotations

from django.conf import settings
from redis.exceptions import RedisError

from apps.core.health import FAIL, OK, Check, needs_database
from apps.credentials import keys as crypt
from apps.credentials.compiled import tally
from apps.credentials.models import SigningKey


@needs_database
def keys() -> Check:
    """Every active key can be decrypted, or none is needed yet. A web server can't tell: it can't decrypt any."""
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


def signed_forms() -> Check:
    """Which way the credentials of the last days were signed, and whether the compiled way was ever wrong."""
    try:
        sums = tally.of_last_days()
    except (RedisError, OSError):
        return Check("signed forms", OK, "not known, since the cache is away")
    general = {what.partition(": ")[2]: number for what, number in sums.items() if what.startswith(tally.GENERAL)}
    saw = f"in {tally.DAYS} days {sums[tally.COMPILED]} by a template"
    saw += f" ({sums[tally.JUDGED]} of them compared), {sum(general.values())} without"
    if general:
        saw += f" ({', '.join(f'{reason}: {number}' for reason, number in sorted(general.items()))})"
    if sums[tally.DIFFERS]:
        return Check(
            "signed forms",
            FAIL,
            f"{sums[tally.DIFFERS]} times a template was wrong: {saw}",
            "What was signed holds, since it was noticed before. The log names the credentials: report them.",
        )
    return Check("signed forms", OK, saw)
