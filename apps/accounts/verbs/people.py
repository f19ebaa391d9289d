"""The actions on people, their consents and their tokens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from apps.accounts import merging, queries
from apps.accounts.models import ApiToken, Consent, GuardianConsent, LegalHold, Scope, User
from apps.core import clock, erasing, outbox
from apps.core.copying import copy_in, insert_new, next_keys
from apps.core.events import Happened, digest, record, record_many
from apps.core.ids import new_public_ids
from apps.core.refused import Refused
from apps.core.text import normal_address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

AT_ONCE = 1000  # sessions deleted per transaction
COOLING_OFF = timedelta(days=7)
# How many guardians one person may name in a day, and how many may name the same one: each time a letter is sent.
MOST_GUARDIANS = 3
TOKEN_PREFIX = "satchel_"  # noqa: S105 - the public part of a token


@transaction.atomic
def register(
    *,
    email: str,
    name: str,
    password: str | None,
    time_zone: str = "",
    is_operator: bool = False,
) -> User:
    """Make a person whose address is known to be theirs, for an operator or the demo. No password: None; no time
    zone: `settings.TIME_ZONE_DEFAULT`.
    """
    user = User.objects.create_user(
        email, password, name=name, time_zone=time_zone, is_operator=is_operator, is_staff=is_operator
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record("person.registered", user, by=user)
    return user


@transaction.atomic
def welcome(address: str, *, name: str, by: User) -> User:
    """The person with this address; if there is none, a new one, who proves it by signing in with a code sent there.

    An address that someone has added but not proved is not theirs yet, unless it is their only one. If they signed up
    with it unproved, they are shut out, so that the account is as good as new.
    """
    address = normal_address(address)
    owner = queries.owner_of(address) or User.objects.at(address)
    if owner is not None:
        _make_anew(owner, name=name, by=by)
        return owner
    person = User(email=address, name=name.strip(), language=by.language, time_zone=by.time_zone)
    person.set_unusable_password()
    if not insert_new(person):  # someone else welcomed them at the same moment
        made = User.objects.at(address)
        if made is None:  # for a letter new in Unicode, the database knows the capital and Python doesn't
            raise Refused(_("This address looks too much like one that is already here. Ask for another."))
        return made
    EmailAddress.objects.create(user=person, email=address, verified=False, primary=True)
    record("person.welcomed", person, by=by)
    return person


def _make_anew(person: User, *, name: str, by: User) -> None:
    # For most people, this needs no query.
    could_be = person.last_login is None and (person.has_usable_password() or person.agreed_to)
    if could_be and queries.has_unproved_sign_up(person):
        drop_unproved_sign_up(person, by=by)
        person.name = name.strip()
        person.save(update_fields=["name"])


# A person's columns, with the JSON last, since it is empty for those who have agreed to nothing yet.
_COLUMNS = [*(one.attname for one in User._meta.concrete_fields if one.attname != "agreed_to"), "agreed_to"]


class Guest(NamedTuple):
    """A person named by their address, with the name others gave them. `language`: for letters, or empty."""

    address: str
    name: str
    language: str = ""


@transaction.atomic
def welcome_many(guests: Sequence[Guest], *, by: User) -> dict[str, User]:
    """Do what `welcome` does for many at once. Returns normalised address -> person."""
    asked = {normal_address(one.address): one for one in guests}
    found = queries.owners_of(asked)
    for address, owner in found.items():
        _make_anew(owner, name=asked[address].name, by=by)
    new = [address for address in asked if address not in found]
    if not new:
        return found
    language, zone, now = by.language, by.time_zone, clock.now()
    alike = vars(User(time_zone=zone, joined_at=now))
    rows = [
        alike
        | {
            "id": key,
            "public_id": public_id,
            "email": address,
            "name": asked[address].name.strip(),
            "language": asked[address].language or language,
            "password": f"{UNUSABLE_PASSWORD_PREFIX}{secrets.token_urlsafe(30)}",
            "agreed_to": {},
        }
        for address, key, public_id in zip(new, next_keys(User, len(new)), new_public_ids(len(new)), strict=True)
    ]
    copy_in(User, _COLUMNS, ([row[name] for name in _COLUMNS[:-1]] + ["{}"] for row in rows))
    made = [User.from_db(connection.alias, _COLUMNS, [row[name] for name in _COLUMNS]) for row in rows]
    copy_in(
        EmailAddress,
        ("user", "email", "verified", "primary"),
        ((one.pk, one.email, False, True) for one in made),
    )
    record_many("person.welcomed", User, [Happened(one.public_id, {}) for one in made], by=by)
    return found | {one.email: one for one in made}


@transaction.atomic
def move_in(person: User, *, by: User, address: str, name: str) -> User:
    """Take up an account that was made for oneself, by a letter to its only address, and agree to the texts.

    Once someone has signed in to it, a letter no longer opens it. Whether they are young is asked again.
    """
    if by.pk != person.pk:
        raise PermissionDenied
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if not queries.may_move_in(person, address):
        raise Refused(_("This account is in use. Sign in to it first."))
    drop_unproved_sign_up(person, by=by)
    EmailAddress.objects.filter(user=person, email=normal_address(address)).update(verified=True, primary=True)
    person.name, person.is_minor = name.strip(), False
    person.save(update_fields=["name", "is_minor"])
    record("address.confirmed", person, by=by)
    record("person.registered", person, by=by)
    consent(person, by=by)
    return User.objects.get(pk=person.pk)


@transaction.atomic
def drop_unproved_sign_up(person: User, *, by: User) -> bool:
    """Shut out a person who signed up with an address and never proved it, now that its owner signs in or is awarded
    something: their password stops working and their consents are deleted. Returns whether there was a password;
    sign-ups for a passkey have none.

    Perhaps it was the owner, who is told and can set one again. A mark as young stays, since it only hides things,
    until they are asked again (`move_in`, `consent`).
    """
    known = User.objects.select_for_update(of=("self",), no_key=True)
    person.refresh_from_db(fields=["agreed_to", "password"], from_queryset=known)
    if not queries.has_unproved_sign_up(person):
        return False
    had_password = person.has_usable_password()
    sign_out_elsewhere(person, by=person, here=None)
    revoke_tokens(person, by=person)
    person.consents.all().delete()
    person.agreed_to = {}
    person.leaving_at = None  # someone who never signed in can't have asked: the account was about to lapse
    person.set_unusable_password()
    person.save(update_fields=["agreed_to", "leaving_at", "password"])
    record("password.dropped" if had_password else "sign_up.dropped", person, by=by)
    return had_password


@transaction.atomic
def sign_up(person: User, *, by: User) -> None:
    """Record the sign-up of a person who has just made an account and agreed to the texts on its page."""
    record("person.registered", person, by=by)
    consent(person, by=by)


@transaction.atomic
def consent(person: User, *, by: User, is_minor: bool = True) -> None:
    """Agree to the newest version of each text. Repeated, it keeps the first time.

    `is_minor`: False if they answer that they are not young. They are asked if someone said so at a sign-up that was
    never proved (`queries.is_asked_anew`).
    """
    if by.pk != person.pk:
        raise PermissionDenied
    person.refresh_from_db(fields=["agreed_to", "is_minor"], from_queryset=User.objects.select_for_update(of=("self",)))
    if not is_minor and queries.is_asked_anew(person):
        person.is_minor = False
        person.save(update_fields=["is_minor"])
        record("person.said_grown", person, by=by)
    for document, version in settings.CONSENT_VERSIONS.items():
        _given, is_new = Consent.objects.get_or_create(
            person=person, document=document, version=version, defaults={"given_at": clock.now()}
        )
        if is_new:
            record("consent.given", person, by=by, document=document, version=version)
    person.agreed_to = dict(settings.CONSENT_VERSIONS)
    person.save(update_fields=["agreed_to"])


@transaction.atomic
def edit_profile(person: User, *, by: User, **changes: str) -> None:
    """Change name or time zone (for the language: `speak`). The name appears on what is earned from now on."""
    if by.pk != person.pk:
        raise PermissionDenied
    for field, value in changes.items():
        setattr(person, field, value)
    person.save(update_fields=list(changes))
    record("person.edited", person, by=by, fields=sorted(changes))


@transaction.atomic
def sign_out_elsewhere(person: User, *, by: User, here: str | None) -> int:
    """End a person's sessions except the one with the key `here`; return how many there were."""
    if by.pk != person.pk:
        raise PermissionDenied
    elsewhere = UserSession.objects.filter(user=person).exclude(session_key=here or "")
    ended, _by_model = Session.objects.filter(session_key__in=elsewhere.values("session_key")).delete()
    elsewhere.delete()
    if ended:
        record("person.signed_out_elsewhere", person, by=by, sessions=ended)
    return ended


