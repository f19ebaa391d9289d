"""The sitemaps for search engines: the catalogue, what is open in it, and the issuers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.urls import reverse

from apps.issuers.models import CatalogueEntry, Issuer

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


class PublicSitemap(Sitemap[Any]):
    """A sitemap at our public address, wherever the request came in; ten thousand addresses per file."""

    limit = 10_000

    def __init__(self) -> None:
        self.protocol = urlsplit(settings.PUBLIC_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.PUBLIC_URL).netloc


class CataloguePage(PublicSitemap):
    def items(self) -> list[str]:
        return ["issuers:catalogue"]

    def location(self, item: str) -> str:
        return reverse(item)


class Achievements(PublicSitemap):
    def items(self) -> QuerySet[CatalogueEntry]:
        entries = CatalogueEntry.objects.select_related("version__achievement").order_by("version_id")
        return entries.only("published_at", "version__achievement__slug")

    def location(self, item: CatalogueEntry) -> str:
        return item.version.achievement.get_absolute_url()

    def lastmod(self, item: CatalogueEntry) -> datetime:
        return item.published_at

    def get_latest_lastmod(self) -> datetime | None:
        newest: datetime | None = CatalogueEntry.objects.aggregate(at=Max("published_at"))["at"]
        return newest


class Issuers(PublicSitemap):
    def items(self) -> QuerySet[Issuer]:
        return Issuer.objects.filter(pk__in=CatalogueEntry.objects.values("issuer")).order_by("pk")


SITEMAPS = {"catalogue": CataloguePage, "achievements": Achievements, "issuers": Issuers}
