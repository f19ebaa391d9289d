"""What happens to credentials, to keys, to endorsements and to what others bring: a verb for each."""

from apps.credentials.verbs.awarding import award, award_directly, show
from apps.credentials.verbs.claiming import claim, claim_by_link, decline
from apps.credentials.verbs.codes import (
    approve_request,
    decline_request,
    end_claim_code,
    make_claim_code,
    use_claim_code,
)
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
from apps.credentials.verbs.keeping import check_foreign, check_foreign_again, give_up_foreign, keep_foreign
from apps.credentials.verbs.keys import active_key, compromise_key, make_key, rotate_keys, seal_keys
from apps.credentials.verbs.letters import ask_for_address, offer, remind_unclaimed, resend
from apps.credentials.verbs.signing import bake, publish, sign, sign_missing, sign_others
from apps.credentials.verbs.standing import (
    correct,
    reinstate,
    reissue,
    reissue_one,
    reissue_touched,
    replace_judged,
    revoke,
    spread_reissues,
    suspend,
)
from apps.credentials.verbs.verifying import (
    MOST_BYTES_TOGETHER,
    MOST_ITEMS,
    check_item,
    delete_batch,
    drop_batches,
    refuse_heavy,
    verify_many,
)

__all__ = [
    "MOST_BYTES_TOGETHER",
    "MOST_ITEMS",
    "accept_endorsement",
    "active_key",
    "approve_request",
    "ask_for_address",
    "award",
    "award_directly",
    "bake",
    "check_foreign",
    "check_foreign_again",
    "check_item",
    "claim",
    "claim_by_link",
    "compromise_key",
    "correct",
    "decline",
    "decline_endorsement",
    "decline_request",
    "delete_batch",
    "disclose",
    "drop_batches",
    "end_claim_code",
    "give_up_foreign",
    "keep_foreign",
    "lapse_endorsements",
    "make_claim_code",
    "make_key",
    "offer",
    "publish",
    "refuse_heavy",
    "reinstate",
    "reissue",
    "reissue_one",
    "reissue_touched",
    "remind_unclaimed",
    "renew",
    "replace_judged",
    "request_endorsement",
    "resend",
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
    "use_claim_code",
    "verify_many",
    "warn_of_end",
    "withdraw_endorsement",
]