def forget_sessions() -> None:
    """Delete ended sessions, with the addresses typed into them and where they came from."""
    now = timezone.now()  # by the machine's clock, not Satchel's, because Django ends sessions by it
    ended = Session.objects.filter(expire_date__lt=now).order_by("pk")
    # A session is written only at the end of the request that starts it.
    lost = UserSession.objects.filter(~Exists(Session.objects.filter(pk=OuterRef("session_key"))))
    lost = lost.filter(created_at__lt=now - timedelta(hours=1)).order_by("pk")
    while some := list(ended.values_list("pk", flat=True)[:AT_ONCE]):
        Session.objects.filter(pk__in=some).delete()
    while gone := list(lost.values_list("pk", flat=True)[:AT_ONCE]):
        UserSession.objects.filter(pk__in=gone).delete()


@transaction.atomic
def switch_off(person: User, *, by: User) -> None:
    """Keep a person out until they are switched on again. For operators, and not on their own account."""
    person = _locked_for_operator(person, by=by)
    if person.pk == by.pk:  # so that one operator is always left
        raise Refused(_("You can't switch off your own account."))
    if not person.is_active:
        return
    person.is_active = False
    person.save(update_fields=["is_active"])
    record("person.switched_off", person, by=by)


@transaction.atomic
def switch_on(person: User, *, by: User) -> None:
    """Let a person in again. For operators; idempotent. Refused if the account is gone."""
    person = _locked_for_operator(person, by=by)
    if person.is_active:
        return
    _refuse_gone(person)
    person.is_active = True
    person.save(update_fields=["is_active"])
    record("person.switched_on", person, by=by)


