"""The catalogue's entry for each open version: a search table that the database maintains itself."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F

from apps.issuers.models.achievements import AchievementVersion
from apps.issuers.models.organisations import Issuer


class CatalogueSkill(models.Model):
    """A skill that some entry names. `key` ignores capitals and marks; `name` is how it was first written."""

    key = models.TextField(unique=True, db_collation="C")
    name = models.TextField()

    def __str__(self) -> str:
        return self.name


class CatalogueEntry(models.Model):
    """A published version as the catalogue finds it: its words weighted for search, and the values for the filters.

    Why a separate table: published versions are frozen, but an entry changes with its issuer's name and with how we
    search; and a version is wide (texts, JSON), while counting ten thousand of them must not read all that.

    Triggers maintain it, in the transaction that publishes, closes or renames: no code writes it, so none can forget
    to. It holds only published versions. `manage.py rebuild_catalogue` rebuilds it.
    """

    version = models.OneToOneField(
        AchievementVersion, primary_key=True, on_delete=models.CASCADE, related_name="catalogue_entry"
    )
    issuer = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    # Framework and number in one word, such as nzqf-4; empty if there is no level.
    level = models.CharField(max_length=12)
    # 0, and an empty band, if there are none.
    credits = models.DecimalField(max_digits=5, decimal_places=1)
    credit_band = models.CharField(max_length=12)
    language = models.CharField(max_length=12)
    answer_band = models.CharField(max_length=12)
    # Tags, and what it is aligned to.
    skills = models.ManyToManyField(CatalogueSkill, related_name="entries")
    published_at = models.DateTimeField()
    title_key = models.TextField(db_collation="C")
    # All words, to be found by; and those of name, issuer, outcomes and skills with their weights, for ranking.
    document = SearchVectorField()
    heading = SearchVectorField()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["document"], name="catalogue_by_words"),
            models.Index(F("published_at").desc(), F("version").desc(), name="catalogue_newest"),
            models.Index(fields=["title_key", "version"], name="catalogue_by_title"),
            models.Index(F("credits").desc(), F("version").desc(), name="catalogue_by_credits"),
        ]

    def __str__(self) -> str:
        return self.title_key


class CatalogueWord(models.Model):
    """A word that occurs in an entry, so that an unknown word can be replaced by the nearest known one."""

    word = models.CharField(max_length=40, primary_key=True, db_collation="C")

    class Meta:
        indexes: ClassVar = [GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="catalogue_word_near")]

    def __str__(self) -> str:
        return self.word
