"""Reads about people that need a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from apps.accounts import tokens
from apps.accounts.models import LegalHold, Merge
from apps.core.copying import listed
from apps.core.models import Event
from apps.core.questions import Question
from apps.core.text import normal_address

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet, Value

    from apps.accounts.models import User
    from apps.core.models import EventBlock


def addresses_of(person: User) -> set[str]:
    """Every address of a person, verified or not, normalised: these identify them when it comes to conflicts."""
    rows = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return {normal_address(address) for address in (person.email, *rows)}


def addresses_of_many(people: Iterable[User]) -> dict[int, set[str]]:
    """The addresses of many people, as `addresses_of` gives them, by their primary keys."""
    found = {one.pk: {normal_address(one.email)} for one in people}
    rows = EmailAddress.objects.filter(user__in=found).values_list("user_id", "email")
    for user_id, address in rows:
        found[user_id].add(normal_address(address))
    return found


def share_an_address(one: User, other: User) -> bool:
    """Whether the two have any address in common, as `addresses_of` gives them."""
    found = addresses_of_many((one, other))
    return not found[one.pk].isdisjoint(found[other.pk])


def same_people(person: User) -> QuerySet[User]:
    """The accounts that count as this person: their own, those merged into it, and those that share an address with
    it, verified or not.

    For filters over many rows; `policies.same_person` decides the same for two accounts. It is a union so that each
    part uses its own index, even with a million people.
    """
    people = get_user_model().objects.annotate(low=Lower("email")).order_by()
    addresses = EmailAddress.objects.annotate(low=Lower("email")).order_by()
    theirs = (Q(low=normal_address(person.email)), Q(low__in=addresses.filter(user=person).values("low")))
    ways = [people.filter(pk=person.pk).values("pk"), people.filter(merged_into=person.pk).values("pk")]
    for way in theirs:
        ways += [people.filter(way).values("pk"), addresses.filter(way).values("user")]
    found: QuerySet[User] = get_user_model().objects.filter(pk__in=ways[0].union(*ways[1:]))
    return found


def verified_addresses_of(person: User) -> list[str]:
    """The normalised addresses that a person has proved, the primary one first."""
    return [normal_address(address) for (address,) in _VERIFIED.all(person.pk)]


def _verified(person: Value) -> QuerySet[EmailAddress, Any]:
    rows: QuerySet[EmailAddress] = EmailAddress.objects.filter(user=person, verified=True)
    return rows.order_by("-primary", "pk").values_list("email")


_VERIFIED = Question(_verified)


def verified_addresses_of_many(people: Iterable[User]) -> dict[int, list[str]]:
    """The proved addresses of many people, by their primary keys; people who have proved none are left out."""
    found: dict[int, list[str]] = {}
    asked = listed(one.pk for one in people)
    rows = EmailAddress.objects.filter(user__in=asked, verified=True).order_by("user", "-primary", "pk")
    for user_id, address in rows.values_list("user_id", "email"):
        found.setdefault(user_id, []).append(normal_address(address))
    return found


def names_of(person: User) -> list[str]:
    """A person's name, and their former names in accounts merged into this one."""
    return [person.name, *person.former_names]


def merge_by(token: str) -> Merge | None:
    """The merge request with this token, as long as it is live."""
    live = Merge.objects.live().select_related("taker", "giver")
    return live.filter(token_hash=tokens.hash_of(token)).first()


def owner_of(address: str) -> User | None:
    """The person who has proved an address, or None."""
    rows = EmailAddress.objects.filter(email=normal_address(address), verified=True)
    row = rows.select_related("user").first()
    return row.user if row else None


def owners_of(addresses: Iterable[str]) -> dict[str, User]:
    """The owner of each address, normalised: the person who proved it, else the one whose primary address it is."""
    given = {normal_address(one) for one in addresses}
    if not given:
        return {}
    wanted = listed(given)
    # Lower case for the index; and exactly, as in `UserManager.at`.
    people = get_user_model().objects.alias(low=Lower("email")).filter(low__in=wanted, email__in=wanted)
    proved = EmailAddress.objects.filter(email__in=wanted, verified=True)
    found = {one.email: one for one in people}
    return found | {one.email: one.user for one in proved.select_related("user")}


