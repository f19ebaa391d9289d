"""Where the demo is allowed: its password is public, so nobody else may reach it unless that is intended."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.listening import is_loopback
from apps.core.refused import Refused
from apps.demo import people

if TYPE_CHECKING:
    from apps.accounts.models import User


LOOKED_FOR_EVERY = 60  # seconds
ADDRESSES = frozenset(person.email for person in people.EVERYBODY)


def may_be_here() -> bool:
    return settings.DEMO_ALLOWED and (settings.DEMO_PUBLIC or is_loopback(settings.BIND))


def kept_out(user: User) -> bool:
    """Whether this is one of the demo's people where the demo isn't allowed, however they sign in, even by a code, a
    passkey or a token, and whichever address is primary now.
    """
    if may_be_here():
        return False
    return user.email in ADDRESSES or user.pk in known_by_another(int(time.monotonic() // LOOKED_FOR_EVERY))


@lru_cache(maxsize=1)
def known_by_another(_moment: int) -> frozenset[int]:
    """The keys of accounts with any of the demo's addresses. Needed for every page of a signed-in person, so it is
    looked up only once a minute.
    """
    return frozenset(EmailAddress.objects.filter(email__in=ADDRESSES).values_list("user", flat=True))


def refuse_elsewhere() -> None:
    """Raise Refused, with the remedy, where the demo isn't allowed."""
    if not settings.DEMO_ALLOWED:
        raise Refused(
            _("The demo has a password that everybody knows. These settings keep it out, and so they should.")
        )
    if not may_be_here():
        raise Refused(
            _(
                "The demo has a password that everybody knows, and BIND=%(bind)s lets others in. "
                "Listen on 127.0.0.1, or say DEMO_PUBLIC=on."
            )
            % {"bind": settings.BIND}
        )
