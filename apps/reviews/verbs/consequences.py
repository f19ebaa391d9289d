"""A credential whose decision changed after it was issued: a person revokes it, replaces it, or leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.events import digest, record
from apps.core.refused import Refused
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.reviews import policies
from apps.reviews.models import Consequence, Decision, Outcome
from apps.reviews.snapshots import freeze
from apps.reviews.verbs.common import locked
from apps.reviews.verbs.settling import told_by

if TYPE_CHECKING:
    from apps.accounts.models import User

Done = Consequence.Done


@transaction.atomic
def see_to(consequence: Consequence, *, by: User, done: str, note: str) -> Consequence:
    """Revoke, replace or leave the credential. `note` is told to its earner, unless the credential is left alone."""
    attempt, submission = locked(consequence.decision.attempt)
    consequence = Consequence.objects.select_related("decision", "credential").get(pk=consequence.pk)
    decision = consequence.decision
    decision.attempt = attempt
    if not policies.can_see_to_credential(by, submission):
        raise PermissionDenied
    if consequence.done:
        raise Refused(_("Somebody has seen to this already."))
    if not note.strip():
        raise Refused(_("Say why: it is kept with the decision."))
    if done != Done.KEPT and not Decision.objects.effective().filter(pk=decision.pk).exists():
        raise Refused(_("It has been decided again since. Leave this one as it is, and deal with the new decision."))
    if done == Done.REVOKED:
        credentials.revoke(consequence.credential, by=by, reason=Credential.Reason.MISTAKE, note=note)
    elif done == Done.SUPERSEDED:
        if decision.outcome != Outcome.MEETS:
            raise Refused(
                _("There is nothing to replace it with: the decision is that the work doesn't meet the rubric.")
            )
        credentials.replace_judged(
            consequence.credential,
            decision_id=decision.public_id,
            judged=freeze(attempt, told_by(decision)),
            by=by,
            note=note,
        )
    elif done != Done.KEPT:
        raise Refused(_("Choose what is to be done."))
    consequence.done, consequence.note, consequence.by, consequence.done_at = done, note, by, clock.now()
    consequence.save(update_fields=["done", "note", "by", "done_at"])
    record(
        "consequence.seen_to",
        submission,
        by=by,
        consequence=consequence.public_id,
        done=done,
        note=digest(note),
    )
    return consequence
