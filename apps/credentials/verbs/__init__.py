"""What happens to credentials, to keys, to endorsements and to what others bring: a verb for each."""

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
from apps.credentials.verbs.keeping import (
    check_foreign,
    check_foreign_again,
    forget_foreign_file,
    give_up_foreign,
    keep_foreign,
)
from apps.credentials.verbs.keys import active_key, compromise_key, make_key, rotate_keys, seal_keys
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
    "award",
    "award_directly",
    "bake",
    "check_foreign",
    "check_foreign_again",
    "check_item",
    "claim",
    "compromise_key",
    "correct",
    "decline_endorsement",
    "delete_batch",
    "disclose",
    "drop_batches",
    "forget_foreign_file",
    "give_up_foreign",
    "keep_foreign",
    "lapse_endorsements",
    "make_key",
    "offer",
    "publish",
    "refuse_heavy",
    "reinstate",
    "reissue",
    "reissue_one",
    "reissue_touched",
    "renew",
    "replace_judged",
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
    "verify_many",
    "warn_of_end",
    "withdraw_endorsement",
]
