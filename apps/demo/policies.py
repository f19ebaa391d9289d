"""Where the demo may be: its password is public, so nobody else may reach it unless they were asked."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.utils.translation import gettext as _

from apps.core.refused import Refused


def may_be_here() -> bool:
    return settings.DEMO_ALLOWED and (settings.DEMO_PUBLIC or is_loopback(settings.BIND))


def refuse_elsewhere() -> None:
    """Raise Refused, with the remedy, where the demo may not be."""
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


def is_loopback(bind: str) -> bool:
    if bind == "localhost":
        return True
    try:
        return ipaddress.ip_address(bind.strip("[]")).is_loopback
    except ValueError:
        return False
