"""What the notices' room forgets of a person who leaves, and the last letter to them."""

from __future__ import annotations

import logging
from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.utils import translation

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.core import erasing
from apps.core.erasing import Names
from apps.notices import words
from apps.notices.models import Letter, Notice, Preference

log = logging.getLogger(__name__)


def forget(person_id: int) -> None:
    """Notices and letters of theirs go whole; out of other people's, the name and the addresses."""
    person = User.objects.get(pk=person_id)
    addresses = accounts.addresses_of(person)
    letters = Letter.objects.filter(Q(person=person) | Q(to__in=addresses))
    jobs = [f"deliver:{public_id}" for public_id in letters.values_list("public_id", flat=True)]
    Notice.objects.filter(person=person).delete()
    Preference.objects.filter(person=person).delete()
    letters.delete()
    names = Names.of(accounts.names_of(person), addresses)
    take_out(names)
    erasing.forget_jobs(names, keys=jobs)
    _say_goodbye(person)


def take_out(names: Names) -> None:
    """Of what others were told."""
    names.take_out(Notice.objects.all(), "facts")
    names.take_out(Letter.objects.all(), "subject", "text", "html")


def _say_goodbye(person: User) -> None:
    """Handed over at once and written down nowhere: the address is forgotten with the next step. A mail server that is
    away keeps nobody here.
    """
    with translation.override(person.language):
        subject, text, html = words.compose("left", {"person": None, "address": settings.PUBLIC_URL})
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
