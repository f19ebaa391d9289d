"""What happens to credentials, to keys and to endorsements: a verb for each."""

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
    "publish",
    "reinstate",
    "reissue",
    "reissue_one",
    "reissue_touched",
    "renew",
    "request_endorsement",
    "revoke",
    "rotate_keys",
    "seal_keys",
    "show",
    "sign",
    "sign_endorsement",
    "sign_endorsement_anew",
    "sign_missing",
    "sign_others",
    "spread_reissues",
    "suspend",
    "take_back_endorsement",
    "warn_of_end",
    "withdraw_endorsement",
]
