"""Learners' forms: the texts of an attempt, and pieces of evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core.forms import PlainText, WebAddress, Words, offer
from apps.core.ids import clean_id
from apps.credentials.models import ForeignCredential
from apps.submissions import places, said
from apps.submissions.models import LONGEST_MESSAGE, Attempt, EvidenceItem
from apps.submissions.verbs import About
from apps.submissions.verbs.uploads import SMALL_PART

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.accounts.models import User
    from apps.issuers.models import Criterion
    from apps.submissions.places import Place

Kind = EvidenceItem.Kind


class DraftForm(forms.Form):
    """The texts of an attempt; `edition` is the one that the page was opened with. `NEEDED` fields must be filled to
    hand it in, but not before.
    """

    NEEDED: ClassVar = (
        *("context_place", "context_period", "context_role"),
        *("overview", "what_changed", "reflection", "declared_own"),
    )

    context_place = PlainText(label=_("Where"), required=False, max_length=200, help_text=_("A workplace, a town."))
    context_period = PlainText(
        label=_("When"), required=False, max_length=200, help_text=_("As in: March to May 2026.")
    )
    context_role = PlainText(label=_("Your role"), required=False, max_length=200, help_text=_("What was yours to do."))
    context_confirmer = PlainText(
        label=_("Who can confirm it"),
        required=False,
        max_length=200,
        help_text=_("Optional: a name, and how they know. We don't contact anyone."),
    )
    overview = Words(
        label=_("Overview"),
        required=False,
        max_length=20_000,
        help_text=_("What you did, and how. What a stranger needs to know to follow the rest."),
    )
    what_changed = Words(
        label=_("What you changed"),
        required=False,
        max_length=20_000,
        help_text=_("Since the last attempt. The assessor looks there first."),
    )
    reflection = Words(
        label=_("Reflection"),
        required=False,
        max_length=20_000,
        help_text=_("What you learnt, and what you would do differently."),
    )
    declared_own = forms.BooleanField(
        label=_("This is my own work. Where others helped, I say so."),
        required=False,
    )
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.NEEDED:
            self.fields[name].is_needed = True  # type: ignore[attr-defined]  # for the page only: a draft may lack it
        # The message shown for all fields while typing is far from the field.
        too_long = _("“%(field)s” has %%(show_value)d characters; the most is %%(limit_value)d.")
        for field in self.fields.values():
            field.error_messages["max_length"] = too_long % {"field": field.label}

    def words(self) -> dict[str, Any]:
        """The submitted fields of the attempt: a page that leaves out a field doesn't empty it.

        Browsers also leave out unticked boxes, so the page says which boxes it shows.
        """
        shown = {*self.data.keys(), *self.data.getlist("boxes")} if hasattr(self.data, "getlist") else set(self.data)
        return {name: self.cleaned_data[name] for name in Attempt.WRITTEN if name in shown}


class SupportFields(forms.Form):
    """For each criterion of the rubric: whether the piece supports it, and where in it to look."""

    def __init__(self, *args: Any, attempt: Attempt, piece: EvidenceItem | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = list(attempt.submission.version.criteria.all())
        held = {one.criterion_id: one.place for one in piece.supports.all()} if piece else {}
        for criterion in self.rubric:
            self.fields[criterion.code] = forms.BooleanField(
                label=f"{criterion.position}. {criterion.name}", required=False, initial=criterion.pk in held
            )
            self.fields[f"{criterion.code}_place"] = PlainText(
                label=_("Where to look"), required=False, max_length=520, initial=str(held.get(criterion.pk, ""))
            )

    @property
    def rows(self) -> list[tuple[Criterion, forms.BoundField, forms.BoundField]]:
        return [(one, self[one.code], self[f"{one.code}_place"]) for one in self.rubric]

    def supported(self) -> Mapping[Criterion, Place]:
        """The supported criteria; a typed place counts as a tick."""
        typed = {one: self.cleaned_data[f"{one.code}_place"] for one in self.rubric}
        return {one: places.parse(typed[one]) for one in self.rubric if self.cleaned_data[one.code] or typed[one]}


class AboutFields(SupportFields):
    """The details of a piece of any kind. `before`: those saved until now."""

    before = About()
    title = PlainText(label=_("Title"), required=False, max_length=300, help_text=_("What it shows, in a few words."))
    transcript = Words(
        label=_("What is said in it"),
        required=False,
        max_length=said.LONGEST_TEXT,
        help_text=_("Captions or a transcript, for people who can't hear it and for finding a place in it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    made_on = forms.DateField(
        label=_("When it was made"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    people = forms.ChoiceField(
        label=_("People in it"),
        required=False,
        choices=[choice for choice in EvidenceItem.People.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    people_note = PlainText(
        label=_("Who agreed, and how"),
        required=False,
        max_length=300,
        help_text=_("As in: both customers, in writing. For the assessor alone."),
    )
    shows_me = forms.BooleanField(
        label=_("It shows who I am"),
        required=False,
        help_text=_(
            "Assessors of this badge don't see who you are. If you tick this, the piece is covered: they are told, and uncover it only if they have to."
        ),
    )

    def __init__(self, *args: Any, attempt: Attempt, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, attempt=attempt, **kwargs)
        if not attempt.submission.version.blind:
            del self.fields["shows_me"]
        if kind not in {Kind.AUDIO, Kind.VIDEO}:
            del self.fields["transcript"]
        if kind in {Kind.REFLECTION, Kind.CREDENTIAL}:
            for name in ("people", "people_note"):
                del self.fields[name]

    def about(self) -> About:
        """The details; fields not asked for this kind keep their value, which an API client may have set."""
        asked = {name: self.cleaned_data[name] for name in vars(About()) if name in self.fields}
        return replace(self.before, **asked)


class CompleteUploadForm(forms.Form):
    """What a script sends once all parts of a file have arrived; criteria by their codes: c1, c2."""

    title = PlainText(required=False, max_length=300)
    criteria = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, attempt: Attempt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rubric = {one.code: one for one in attempt.submission.version.criteria.all()}
        offer(self, "criteria", [(code, one.name) for code, one in self.rubric.items()])

    def clean_criteria(self) -> list[Criterion]:
        return [self.rubric[code] for code in self.cleaned_data["criteria"]]

    def sentences(self) -> list[str]:
        return [str(error) for errors in self.errors.values() for error in errors]


class BeginUploadForm(CompleteUploadForm):
    """A file that a script is about to send in parts."""

    name = forms.CharField(max_length=1000, error_messages={"required": _("Say what the file is called.")})
    size = forms.IntegerField(min_value=0, error_messages={"required": _("Say how large the file is.")})
    type = PlainText(required=False)
    kind = forms.ChoiceField(choices=[(one.value, one.label) for one in EvidenceItem.FILES])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return cleaned | {"told_type": cleaned.pop("type", "")}


class FileFields(forms.Form):
    """A file, or the public id of an upload that a script has sent in parts."""

    upload = forms.FileField(label=_("File"), required=False, allow_empty_file=True, max_length=None)
    sent = forms.CharField(required=False, widget=forms.HiddenInput)
    limit = settings.UPLOAD_LIMIT
    largest = settings.LARGEST_UPLOAD
    in_parts_from = SMALL_PART
    attempt: Attempt

    TAKEN = {
        Kind.DOCUMENT: _("PDF, picture, text, office document or zip."),
        Kind.IMAGE: _("PNG, JPEG, WebP or GIF."),
        Kind.AUDIO: _("MP3, M4A, Ogg, WebM or WAV."),
        Kind.VIDEO: _("MP4, MOV or WebM."),
        Kind.DATA: _("CSV, a spreadsheet, text, code, or a zip of it."),
        Kind.CERTIFICATE: _("PDF or picture of it."),
    }
    # If assessors don't see whose work it is, none of them can open a zip.
    TAKEN_BLIND = TAKEN | {
        Kind.DOCUMENT: _("PDF, picture, text or office document."),
        Kind.DATA: _("CSV, a spreadsheet, text or code."),
    }
    ACCEPT = {Kind.IMAGE: "image/png,image/jpeg,image/webp,image/gif", Kind.AUDIO: "audio/*", Kind.VIDEO: "video/*"}
    MADE_HERE = {Kind.IMAGE: "photo", Kind.AUDIO: "audio", Kind.VIDEO: "video"}
    # The field that each kind needs, and the message if it is missing.
    WANTED = {
        Kind.DOCUMENT: ("upload", _("Choose a file.")),
        Kind.IMAGE: ("upload", _("Choose a picture.")),
        Kind.AUDIO: ("upload", _("Choose a sound recording.")),
        Kind.VIDEO: ("upload", _("Choose a video.")),
        Kind.DATA: ("upload", _("Choose a file.")),
        Kind.CERTIFICATE: ("upload", _("Choose a file.")),
        Kind.LINK: ("url", _("Type the address.")),
        Kind.TEXT: ("text", _("Write the text.")),
        Kind.REFLECTION: ("text", _("Write the text.")),
        Kind.CREDENTIAL: ("foreign", _("Choose a badge from your backpack.")),
    }

    shown: EvidenceItem.Kind

    @property
    def made_here(self) -> str:
        """What the browser can record for this kind: photo, audio, video or nothing."""
        return self.MADE_HERE.get(self.shown, "")

    def ask_for_file(self) -> None:
        self.fields["upload"].label = self.shown.label
        taken = self.TAKEN_BLIND if self.attempt.submission.version.blind else self.TAKEN
        self.fields["upload"].help_text = taken[self.shown]
        self.fields["upload"].widget.attrs["accept"] = self.ACCEPT.get(self.shown, "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if sent := cleaned.pop("sent", ""):
            cleaned["upload"] = self.attempt.uploads.filter(public_id=clean_id(sent)).first()
            if cleaned["upload"] is None:
                self.add_error("upload", _("That file is no longer on its way. Choose it again."))
        name, sentence = self.WANTED[self.shown]
        # An empty file is an UploadedFile that is falsy: the verb reports that.
        if name not in self.errors and cleaned.get(name) in (None, ""):
            self.add_error(name, sentence)
        return cleaned


class EvidenceForm(FileFields, AboutFields):
    """One piece of evidence to add. Its kind decides whether it needs a file, an address, a text or a badge.

    With `every`, it has the fields of all kinds except badges, and a script shows those of one.
    """

    kind = forms.ChoiceField(choices=Kind.choices, widget=forms.HiddenInput)
    key = forms.RegexField(regex=r"\A[\w-]{0,64}\Z", required=False, widget=forms.HiddenInput)
    url = WebAddress(label=_("Address"), required=False, max_length=2000)
    text = Words(
        label=_("Text"), required=False, max_length=said.LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )
    foreign: forms.ModelChoiceField[ForeignCredential] = forms.ModelChoiceField(
        label=_("Badge"), queryset=None, required=False, to_field_name="public_id"
    )

    def __init__(
        self, *args: Any, attempt: Attempt, by: User, kind: str | None = None, every: bool = False, **kwargs: Any
    ) -> None:
        self.every = every
        self.attempt = attempt
        asked = kind or (args[0].get("kind") if args and args[0] is not None else None)
        self.shown = Kind(asked) if asked in Kind.values else Kind.DOCUMENT
        super().__init__(*args, attempt=attempt, kind=Kind.AUDIO if every else self.shown, **kwargs)
        if every:
            del self.fields["foreign"]
            return
        wanted = self.WANTED[self.shown][0]
        for name in {"upload", "url", "text", "foreign"} - {wanted}:
            del self.fields[name]
        self.fields["kind"].initial = self.shown
        if wanted != "upload":
            del self.fields["sent"]
        else:
            self.ask_for_file()
        if wanted == "foreign":
            offer(self, "foreign", ForeignCredential.objects.visible_to(by).kept())

    def given(self) -> dict[str, Any]:
        """The arguments for the verb."""
        named: dict[str, Any] = {
            name: self.cleaned_data[name] for name in ("upload", "url", "text", "foreign") if name in self.fields
        }
        return {**named, "kind": self.shown, "key": self.cleaned_data["key"]}


class EditForm(AboutFields):
    """An existing piece: its details and, for a text, the text. `edition`: what the page was opened with."""

    text = Words(label=_("Text"), max_length=said.LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6}))
    edition = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, piece: EvidenceItem, **kwargs: Any) -> None:
        ours = said.of(piece)
        self.before = ours.about
        now = {**vars(ours.about), "text": piece.text, "edition": said.write(ours)}
        super().__init__(*args, attempt=piece.attempt, piece=piece, kind=piece.kind, initial=now, **kwargs)
        if piece.kind not in EvidenceItem.TEXTS:
            del self.fields["text"]

    def given(self) -> dict[str, Any]:
        """The arguments for the verb."""
        text, began = self.cleaned_data.get("text"), said.read(self.cleaned_data["edition"])
        return {"about": self.about(), "criteria": self.supported(), "text": text, "began": began}

    def merged(self, piece: EvidenceItem) -> dict[str, Any]:
        """The fields that differ from what was sent, because another tab wrote in them too."""
        sent = said.said(self.about(), self.cleaned_data.get("text") or piece.text, self.supported()).fields()
        kept = said.of(piece).fields()
        # The verb chooses the title of a piece that was given none.
        names = [name for name in {*kept, *sent} if name in self.fields and (name != "title" or sent["title"])]
        now = {name: kept.get(name, "" if isinstance(sent.get(name), str) else False) for name in names}
        return {name: value for name, value in now.items() if value != sent.get(name)}


class ReplaceForm(FileFields):
    """A new file to replace that of a piece."""

    def __init__(self, *args: Any, piece: EvidenceItem, **kwargs: Any) -> None:
        self.attempt, self.shown = piece.attempt, Kind(piece.kind)
        super().__init__(*args, **{"auto_id": "replace_%s"} | kwargs)
        self.ask_for_file()


class MessageForm(forms.Form):
    """A message to the other side. Any further checks are the verb's."""

    text = Words(label=_("Your message"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 4}))


class HoldForm(forms.Form):
    """A submission to place under a legal hold, by its reference or its whole id, and why."""

    submission = PlainText(
        label=_("Submission"), max_length=40, help_text=_("Its reference, as in S-7K2M. Assessors see it at the desk.")
    )
    reason = Words(
        label=_("Why"),
        max_length=2000,
        help_text=_("For whoever decides when to lift the hold. Don’t name the learner here."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TargetForm(forms.Form):
    """The day by which a learner wants to complete a pathway."""

    target_on = forms.DateField(
        label=_("I want to be done by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("We remind you two weeks before and the day before. It does not bind you."),
    )
