"""Reads of what earners show."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.backpacks import codes, doctor, showing, tokens
from apps.backpacks.models import (
    BackpackItem,
    Collection,
    Import,
    LeftCollection,
    LeftHandle,
    Profile,
    ShareLink,
    ShortCode,
)
from apps.core.ids import clean_id
from apps.credentials import reports
from apps.credentials.models import Credential, ForeignCredential
from apps.credentials.queries import evidence_of
from apps.issuers.models import AchievementVersion
from apps.submissions.links import Way
from apps.submissions.models import EvidenceItem

# The number of parts of a collection on a page; those after them are fetched on demand.
A_STRETCH = 48

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise

    from apps.accounts.models import User
    from apps.backpacks.doctor import Finding
    from apps.backpacks.models import ImportedItem
    from apps.backpacks.showing import Page
    from apps.credentials.models import CredentialQuerySet
    from apps.credentials.verification import Report

MOST_IMPORTS_SHOWN = 10


def front_window() -> list[AchievementVersion]:
    """Three badges for the front page, from three issuers if possible."""
    newest = list(
        AchievementVersion.objects.public().select_related("achievement__issuer").order_by("-published_at", "pk")[:60]
    )
    one_each: dict[int, AchievementVersion] = {}
    for version in newest:
        one_each.setdefault(version.achievement.issuer_id, version)
    return (list(one_each.values()) if len(one_each) >= 3 else newest)[:3]  # noqa: PLR2004 - three of them


class Opened(NamedTuple):
    """A collection that the reader may see, and the link through which they came, if any."""

    collection: Collection
    link: ShareLink | None

    @property
    def way(self) -> Way:
        """The way through which evidence is opened from here."""
        return Way("link", self.link.public_id) if self.link else Way("collection", self.collection.public_id)


def opened_by(token: str) -> Opened | None:
    """The collection at `/b/…/`, by a live link's token or the public id of a public collection.

    A revoked, expired or unknown link and a private collection look the same: None.
    """
    if not clean_id(token):
        return None
    link = (
        ShareLink.objects.live().filter(token_hash=tokens.hash_of(token)).select_related("collection__person").first()
    )
    if link is not None:
        return Opened(link.collection.through(link), link) if link.collection.is_shared else None
    public = Collection.objects.public().filter(public_id=token).select_related("person").first()
    return Opened(public, None) if public is not None else None


def pieces_by_link(public_id: str) -> QuerySet[EvidenceItem]:
    """The work that a collection shows now to anyone with this link."""
    link = ShareLink.objects.live().filter(public_id=public_id, hides_evidence=False).first()
    if link is None:
        return EvidenceItem.objects.none()
    seen = Collection.objects.shared().filter(share_links=link)
    return showing.pieces_of(seen, keeps_back=link.hides_name)


def pieces_in_public(public_id: str) -> QuerySet[EvidenceItem]:
    """The work that a collection shows now to everyone."""
    return showing.pieces_of(Collection.objects.public().filter(public_id=public_id))


def short_address_of(thing: Credential | ShareLink | Collection) -> str:
    """The address to type from paper to open it; empty if nobody asked for a code."""
    name = {Credential: "credential", ShareLink: "link", Collection: "collection"}[type(thing)]
    code = ShortCode.objects.filter(**{name: thing}).first()
    return codes.address_of(code) if code else ""


def path_named_by(typed: str, reader: User | None) -> str | None:
    """The path to which a code leads this reader. None if the code is unknown or no code, or they may not see it."""
    if not codes.read(typed):
        return None
    asked = ShortCode.objects.filter(code_hash=codes.hash_of(typed))
    code = asked.select_related("link__collection", "collection").first()
    if code is None:
        return None
    if code.link is not None:
        shown = code.link.is_live and code.link.collection.is_shared
        return reverse("backpacks:shared", args=[tokens.token_of(code.link.public_id)]) if shown else None
    if code.collection is not None:
        public = code.collection.visibility == Collection.Visibility.PUBLIC
        return reverse("backpacks:shared", args=[code.collection.public_id]) if public else None
    found = Credential.objects.visible_to(reader).filter(short_code=code).first()
    return found.get_absolute_url() if found else None


def page_of(collection: Collection, page: Page, *, begins: int = 0) -> dict[str, Any]:
    """The context of a collection's page: a stretch of its parts, and the standing of all its badges."""
    until, count = begins + len(page.blocks), page.standings.total()
    return {
        "collection": collection,
        "blocks": page.blocks,
        "begins": begins,
        "next": until if until < page.length else 0,
        "left": page.length - until,
        "count": count,
        "standings": page.standings,
        "all_valid": bool(count) and page.standings["valid"] == count,
        "issuers": page.issuers,
    }


