from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.forms import Newcomer, linked_texts
from apps.core import clock, searching
from apps.core.forms import PlainText, WebAddress, Words, day_field, offer
from apps.credentials import addresses, mapping, queries, sheets, verbs, verifier
from apps.credentials.models import Credential
from apps.credentials.models.codes import MOST_AWARDS
from apps.credentials.models.endorsements import LONGEST_NAME
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet

    from apps.issuers.models import AchievementVersion

LONGEST = 2_000


def _offer_versions(form: forms.Form, versions: Iterable[AchievementVersion]) -> dict[str, AchievementVersion]:
    """Offer badges to choose from; return the versions by the form's values."""
    known = {one.achievement.slug: one for one in versions}
    offer(form, "version", [("", _("Choose a badge")), *((slug, one.name) for slug, one in known.items())])
    return known


class _Moment(forms.DateTimeInput):
    """A day and a time, in the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class SeveralFiles(forms.FileField):
    """Any number of uploads, as a list; refusing an empty file is up to the reader."""

    class Input(forms.FileInput):
        allow_multiple_selected = True

    widget = Input

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(SeveralFiles, self).clean(one, initial) for one in data or []]


class BadgeAddress(WebAddress):
    """A URL as people type it or copy it from a list: the scheme may be missing."""

    default_error_messages = {
        "invalid": _("That is not a web address. It should look like example.org/badges/1."),
        "email": _("That is an e-mail address. Give the badge’s own address, or its file."),
    }

    def to_python(self, value: Any) -> str:
        typed = str(value or "").strip()
        if "@" in typed and "/" not in typed:
            raise forms.ValidationError(self.error_messages["email"])
        return str(super().to_python(addresses.whole(typed)))


class GivenForm(forms.Form):
    """Badges as files, a URL, several URLs, or text.

    `clean` collects the URLs into `cleaned_data["places"]`, wherever they were typed.
    """

    picture = SeveralFiles(label=_("Badge picture or file"), required=False, allow_empty_file=True)
    url = BadgeAddress(label=_("Address of a credential"), required=False, max_length=addresses.LONGEST)
    several = forms.CharField(
        label=_("Several addresses, one on each line"),
        required=False,
        max_length=addresses.MOST_OF_A_LIST,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    text = forms.CharField(
        label=_("Text of a credential"),
        required=False,
        max_length=verifier.LONGEST_TEXT,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def clean_several(self) -> list[str]:
        typed = self.cleaned_data["several"]
        lines = [line.strip() for line in typed.splitlines()]
        for number, line in enumerate(lines, start=1):
            if line and not addresses.listed(line):
                raise forms.ValidationError(
                    _("Line %(number)d is not an address: “%(line)s”. Correct it, and choose your files again.")
                    % {"number": number, "line": line[:60]}
                )
        return addresses.listed(typed)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        url, text = cleaned.get("url", ""), cleaned.get("text", "")
        in_text = addresses.listed(text)
        cleaned["places"] = [*([url] if url else []), *cleaned.get("several", []), *in_text]
        cleaned["text"] = "" if in_text else text
        given = bool(cleaned["places"]) or bool(cleaned.get("picture"))
        if not given and not text and self.errors.keys() <= {"recipient"}:
            raise forms.ValidationError(_("Choose a badge picture, or give its address."))
        return cleaned

    def given(self) -> tuple[list[tuple[str, bytes]], list[str]]:
        """The files with their names, and the URLs; a file that is a list of URLs is read as these.

        Raises Refused if the files have too many bytes in all, before reading any of them.
        """
        files, places = [], list(self.cleaned_data["places"])
        verbs.refuse_heavy(upload.size for upload in self.cleaned_data["picture"])
        for upload in self.cleaned_data["picture"]:
            data = upload.read(verifier.MOST_BYTES + 1)
            # Once there are more than can be checked, don't look for more: all are refused.
            may_list = len(data) <= addresses.MOST_OF_A_LIST and len(places) <= verbs.MOST_ITEMS
            listed = addresses.listed(data.decode(errors="replace")) if may_list else []
            places += listed
            if not listed:
                files.append((upload.name, data))
        return files, places


class VerifyForm(GivenForm):
    """What to check, and whose badge it should be."""

    url = BadgeAddress(
        label=_("Address of a credential"),
        required=False,
        max_length=addresses.LONGEST,
        error_messages={
            "email": _(
                "That is an e-mail address. Give the badge first; the e-mail goes under “Does it belong to a certain person?”."
            )
        },
    )
    recipient = forms.EmailField(
        label=_("E-mail address of the person who should have it"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    # Set if a text that is checked again came out of a picture, which is no longer at hand.
    from_picture = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned["text"] and (cleaned["places"] or cleaned.get("picture")):
            raise forms.ValidationError(_("Give only the text of a credential, without a file or an address."))
        return cleaned


class RecipientForm(forms.Form):
    """The recipient: an address, and a name in case they aren't known here yet."""

    address = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("The badge is bound to it. Check it carefully.")
    )
    name = PlainText(
        label=_("Name"), max_length=300, help_text=_("Someone who already has an account here keeps their own name.")
    )


