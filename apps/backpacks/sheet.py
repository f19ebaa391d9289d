"""Every way to share a badge or a collection, made only from what others see of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from apps.backpacks import embedding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

    from apps.backpacks.embedding import Frame
    from apps.backpacks.models import Collection
    from apps.backpacks.records import EvidenceRecord
    from apps.credentials.models import Credential

# The default host of someone's Mastodon account, until they name another.
MASTODON = "mastodon.social"
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}(:\d{1,5})?")
# The standings in which a badge may still be claimed as one's own.
_CLAIMABLE = frozenset({"valid", "expired"})


class Way(NamedTuple):
    """A plain link to another site, which gets what is shared as part of its address."""

    name: str
    icon: str
    href: str


@dataclass(frozen=True)
class Sheet:
    """What is shared, and all its forms. `by_line` is empty if only the name is said; `words` is the text its earner
    posts with it; `short` is the address to type from paper, if there is a code; `picture` and its size are for the
    e-mail signature. Addresses are full.
    """

    name: str
    by_line: str
    words: str
    frame: Frame
    picture: str
    picture_size: tuple[int, int]
    alt: str
    cv_line: str
    add_to_linkedin: str
    short: str
    claimable: bool = True

    @property
    def address(self) -> str:
        return self.frame.page

    @property
    def code(self) -> str:
        """The code to type from paper, without its address."""
        return self.short.rpartition("/")[2]

    @property
    def card(self) -> str:
        return self.frame.card

    @property
    def qr_svg(self) -> str:
        return f"{self.address.rstrip('/')}/qr.svg"

    @property
    def qr_png(self) -> str:
        return f"{self.address.rstrip('/')}/qr.png"

    @cached_property
    def signature(self) -> SafeString:
        """HTML that any mail program shows: a table, full addresses, no style sheet, and no colours of its own, so
        that it is readable on light and dark backgrounds.
        """
        return mark_safe(render_to_string("backpacks/signature.html", {"sheet": self}).strip())  # noqa: S308 - escaped there

    @property
    def signature_text(self) -> str:
        return "\n".join(part for part in (self.name, self.by_line, self.short or self.address) if part)

    @property
    def linkedin_share(self) -> str:
        return _at("https://www.linkedin.com/sharing/share-offsite/", url=self.address)

    def networks(self, instance: str = MASTODON) -> list[Way]:
        """The other networks, each with its own share address; `instance` is the host of the person's Mastodon."""
        both = f"{self.words} {self.address}"
        return [
            Way("Mastodon", "mastodon", _at(f"https://{instance}/share", text=both)),
            Way("Bluesky", "bluesky", _at("https://bsky.app/intent/compose", text=both)),
            Way("X", "twitter-x", _at("https://x.com/intent/post", text=self.words, url=self.address)),
            Way("Facebook", "facebook", _at("https://www.facebook.com/sharer/sharer.php", u=self.address)),
            Way("WhatsApp", "whatsapp", _at("https://wa.me/", text=both)),
            Way("Reddit", "reddit", _at("https://www.reddit.com/submit", url=self.address, title=self.words)),
        ]

    @property
    def mail(self) -> str:
        body = f"{self.words}\n\n{self.address}"
        return "mailto:?" + urlencode({"subject": self.name, "body": body}, quote_via=quote)

    def to_json(self) -> dict[str, Any]:
        wide, high = self.frame.size()
        return {
            "name": self.name,
            "url": self.address,
            "short_url": self.short or None,
            "linkedin": {"add_to_profile": self.add_to_linkedin or None, "share": self.linkedin_share},
            "networks": [{"name": one.name, "url": one.href} for one in self.networks()],
            "cv_line": self.cv_line or None,
            "signature_html": str(self.signature) if self.claimable else None,
            "embed": {"url": self.frame.address, "html": str(self.frame.html()), "width": wide, "height": high},
            "oembed": {"json": self.frame.oembed_json, "xml": self.frame.oembed_xml},
            "qr": {"svg": self.qr_svg, "png": self.qr_png},
            "card": self.card,
        }


def of_credential(record: EvidenceRecord, credential: Credential, *, short: str = "") -> Sheet:
    """The sheet of a badge, from its record as others read it."""
    claimable = record.standing in _CLAIMABLE
    by_line = _("%(issuer)s, %(date)s") % {
        "issuer": record.issuer_name,
        "date": date_format(record.awarded_on, "j F Y"),
    }
    return Sheet(
        name=record.badge_name,
        by_line=by_line,
        words=_("I earned “%(badge)s” from %(issuer)s.") % {"badge": record.badge_name, "issuer": record.issuer_name},
        frame=frame_of(record, credential.public_id),
        picture=record.picture,
        picture_size=(72, 72),
        alt=_("%(badge)s, from %(issuer)s") % {"badge": record.badge_name, "issuer": record.issuer_name},
        cv_line=f"{record.badge_name}, {by_line}. {short or record.address}" if claimable else "",
        add_to_linkedin=add_to_linkedin(record, credential) if claimable else "",
        short=short,
        claimable=claimable,
    )


def of_collection(collection: Collection, token: str, *, short: str = "") -> Sheet:
    """The sheet of a collection; `token` ends the address of its link."""
    owner = collection.owner_name
    frame = embedding.of_collection(token, title=collection.title, owner=owner)
    by_line = _("Put together by %(name)s") % {"name": owner} if owner else ""
    return Sheet(
        name=collection.title,
        by_line=by_line,
        words=_("“%(title)s”: badges that I earned, and how each was judged.") % {"title": collection.title},
        frame=frame,
        picture=frame.card,
        picture_size=(240, 126),
        alt=collection.title,
        cv_line=f"{collection.title}. {short or frame.page}",
        add_to_linkedin="",
        short=short,
    )


def frame_of(record: EvidenceRecord, public_id: str) -> Frame:
    return embedding.of_credential(
        public_id, title=record.badge_name, issuer=record.issuer_name, issuer_address=record.issuer_address
    )


def add_to_linkedin(record: EvidenceRecord, credential: Credential) -> str:
    """LinkedIn's form for adding it to a profile, filled in. Months count from 1; days are in the issuer's zone."""
    fields: dict[str, Any] = {"startTask": "CERTIFICATION_NAME", "name": record.badge_name}
    if credential.issuer.linkedin_number:
        fields["organizationId"] = credential.issuer.linkedin_number
    else:
        fields["organizationName"] = record.issuer_name
    fields |= {"issueYear": record.awarded_on.year, "issueMonth": record.awarded_on.month}
    if record.valid_until is not None:
        fields |= {"expirationYear": record.valid_until.year, "expirationMonth": record.valid_until.month}
    fields |= {"certUrl": record.address, "certId": credential.public_id}
    return _at("https://www.linkedin.com/profile/add", **fields)


def host_of(typed: str) -> str:
    """The host in what someone typed for their Mastodon (a name, an address or an account); else empty."""
    plain = typed.strip().lower()
    plain = plain.rpartition("://")[2].partition("/")[0].rpartition("@")[2]
    return plain if _HOST.fullmatch(plain) else ""


def _at(address: str, **fields: Any) -> str:
    query: Mapping[str, str] = {name: str(value) for name, value in fields.items()}
    return f"{address}?{urlencode(query, quote_via=quote)}"