@transaction.atomic
def make_operator(person: User, *, by: User) -> None:
    """Let a person run the installation, including the admin. For operators; idempotent."""
    person = _locked_for_operator(person, by=by)
    if person.is_operator and person.is_staff:
        return
    _refuse_gone(person)
    person.is_operator = person.is_staff = True
    person.save(update_fields=["is_operator", "is_staff"])
    record("person.made_operator", person, by=by)


@transaction.atomic
def unmake_operator(person: User, *, by: User) -> None:
    """Take away a person's operator role. For operators; the last one stays."""
    person = _locked_for_operator(person, by=by)
    if not (person.is_operator or person.is_staff):
        return
    if not User.objects.filter(is_operator=True, is_active=True).exclude(pk=person.pk).exists():
        raise Refused(_("This is the last operator. Make someone else an operator first."))
    person.is_operator = person.is_staff = person.is_superuser = False
    person.save(update_fields=["is_operator", "is_staff", "is_superuser"])
    record("person.no_longer_operator", person, by=by)


@transaction.atomic
def reset_second_step(person: User, *, by: User) -> bool:
    """Remove a second step, with its recovery codes, for someone who can't pass it any more. For operators; returns
    whether there was one. Passkeys stay: they sign in by themselves.
    """
    person = _locked_for_operator(person, by=by)
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    gone, _by_model = Authenticator.objects.filter(user=person, type__in=kinds).delete()
    if gone:
        record("second_step.reset", person, by=by)
    return bool(gone)


