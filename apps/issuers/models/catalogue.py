"""What the catalogue knows of each version that is open: a table to search in, kept by the database itself."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F

from apps.issuers.models.achievements import AchievementVersion
from apps.issuers.models.organisations import Issuer


class CatalogueSkill(models.Model):
    """A skill that some entry names. `key` minds neither capitals nor marks; `name` is how it was written first."""

    key = models.TextField(unique=True, db_collation="C")
    name = models.TextField()

    def __str__(self) -> str:
        return self.name


class CatalogueEntry(models.Model):
    """A published version as it is found: its words weighed for search, and what the filters ask for.

    Why a table of its own: published versions are frozen, but an entry changes with its issuer's name and with how we
    search; and a version is wide (texts, JSON), where counting ten thousand of these must not read them all.

    Triggers keep it, in the transaction of whatever publishes, closes or renames: nobody writes it, and nobody can
    forget to. What is not published is not in it. `manage.py rebuild_catalogue` makes it anew.
    """

    version = models.OneToOneField(
        AchievementVersion, primary_key=True, on_delete=models.CASCADE, related_name="catalogue_entry"
    )
    issuer = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    # Framework and number in one word, as in nzqf-4; empty where none is said.
    level = models.CharField(max_length=12)
    # 0, and no band, where none are said.
    credits = models.DecimalField(max_digits=5, decimal_places=1)
    credit_band = models.CharField(max_length=12)
    language = models.CharField(max_length=12)
    answer_band = models.CharField(max_length=12)
    # Tags, and what it is aligned to.
    skills = models.ManyToManyField(CatalogueSkill, related_name="entries")
    published_at = models.DateTimeField()
    title_key = models.TextField(db_collation="C")
    # Every word, to be found by; and those of name, issuer, outcomes and skills with their weights, to be ranked by.
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
    """A word that stands in an entry, so that one that stands nowhere is understood as the nearest that does."""

    word = models.CharField(max_length=40, primary_key=True, db_collation="C")

    class Meta:
        indexes: ClassVar = [GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="catalogue_word_near")]

    def __str__(self) -> str:
        return self.word
