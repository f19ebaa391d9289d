"""The text of notices and letters, made from their facts in the active language or the person's own."""

from __future__ import annotations

from email.utils import formataddr, parseaddr
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from apps.core import clock
from apps.notices.kinds import KINDS, Kind
from apps.notices.tokens import unsubscribe_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from apps.accounts.models import User
    from apps.notices.models import Letter, Notice

DIGEST = "digest"


class Told(NamedTuple):
    """A notice in words. `title` and `line` are plain text, whatever they contain: pages escape them."""

    notice: Notice
    kind: Kind
    title: str
    line: str


class Group(NamedTuple):
    """Notices of one kind, in a digest."""

    kind: Kind
    told: list[Told]


class Words(NamedTuple):
    """A letter in words. `sender` is a whole From; `stop_url` is empty if such letters can't be stopped; `key` is the
    address in it that is for its reader alone.
    """

    subject: str
    text: str
    html: str
    sender: str = settings.DEFAULT_FROM_EMAIL
    stop_url: str = ""
    key: str = ""


def told(notices: Iterable[Notice]) -> Iterator[Told]:
    """Each notice with its text, in the active language."""
    for notice in notices:
        yield Told(notice, notice.about, title_of(notice), line_of(notice))


def title_of(notice: Notice) -> str:
    return _one_line(f"mail/{notice.kind}.subject.txt", {"facts": notice.facts})


def line_of(notice: Notice) -> str:
    return _one_line(f"mail/{notice.kind}.line.txt", {"facts": notice.facts})


def of_letter(letter: Letter, to: User) -> Words:
    """The text of a letter about notices, in the person's language and zone."""
    notices = list(letter.notices.order_by("made_at", "pk"))
    stoppable = sorted({notice.kind for notice in notices if notice.about.may_be_stopped})
    stop_url = unsubscribe_url(to, stoppable) if stoppable else ""
    zone = clock.zone(to.time_zone)
    key = key_of(letter)
    with translation.override(to.language), timezone.override(zone):
        sender = settings.DEFAULT_FROM_EMAIL
        context: dict[str, Any] = {"person": to, "stop_url": stop_url, "choose": True}
        if letter.kind == DIGEST:
            place = list(KINDS).index
            by_kind = sorted(told(notices), key=lambda one: place(one.kind.name))
            groups = [Group(kind, list(of_it)) for kind, of_it in groupby(by_kind, key=lambda one: one.kind)]
            context |= {"groups": groups, "count": len(notices)}
        else:
            (notice,) = notices
            sender = _sender(notice)
            context |= {"facts": notice.facts, "address": f"{settings.PUBLIC_URL}{notice.address}", "key": key}
        return Words(*compose(letter.kind, context), sender, stop_url, key)


def key_of(letter: Letter) -> str:
    """The full address that a letter opens, made each time; empty if there is none, or none any more."""
    if not letter.opens or "function" not in letter.opens:
        return ""
    path = import_string(letter.opens["function"])(**letter.opens["arguments"])
    return f"{settings.PUBLIC_URL}{path}" if path else ""


def compose(kind: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of `templates/mail/<kind>.{subject.txt,txt,html}`, in the active language."""
    context = context | frame()
    subject = _one_line(f"mail/{kind}.subject.txt", context)
    text = str(render_to_string(f"mail/{kind}.txt", context)).strip() + "\n"
    return subject, text, inlined(render_to_string(f"mail/{kind}.html", {**context, "subject": subject}))


def frame() -> dict[str, str]:
    """The values that the layout of every letter needs."""
    return {
        "public_url": settings.PUBLIC_URL,
        "site_name": settings.SITE_NAME,
        "choose_url": f"{settings.PUBLIC_URL}{reverse('notices:preferences')}",
        "notices_url": f"{settings.PUBLIC_URL}{reverse('notices:notices')}",
    }


def inlined(html: str) -> str:
    """The HTML with its styles inlined, since mail programs drop style sheets; dark-mode and narrow rules stay."""
    return css_inline.inline(html, keep_at_rules=True)


def _sender(notice: Notice) -> str:
    """The From: the issuer that a letter is about, through us; or just us. The address is ours."""
    issuer = " ".join(str(notice.facts.get("issuer", "")).split())
    if not issuer:
        return settings.DEFAULT_FROM_EMAIL
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((_("%(issuer)s, by %(site)s") % {"issuer": issuer, "site": settings.SITE_NAME}, address))


def _one_line(template: str, context: dict[str, Any]) -> str:
    """Plain text, not a SafeString: these templates escape nothing."""
    return " ".join(str(render_to_string(template, context)).split())
