"""What the notices app deletes when a person leaves, and the last letter to them."""

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
    """Delete their notices and letters, and remove their name and addresses from other people's."""
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
    """The addresses that are theirs alone: one that they never proved may belong to someone who stays."""
    known = accounts.addresses_of(person)
    return known - {address for address, owner in accounts.owners_of(known).items() if owner.pk != person.pk}


def take_out(names: Names, person: User) -> None:
    """Remove the addresses from what others were told, and the names where it is about the person."""
    notices, letters = Notice.objects.all(), Letter.objects.all()
    names.take_out(notices, "facts")
    names.take_out(letters, "subject", "text", "html")
    told = erasing.telling_of(person.pk, names.naming(notices, "facts"), "key", "address", "facts")
    names.take_out_of_theirs(notices.filter(pk__in=told), "facts")
    theirs = letters.filter(pk__in=_telling_of(person, names.naming(letters, "subject", "text", "html")))
    names.take_out_of_theirs(theirs, "subject", "text")
    # Its markup may contain words like a name. The text says the same, so what is sent goes without HTML.
    theirs.update(html="")


def _telling_of(person: User, letters: QuerySet[Letter]) -> set[int]:
    """The letters whose key or notices name something of theirs. A letter that was sent again has lost its notice to
    the newer letter, but its key still names it.
    """
    by_id = {pk: erasing.ids_in(key) for pk, key in letters.values_list("pk", "dedupe_key")}
    ids = set[str]().union(*by_id.values())
    notices = Notice.objects.filter(Q(letter__in=by_id) | Q(public_id__in=ids))
    about = notices.filter(pk__in=erasing.telling_of(person.pk, notices, "key", "address", "facts"))
    theirs = erasing.theirs_among(person.pk, ids) | set(about.values_list("public_id", flat=True))
    found = {pk for pk, named in by_id.items() if not named.isdisjoint(theirs)}
    return found | set(about.filter(letter__in=by_id).values_list("letter", flat=True))


def _say_goodbye(person: User) -> None:
    """Send the last letter at once and record it nowhere: the next step deletes the address. If the mail server is
    away, the erasure goes on. Not if a sign-up lapsed: the address may be a stranger's, who asked for nothing.
    """
    erasure = accounts.erasure_of(person)
    if erasure is None:
        return
    with translation.override(person.language):
        certificate = settings.PUBLIC_URL + reverse("accounts:erasure", args=[erasure.reference])
        context = {"person": None, "address": settings.PUBLIC_URL, "facts": {"certificate": certificate}}
        subject, text, html = words.compose("left", context)
    headers = {"Message-ID": f"<left-{person.public_id}@{settings.PUBLIC_HOST}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(
        subject=subject, body=text, from_email=settings.DEFAULT_FROM_EMAIL, to=[person.email], headers=headers
    )
    message.attach_alternative(html, "text/html")
    transaction.on_commit(partial(_send, message))


def _send(message: EmailMultiAlternatives) -> None:
    try:
        message.send()
    except Exception:  # noqa: BLE001 - whatever is wrong with the mail server, the erasure goes on
        # Without the error, which may name the address.
        log.warning("The last letter to somebody who left could not be sent.")
