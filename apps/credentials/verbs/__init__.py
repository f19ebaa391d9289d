"""What happens to credentials, keys and endorsements: awarded, signed, baked, offered, kept, shown; paused, taken back,
replaced.
"""

from apps.credentials.verbs.awarding import award, award_directly, claim, offer, show
from apps.credentials.verbs.disclosing import disclose
from apps.credentials.verbs.endorsing import (
    accept_endorsement,
    decline_endorsement,
    lapse_endorsements,
    request_endorsement,
    sign_endorsement,
    sign_endorsement_anew,
    take_back_endorsement,
    withdraw_endorsement,
)
from apps.credentials.verbs.expiry import renew, warn_of_end
from apps.credentials.verbs.keys import active_key, compromise_key, make_key, rotate_keys, seal_keys_again
from apps.credentials.verbs.signing import bake, publish, sign, sign_others
from apps.credentials.verbs.standing import correct, plan_reissue, reinstate, reissue, reissue_touched, revoke, suspend

__all__ = [
    "accept_endorsement",
    "active_key",
    "award",
    "award_directly",
    "bake",
    "claim",
    "compromise_key",
    "correct",
    "decline_endorsement",
    "disclose",
    "lapse_endorsements",
    "make_key",
    "offer",
    "plan_reissue",
    "publish",
    "reinstate",
    "reissue",
    "reissue_touched",
    "renew",
    "request_endorsement",
    "revoke",
    "rotate_keys",
    "seal_keys_again",
    "show",
    "sign",
    "sign_endorsement",
    "sign_endorsement_anew",
    "sign_others",
    "suspend",
    "take_back_endorsement",
    "warn_of_end",
    "withdraw_endorsement",
]
