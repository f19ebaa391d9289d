"""Serializers for attempts and pieces of evidence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.core.api import LineField, WebAddressField
from apps.core.text import validate_text
from apps.credentials.models import ForeignCredential
from apps.submissions.api.told import ToldSerializer
from apps.submissions.models import Attempt, EvidenceItem, Upload
from apps.submissions.places import LONGEST_QUOTE, Place
from apps.submissions.verbs import About, what_is_missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.accounts.models import User
    from apps.issuers.models import Criterion

LONGEST_TEXT = 50_000
LONGEST_WORDS = 20_000
MOST_INTEGER = 2**31 - 1


class WordsField(serializers.CharField):
    """Paragraphs, as `core.forms.Words` has them."""

    default_validators = [validate_text]

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).replace("\r\n", "\n").replace("\r", "\n")


class AttemptSerializer(ToldSerializer, serializers.ModelSerializer[Attempt]):
    """An attempt, and what you were told about it: `answer` once it is decided, `returned` if it was returned
    unjudged. `formerly`: answers that were replaced since, newest first.
    """

    id = serializers.CharField(source="public_id")

    class Meta:
        model = Attempt
        fields: tuple[str, ...] = (
            *("id", "number", "state", *Attempt.WRITTEN, "edition", "saved_at", "submitted_at", "manifest_sha256"),
            *("answer", "formerly", "returned"),
        )


class AttemptWithGapsSerializer(AttemptSerializer):
    """An attempt, what you were told about it and, while it is open, what is missing."""

    missing = serializers.SerializerMethodField(help_text="What keeps it from being handed in, in sentences")

    class Meta(AttemptSerializer.Meta):
        fields = (*AttemptSerializer.Meta.fields, "missing")

    def get_missing(self, attempt: Attempt) -> list[str]:
        return [gap.words for gap in what_is_missing(attempt)] if attempt.state == Attempt.State.OPEN else []


class SavedAttemptSerializer(AttemptWithGapsSerializer):
    """An attempt after a save: `merged` names the fields that hold more than was sent, because of another save."""

    merged = serializers.ListField(child=serializers.CharField(), default=list)

    class Meta(AttemptWithGapsSerializer.Meta):
        fields = (*AttemptWithGapsSerializer.Meta.fields, "merged")


class DraftSerializer(serializers.Serializer[Any]):
    """Any of an attempt's texts; `edition` is the one that the writer started from."""

    edition = serializers.IntegerField(min_value=0, max_value=MOST_INTEGER)
    context_place = LineField(max_length=200, allow_blank=True, required=False)
    context_period = LineField(max_length=200, allow_blank=True, required=False)
    context_role = LineField(max_length=200, allow_blank=True, required=False)
    context_confirmer = LineField(max_length=200, allow_blank=True, required=False)
    overview = WordsField(max_length=LONGEST_WORDS, allow_blank=True, required=False)
    reflection = WordsField(max_length=LONGEST_WORDS, allow_blank=True, required=False)
    what_changed = WordsField(max_length=LONGEST_WORDS, allow_blank=True, required=False)
    declared_own = serializers.BooleanField(required=False)


class SupportSerializer(serializers.Serializer[Any]):
    """A criterion by its code, and where in the piece to look."""

    criterion = serializers.CharField(source="criterion.code", max_length=40)
    page = serializers.IntegerField(min_value=1, max_value=MOST_INTEGER, allow_null=True, default=None)
    seconds = serializers.IntegerField(min_value=0, max_value=MOST_INTEGER, allow_null=True, default=None)
    quote = LineField(max_length=LONGEST_QUOTE, allow_blank=True, default="")


class EvidenceSerializer(serializers.ModelSerializer[EvidenceItem]):
    id = serializers.CharField(source="public_id")
    badge = serializers.SlugRelatedField[ForeignCredential](source="foreign", slug_field="public_id", read_only=True)
    criteria = SupportSerializer(source="supports", many=True)

    class Meta:
        model = EvidenceItem
        fields = (
            *("id", "position", "kind", "title", "text", "url", "badge", "file_name", "media_type", "size", "sha256"),
            *("file_state", "blocked_because", "scan", "scanned_at", "transcript", "made_on", "people", "people_note"),
            *("shows_me", "added_at", "criteria"),
        )


class CriteriaSerializer(serializers.Serializer[Any]):
    """The criteria that a piece supports from now on, replacing those before."""

    criteria = SupportSerializer(many=True)

    def supported(self, rubric: Mapping[str, Criterion]) -> dict[Criterion, Place]:
        """The supported criteria from the rubric. Raises ValidationError for an unknown code."""
        found: dict[Criterion, Place] = {}
        for one in self.validated_data.get("criteria", ()):
            code = one["criterion"]["code"]
            if code not in rubric:
                words = _("The rubric has no criterion “%(code)s”.") % {"code": code}
                raise serializers.ValidationError({"criteria": [words]})
            found[rubric[code]] = Place(one["page"], one["seconds"], one["quote"])
        return found


