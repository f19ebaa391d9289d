"""What happens to people, to what they agreed to, and to their tokens."""

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

AT_ONCE = 1000  # sessions that are forgotten in one transaction
COOLING_OFF = timedelta(days=7)
# So many guardians a person may name within a day, and so many may name one: each time there is a letter.
MOST_GUARDIANS = 3
TOKEN_PREFIX = "satchel_"  # noqa: S105 - the part of a token that everybody may know


@transaction.atomic
def register(
    *,
    email: str,
    name: str,
    password: str | None,
    time_zone: str = "",
    is_operator: bool = False,
) -> User:
    """Make a person whose address is known to be theirs: an operator's act, or the demo's. None: no password yet; no
    time zone: `settings.TIME_ZONE_DEFAULT`.
    """
    user = User.objects.create_user(
        email, password, name=name, time_zone=time_zone, is_operator=is_operator, is_staff=is_operator
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    record("person.registered", user, by=user)
    return user


@transaction.atomic
def welcome(address: str, *, name: str, by: User) -> User:
    """Who has this address; where nobody has, a new person who proves it by signing in with a code sent there.

    An address that somebody has added but not proved is not theirs yet, unless it is their only one; and who signed up
    with it without proving it is shut out, so that the account is as if it had been made now.
    """
    address = normal_address(address)
    owner = queries.owner_of(address) or User.objects.at(address)
    if owner is not None:
        _make_anew(owner, name=name, by=by)
        return owner
    person = User(email=address, name=name.strip(), language=by.language, time_zone=by.time_zone)
    person.set_unusable_password()
    if not insert_new(person):  # somebody else welcomed them in this moment
        made = User.objects.at(address)
        if made is None:  # of a letter that came to Unicode lately, the database knows the capital, and we do not
            raise Refused(_("This address looks too much like one that is already here. Ask for another."))
        return made
    EmailAddress.objects.create(user=person, email=address, verified=False, primary=True)
    record("person.welcomed", person, by=by)
    return person


def _make_anew(person: User, *, name: str, by: User) -> None:
    # Of most, nothing has to be asked.
    could_be = person.last_login is None and (person.has_usable_password() or person.agreed_to)
    if could_be and queries.has_unproved_sign_up(person):
        drop_unproved_sign_up(person, by=by)
        person.name = name.strip()
        person.save(update_fields=["name"])


# Those of a person, the JSON at the end, which is empty for who has agreed to nothing yet.
_COLUMNS = [*(one.attname for one in User._meta.concrete_fields if one.attname != "agreed_to"), "agreed_to"]


class Guest(NamedTuple):
    """Somebody whom an address names, as the one who knows it wrote them. `language`: of the letters, or empty."""

    address: str
    name: str
    language: str = ""


@transaction.atomic
def welcome_many(guests: Sequence[Guest], *, by: User) -> dict[str, User]:
    """What `welcome` does, for many at once: address, as it is compared -> who has it."""
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
    """Take up an account that was made for oneself, with a letter that came to its only address, and agree to the texts.

    Once somebody has signed in to it, a letter is no key to it any more. Whether they are young, they are asked anew.
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
    """Shut out whoever signed up with an address and never proved it, now that its owner comes in, or is awarded
    something: their password opens nothing any more, and what they agreed to counts for nobody. Whether there was a
    password: who signed up for a passkey has none.

    Perhaps it was the owner, who is told and sets one again. That they are young stays said, for it only hides, until they
    are asked anew (`move_in`, `consent`).
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
    person.leaving_at = None  # who was never in can't have asked: it was about to lapse
    person.set_unusable_password()
    person.save(update_fields=["agreed_to", "leaving_at", "password"])
    record("password.dropped" if had_password else "sign_up.dropped", person, by=by)
    return had_password


@transaction.atomic
def sign_up(person: User, *, by: User) -> None:
    """What somebody leaves who has just made an account on the sign-up page, which took their yes to the texts."""
    record("person.registered", person, by=by)
    consent(person, by=by)


@transaction.atomic
def consent(person: User, *, by: User, is_minor: bool = True) -> None:
    """Agree to the newest version of each text. Asked twice, the first time stays the time.

    `is_minor`: False where they are asked whether they are young, since somebody said so at a sign-up that was never
    proved (`queries.is_asked_anew`), and they are not.
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
    """Take on another name or time zone (the language: `speak`). The name stands on what is earned from now on."""
    if by.pk != person.pk:
        raise PermissionDenied
    for field, value in changes.items():
        setattr(person, field, value)
    person.save(update_fields=list(changes))
    record("person.edited", person, by=by, fields=sorted(changes))


@transaction.atomic
def sign_out_elsewhere(person: User, *, by: User, here: str | None) -> int:
    """End a person's sessions but the one with the key `here`; how many there were."""
    if by.pk != person.pk:
        raise PermissionDenied
    elsewhere = UserSession.objects.filter(user=person).exclude(session_key=here or "")
    ended, _by_model = Session.objects.filter(session_key__in=elsewhere.values("session_key")).delete()
    elsewhere.delete()
    if ended:
        record("person.signed_out_elsewhere", person, by=by, sessions=ended)
    return ended


def forget_sessions() -> None:
    """Forget the sessions that ended, with the addresses that were typed into them, and where they came from."""
    now = timezone.now()  # by the machine's clock and not the house's: so Django ends them
    ended = Session.objects.filter(expire_date__lt=now).order_by("pk")
    # A session is written at the end of the request that begins it.
    lost = UserSession.objects.filter(~Exists(Session.objects.filter(pk=OuterRef("session_key"))))
    lost = lost.filter(created_at__lt=now - timedelta(hours=1)).order_by("pk")
    while some := list(ended.values_list("pk", flat=True)[:AT_ONCE]):
        Session.objects.filter(pk__in=some).delete()
    while gone := list(lost.values_list("pk", flat=True)[:AT_ONCE]):
        UserSession.objects.filter(pk__in=gone).delete()


@transaction.atomic
def switch_off(person: User, *, by: User) -> None:
    """Keep a person out until they are switched on again. An operator's act, and on nobody's own account."""
    person = _locked_for_operator(person, by=by)
    if person.pk == by.pk:  # so one operator is always left
        raise Refused(_("Nobody switches off their own account."))
    if not person.is_active:
        return
    person.is_active = False
    person.save(update_fields=["is_active"])
    record("person.switched_off", person, by=by)


@transaction.atomic
def switch_on(person: User, *, by: User) -> None:
    """Let a person in again. An operator's act; asked twice, it stays. Refused where nobody is left to let in."""
    person = _locked_for_operator(person, by=by)
    if person.is_active:
        return
    _refuse_gone(person)
    person.is_active = True
    person.save(update_fields=["is_active"])
    record("person.switched_on", person, by=by)


@transaction.atomic
def make_operator(person: User, *, by: User) -> None:
    """Let a person run the installation, and open the admin with it. An operator's act; asked twice, it stays."""
    person = _locked_for_operator(person, by=by)
    if person.is_operator and person.is_staff:
        return
    _refuse_gone(person)
    person.is_operator = person.is_staff = True
    person.save(update_fields=["is_operator", "is_staff"])
    record("person.made_operator", person, by=by)


@transaction.atomic
def unmake_operator(person: User, *, by: User) -> None:
    """End a person's running of the installation. An operator's act; the last one stays."""
    person = _locked_for_operator(person, by=by)
    if not (person.is_operator or person.is_staff):
        return
    if not User.objects.filter(is_operator=True, is_active=True).exclude(pk=person.pk).exists():
        raise Refused(_("This is the last operator. Make somebody else one first."))
    person.is_operator = person.is_staff = person.is_superuser = False
    person.save(update_fields=["is_operator", "is_staff", "is_superuser"])
    record("person.no_longer_operator", person, by=by)


@transaction.atomic
def reset_second_step(person: User, *, by: User) -> bool:
    """Take away a second step, with its recovery codes, for somebody who can't pass it any more. An operator's act;
    whether there was one. Passkeys stay: they open the door by themselves.
    """
    person = _locked_for_operator(person, by=by)
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    gone, _by_model = Authenticator.objects.filter(user=person, type__in=kinds).delete()
    if gone:
        record("second_step.reset", person, by=by)
    return bool(gone)


def _locked_for_operator(person: User, *, by: User) -> User:
    """The person, locked. All operators are locked first, in one order: of two who end each other's part, one stays."""
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
    """Ask for one's account to be erased. It happens after `COOLING_OFF`; until then, `stay` takes it back.

    `address`: one of theirs, typed by hand, so that nobody leaves by a slip. Refused while something has to be settled
    first (`config/leaving.py`), or is to be kept by law. Asked twice, the first day stays.
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
    """Take back that one leaves, as long as nothing is erased yet. Asked twice, one stays."""
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
    """Have an account erased that somebody made and never proved the address of; whether it was. One that holds
    anything, or is to be kept by law, stays, and so does one whose owner has come in meanwhile.
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
    """A job for each person whose time to stay is over and whom nothing holds; how many there are."""
    due = list(queries.due_to_leave(clock.now()).values_list("pk", "public_id", "leaving_at"))
    for pk, public_id, at in due:
        with transaction.atomic():
            # By the hour too: one that was refused, since a hold was placed or an issuer has no other owner, comes again.
            key = f"erase:{public_id}:{at}:{clock.now():%Y%m%d%H}"
            outbox.enqueue("apps.accounts.tasks.erase_person", key=key, person_id=pk)
    return len(due)


def erase(person_id: int) -> bool:
    """Have every room forget a person, room by room. What was stopped half-way goes on where it stopped; run again,
    nothing is left to do. False where there is something to wait for, or they stayed.
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
    """From here on nobody signs in, and there is no way back."""
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
        raise Refused(_("You are the last operator. Make somebody else one first."))
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
    """Say that one is younger than `settings.GUARDIAN_AGE`: what is shared is hidden, until a guardian agrees. Twice is
    once; that the time has come, an operator says (`come_of_age`).
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
    """They share by themselves from now on, and no guardian is asked any more. An operator's act; asked twice, it stays."""
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
    """Have a letter written to a guardian, with a link to say yes by. Whoever was asked before is asked no more, and
    what they agreed to ends. An address is written to three times a day at most, whoever asks: brothers and sisters
    have the same. The same guardian is written to once a day: letters are lost, and with it goes the way to take it back.
    """
    person = _locked(person)
    if by.pk != person.pk:
        raise PermissionDenied
    if not person.is_minor:
        raise Refused(_("You share by yourself: nobody has to agree."))
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
    """Said by whoever has the link in the letter. Said twice, the first time stays."""
    asked = GuardianConsent.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    _refuse_of_age(asked.person)
    if asked.ended_at is not None:
        raise Refused(_("This was taken back, or somebody else was asked."))
    if asked.given_at is not None:
        return
    asked.given_at = clock.now()
    asked.save(update_fields=["given_at"])
    record("guardian.consented", asked, by=None)


@transaction.atomic
def end_guardian_consent(asked: GuardianConsent) -> None:
    """Taken back by whoever has the link, or since another is asked: what is shared is hidden. Twice is once."""
    asked = GuardianConsent.objects.select_for_update(of=("self",)).get(pk=asked.pk)
    _refuse_of_age(asked.person)
    if asked.ended_at is not None:
        return
    _end_consent(asked)
    _hide_all(asked.person)


def _refuse_of_age(person: User) -> None:
    """What was pressed on a page from before they came of age, and would be answered as if it still counted."""
    if not person.is_minor:
        raise Refused(_("They are of age now, and decide themselves what they show. Nothing was changed."))


def _end_consent(asked: GuardianConsent) -> None:
    asked.ended_at = clock.now()
    asked.save(update_fields=["ended_at"])
    record("guardian.ended", asked, by=None)


def _hide_all(person: User) -> None:
    """At once, in rooms further up. What is shared in this very moment is hidden by the job that follows the event."""
    import_string(settings.HIDES_ALL)(person)


# --- kept by law ------------------------------------------------------------------------------------------------------
@transaction.atomic
def hold(person: User, *, by: User, reason: str, submission_id: str = "") -> LegalHold:
    """See that nothing of a person, or of one submission of theirs, is erased or runs out. An operator's act; of a
    submission, also of its issuer's owners: `apps.submissions.verbs.hold` asks for those.
    """
    if not by.is_operator and not submission_id:
        raise PermissionDenied
    if not reason.strip():
        raise Refused(_("Give a reason: whoever lifts the hold needs it."))
    person = _locked(person)
    if person.erased_at is not None:
        raise Refused(_("Nothing is left to hold: the account was erased."))
    standing = person.holds.standing().filter(submission_id=submission_id).first()
    if standing is not None:
        return standing
    placed = LegalHold.objects.create(
        person=person, submission_id=submission_id, reason=reason.strip(), placed_by=by, placed_at=clock.now()
    )
    record("hold.placed", placed, by=by, person=person.public_id, submission=submission_id, reason=digest(reason))
    return placed


@transaction.atomic
def lift_hold(hold: LegalHold, *, by: User) -> None:
    """What was to be erased meanwhile is erased from now on. An operator's act, or of who placed it; twice is once."""
    hold = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if not by.is_operator and by.pk != hold.placed_by_id:
        raise PermissionDenied
    if hold.lifted_at is not None:
        return
    hold.lifted_at, hold.lifted_by = clock.now(), by
    hold.save(update_fields=["lifted_at", "lifted_by"])
    record("hold.lifted", hold, by=by, person=hold.person.public_id, submission=hold.submission_id)


@transaction.atomic
def speak(person: User, *, by: User, language: str) -> None:
    """Choose the language of a person's pages and letters: a code of `settings.LANGUAGES`. Chosen twice, it stays."""
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
    """A new key to the API, and its secret, which is shown once and kept nowhere."""
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
    """End a key at once. Asked twice, it stays ended."""
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
    """End every key of a person's: with another password, whoever knew the old one keeps none."""
    for token in person.api_tokens.filter(revoked_at=None):
        revoke_token(token, by=by)


def token_digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
