"""Letters about an award: the letter with the badge, the same sent again, reminders; and what follows a bounce."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts import queries as accounts
from apps.core import clock
from apps.core.copying import copy_in
from apps.core.events import Happened, record, record_many
from apps.core.ids import new_public_ids
from apps.core.questions import Question, each_of
from apps.core.refused import Refused
from apps.core.text import normal_address
from apps.credentials import policies, queries, tokens
from apps.credentials.models import MOST_AGAIN, ClaimLink, Credential, Delivery
from apps.credentials.models.awards import UNCLAIMED_AFTER
from apps.issuers import policies as seats
from apps.notices import verbs as notices
from apps.notices.models import Letter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from apps.accounts.models import User

State, Status = Credential.State, Credential.Status
Kind = Delivery.Kind
# Days after the letter about the award on which people who haven't claimed it are reminded, the latest first.
REMINDED_AFTER = (30, 7)
# If no reminder could be sent for this long after the last of these days, none is sent any more.
REMINDED_LATE = timedelta(days=7)
LETTERS_APART = timedelta(hours=1)


@transaction.atomic
def offer(credential_ids: Sequence[int]) -> None:
    """Write to each earner, with the baked file and the claim link. Done twice, it is one letter.

    Awards that no longer stand are skipped: a wrong address may have been corrected meanwhile. If the earner asked
    for it with a code, that counts as a yes; if they declined the one that this replaces, that counts as a no.
    """
    held = [one for one in _LOCKED.all(list(credential_ids)) if _waits_to_be_offered(one)]
    asked_for, declined = queries.asked_for_among(held), queries.declined_among(held)
    for credential in held:
        credential.move(State.OFFERED)
    record_many("credential.offered", Credential, [Happened(one.public_id, {}) for one in held], by=None)
    for credential in held:
        if credential.pk in declined:
            credential.move(State.DECLINED)
            record("credential.declined", credential, by=credential.earner)
        elif credential.pk in asked_for:
            credential.move(State.CLAIMED)
            record("credential.claimed", credential, by=credential.earner)
    Credential.objects.bulk_update(held, ["state"])
    _write_of([one for one in held if one.status == Status.VALID and one.pk not in declined], Kind.AWARD)


# In one order, so that two transactions with some in common can't deadlock.
_LOCKED = Question(lambda keys: Credential.objects.to_lock().filter(pk__in=each_of(keys)).order_by("pk"))


def _waits_to_be_offered(one: Credential) -> bool:
    """Whether it is due to be offered: a paused one is offered when it is reinstated, and nothing goes to an erased
    account.
    """
    return one.state == State.BAKED and one.status != Status.SUSPENDED and one.earner.erased_at is None


@transaction.atomic
def resend(credential: Credential, *, by: User) -> Delivery:
    """Send the letter about an award again, for the issuer: not within an hour of the last one, five times in all."""
    credential = Credential.objects.locked(credential.pk)
    if not policies.can_award_directly(by, credential.issuer):
        raise PermissionDenied
    if credential.status != Status.VALID or credential.state != State.OFFERED:
        raise Refused(_("Only an award that waits for its earner is sent again."))
    written = list(credential.deliveries.order_by("-written_at", "-pk"))
    again = sum(one.kind == Kind.AGAIN for one in written)
    if again >= MOST_AGAIN:
        raise Refused(_("It was sent again %(most)d times. Ask the earner in another way.") % {"most": MOST_AGAIN})
    _apart(written)
    if queries.came_back_from(credential, credential.earner.email):
        raise Refused(_("The last letter came back: nobody is at that address. Correct it first."))
    delivery = _write(credential, Kind.AGAIN, again + 1)
    record("credential.sent_again", credential, by=by, number=again + 1)
    return delivery


@transaction.atomic
def readdress(credential: Credential, *, by: User, address: str) -> Delivery:
    """Have the letter sent to another confirmed address of its earner, at their request: not within an hour of the last
    letter, five times in all. It has no claim link: whoever has one can claim the badge, and the earner is signed in.
    """
    credential = Credential.objects.locked(credential.pk)
    if by.pk != credential.earner_id:
        raise PermissionDenied
    if not queries.may_be_readdressed(credential):
        raise Refused(_("Only a valid badge that you have not turned down is sent again."))
    to = normal_address(address)
    if to not in accounts.verified_addresses_of(by):
        raise Refused(_("Choose one of your confirmed addresses."))
    written = list(credential.deliveries.order_by("-written_at", "-pk"))
    number = 1 + sum(one.kind == Kind.OWN for one in written)
    if number > MOST_AGAIN:
        raise Refused(_("You had it sent %(most)d times. Download the file instead.") % {"most": MOST_AGAIN})
    _apart(written)
    if queries.came_back_from(credential, to):
        raise Refused(_("A letter to this address came back. Choose another."))
    told = telling(credential, "", Kind.OWN, number)
    told = told._replace(facts={**told.facts, "asked": True})
    delivery = Delivery(credential=credential, kind=Kind.OWN, number=number, written_at=clock.now())
    delivery.notice = notices.mail(told, _name_of(Kind.OWN), at=to)
    delivery.save()
    # The earner reads mail at this address, so the issuer needs no other.
    ClaimLink.objects.filter(credential=credential).update(address_needed_at=None)
    record("credential.readdressed", credential, by=by, number=number)
    return delivery


def _apart(written: Sequence[Delivery]) -> None:
    """Refuse another letter within an hour of the newest; `written` has the newest first."""
    if written and written[0].written_at > clock.now() - LETTERS_APART:
        raise Refused(_("The last letter is less than an hour old. Give it time."))


def remind_unclaimed() -> int:
    """Remind earners who haven't claimed an award, 7 and 30 days after its letter. Return how many were notified.

    A replacement keeps the award date of what it replaced, so the date of its own letter counts.
    """
    now = clock.now()
    reminded = 0
    first, last = timedelta(days=min(REMINDED_AFTER)), timedelta(days=max(REMINDED_AFTER))
    waiting = Credential.objects.filter(
        status=Status.VALID,
        state=State.OFFERED,
        claim_link__address_needed_at=None,
        awarded_at__lte=now - first,
        deliveries__kind=Kind.AWARD,
        deliveries__written_at__lte=now - first,
        deliveries__written_at__gt=now - last - REMINDED_LATE,
    )
    for pk in waiting.values_list("pk", flat=True).iterator():
        reminded += _remind(pk, now)
    return reminded


@transaction.atomic
def _remind(credential_id: int, now: datetime) -> bool:
    """Remind an earner, for the latest of the days only, so that a late reminder isn't sent twice at once. Return
    whether it was new.
    """
    credential = Credential.objects.locked(credential_id)
    if not credential.holds or credential.state != State.OFFERED or queries.needs_address(credential):
        return False  # claimed, revoked, replaced or expired since the list was read
    age = now - credential.deliveries.get(kind=Kind.AWARD).written_at
    days = next(days for days in REMINDED_AFTER if age >= timedelta(days=days))
    if credential.deliveries.filter(kind=Kind.REMINDER, number__gte=days).exists():
        return False
    if not queries.came_back_from(credential, credential.earner.email):
        _write(credential, Kind.REMINDER, days)
    elif at := queries.sent_where_asked(credential):
        _remind_elsewhere(credential, days, at)
    else:
        return False
    record("credential.reminded", credential, by=None, days=days)
    return True


def _remind_elsewhere(credential: Credential, days: int, at: str) -> None:
    """Remind an earner where they had the badge sent. As that letter, it holds no claim link: a link proves the address
    that it was made for.
    """
    told = telling(credential, "", Kind.REMINDER, days)
    told = told._replace(facts={**told.facts, "asked": True})
    _notify(credential, told, Kind.REMINDER, days, at=at).save()


@transaction.atomic
def ask_for_address(letter: Letter) -> int:
    """After a permanent bounce, ask the awarders where else its awards should go. Return for how many.

    Awards that were claimed meanwhile need no letter, nor does one sent where its earner asked: they deal with it.
    Asked only once per award.
    """
    letter = Letter.objects.get(pk=letter.pk)
    if not letter.bounced_for_good:
        return 0
    # Both the letter that an earner asked for and a reminder that followed it there.
    where_asked = Q(kind=Kind.OWN) | Q(notice__facts__contains={"asked": True})
    found = Credential.objects.filter(
        deliveries__in=Delivery.objects.filter(notice__letter=letter).exclude(where_asked),
        status=Status.VALID,
        state=State.OFFERED,
        claim_link__address_needed_at=None,
    )
    asked = 0
    for pk in sorted(set(found.values_list("pk", flat=True))):
        asked += _ask_for_address(pk)
    return asked


def _ask_for_address(credential_id: int) -> bool:
    credential = Credential.objects.locked(credential_id)
    waits = credential.status == Status.VALID and credential.state == State.OFFERED
    if not waits or queries.needs_address(credential):
        return False
    ClaimLink.objects.filter(credential=credential).update(address_needed_at=clock.now())
    happened = record("credential.address_needed", credential, by=None)
    for person in seats.publishers_of(credential.issuer):
        notices.write(
            "address_needed",
            key=f"address_needed:{happened.public_id}",
            to=person,
            address=queries.desk_path(credential),
            facts={
                "badge": credential.version.name,
                "issuer": credential.issuer.name,
                "person": credential.recipient_name,
                "to": credential.recipient_address,
                "direct": credential.may_go_elsewhere,
            },
        )
    return True


def _write(credential: Credential, kind: Delivery.Kind, number: int = 0) -> Delivery:
    (written,) = _write_of([credential], kind, number)
    return written


def _write_of(credentials: Sequence[Credential], kind: Delivery.Kind, number: int = 0) -> list[Delivery]:
    """Notify each earner, with the badge and the claim link, which is valid for 90 days from now."""
    links = _renewed_links(credentials)
    return Delivery.objects.bulk_create(
        [_notify(one, telling(one, links[one.pk], kind, number), kind, number) for one in credentials]
    )


def _notify(
    credential: Credential, told: notices.Telling, kind: Delivery.Kind, number: int, *, at: str = ""
) -> Delivery:
    """Write the notice. Return the row that says so, not saved yet."""
    notice = notices.write(
        _name_of(kind),
        key=told.key,
        to=told.to,
        address=told.address,
        facts=told.facts,
        attachments=told.attachments,
        opens=told.opens,
        at=at,
    )
    return Delivery(credential=credential, notice=notice, kind=kind, number=number, written_at=clock.now())


def offer_many(alike: Credential, offered: Sequence[tuple[int, str, User]]) -> None:
    """Write the first letter to the earners of new credentials, which are already marked as offered.

    `alike` holds what they all have in common; each comes as its key, its public id and its earner.
    """
    now = clock.now()
    links = new_public_ids(len(offered))
    told = []
    # Looked up once: addresses differ only in the public id.
    around = alike.get_absolute_url().split(alike.public_id)
    for link, (pk, public_id, earner) in zip(links, offered, strict=True):
        alike.pk, alike.public_id, alike.earner = pk, public_id, earner
        told.append(telling(alike, link, Kind.AWARD, address=public_id.join(around)))
    written = notices.write_many(_name_of(Kind.AWARD), told)
    copy_in(
        ClaimLink,
        ("public_id", "token_hash", "credential", "address", "ends_at"),
        (
            (link, tokens.hash_of(tokens.token_of(link)), pk, earner.email, now + UNCLAIMED_AFTER)
            for link, (pk, _public_id, earner) in zip(links, offered, strict=True)
        ),
    )
    copy_in(
        Delivery,
        ("credential", "notice", "kind", "number", "written_at"),
        ((pk, key, Kind.AWARD.value, 0, now) for (pk, *_whose), key in zip(offered, written, strict=True)),
    )


def telling(
    credential: Credential, link: str, kind: Delivery.Kind, number: int = 0, *, address: str = ""
) -> notices.Telling:
    """The content and attachments of a letter about an award. `link` is the public id of the claim link, empty for a
    letter without one; `address` the path of the credential's page, if known.
    """
    badge = {
        "name": f"{credential.version.achievement.slug}.png",
        "media_type": "image/png",
        "function": "apps.credentials.queries.baked_png",
        "arguments": {"credential_id": credential.pk},
        "cid": "badge",
    }
    facts: dict[str, Any] = {
        "badge": credential.version.name,
        "issuer": credential.issuer.name,
        "basis": credential.basis,
        "replaces": _replaces_what_is_known(credential),
        "private": credential.visibility == Credential.Visibility.PRIVATE,
    }
    opens = {
        "function": "apps.credentials.queries.claim_path",
        "arguments": {"link": link},
        "needed": kind == Kind.REMINDER and bool(link),
        "while": {
            "function": f"apps.credentials.queries.{'still_waits' if kind == Kind.REMINDER else 'still_stands'}",
            "arguments": {"credential_id": credential.pk},
        },
    }
    key = ":".join([_name_of(kind), credential.public_id, *([f"{kind}{number}"] if number else [])])
    return notices.Telling(key, credential.earner, address or credential.get_absolute_url(), facts, [badge], opens)


def _replaces_what_is_known(credential: Credential) -> bool:
    """Whether it replaces one that its earner has heard of. One corrected before that is news."""
    older = credential.supersedes
    if older is None or older.earner_id != credential.earner_id:
        return False
    return queries.has_been_heard_of(older.pk)


def _name_of(kind: Delivery.Kind) -> str:
    return "unclaimed" if kind == Kind.REMINDER else "award"


_LINKS = Question(lambda keys: ClaimLink.objects.filter(credential__in=each_of(keys)))


def _renewed_links(credentials: Sequence[Credential]) -> dict[int, str]:
    """Claim links, valid from now on: key of the credential -> public id of its link."""
    ends_at = clock.now() + UNCLAIMED_AFTER
    links = {one.credential_id: one for one in _LINKS.all([one.pk for one in credentials])}
    for credential in credentials:
        if (link := links.get(credential.pk)) is not None:
            link.address, link.ends_at, link.address_needed_at = credential.earner.email, ends_at, None
            link.save(update_fields=["address", "ends_at", "address_needed_at"])
    new = [one for one in credentials if one.pk not in links]
    made = ClaimLink.objects.bulk_create(
        ClaimLink(
            public_id=public_id,
            token_hash=tokens.hash_of(tokens.token_of(public_id)),
            credential=credential,
            address=credential.earner.email,
            ends_at=ends_at,
        )
        for credential, public_id in zip(new, new_public_ids(len(new)), strict=True)
    )
    return {one.credential_id: one.public_id for one in (*links.values(), *made)}