class AboutSerializer(CriteriaSerializer):
    """The details of a piece of any kind."""

    title = LineField(max_length=300, allow_blank=True, required=False)
    transcript = WordsField(max_length=LONGEST_TEXT, allow_blank=True, required=False)
    made_on = serializers.DateField(allow_null=True, required=False)
    people = serializers.ChoiceField(EvidenceItem.People.choices, allow_blank=True, required=False)
    people_note = LineField(max_length=300, allow_blank=True, required=False)
    shows_me = serializers.BooleanField(
        required=False, help_text="Where assessors don't see who it is, the piece lies under a veil"
    )
    criteria = SupportSerializer(many=True, required=False)

    def about(self) -> About:
        given = self.validated_data
        return About(**{name: given[name] for name in vars(About()) if name in given})


class ChangedEvidenceSerializer(AboutSerializer):
    """New details of a piece and, for a text or a reflection, its `text`."""

    text = WordsField(max_length=LONGEST_TEXT, required=False)


class AnotherFileSerializer(serializers.Serializer[Any]):
    """Either `file`, or in `upload` the id of an upload with all its parts."""

    file = serializers.FileField(required=False, allow_empty_file=True)
    upload = serializers.CharField(max_length=64, required=False, help_text="Of a file that was sent in parts")

    def given(self, by: User) -> Any:
        """The argument for the verb."""
        held = self.validated_data
        if "file" in held:
            return held["file"]
        return _sent_by(by, held["upload"])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"file": [_("Choose a file first.")]}, code="required")
        return attrs


class NewEvidenceSerializer(AboutSerializer):
    """A piece to add. `kind` decides which of `file`, `url`, `text` and `badge` it needs.

    Instead of `file`, `upload` can be the id of an upload with all its parts. In a form with a file, `criteria` is
    JSON. `key` is your own name for the piece: sent twice, it is added once.
    """

    kind = serializers.ChoiceField(EvidenceItem.Kind.choices)
    url = WebAddressField(max_length=2000, required=False)
    text = WordsField(max_length=LONGEST_TEXT, required=False)
    badge = serializers.CharField(max_length=64, required=False, help_text="Of another issuer's, kept in the backpack")
    file = serializers.FileField(required=False, allow_empty_file=True)
    upload = serializers.CharField(max_length=64, required=False, help_text="Of a file that was sent in parts")
    key = serializers.RegexField(r"\A[\w-]{0,64}\Z", required=False, allow_blank=True)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, QueryDict):
            data = {name: data.get(name) for name in data}
            if "criteria" in data:
                data["criteria"] = _from_json(data["criteria"])
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kind = attrs["kind"]
        wanted = "file" if kind in EvidenceItem.FILES else "text" if kind in EvidenceItem.TEXTS else _BY_KIND[kind]
        if wanted == "file" and "file" not in attrs and "upload" in attrs:
            wanted = "upload"
        if wanted not in attrs:
            raise serializers.ValidationError({wanted: [_("This kind of evidence needs it.")]}, code="required")
        if others := [name for name in _CONTENTS if name in attrs and name != wanted]:
            raise serializers.ValidationError({others[0]: [_("This kind of evidence has none.")]}, code="not_wanted")
        return attrs

    def given(self, by: User) -> dict[str, Any]:
        """The arguments for the verb."""
        held = self.validated_data
        taken = {"kind": held["kind"], "key": held.get("key", ""), "upload": held.get("file")}
        taken |= {name: held[name] for name in ("url", "text") if name in held}
        if "badge" in held:
            kept = ForeignCredential.objects.visible_to(by).kept().filter(public_id=held["badge"]).first()
            if kept is None:
                raise serializers.ValidationError({"badge": [_("There is no such badge in your backpack.")]})
            taken["foreign"] = kept
        if "upload" in held:
            taken["upload"] = _sent_by(by, held["upload"])
        return taken


class OrderSerializer(serializers.Serializer[Any]):
    """Ids of pieces in their new order. Pieces not named follow, in their old order."""

    order = serializers.ListField(child=serializers.CharField(max_length=64), max_length=200)


_CONTENTS = ("file", "upload", "url", "text", "badge")
_BY_KIND = {EvidenceItem.Kind.LINK: "url", EvidenceItem.Kind.CREDENTIAL: "badge"}


def _sent_by(person: User, public_id: str) -> Upload:
    sent = Upload.objects.visible_to(person).filter(public_id=public_id).first()
    if sent is None:
        raise serializers.ValidationError({"upload": [_("That file is no longer on its way. Choose it again.")]})
    return sent


def _from_json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise serializers.ValidationError({"criteria": [_("This is not JSON.")]}) from None
