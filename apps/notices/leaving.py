"""What the notices' room forgets of a person who leaves, and the last letter to them."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.core import erasing
from apps.core.erasing import Names
from apps.notices import words
from apps.notices.models import Letter, Notice, Preference

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = logging.getLogger(__name__)


def forget(person_id: int) -> None:
    """Notices and letters of theirs go whole; out of other people's, the name and the addresses."""
    person = User.objects.get(pk=person_id)
    addresses = addresses_of(person)
    letters = Letter.objects.filter(Q(person=person) | Q(to__in=addresses))
    jobs = [f"deliver:{public_id}" for public_id in letters.values_list("public_id", flat=True)]
    Notice.objects.filter(person=person).delete()
    Preference.objects.filter(person=person).delete()
    letters.delete()
    names = Names.of(accounts.names_of(person), addresses)
    take_out(names, person)
    erasing.forget_jobs(names, keys=jobs)
    _say_goodbye(person)


def addresses_of(person: User) -> set[str]:
    """Those that are theirs alone: an address that they never proved may be another's, who stays."""
    known = accounts.addresses_of(person)
    return known - {address for address, owner in accounts.owners_of(known).items() if owner.pk != person.pk}


def take_out(names: Names, person: User) -> None:
    """Of what others were told: the addresses, and the names where it tells of the person."""
    notices, letters = Notice.objects.all(), Letter.objects.all()
    names.take_out(notices, "facts")
    names.take_out(letters, "subject", "text", "html")
    told = erasing.telling_of(person.pk, names.naming(notices, "facts"), "key", "address", "facts")
    names.take_out_of_theirs(notices.filter(pk__in=told), "facts")
    theirs = letters.filter(pk__in=_telling_of(person, names.naming(letters, "subject", "text", "html")))
    names.take_out_of_theirs(theirs, "subject", "text")
    # Its marks may be words like a name. The text says the same, and what goes out goes without it.
    theirs.update(html="")


def _telling_of(person: User, letters: QuerySet[Letter]) -> set[int]:
    """Those whose key or whose notices name something of theirs. The notice of one that was written once more has left
    it for the newer one, and stands in its key.
    """
    by_id = {pk: erasing.ids_in(key) for pk, key in letters.values_list("pk", "dedupe_key")}
    ids = set[str]().union(*by_id.values())
    notices = Notice.objects.filter(Q(letter__in=by_id) | Q(public_id__in=ids))
    about = notices.filter(pk__in=erasing.telling_of(person.pk, notices, "key", "address", "facts"))
    theirs = erasing.theirs_among(person.pk, ids) | set(about.values_list("public_id", flat=True))
    found = {pk for pk, named in by_id.items() if not named.isdisjoint(theirs)}
    return found | set(about.filter(letter__in=by_id).values_list("letter", flat=True))


def _say_goodbye(person: User) -> None:
    """Handed over at once and written down nowhere: the address is forgotten with the next step. A mail server that is
    away keeps nobody here.
    """
    with translation.override(person.language):
        certificate = settings.PUBLIC_URL + reverse("accounts:erasure", args=[person.public_id])
        context = {"person": None, "address": settings.PUBLIC_URL, "facts": {"certificate": certificate}}
        subject, text, html = words.compose("left", context)
    host = settings.PUBLIC_URL.partition("://")[2].partition(":")[0].partition("/")[0]
    headers = {"Message-ID": f"<left-{person.public_id}@{host}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(
        subject=subject, body=text, from_email=settings.DEFAULT_FROM_EMAIL, to=[person.email], headers=headers
    )
    message.attach_alternative(html, "text/html")
    transaction.on_commit(partial(_send, message))


def _send(message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except Exception:  # noqa: BLE001 - whatever ails the mail server, the person goes all the same
        # Without the error, which may name the address.
        log.warning("The last letter to somebody who left could not be sent.")
