"""Filters of the queue, of finished work and of decided work, read from the address."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.core.forms import PlainText, offer
from apps.core.ids import clean_id
from apps.issuers.catalogue import language_name
from apps.reviews.models import Part
from apps.reviews.queries import VIEWS, Asked, AskedDecided, AskedDone, Place
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from apps.reviews.queries import Badge, LeftBadge

AGES = (2, 5, 10, 20)
# “All”, and two to choose between.
FEWEST_CHOICES = 3
# A longer list of badges helps nobody; the text field finds them.
MOST_CHOICES = 300
# What is longer does not fit into an address as one of its parameters.
LONGEST_VIEW = 1000


class Picker(NamedTuple):
    """A select field to draw; without `options` it only keeps what is chosen."""

    name: str
    label: str
    options: str
    chosen: str


class Day(NamedTuple):
    """A date field to draw."""

    name: str
    label: str
    chosen: str


class Order(forms.ChoiceField):
    """The order of a list. An order of the page's other list is no error; it is ignored."""

    EVERY = frozenset({"waiting", "oldest"})

    def to_python(self, value: Any) -> str:
        said: str = super().to_python(value)
        return "" if said in self.EVERY and not self.valid_value(said) else said


class NarrowForm(forms.Form):
    """Filters of work. Invalid values are reported and ignored; values for another list are not errors.

    The template draws the fields: some have hundreds of choices, and Django would render a template for each.
    """

    PICKERS: ClassVar[tuple[str, ...]]
    DAYS: ClassVar[tuple[str, ...]]

    q = PlainText(label=_("Words"), required=False, max_length=200)
    # Not a choice field, whose choices Django would go through one by one: `clean_badge` looks it up.
    badge = PlainText(label=_("Badge"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(
        self,
        data: QueryDict,
        *,
        badges: Sequence[Badge | LeftBadge],
        elsewhere: Callable[[], Sequence[Badge | LeftBadge]] = tuple,
    ) -> None:
        super().__init__(data)
        self._elsewhere = elsewhere
        self.badges = {one.public_id: one.name for one in badges}
        languages = sorted({code for one in badges for code in one.languages})
        offer(self, "language", [("", _("All languages")), *((code, language_name(code)) for code in languages)])

    def pickers(self) -> tuple[Picker, ...]:
        """The fields that offer choices."""
        return tuple(self._picker(name) for name in self.PICKERS)

    def days(self) -> tuple[Day, ...]:
        return tuple(Day(name, str(self.fields[name].label), self.data.get(name, "")) for name in self.DAYS)

    def clean_badge(self) -> str:
        """Ignore a badge that only another of the page's lists has."""
        badge: str = self.cleaned_data["badge"]
        if badge and badge not in self.badges:
            if badge in {one.public_id for one in self._elsewhere()}:
                return ""
            raise forms.ValidationError(
                forms.ChoiceField.default_error_messages["invalid_choice"], params={"value": badge}
            )
        return badge

    def _picker(self, name: str) -> Picker:
        field, chosen = self.fields[name], self.data.get(name, "")
        choices: tuple[tuple[str, str], ...]
        if name == "badge":
            choices = (("", str(_("All badges"))), *self.badges.items())
        else:
            choices = tuple((str(value), str(word)) for value, word in cast("Any", field).choices)
        worth_it = FEWEST_CHOICES <= len(choices) <= MOST_CHOICES or name in {"news", "sort"}
        return Picker(name, str(field.label), _drawn(choices, chosen) if worth_it else "", chosen)

    def _wanted(self) -> dict[str, Any]:
        """The filters that every list has."""
        self.is_valid()
        said = self.cleaned_data
        return {
            "badge": said.get("badge", ""),
            "language": said.get("language", ""),
            "words": " ".join(said.get("q", "").split()),
        }


class QueueForm(NarrowForm):
    """Filters of the queue."""

    PICKERS = ("badge", "age", "language", "sort")
    DAYS = ("due_from", "due_until")

    age = forms.TypedChoiceField(label=_("Waiting for"), required=False, coerce=int, empty_value=None)
    due_from = forms.DateField(label=_("Due from"), required=False)
    due_until = forms.DateField(label=_("Due until"), required=False)
    sort = Order(
        label=_("Order"), required=False, choices=(("", _("Due first")), ("waiting", _("Waiting longest first")))
    )

    def __init__(self, data: QueryDict, *, badges: Sequence[Badge], left: Callable[[], list[LeftBadge]]) -> None:
        super().__init__(data, badges=badges, elsewhere=left)
        offer(self, "age", [("", _("Any time")), *((n, _longer_than(n)) for n in AGES)])

    def asked(self) -> Asked:
        wanted, said = self._wanted(), self.cleaned_data
        view = self.data.get("view", "")
        age = said.get("age")
        return Asked(
            view=view if view in VIEWS else "all",
            waiting=None if age is None else timedelta(days=age),
            due_from=said.get("due_from"),
            due_until=said.get("due_until"),
            sort=said.get("sort") or "due",
            **wanted,
        )


class DoneForm(NarrowForm):
    """Filters of one's finished work."""

    PICKERS = ("badge", "part", "language", "news", "sort")
    DAYS = ("done_from", "done_until")

    part = forms.ChoiceField(label=_("Part"), required=False, choices=(("", _("Any part")), *Part.choices))
    news = forms.ChoiceField(
        label=_("Messages"),
        required=False,
        choices=(("", _("Any")), ("new", _("New"))),
    )
    done_from = forms.DateField(label=_("Done from"), required=False)
    done_until = forms.DateField(label=_("Done until"), required=False)
    sort = Order(label=_("Order"), required=False, choices=(("", _("Newest first")), ("oldest", _("Oldest first"))))

    def asked(self) -> AskedDone:
        wanted, said = self._wanted(), self.cleaned_data
        return AskedDone(
            part=said.get("part", ""),
            done_from=said.get("done_from"),
            done_until=said.get("done_until"),
            news=said.get("news") == "new",
            oldest_first=said.get("sort") == "oldest",
            **wanted,
        )


class DecidedForm(NarrowForm):
    """Filters of what was decided where one leads."""

    PICKERS = ("badge", "outcome", "language")
    DAYS = ("decided_from", "decided_until")

    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=(("", _("Any outcome")), *((one.value, one.label) for one in Submission.ANSWERED)),
    )
    decided_from = forms.DateField(label=_("Decided from"), required=False)
    decided_until = forms.DateField(label=_("Decided until"), required=False)

    def asked(self) -> AskedDecided:
        wanted, said = self._wanted(), self.cleaned_data
        return AskedDecided(
            outcome=said.get("outcome", ""),
            decided_from=said.get("decided_from"),
            decided_until=said.get("decided_until"),
            **wanted,
        )


@lru_cache(maxsize=256)
def view_in(said: str) -> str:
    """The view and filters of the queue that an address names, as parameters; whatever else it says is left out."""
    asked = QueryDict(said)
    names = {"view", *QueueForm.base_fields, *DoneForm.base_fields, *DecidedForm.base_fields}
    # In the order of the address, so that a saved view is known again.
    found = urlencode({name: asked[name] for name in asked if name in names and asked[name]})
    return found if len(found) <= LONGEST_VIEW else ""


def from_view(view: str) -> str:
    """What a way to a desk ends with, so that it leads back to this view of the queue; empty for the bare queue."""
    return f"?{urlencode({'from': view})}" if view else ""


def queue_at(view: str) -> str:
    """The address of the queue, in a view that `view_in` found."""
    return f"{reverse('reviews:queue')}?{view}" if view else reverse("reviews:queue")


@lru_cache(maxsize=256)
def _drawn(choices: tuple[tuple[str, str], ...], chosen: str) -> str:
    """The option elements of a list. Cached, as they stay the same from page to page."""
    return mark_safe(  # noqa: S308 - each part is escaped
        "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(word)}</option>'
            for value, word in choices
        )
    )


def place_in(data: QueryDict) -> Place:
    """Which page of the list the address asks for."""
    return Place(after=clean_id(data.get("after", "")), before=clean_id(data.get("before", "")), last="last" in data)


def _longer_than(days: int) -> str:
    return ngettext("more than %(n)d day", "more than %(n)d days", days) % {"n": days}