def _locked_for_operator(person: User, *, by: User) -> User:
    """The person, locked. All operators are locked first, so that of two who unmake each other, one stays."""
    operators = User.objects.filter(is_operator=True, is_active=True).order_by("pk").select_for_update(of=("self",))
    if by.pk not in {one.pk for one in operators}:
        raise PermissionDenied
    return User.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _refuse_gone(person: User) -> None:
    if person.merged_into_id is not None:
        raise Refused(_("This account was merged into another one."))
    if person.erased_at is not None or (person.leaving_at is not None and person.leaving_at <= clock.now()):
        raise Refused(_("This account was erased, or is being erased."))


# --- leaving ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def leave(person: User, *, by: User, address: str) -> User:
    """Ask for one's account to be erased. It happens after `COOLING_OFF`; until then, `stay` cancels it.

    `address`: one of theirs, typed by hand, so that nobody leaves by accident. Refused while something has to be
    settled first (`config/leaving.py`) or must be kept by law. Repeated, it keeps the first day.
    """
    person = _locked(person)
    if by.pk != person.pk:
        raise PermissionDenied
    if person.leaving_at is not None:
        return person
    if normal_address(address) not in queries.addresses_of(person):
        raise Refused(_("That is not an address of yours. Type it as it is shown above."))
    _refuse_leaving(person)
    person.leaving_at = clock.now() + COOLING_OFF
    person.save(update_fields=["leaving_at"])
    record("person.leaving", person, by=by, at=person.leaving_at.isoformat())
    return person


@transaction.atomic
def stay(person: User, *, by: User) -> None:
    """Cancel leaving, as long as nothing has been erased. Idempotent."""
    person = _locked(person)
    if by.pk != person.pk:
        raise PermissionDenied
    if person.leaving_at is None:
        return
    if not person.is_active:
        raise Refused(_("Your account is being erased already."))
    person.leaving_at = None
    person.save(update_fields=["leaving_at"])
    record("person.stayed", person, by=by)


@transaction.atomic
def lapse_sign_up(person: User) -> bool:
    """Have an account erased if its maker never proved the address; return whether it was. It stays if it holds
    anything, must be kept by law, or its owner has signed in meanwhile.
    """
    person = _locked(person)
    is_theirs = not queries.has_unproved_sign_up(person) or not queries.was_never_in(person)
    if is_theirs or person.leaving_at is not None or queries.is_held(person) or merging.what_moves(person):
        return False
    person.leaving_at = clock.now()
    person.save(update_fields=["leaving_at"])
    record("sign_up.lapsed", person, by=None)
    outbox.enqueue("apps.accounts.tasks.erase_person", key=f"erase:{person.public_id}:unproved", person_id=person.pk)
    return True


def spread_erasures() -> int:
    """Enqueue a job for each person who is due to leave and not held; return how many there are."""
    due = list(queries.due_to_leave(clock.now()).values_list("pk", "public_id", "leaving_at"))
    for pk, public_id, at in due:
        with transaction.atomic():
            # By the hour too, so that a refused erasure is retried: a hold was placed, or an issuer has no other
            # owner.
            key = f"erase:{public_id}:{at}:{clock.now():%Y%m%d%H}"
            outbox.enqueue("apps.accounts.tasks.erase_person", key=key, person_id=pk)
    return len(due)


def erase(person_id: int) -> bool:
    """Have every app forget a person, one after another. After an interruption it goes on where it stopped; once
    done, it does nothing. False if it has to wait, or if they stayed.
    """
    if not _begin_erasure(person_id):
        return False
    for function in import_string(f"{settings.LEAVING}.FORGET"):
        with transaction.atomic():
            person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
            if person.erased_at is not None:
                return True
            if queries.is_held(person):
                return False
            erasing.give_way(person_id)
            import_string(function)(person_id)
            erasing.close()
    return True


