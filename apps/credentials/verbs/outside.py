"""Asking someone outside to endorse what one earned: an employer, a colleague, who needs no account here.

They are asked by a letter, or by a link that the earner hands over. Either way a letter goes to an address of theirs,
and only the link in it signs: so the endorsement tells where its endorser reads their mail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts import queries as people
from apps.accounts.policies import refuse_sharing
from apps.core import clock
from apps.core.events import record
from apps.core.refused import Refused
from apps.core.text import normal_address
from apps.credentials import policies, queries, tokens
from apps.credentials.models import Endorsement, OutsideEndorser
from apps.credentials.verbs.endorsing import OPEN_FOR, plain_words, refuse_unendorsable, say_no, say_yes, unsay
from apps.notices import verbs as notices

if TYPE_CHECKING:
    from apps.accounts.models import User
    from apps.credentials.models import Credential

State = Endorsement.State
# How many people outside may be asked about one badge, and not have answered yet.
MOST_OPEN = 10


@transaction.atomic
def ask_outside(credential: Credential, *, by: User, name: str = "", address: str = "", note: str = "") -> Endorsement:
    """Ask someone outside for an endorsement, by a letter to `address`; without one, by a link to hand over."""
    if not policies.can_request_endorsement(by, credential):
        raise PermissionDenied
    refuse_sharing(by)
    refuse_unendorsable(credential)
    asked = Endorsement.objects.filter(credential=credential, outside__isnull=False, state=State.REQUESTED)
    if asked.count() >= MOST_OPEN:
        raise Refused(_("Ten people have not answered yet. Withdraw a request before you ask another."))
    outside = OutsideEndorser(name=name.strip())
    if not address:
        outside.ask_hash = tokens.hash_of(tokens.ask_token(outside.public_id))
    outside.save()
    now = clock.now()
    endorsement = Endorsement.objects.create(
        outside=outside, credential=credential, asked_by=by, asked_at=now, expires_at=now + OPEN_FOR, note=note.strip()
    )
    way = "letter" if address else "link"
    record("endorsement.requested", endorsement, by=by, of=credential.public_id, way=way)
    if address:
        _write_to(endorsement, address)
    return endorsement


@transaction.atomic
def write_again(endorsement: Endorsement, *, by: User, address: str) -> Endorsement:
    """Send the letter again to whom one asked, or to another address of theirs: then the link in the first is dead."""
    if not policies.can_withdraw_endorsement(by, endorsement):
        raise PermissionDenied
    endorsement = _open(endorsement)
    if endorsement.outside is None or endorsement.outside.ask_hash is not None:
        raise Refused(_("Only a letter that you asked for is sent again."))
    _write_to(endorsement, address)
    record("endorsement.written_again", endorsement, by=by)
    return endorsement


@transaction.atomic
def propose_endorsement(token: str, *, name: str, role: str, address: str, comment: str) -> Endorsement:
    """By the earner's link, say who one is and what one would sign. A letter to `address` has the link that signs it.

    Another address, given later, takes the place of this one: the link in the first letter no longer opens.
    """
    endorsement = _open(queries.asked_by_link(token))
    outside = _of(endorsement)
    refuse_unendorsable(endorsement.subject)
    outside.name, outside.role, outside.draft = name.strip(), role.strip(), plain_words(comment)
    outside.save(update_fields=["name", "role", "draft"])
    _write_to(endorsement, address)
    return endorsement


@transaction.atomic
def endorse_outside(token: str, *, name: str, role: str, comment: str) -> Endorsement:
    """Endorse by the link in a letter. A worker signs this; after that nobody can change it.

    Whoever has proved the same address for an account here has answered with it, and judges no work of the earner.
    """
    endorsement = _open(queries.asked_by_letter(token))
    outside = _of(endorsement)
    account = _not_the_earner(endorsement, outside.address)
    outside.name, outside.role, outside.draft = name.strip(), role.strip(), ""
    outside.save(update_fields=["name", "role", "draft"])
    say_yes(endorsement, by=account, comment=comment)
    return endorsement


@transaction.atomic
def decline_outside(token: str, *, reason: str = "") -> Endorsement:
    """Decline by the link in a letter."""
    endorsement = _open(queries.asked_by_letter(token))
    say_no(endorsement, by=people.owner_of(_of(endorsement).address), reason=reason)
    return endorsement


@transaction.atomic
def take_back_outside(token: str) -> Endorsement:
    """Take an endorsement back by the link in the letter. Does nothing if that is done."""
    endorsement = _locked(queries.asked_by_letter(token))
    if endorsement.state != State.REVOKED:
        unsay(endorsement, by=people.owner_of(_of(endorsement).address))
    return endorsement


def _open(found: Endorsement | None) -> Endorsement:
    endorsement = _locked(found)
    if not endorsement.is_open:
        raise Refused(_("This can no longer be answered."))
    return endorsement


def _locked(found: Endorsement | None) -> Endorsement:
    if found is None:
        raise Refused(_("This link no longer leads anywhere. Another address was given, perhaps."))
    return Endorsement.objects.locked(found.pk)


def _of(endorsement: Endorsement) -> OutsideEndorser:
    return cast("OutsideEndorser", endorsement.outside)


def _write_to(endorsement: Endorsement, address: str) -> None:
    """Send the letter whose link signs, and remember where to."""
    outside = _of(endorsement)
    if outside.letters >= OutsideEndorser.MOST_LETTERS:
        raise Refused(_("Five letters went out for this request. It takes a new one."))
    address = normal_address(address)
    _not_the_earner(endorsement, address)
    others = Endorsement.objects.live().filter(credential=endorsement.credential, outside__address=address)
    if others.exclude(pk=endorsement.pk).exists():
        raise Refused(_("%(address)s was asked for this already.") % {"address": address})
    token = tokens.answer_token(outside.public_id, address)
    outside.address, outside.answer_hash = address, tokens.hash_of(token)
    outside.letters += 1
    outside.save(update_fields=["address", "answer_hash", "letters"])
    credential = cast("Credential", endorsement.credential)
    path = reverse("credentials:endorse", args=[token])
    notices.write_to_address(
        "endorse",
        key=queries.key_of_letter(endorsement),
        to=address,
        person=None,
        language=endorsement.asked_by.language,
        time_zone=credential.issuer.time_zone,
        facts={
            "who": credential.named,
            "subject": endorsement.subject_name,
            "issuer": credential.issuer.name,
            "name": outside.name,
            "note": endorsement.note,
            "until": endorsement.expires_at,
            "drafted": bool(outside.draft),
        },
        address=f"{settings.PUBLIC_URL}{path}",
    )


def _not_the_earner(endorsement: Endorsement, address: str) -> User | None:
    """The account whose address this is, if any. Raises Refused if it is the earner's own."""
    account = people.owner_of(address)
    earner = cast("Credential", endorsement.credential).earner
    if address in people.addresses_of(earner) or (account and policies.asked_oneself(account, endorsement)):
        raise Refused(_("Nobody can endorse what they earned themselves. Give the address of somebody else."))
    return account
