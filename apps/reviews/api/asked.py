"""Filters and places of the queue for the API, the same as those of its page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rest_framework import exceptions, serializers
from rest_framework.utils.urls import replace_query_param

from apps.core.api import CursorPages, LineField
from apps.core.ids import clean_id
from apps.core.searching import LONGEST
from apps.issuers.models import Achievement
from apps.reviews.models import Part
from apps.reviews.queries import DECIDED, DONE, VIEWS, Asked, AskedDecided, AskedDone, Place
from apps.submissions.models import Submission

if TYPE_CHECKING:
    from rest_framework.request import Request

    from apps.reviews.queries import Page

# Longer than anyone waits.
MOST_DAYS = 10_000
# An id that no badge has.
NO_BADGE = "-"
SORTS = ("due", "waiting", "newest", "oldest")


class AskedSerializer(serializers.Serializer[Any]):
    """A view of the queue, and its filters. Filters that don't apply to a view are ignored."""

    view = serializers.ChoiceField((*VIEWS, DECIDED, DONE), default="all", help_text="Which part of the queue")
    q = LineField(
        max_length=LONGEST,
        default="",
        help_text="A reference, as S-7K2M; or words of a badge's name, or of a learner's where you may know it",
    )
    achievement = serializers.SlugField(required=False, help_text="Slug of an achievement")
    part = serializers.ChoiceField(Part.choices, default="", help_text="What is asked of whoever takes it, or was")
    language = LineField(max_length=20, default="", help_text="Code of the language of the rubric")
    age = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_DAYS, help_text="Of what waits: for more than so many days"
    )
    due_from = serializers.DateField(default=None, help_text="Of what waits: the first promised day")
    due_until = serializers.DateField(default=None, help_text="Of what waits: the last promised day")
    again = serializers.BooleanField(
        default=None, allow_null=True, help_text="Of what waits: whether the learner handed in before"
    )
    done_from = serializers.DateField(default=None, help_text="Of what you did: the first day, where you are")
    done_until = serializers.DateField(default=None, help_text="Of what you did: the last day, where you are")
    outcome = serializers.ChoiceField(
        [(one.value, one.label) for one in Submission.ANSWERED],
        default="",
        help_text="Of what was decided: what the learner was told",
    )
    decided_from = serializers.DateField(default=None, help_text="Of what was decided: the first day, where you are")
    decided_until = serializers.DateField(default=None, help_text="Of what was decided: the last day, where you are")
    news = serializers.BooleanField(
        default=False, help_text="Of what you did: only where the learner wrote something that you have not read"
    )
    sort = serializers.ChoiceField(
        SORTS,
        required=False,
        help_text="Of what waits: due first, or waiting longest first. Of what you did: newest first, or oldest first",
    )

    def of_the_queue(self) -> Asked:
        said = self.validated_data
        return Asked(
            view=said["view"],
            waiting=timedelta(days=said["age"]) if "age" in said else None,
            due_from=said["due_from"],
            due_until=said["due_until"],
            again=said["again"],
            sort="waiting" if said.get("sort") == "waiting" else "due",
            **self._wanted(),
        )

    def of_what_was_done(self) -> AskedDone:
        said = self.validated_data
        return AskedDone(
            done_from=said["done_from"],
            done_until=said["done_until"],
            news=said["news"],
            oldest_first=said.get("sort") == "oldest",
            **self._wanted(),
        )

    def of_what_was_decided(self) -> AskedDecided:
        said = self.validated_data
        return AskedDecided(
            outcome=said["outcome"],
            decided_from=said["decided_from"],
            decided_until=said["decided_until"],
            **self._wanted() | {"part": ""},
        )

    def _wanted(self) -> dict[str, Any]:
        said = self.validated_data
        return {
            "badge": _badge(said["achievement"]) if "achievement" in said else "",
            "part": said["part"],
            "language": said["language"],
            "words": " ".join(said["q"].split()),
        }


def _badge(slug: str) -> str:
    found = Achievement.objects.filter(slug=slug).values_list("public_id", flat=True).first()
    return found or NO_BADGE


def asked_in(request: Request) -> AskedSerializer:
    """The filters in the address; an empty value counts as missing."""
    asked = AskedSerializer(data={name: value for name, value in request.query_params.items() if value})
    asked.is_valid(raise_exception=True)
    return asked


class KeyPages(CursorPages):
    """Cursor pages of a keyset list: the “queryset” is a function that returns the page at a place."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        self.address = request.build_absolute_uri()
        shown: Page = queryset(self._place(request), most=self.get_page_size(request))
        self.before, self.after = shown.before, shown.after
        return shown.rows

    def get_next_link(self) -> str | None:
        return self._link("after", self.after)

    def get_previous_link(self) -> str | None:
        return self._link("before", self.before)

    def _place(self, request: Request) -> Place:
        said = request.query_params.get(self.cursor_query_param, "")
        way, _dash, mark = said.partition("-")
        if said and (way not in {"after", "before"} or not clean_id(mark)):
            raise exceptions.NotFound(self.invalid_cursor_message)
        return Place(before=mark) if way == "before" else Place(after=mark)

    def _link(self, way: str, mark: str) -> str | None:
        return replace_query_param(self.address, self.cursor_query_param, f"{way}-{mark}") if mark else None