@transaction.atomic
def _begin_erasure(person_id: int) -> bool:
    """Close the account for good: from here on nobody can sign in, and nothing can be cancelled."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
    is_due = person.leaving_at is not None and person.leaving_at <= clock.now()
    if not is_due or person.erased_at is not None or queries.is_held(person):
        return person.erased_at is not None
    try:
        _refuse_leaving(person)
    except Refused:
        return False
    if person.is_active or person.is_operator:
        person.is_active = person.is_operator = person.is_staff = person.is_superuser = False
        person.save(update_fields=["is_active", "is_operator", "is_staff", "is_superuser"])
        record("person.erasure_begun", person, by=None)
    return True


def _refuse_leaving(person: User) -> None:
    others = User.objects.filter(is_operator=True, is_active=True).exclude(pk=person.pk)
    if person.is_operator and not others.exists():
        raise Refused(_("You are the last operator. Make someone else an operator first."))
    if queries.is_held(person):
        raise Refused(
            _("The law requires your account to be kept for now. Ask whoever runs this installation about the hold.")
        )
    for function in import_string(f"{settings.LEAVING}.WHY_NOT"):
        import_string(function)(person)


def _locked(person: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=person.pk)


# --- minors -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def say_minor(person: User, *, by: User) -> None:
    """Declare oneself younger than `settings.GUARDIAN_AGE`: what is shared is hidden until a guardian agrees.
    Idempotent. Only an operator can end it (`come_of_age`).
    """
    person = _locked(person)
    if by.pk != person.pk:
        raise PermissionDenied
    if person.is_minor:
        return
    person.is_minor = True
    person.save(update_fields=["is_minor"])
    record("person.said_minor", person, by=by)
    _hide_all(person)


@transaction.atomic
def come_of_age(person: User, *, by: User) -> None:
    """Let them share by themselves from now on, without a guardian. For operators; idempotent."""
    person = _locked_for_operator(person, by=by)
    if not person.is_minor:
        return
    person.is_minor = False
    person.save(update_fields=["is_minor"])
    record("person.came_of_age", person, by=by)
    for asked in person.guardian_consents.select_for_update().filter(ended_at=None):
        _end_consent(asked)


@transaction.atomic
def ask_guardian(person: User, *, by: User, address: str) -> GuardianConsent:
    """Have a letter sent to a guardian, with a link to consent by. Any guardian asked before is replaced, and their
    consent ends. An address gets at most three letters a day, whoever asks, since brothers and sisters share it. The
    same guardian can be written to again each day: letters get lost, and with them the way to withdraw.
    """
    person = _locked(person)
    if by.pk != person.pk:
        raise PermissionDenied
    if not person.is_minor:
        raise Refused(_("You don't need anyone's consent to share."))
    address = normal_address(address)
    if address in queries.addresses_of(person):
        raise Refused(_("That is an address of yours. Type your guardian’s."))
    now = clock.now()
    asked = person.guardian_consents.filter(ended_at=None).first()
    if asked is not None and asked.address != address:
        end_guardian_consent(asked)
        asked = None
    if asked is not None and asked.asked_at > now - timedelta(days=1):
        return asked
    lately = GuardianConsent.objects.filter(asked_at__gt=now - timedelta(days=1))
    if lately.filter(address=address).count() >= MOST_GUARDIANS:
        raise Refused(_("Three letters went there within a day. Ask again tomorrow."))
    if lately.filter(person=person).count() >= MOST_GUARDIANS:
        raise Refused(_("You asked three people within a day. Ask again tomorrow."))
    if asked is None:
        asked = GuardianConsent.objects.create(person=person, address=address, asked_at=now)
    else:
        asked.asked_at = now
        asked.save(update_fields=["asked_at"])
    record("guardian.asked", asked, by=by)
    return asked


@transaction.atomic
def give_guardian_consent(asked: GuardianConsent) -> None:
    """Consent, for the holder of the link in the letter. Repeated, it keeps the first time."""
    asked = GuardianConsent.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    _refuse_of_age(asked.person)
    if asked.ended_at is not None:
        raise Refused(_("This was withdrawn, or someone else was asked."))
    if asked.given_at is not None:
        return
    asked.given_at = clock.now()
    asked.save(update_fields=["given_at"])
    record("guardian.consented", asked, by=None)


@transaction.atomic
def end_guardian_consent(asked: GuardianConsent) -> None:
    """End the consent, withdrawn by the guardian or replaced by a new request; hide what is shared. Idempotent."""
    asked = GuardianConsent.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    _refuse_of_age(asked.person)
    if asked.ended_at is not None:
        return
    _end_consent(asked)
    _hide_all(asked.person)


def _refuse_of_age(person: User) -> None:
    """Refuse an answer from a page that was loaded before they came of age."""
    if not person.is_minor:
        raise Refused(_("They are of age now, and decide themselves what they show. Nothing was changed."))


def _end_consent(asked: GuardianConsent) -> None:
    asked.ended_at = clock.now()
    asked.save(update_fields=["ended_at"])
    record("guardian.ended", asked, by=None)


def _hide_all(person: User) -> None:
    """Hide it now, in higher apps. What is being shared at this moment is hidden by the event's job."""
    import_string(settings.HIDES_ALL)(person)


