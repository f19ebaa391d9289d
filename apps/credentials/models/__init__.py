"""Our credentials, keys, status lists and endorsements; checks for visitors; and badges from elsewhere that people
keep.
"""

from apps.credentials.models.awards import Bake, Credential, CredentialQuerySet, ShownEvidence, SignedForm, seen_by
from apps.credentials.models.bulk import UNDONE_WITHIN, BulkAward, BulkAwardQuerySet, BulkRow
from apps.credentials.models.checked import Batch, BatchItem, Verdict
from apps.credentials.models.codes import ClaimCode, ClaimCodeQuerySet, ClaimRequest, code_as_typed, new_code
from apps.credentials.models.endorsements import Endorsable, Endorsement, EndorsementQuerySet, OutsideEndorser
from apps.credentials.models.foreign import (
    NAMELESS,
    ForeignCheck,
    ForeignCredential,
    ForeignCredentialQuerySet,
    vouched,
)
from apps.credentials.models.keys import SigningKey
from apps.credentials.models.letters import MOST_AGAIN, ClaimLink, Delivery
from apps.credentials.models.status_lists import StatusEntry, StatusList

__all__ = [
    "MOST_AGAIN",
    "NAMELESS",
    "UNDONE_WITHIN",
    "Bake",
    "Batch",
    "BatchItem",
    "BulkAward",
    "BulkAwardQuerySet",
    "BulkRow",
    "ClaimCode",
    "ClaimCodeQuerySet",
    "ClaimLink",
    "ClaimRequest",
    "Credential",
    "CredentialQuerySet",
    "Delivery",
    "Endorsable",
    "Endorsement",
    "EndorsementQuerySet",
    "ForeignCheck",
    "ForeignCredential",
    "ForeignCredentialQuerySet",
    "OutsideEndorser",
    "ShownEvidence",
    "SignedForm",
    "SigningKey",
    "StatusEntry",
    "StatusList",
    "Verdict",
    "code_as_typed",
    "new_code",
    "seen_by",
    "vouched",
]
