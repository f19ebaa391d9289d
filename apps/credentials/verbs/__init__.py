"""What happens to credentials and keys: awarded, signed, baked, offered, kept, shown; paused, taken back, replaced."""

from apps.credentials.verbs.awarding import award, award_directly, claim, offer, show
from apps.credentials.verbs.disclosing import disclose
from apps.credentials.verbs.expiry import renew, warn_of_end
from apps.credentials.verbs.keys import active_key, compromise_key, make_key, rotate_keys, seal_keys_again
from apps.credentials.verbs.signing import bake, publish, sign, sign_others
from apps.credentials.verbs.standing import correct, plan_reissue, reinstate, reissue, reissue_touched, revoke, suspend

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
    "plan_reissue",
    "publish",
    "reinstate",
    "reissue",
    "reissue_touched",
    "renew",
    "revoke",
    "rotate_keys",
    "seal_keys_again",
    "show",
    "sign",
    "sign_others",
    "suspend",
    "warn_of_end",
]
