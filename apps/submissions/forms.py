from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PlainText, WebAddress, Words, offer
from apps.core.ids import clean_id
from apps.submissions.models import Attempt, EvidenceItem
from apps.submissions.verbs.uploads import SMALL_PART


class DraftForm(forms.Form):
    overview = Words(
        label=_("Overview"),
        required=False,
        max_length=20_000,
        help_text=_("What you did, where and when, and what your part was."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    reflection = Words(
        label=_("Reflection"),
        required=False,
        max_length=20_000,
        help_text=_("What you learnt, and what you would do differently."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def words(self) -> dict[str, Any]:
        """What was sent of an attempt's words: a page that leaves a field out doesn't empty it."""
        return {name: self.cleaned_data[name] for name in Attempt.WRITTEN if name in self.data and name in self.fields}


class CriteriaField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.position}. {obj.name}"


class MapForm(forms.Form):
    """Which criteria of the attempt's rubric a piece supports."""

    criteria = CriteriaField(label=_("It supports"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, attempt: Attempt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "criteria", attempt.submission.version.criteria.all())


class CompleteUploadForm(MapForm):
    """What a script says of a file once all its parts are there."""

    title = PlainText(required=False, max_length=300)

    def sentences(self) -> list[str]:
        return [str(error) for errors in self.errors.values() for error in errors]


class BeginUploadForm(CompleteUploadForm):
    """A file that a script is about to send in parts."""

    name = forms.CharField(max_length=1000, error_messages={"required": _("Say how the file is called.")})
    size = forms.IntegerField(min_value=0, error_messages={"required": _("Say how large the file is.")})
    type = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=[(one.value, one.label) for one in EvidenceItem.FILES])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return cleaned | {"told_type": cleaned.pop("type", "")}


class EvidenceForm(MapForm):
    """One piece of evidence. Which of file, address and text is wanted follows from the kind."""

    kind = forms.ChoiceField(choices=EvidenceItem.Kind.choices, widget=forms.HiddenInput)
    title = PlainText(label=_("Title"), required=False, max_length=300, help_text=_("What it shows, in a few words."))
    upload = forms.FileField(label=_("File"), required=False, allow_empty_file=True, max_length=None)
    # In its place: the public id of what a script has sent in parts already.
    sent = forms.CharField(required=False, widget=forms.HiddenInput)
    url = WebAddress(label=_("Address"), required=False, max_length=2000)
    text = Words(label=_("Text"), required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 6}))
    field_order = ("kind", "upload", "url", "text", "title", "criteria")
    limit = settings.UPLOAD_LIMIT
    largest = settings.LARGEST_UPLOAD
    in_parts_from = SMALL_PART

    WANTED = {
        EvidenceItem.Kind.DOCUMENT: ("upload", _("Choose a file.")),
        EvidenceItem.Kind.IMAGE: ("upload", _("Choose a picture.")),
        EvidenceItem.Kind.AUDIO: ("upload", _("Choose a sound recording.")),
        EvidenceItem.Kind.VIDEO: ("upload", _("Choose a video.")),
        EvidenceItem.Kind.DATA: ("upload", _("Choose a file.")),
        EvidenceItem.Kind.CERTIFICATE: ("upload", _("Choose a file.")),
        EvidenceItem.Kind.LINK: ("url", _("Type the address.")),
        EvidenceItem.Kind.TEXT: ("text", _("Write the text.")),
        EvidenceItem.Kind.REFLECTION: ("text", _("Write the text.")),
        EvidenceItem.Kind.CREDENTIAL: ("foreign", _("Choose a badge from your backpack.")),
    }

    TAKEN = {
        EvidenceItem.Kind.DOCUMENT: _("PDF, picture, text, office document, audio, video or zip. Up to %(most)d MB."),
        EvidenceItem.Kind.IMAGE: _("PNG, JPEG, WebP or GIF. Up to %(most)d MB."),
    }

    def __init__(self, *args: Any, attempt: Attempt, kind: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, attempt=attempt, **kwargs)
        self.attempt = attempt
        asked = kind or self.data.get("kind")
        shown = EvidenceItem.Kind(asked) if asked in EvidenceItem.Kind.values else EvidenceItem.Kind.DOCUMENT
        wanted = self.WANTED[shown][0]
        for name in {"upload", "url", "text"} - {wanted}:
            del self.fields[name]
        self.fields["kind"].initial = shown
        if wanted != "upload":
            del self.fields["sent"]
        else:
            self.fields["upload"].help_text = self.TAKEN.get(shown, self.TAKEN[EvidenceItem.Kind.DOCUMENT]) % {
                "most": self.limit // 1024**2
            }
        if shown == EvidenceItem.Kind.IMAGE:
            self.fields["upload"].label = _("Picture")
            self.fields["upload"].widget.attrs["accept"] = "image/png,image/jpeg,image/webp,image/gif"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if sent := cleaned.pop("sent", ""):
            cleaned["upload"] = self.attempt.uploads.filter(public_id=clean_id(sent)).first()
            if cleaned["upload"] is None:
                self.add_error("upload", _("That file is no longer on its way. Choose it again."))
        if kind:
            name, sentence = self.WANTED[EvidenceItem.Kind(kind)]
            # An empty file is an UploadedFile that is falsy: the verb says that it is empty.
            if name not in self.errors and cleaned.get(name) in (None, ""):
                self.add_error(name, sentence)
        return cleaned