def was_never_in(person: User) -> bool:
    """Whether an account was only made for someone: nobody has signed in to it, nor could without a letter. A
    password changes nothing: someone who signed up without proving the address has one.
    """
    return (
        person.is_active
        and not (person.is_staff or person.is_operator)
        and person.last_login is None
        and not EmailAddress.objects.filter(user=person, verified=True).exists()
        and not Authenticator.objects.filter(user=person).exists()
        and not person.api_tokens.exists()
    )


def has_unproved_password(person: User) -> bool:
    """Whether a password was chosen by someone who has not proved that the account is theirs."""
    return person.has_usable_password() and has_unproved_sign_up(person)


def has_unproved_sign_up(person: User) -> bool:
    """Whether someone signed up without proving that the account is theirs: they chose a password, or agreed to the
    texts on the way to a passkey.
    """
    return (
        (person.has_usable_password() or bool(person.agreed_to))
        and not (person.is_staff or person.is_operator)  # made on the machine, by someone who may do anything
        and not EmailAddress.objects.filter(user=person, verified=True).exists()
    )


def unproved_since(before: datetime) -> QuerySet[User]:
    """People who signed up before then and never proved the address. They may have signed in: see `was_never_in`."""
    people: QuerySet[User] = get_user_model().objects.filter(
        joined_at__lt=before, last_login=None, is_active=True, leaving_at=None, is_staff=False, is_operator=False
    )
    signed_up = ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | ~Q(agreed_to={})
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    return people.filter(signed_up, ~Exists(proved)).order_by("joined_at", "pk")


def is_asked_anew(person: User) -> bool:
    """Whether someone else may have marked them as young, at a sign-up that was never proved: they have agreed to no
    text yet, and named no guardian.
    """
    return person.is_minor and not person.consents.exists() and not person.guardian_consents.exists()


def may_move_in(person: User, address: str) -> bool:
    """Whether a person who reads the letters to this address may take up the account that was made for it."""
    return person.email == normal_address(address) and owner_of(address) is None and was_never_in(person)


def open_documents(person: User) -> list[str]:
    """The texts whose newest version this person has not agreed to. Needs no query."""
    return [name for name, newest in settings.CONSENT_VERSIONS.items() if person.agreed_to.get(name, 0) < newest]


def due_to_leave(now: datetime) -> QuerySet[User]:
    """The people who are due to leave and have not been erased yet."""
    people: QuerySet[User] = get_user_model().objects.filter(leaving_at__lte=now, erased_at=None)
    return people.exclude(holds__in=LegalHold.objects.standing()).order_by("leaving_at", "pk")


class Erasure(NamedTuple):
    """The content of a certificate of erasure, which names nobody. `reference` is the id of the event that began it:
    unlike the person's own id, it is exported nowhere. `done_at` is None while the erasure is running. `block` is the
    block of the log that seals the record of it; None until then.
    """

    reference: str
    asked_at: datetime
    done_at: datetime | None
    block: EventBlock | None


def erasure(reference: str) -> Erasure | None:
    """The erasure with this reference; None unless the person asked for it."""
    begun = Event.objects.filter(public_id=reference, kind="person.erasure_begun").first()
    return _erasure_of(begun.subject_id) if begun else None


def erasure_of(person: User) -> Erasure | None:
    """The erasure of this person; None unless they asked for it and it has begun."""
    return _erasure_of(person.public_id)


def _erasure_of(person_id: str) -> Erasure | None:
    steps = ("person.leaving", "person.erasure_begun", "person.erased")
    found = Event.objects.filter(subject_id=person_id, kind__in=steps).select_related("block").order_by("pk")
    newest = {event.kind: event for event in found}
    if not {"person.leaving", "person.erasure_begun"} <= newest.keys():
        return None
    done = newest.get("person.erased")
    return Erasure(
        newest["person.erasure_begun"].public_id,
        asked_at=newest["person.leaving"].happened_at,
        done_at=done.happened_at if done else None,
        block=done.block if done else None,
    )


def is_being_erased(person: User) -> bool:
    """Whether their erasure has begun: part of it may be done already."""
    return Event.objects.filter(subject_id=person.public_id, kind="person.erasure_begun").exists()


def is_held(person: User) -> bool:
    """Whether anything of theirs must be kept by law."""
    return person.holds.standing().exists()


def sessions_of(person: User) -> QuerySet[UserSession]:
    """Where a person is signed in, newest first."""
    # By the machine's clock, not Satchel's, because Django ends sessions by it.
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    found: QuerySet[UserSession] = UserSession.objects.filter(user=person, session_key__in=live)
    return found.order_by("-created_at")