class AwardForm(RecipientForm):
    """A direct award: which badge, to whom, and what it rests on."""

    version = forms.ChoiceField(label=_("Badge"))
    why = Words(
        label=_("What it rests on"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A course list, a paper record, an older certificate. Only people of this organisation read it."),
    )
    field_order = ("version", "address", "name", "why")

    def __init__(self, *args: Any, versions: Iterable[AchievementVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = _offer_versions(self, versions)

    def clean_version(self) -> AchievementVersion:
        return self.versions[self.cleaned_data["version"]]


class TableForm(forms.Form):
    """A table of people, as a file."""

    upload = forms.FileField(
        label=_("Table"),
        allow_empty_file=True,
        max_length=None,
        help_text=_("CSV or .xlsx, with a line of headings on top. Up to 100,000 rows and %(most)d MB.")
        % {"most": sheets.MOST_BYTES // 1024**2},
    )
    limit = sheets.MOST_BYTES


class BulkAwardForm(TableForm):
    """Many direct awards at once: the badge, what they rest on, and the table."""

    version = forms.ChoiceField(label=_("Badge"))
    why = Words(
        label=_("What it rests on"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A course list, a paper record, an older certificate. Only people of this organisation read it."),
    )
    field_order = ("version", "why", "upload")

    def __init__(self, *args: Any, versions: Iterable[AchievementVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = _offer_versions(self, versions)

    def clean_version(self) -> AchievementVersion:
        return self.versions[self.cleaned_data["version"]]


class MapForm(forms.Form):
    """What each column of a table holds: one field per column, by number."""

    def __init__(self, *args: Any, columns: Sequence[dict[str, Any]], mapped: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        held = {number: field for field, at in mapped.items() for number in (at if isinstance(at, list) else [at])}
        choices = [("", _("Leave it out")), *mapping.FIELDS.items()]
        for number, column in enumerate(columns):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column["name"] or gettext("Column %(letter)s") % {"letter": mapping.letter(number)},
                choices=choices,
                required=False,
                initial=held.get(number, ""),
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def lines(self) -> list[tuple[str, forms.BoundField, list[str]]]:
        """Each column's letter, field and first values."""
        return [
            (mapping.letter(number), self[f"column_{number}"], column["first"])
            for number, column in enumerate(self.columns)
        ]

    def clean(self) -> dict[str, Any]:
        """The mapping as the verb takes it. A field chosen for two columns is an error."""
        cleaned = super().clean() or {}
        chosen: dict[str, Any] = {}
        for number in range(len(self.columns)):
            field = cleaned.get(f"column_{number}")
            if field == "evidence":
                chosen.setdefault("evidence", []).append(number)
            elif field in chosen:
                raise forms.ValidationError(
                    _("Two columns hold “%(field)s”: leave one out.") % {"field": mapping.FIELDS[field]}
                )
            elif field:
                chosen[field] = number
        return {"mapping": chosen}


class MakeClaimCodeForm(forms.Form):
    """A claim code for people who took part. Times are in the issuer's zone."""

    version = forms.ChoiceField(label=_("Badge"))
    opens_at = forms.DateTimeField(label=_("From"), widget=_Moment)
    closes_at = forms.DateTimeField(label=_("Until"), widget=_Moment)
    most = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=MOST_AWARDS,
        help_text=_("Once this many people have it, nobody else can get it."),
    )
    why = Words(
        label=_("What it rests on"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The event, and what people did there. Only people of this organisation read it."),
    )
    asks_approval = forms.BooleanField(
        label=_("One of us approves each request"),
        required=False,
        help_text=_("Without it, anyone with the code gets the badge: a photo of it is enough."),
    )

    def __init__(self, *args: Any, issuer: Issuer, versions: Iterable[AchievementVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = clock.zone(issuer.time_zone)
        self.versions = _offer_versions(self, versions)
        zone = gettext("The time is that of %(zone)s.") % {"zone": issuer.time_zone.replace("_", " ")}
        self.fields["opens_at"].help_text = self.fields["closes_at"].help_text = zone

    def full_clean(self) -> None:
        with timezone.override(self.zone):
            super().full_clean()

    def clean_version(self) -> AchievementVersion:
        return self.versions[self.cleaned_data["version"]]


class ClaimCodeForm(forms.Form):
    code = PlainText(
        label=_("Code"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )


class MoveInForm(Newcomer):
    """Taking over an account that was made for oneself: a name, and agreeing to the terms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agree"].help_text = linked_texts()


class AwardsForm(forms.Form):
    """What narrows the list of an issuer's awards; days in its time zone, both included. Each part that isn't valid is
    shown with the reason, and the list isn't narrowed by it.
    """

    q = PlainText(
        label=_("Words"),
        max_length=searching.LONGEST,
        required=False,
        widget=forms.TextInput({"type": "search", "placeholder": _("Badge, name or address")}),
    )
    badge = forms.ChoiceField(label=_("Badge"), required=False)
    since = day_field(_("Awarded from"), required=False)
    until = day_field(_("Awarded until"), required=False)
    standing = forms.CharField(required=False, widget=forms.HiddenInput)
    letter = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, issuer: Issuer) -> None:
        super().__init__(data, auto_id="%s")
        offer(self, "badge", [("", _("Any")), *queries.badges_awarded_at(issuer)])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("since") and said.get("until") and said["since"] > said["until"]:
            self.add_error("until", _("The last day is before the first."))
        return said

    def sought(self) -> queries.Sought:
        self.full_clean()
        return queries.Sought(**{name: self.cleaned_data.get(name) or None for name in self.fields})


class NoteForm(forms.Form):
    note = Words(
        label=_("Note"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Sent to the earner, and shown on the badge's page wherever they show that."),
    )


class RevokeForm(NoteForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=Credential.Reason, widget=forms.RadioSelect)
    field_order: tuple[str, ...] = ("reason", "note")


class UndoForm(RevokeForm):
    """Undoing a whole table, with a confirmation, so that nobody does it by accident."""

    sure = forms.BooleanField(label=_("Yes, take back every one of them for good"))
    field_order = ("reason", "note", "sure")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = _("Sent to each earner, and shown on the badge's page wherever they show that.")

    def clean(self) -> dict[str, Any]:
        """Drop what only the page asks for."""
        cleaned = super().clean() or {}
        cleaned.pop("sure", None)
        return cleaned


class CorrectForm(RecipientForm, NoteForm):
    field_order = ("address", "name", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = _(
            "It is sent to the person who got the badge by mistake, and shown on its old page."
        )


class CompromiseForm(forms.Form):
    why = Words(
        label=_("What happened"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For whoever looks at this later. It is not public."),
    )


class _AskingForm(forms.Form):
    note = Words(
        label=_("Your words to them"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say why you ask them. Only the two of you read it."),
    )


class RequestEndorsementForm(_AskingForm):
    endorser = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Issuer.objects.none(), to_field_name="slug", empty_label=_("Choose one")
    )
    field_order = ("endorser", "note")

    def __init__(self, *args: Any, endorsers: QuerySet[Issuer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "endorser", endorsers)


class AskByLinkForm(_AskingForm):
    """A link that the earner hands over by themselves."""


class AddressForm(forms.Form):
    address = forms.EmailField(label=_("Their e-mail address"))


class AskByLetterForm(_AskingForm):
    name = PlainText(label=_("Their name"), max_length=LONGEST_NAME)
    address = forms.EmailField(label=_("Their e-mail address"))
    field_order = ("name", "address", "note")


class AcceptEndorsementForm(forms.Form):
    comment = Words(
        label=_("What you endorse, and why"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("A few sentences; Markdown works. Don't name anyone: copies that others keep cannot be changed."),
    )


class EndorseOutsideForm(AcceptEndorsementForm):
    """Someone outside: who they are, in their own words, and what they endorse."""

    name = PlainText(label=_("Your name"), max_length=LONGEST_NAME, widget=forms.TextInput({"autocomplete": "name"}))
    role = PlainText(
        label=_("What you are to them"),
        max_length=LONGEST_NAME,
        help_text=_("Your work, and where: “Head shepherd, Kea Station”. It is shown beside your name."),
    )
    field_order: tuple[str, ...] = ("name", "role", "comment")


class ProposeEndorsementForm(EndorseOutsideForm):
    """The same, with an address that a letter goes to."""

    address = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("We send a link there, to sign. Others see only what comes after the @."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    field_order = ("name", "role", "address", "comment")


class DeclineEndorsementForm(forms.Form):
    reason = Words(
        label=_("Why"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only the person who asked can read it."),
    )