# --- legal holds ------------------------------------------------------------------------------------------------------
@transaction.atomic
def hold(person: User, *, by: User, reason: str, submission_id: str = "") -> LegalHold:
    """Keep anything of a person, or of one submission of theirs, from being erased or expiring. For operators; for a
    submission, also for its issuer's owners, through `apps.submissions.verbs.hold`. Refused while a hold on the same
    thing stands: its placer would think that theirs does.
    """
    if not by.is_operator and not submission_id:
        raise PermissionDenied
    if not reason.strip():
        raise Refused(_("Give a reason: whoever lifts the hold needs it."))
    person = _locked(person)
    if person.erased_at is not None:
        raise Refused(_("Nothing is left to hold: the account was erased."))
    if queries.is_being_erased(person):
        raise Refused(_("It is too late for a hold: the account is being erased."))
    standing = person.holds.standing().filter(submission_id=submission_id).first()
    if standing is not None:
        told = {"name": standing.placed_by, "day": date_format(timezone.localtime(standing.placed_at), "j F Y")}
        raise Refused(_("It is on hold already: %(name)s placed a hold on %(day)s.") % told)
    placed = LegalHold.objects.create(
        person=person, submission_id=submission_id, reason=reason.strip(), placed_by=by, placed_at=clock.now()
    )
    record("hold.placed", placed, by=by, person=person.public_id, submission=submission_id, reason=digest(reason))
    return placed


@transaction.atomic
def lift_hold(hold: LegalHold, *, by: User) -> None:
    """Lift the hold: what was due is now erased. For operators; on a submission, also for its issuer's owners, through
    `apps.submissions.verbs.lift_hold`. Idempotent.
    """
    hold = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if not by.is_operator and not hold.submission_id:
        raise PermissionDenied
    if hold.lifted_at is not None:
        return
    hold.lifted_at, hold.lifted_by = clock.now(), by
    hold.save(update_fields=["lifted_at", "lifted_by"])
    record("hold.lifted", hold, by=by, person=hold.person.public_id, submission=hold.submission_id)


@transaction.atomic
def speak(person: User, *, by: User, language: str) -> None:
    """Choose the language of a person's pages and letters, a code from `settings.LANGUAGES`. Idempotent."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if by.pk != person.pk:
        raise PermissionDenied
    if language not in dict(settings.LANGUAGES):
        raise Refused(_("Satchel does not speak that language yet."))
    if person.language == language:
        return
    person.language = language
    person.save(update_fields=["language"])
    record("person.speaks", person, by=by, language=language)


@transaction.atomic
def create_token(
    person: User, *, by: User, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new key to the API, and its secret, which is shown once and stored nowhere."""
    if by.pk != person.pk:
        raise PermissionDenied
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        name=name,
        token_hash=token_digest(secret),
        scopes=[Scope(scope).value for scope in scopes],
        created_at=clock.now(),
        expires_at=expires_at,
    )
    record("token.created", token, by=by, scopes=token.scopes)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """End a key at once. Idempotent."""
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if by.pk != token.person_id:
        raise PermissionDenied
    if token.revoked_at:
        return
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    record("token.revoked", token, by=by)


@transaction.atomic
def revoke_tokens(person: User, *, by: User) -> None:
    """End all of a person's keys, so that after a new password nobody who knew the old one keeps any."""
    for token in person.api_tokens.filter(revoked_at=None):
        revoke_token(token, by=by)


def token_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
