"""What an earner lets others see of a credential, besides the award itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.events import record
from apps.core.refused import Refused
from apps.credentials import queries
from apps.credentials.models import Credential, ShownEvidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.accounts.models import User


@transaction.atomic
def disclose(credential: Credential, *, by: User, name: bool, words: bool, evidence: Sequence[str]) -> bool:
    """Set what others see of a credential. Return whether that changed anything.

    `evidence` holds the public ids of all pieces shown from now on.
    """
    queries.lock_chain(credential)
    credential = Credential.objects.locked(credential.pk)
    if credential.earner_id != by.pk:
        raise PermissionDenied
    wanted = set(evidence)
    if not wanted <= set(queries.evidence_of(credential)):
        raise Refused(_("That piece of evidence is not part of this badge."))
    before = set(credential.shown_evidence.values_list("evidence_id", flat=True))
    if (credential.shows_name, credential.shows_words, before) == (name, words, wanted):
        return False
    credential.shows_name, credential.shows_words = name, words
    credential.save(update_fields=["shows_name", "shows_words"])
    credential.shown_evidence.exclude(evidence_id__in=wanted).delete()
    ShownEvidence.objects.bulk_create(
        ShownEvidence(credential=credential, evidence_id=one) for one in sorted(wanted - before)
    )
    record("credential.disclosed", credential, by=by, name=name, words=words, evidence=sorted(wanted))
    # Hiding something is meant for the badge, not just its latest file: earlier ones must not show more than this
    # one.
    for older in queries.before(credential):
        _narrow(older, name=name, words=words, evidence=wanted)
    return True


def _narrow(credential: Credential, *, name: bool, words: bool, evidence: set[str]) -> None:
    credential = Credential.objects.locked(credential.pk)
    credential.shows_name, credential.shows_words = credential.shows_name and name, credential.shows_words and words
    credential.save(update_fields=["shows_name", "shows_words"])
    credential.shown_evidence.exclude(evidence_id__in=evidence).delete()
