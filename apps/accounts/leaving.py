"""The last part of an erasure: once every app has forgotten a person, only a row without a name is left."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q

from apps.accounts import queries
from apps.accounts.models import ApiToken, KeptAnswer, LegalHold, User
from apps.core import clock, erasing
from apps.core.erasing import NOTHING, Names
from apps.core.events import record

if TYPE_CHECKING:
    from collections.abc import Iterator


def forget(person_id: int) -> None:
    """Erase the account, as the last step. Consents and dates stay: they name nobody, and show they were asked."""
    person = User.objects.select_for_update(of=("self",)).get(pk=person_id)
    addresses = queries.addresses_of(person)
    erasing.forget_jobs(Names.of(queries.names_of(person), addresses))
    end_sessions(person)
    _forget_half_signed_in(person, addresses)
    Authenticator.objects.filter(user=person).delete()
    EmailAddress.objects.filter(user=person).delete()
    person.guardian_consents.all().delete()
    person.merges.all().delete()
    person.groups.clear()
    person.user_permissions.clear()
    about = ContentType.objects.get_for_model(User)
    taken_in = User.objects.filter(merged_into=person)
    keys = [str(pk) for pk in (person.pk, *taken_in.values_list("pk", flat=True))]
    LogEntry.objects.filter(content_type=about, object_id__in=keys).update(object_repr=NOTHING, change_message="")
    Names.of(queries.names_of(person), addresses).take_out(LogEntry.objects.all(), "object_repr", "change_message")
    theirs = Q(person=person) | Q(person__in=taken_in)
    ApiToken.objects.filter(theirs).delete()
    KeptAnswer.objects.filter(theirs).delete()
    LegalHold.objects.filter(theirs).exclude(reason=NOTHING).update(reason=NOTHING)
    taken_in.update(name="", erased_at=clock.now())
    person.name, person.former_names, person.email = "", [], erasing.unheard_address(person.public_id)
    person.set_unusable_password()
    person.is_active = person.is_staff = person.is_superuser = person.is_operator = False
    person.last_login, person.erased_at = None, clock.now()
    person.language, person.time_zone = "en", "UTC"
    person.save()
    record("person.erased", person, by=None)


def end_sessions(person: User) -> None:
    held = UserSession.objects.filter(user=person)
    Session.objects.filter(session_key__in=held.values("session_key")).delete()
    held.delete()


def _forget_half_signed_in(person: User, addresses: set[str]) -> None:
    """Delete sessions of people who stopped half-way through signing in, and what older sessions may still hold."""
    # Only whole addresses: maria@… is not ia@….
    either = "|".join(map(re.escape, addresses))
    named = re.compile(rf"(?<![\w.+-])(?:{either})(?![\w-]|\.\w)", re.IGNORECASE)
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if held.get("_auth_user_id") == str(person.pk) or any(map(named.search, _words_in(held))):
            session.delete()


def _words_in(held: object) -> Iterator[str]:
    """Every text in a session's data, as it stands and as it would be unquoted from a URL."""
    if isinstance(held, str):
        yield from (held, unquote(held))
    elif isinstance(held, dict):
        yield from _words_in([*held, *held.values()])
    elif isinstance(held, list):
        for one in held:
            yield from _words_in(one)
