"""What happens to credentials and keys: awarded, signed, baked, offered, kept, shown; paused, taken back, replaced."""

from apps.credentials.verbs.awarding import award, award_directly, claim, offer, show
from apps.credentials.verbs.disclosing import disclose
from apps.credentials.verbs.expiry import renew, warn_of_end
from apps.credentials.verbs.keys import active_key, compromise_key, make_key, rotate_keys, seal_keys
from apps.credentials.verbs.signing import bake, publish, sign, sign_missing, sign_others
from apps.credentials.verbs.standing import (
    correct,
    reinstate,
    reissue,
    reissue_one,
    reissue_touched,
    revoke,
    spread_reissues,
    suspend,
)

__all__ = [
    "active_key",
    "award",
    "award_directly",
    "bake",
    "claim",
    "compromise_key",
    "correct",
    "disclose",
    "make_key",
    "offer",
    "publish",
    "reinstate",
    "reissue",
    "reissue_one",
    "reissue_touched",
    "renew",
    "revoke",
    "rotate_keys",
    "seal_keys",
    "show",
    "sign",
    "sign_missing",
    "sign_others",
    "spread_reissues",
    "suspend",
    "warn_of_end",
]