@dataclass(frozen=True)
class Row:
    """An item of an import as its page shows it, with the doctor's findings if it needs them."""

    item: ImportedItem
    findings: tuple[Finding, ...]

    @property
    def is_unproved(self) -> bool:
        """Whether it is in the backpack without a proof that it belongs to its holder."""
        kept = self.item.item
        return kept is not None and kept.foreign is not None and not kept.foreign.proved_address


def rows_of(within: Import) -> list[Row]:
    """The rows in the order in which they were given."""
    items = within.items.select_related("item__foreign", "item__credential").order_by("position")
    return [Row(one, tuple(doctor.findings_of(one))) for one in items]


def latest_imports_of(person: User) -> list[Import]:
    return list(Import.objects.filter(person=person).with_counts()[:MOST_IMPORTS_SHOWN])


def report_of(foreign_id: str) -> Report | None:
    """The report of the last check of a credential from elsewhere."""
    kept = ForeignCredential.objects.filter(public_id=foreign_id).values_list("report", flat=True).first()
    return reports.read(kept) if kept else None


def profile_of(person: User) -> Profile | None:
    return Profile.objects.filter(person=person).first()


def public_collections_of(person: User) -> list[Collection]:
    """A person's public collections that say whose they are, newest first."""
    named = Collection.objects.public().filter(person=person, shows_name=True)
    return list(named.with_sizes().order_by("-changed_at", "-pk"))


def private_in(collection: Collection) -> list[Credential]:
    """Credentials that showing this collection would show to others for the first time."""
    private = Credential.objects.filter(
        backpack_item__blocks__in=collection.blocks.lifting(), visibility=Credential.Visibility.PRIVATE
    )
    return list(private.select_related("version").order_by("backpack_item__blocks__position"))


class Link(NamedTuple):
    """Another award of the same achievement to the same person, and how the two are connected."""

    credential: Credential
    word: StrOrPromise


def chain_of(credential: Credential, among: CredentialQuerySet) -> list[Link]:
    """What this one replaced or renewed, and what replaced or renewed it, `among` what may be seen.

    If the replacement went to someone else, it isn't shown here. Most have neither; then there is no query.
    """
    before = [one for one in (credential.supersedes_id, credential.renews_id) if one]
    if not before and not credential.renewed_at and credential.status != Credential.Status.SUPERSEDED:
        return []
    near = Q(pk__in=before) | Q(supersedes=credential) | Q(renews=credential)
    links = []
    for one in among.filter(near, earner=credential.earner_id).order_by("pk"):
        if one.supersedes_id == credential.pk:
            word = gettext_lazy("See the one that replaced it")
        elif one.renews_id == credential.pk:
            word = gettext_lazy("See the one that renewed it")
        elif one.pk == credential.supersedes_id:
            word = gettext_lazy("See the one that it replaced")
        else:
            word = gettext_lazy("See the one that it renewed")
        links.append(Link(one, word))
    return links


def pieces_of(credential: Credential) -> list[tuple[str, str]]:
    """Public id and name of each piece of a credential's evidence, in its order, as its earner knows them."""
    titles = dict(EvidenceItem.objects.filter(public_id__in=evidence_of(credential)).values_list("public_id", "title"))
    numbered = enumerate(evidence_of(credential), start=1)
    return [(one, _("Evidence %(number)d") % {"number": n} + f": {titles.get(one, '')}") for n, one in numbered]


def has_left(handle: str) -> bool:
    """Whether `/p/<handle>` belonged to someone who has left."""
    return LeftHandle.objects.filter(handle_hash=tokens.hash_of_handle(handle)).exists()


def was_public(token: str) -> bool:
    """Whether `/b/<token>/` was public when its owner left."""
    return LeftCollection.objects.filter(id_hash=tokens.hash_of_collection(token)).exists()


def shown_profile(handle: str) -> Profile | None:
    """The public page at `/p/<handle>` if it is on; also by a former handle, or one of an account merged into it."""
    shown = Profile.objects.filter(is_on=True).select_related("person")
    return (
        shown.filter(handle__iexact=handle).first()
        or shown.filter(person__former_handles__handle__iexact=handle).first()
    )


def numbers_of(person: User) -> dict[str, int]:
    """The number of items of each kind in their backpack."""
    return Counter(BackpackItem.objects.filter(person=person).values_list("kind", flat=True))
