"""Samples for /styleguide/: each component in all its states, with long names, macrons and nothing at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.templatetags.static import static

from apps.core import charts, pills, tokens
from apps.core.forms import PlainText, Words
from apps.core.shown import Choice, Moment

NOON = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
LONG_TITLE = "Facilitate a restorative conversation between whānau and school"
LONG_NAME = "Mārama Te Ōhākī Tīpene-Hoult"
ONE_WORD = "Kaitiakitanga-whakahaere-rauemi-taiao-ā-rohe"


class _Rows(list[Any]):
    """A list on which a template may call `.all`, as on a related manager."""

    def all(self) -> _Rows:
        return self


class SampleForm(forms.Form):
    name = PlainText(label="Your name", help_text="As it should stand on what you earn.")
    story = Words(label="Story", required=False, help_text="In Markdown.", widget=forms.Textarea(attrs={"rows": 3}))
    zone = forms.ChoiceField(label="Time zone", choices=[("a", "Pacific/Auckland"), ("b", "Pacific/Apia")])
    kinds = forms.MultipleChoiceField(
        label="It supports",
        choices=[("1", "1. Catch and set"), ("2", f"2. {LONG_TITLE}")],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    step = forms.ChoiceField(
        label="What the learner has to do",
        choices=[("revise", "Revise this"), ("new_evidence", "New evidence needed")],
        required=False,
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(label="This is my own work, and the people in it agreed to be seen.")
    upload = forms.FileField(label="A file", required=False, help_text="PDF, picture or text. Up to 25 MB.")


def context() -> dict[str, Any]:
    wrong = SampleForm({"name": "", "zone": "a"}, prefix="wrong")
    wrong.is_valid()
    return {
        "pairs": tokens.pairs(),
        "tags": ("1. Catch and set the ewe", f"2. {LONG_TITLE}"),
        "tones": ("due", "unsure", "notyet", "pass", "fail", "brand"),
        "pill_kinds": {kind: list(table) for kind, table in pills.KINDS.items()},
        "picture": static("img/samples/single.svg"),
        "capstone": static("img/samples/capstone.svg"),
        "long_title": LONG_TITLE,
        "long_name": LONG_NAME,
        "one_word": ONE_WORD,
        "noon": NOON,
        "version": _version("Starting", "With support", "On your own", "Leading"),
        "uneven": _uneven(),
        "checks": _checks(),
        "moments": _moments(),
        "agreements": [_agreement()],
        "story_states": ("draft", "submitted", "under_assessment", "not_yet", "awarded", "withdrawn"),
        "chart": charts.bars(_figures(), unit="%", most=100, needed=70),
        "counts": charts.bars([charts.Figure("November", 12, 12), charts.Figure("December", 31, 31)]),
        "nothing": charts.bars([]),
        "days": charts.days(
            {NOON.date() - timedelta(days=ago): number for ago, number in ((0, 4), (1, 9), (2, 1), (9, 27))},
            last=NOON.date(),
        ),
        "no_days": charts.days({}, last=NOON.date()),
        "before": "I sharpened ten knives at 20 degrees.\nThen I stropped them.",
        "after": "I sharpened twelve knives at 17 degrees, one by one.\nThen I stropped them.",
        "filters": [
            *(Choice("all", "All", number=12), Choice("mine", "Mine", number=1), Choice("late", "Late", number=0)),
            *(Choice("done", "Decided by me"), Choice("long", LONG_TITLE, number=3)),
        ],
        "segments": [Choice("list", "List", "list"), Choice("map", "Map", "signpost-split"), Choice("plain", "Plain")],
        "pages": [Paginator(range(60), 10).page(number) for number in (1, 3, 6)],
        "said": [
            Message(constants.SUCCESS, "Handed in. You hear by 7 December."),
            Message(constants.INFO, "Nothing is free to take just now."),
            Message(constants.WARNING, "This collection is shared: what you add is seen at once."),
            Message(constants.ERROR, "Someone else holds this until 6:10 pm. Take the next one?"),
        ],
        "form": SampleForm(initial={"name": LONG_NAME}),
        "wrong": wrong,
        "health": _health(),
        "facts": [("Level", "3"), ("Credits", "4"), ("Issuer", LONG_TITLE)],
    }


def _criterion(position: int, name: str, *levels: str, needed: int, required: bool = True) -> SimpleNamespace:
    return SimpleNamespace(
        position=position,
        code=f"c{position}",
        name=name,
        description="The hold keeps the ewe calm and off its feet.",
        required=required,
        required_level=needed,
        levels=_Rows(
            SimpleNamespace(position=n, name=level, description=f"{level}: what one sees at this level, in a sentence.")
            for n, level in enumerate(levels, 1)
        ),
    )


def _version(*levels: str) -> SimpleNamespace:
    criteria = [
        _criterion(1, "Catch and set the ewe", *levels, needed=3),
        _criterion(2, LONG_TITLE, *levels, needed=4),
        _criterion(3, "Gear and board safety", *levels, needed=2, required=False),
    ]
    return SimpleNamespace(name="Shear a full-wool ewe", criteria=_Rows(criteria))


def _uneven() -> SimpleNamespace:
    criteria = [_criterion(1, "Safety", "Not safe", "Safe", needed=2), _criterion(2, "Pace", *"abcd", needed=3)]
    return SimpleNamespace(name="Uneven", criteria=_Rows(criteria))


def _checks() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(name="", result="pass", plain="Nothing has changed since it was signed.", remedy=""),
        SimpleNamespace(
            name="",
            result="unsure",
            plain="The register did not answer.",
            remedy="This says nothing against the school.",
        ),
        SimpleNamespace(name="", result="fail", plain="One letter differs.", remedy="Ask for the file again."),
    ]


def _moments() -> list[Moment]:
    return [
        Moment("Begun", NOON - timedelta(days=40)),
        Moment("Handed in", NOON - timedelta(days=30), line="4 pieces of evidence"),
        Moment("Not yet", NOON - timedelta(days=20), "back", "one thing to change", "#timeline"),
        Moment("Attempt 2 handed in", NOON - timedelta(days=2)),
        Moment("Being judged", tone="now"),
        Moment("You hear by this day", NOON + timedelta(days=8), "later"),
    ]


def _agreement() -> SimpleNamespace:
    return SimpleNamespace(
        partner=None,
        partner_name="Longwater Polytechnic",
        partner_url="https://longwater.example/",
        issuer=SimpleNamespace(name="Kōwhai Ridge Shearing School"),
        counts_towards="Certificate in Wool Technology",
        worth="5 NZQA credits, 50 hours",
        level="NZQF level 3",
        cost="",
        starts_on=NOON.date(),
        ends_on=None,
        conditions="The badge is no older than **three years**.",
    )


def _figures() -> list[charts.Figure]:
    return [
        charts.Figure("Catch and set the ewe", 92, 38, "#chart"),
        charts.Figure(LONG_TITLE, 64, 38),
        charts.Figure("Pelt and skin", 70, 38),
        charts.Figure("Gear and board safety", 100, 4),
        charts.Figure("Pace", 0, 12),
    ]


def _health() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(name="database", result="ok", saw="PostgreSQL 18 answers", remedy=""),
        SimpleNamespace(name="mail", result="warn", saw="letters are kept", remedy="Name a mail server."),
        SimpleNamespace(name="beat", result="fail", saw="never swept", remedy="Start `celery -A config beat`."),
    ]
