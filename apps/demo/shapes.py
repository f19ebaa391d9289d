"""The shapes of the demo's data: people, achievements, and what happened when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME = ZoneInfo("Pacific/Auckland")
_SATURDAY = 5


@dataclass(frozen=True)
class Moment:
    """A time relative to the day on which the college is built, so that its past is always equally long ago."""

    days: int = 0
    working_days: int = 0
    minutes: int = 0
    at: str = ""

    def before(self, now: datetime) -> datetime:
        if self.minutes:
            return now - timedelta(minutes=self.minutes)
        day = now.astimezone(HOME).date() - timedelta(days=self.days)
        for _ in range(self.working_days):
            day -= timedelta(days=1)
            while day.weekday() >= _SATURDAY:
                day -= timedelta(days=1)
        return datetime.combine(day, time.fromisoformat(self.at), HOME)


def days_ago(days: int, at: str) -> Moment:
    return Moment(days=days, at=at)


def working_days_ago(days: int, at: str) -> Moment:
    """For whatever is still waiting: promised dates are counted in working days, whatever the weekday of building."""
    return Moment(working_days=days, at=at)


def minutes_ago(minutes: int) -> Moment:
    return Moment(minutes=minutes)


def working_days_after(moment: datetime, days: int, at: str) -> datetime:
    day = moment.astimezone(HOME).date()
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(at), HOME)


@dataclass(frozen=True)
class Person:
    name: str
    email: str
    joined: Moment
    time_zone: str = "Pacific/Auckland"


@dataclass(frozen=True)
class Approval:
    """What an authority granted. It expires `days` after the day of building; without a number, never."""

    authority: str
    reference: str
    url: str = ""
    days: int | None = None


@dataclass(frozen=True)
class Rest:
    """A role that someone has, suspended since."""

    person: Person
    role: str
    given: Moment
    since: Moment


@dataclass(frozen=True)
class Invitation:
    """An invitation that waits for an answer."""

    email: str
    role: str
    at: Moment


@dataclass(frozen=True)
class House:
    """An issuer, its owner, and its other people: (person, role, achievement's slug or "" for all of them).

    `parent` is the slug of the issuer above it, `logo` an SVG, `verified` when the operator verified it.
    """

    slug: str
    founded: Moment
    owner: Person
    profile: Mapping[str, Any]
    art: Mapping[str, str]
    seats: tuple[tuple[Person, str, str], ...] = ()
    parent: str = ""
    logo: str = ""
    approvals: tuple[Approval, ...] = ()
    verified: Moment | None = None
    resting: tuple[Rest, ...] = ()
    invited: tuple[Invitation, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """`levels` are descriptors from the lowest up; the version's scale names them."""

    name: str
    description: str
    needs: int
    levels: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class Version:
    published: Moment
    scale: tuple[str, ...]
    words: Mapping[str, Any]
    rubric: tuple[Criterion, ...]

    def names_for(self, criterion: Criterion) -> tuple[str, ...]:
        """The scale's names; a row with one level fewer goes without the second."""
        return self.scale if len(criterion.levels) == len(self.scale) else (self.scale[0], *self.scale[2:])


@dataclass(frozen=True)
class Achievement:
    slug: str
    house: str
    designer: Person
    art: Mapping[str, Any]
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Piece:
    """A piece of evidence and the numbers of the criteria it serves. Its kind decides which other fields are set.

    `at` says for some of these numbers where to look in the piece, as a learner types it.
    """

    kind: str
    title: str
    serves: tuple[int, ...]
    at: Mapping[int, str] | None = None
    text: str = ""
    url: str = ""
    file_name: str = ""
    pages: tuple[str, ...] = ()
    hum: tuple[tuple[float, float], ...] = ()
    badge: str = ""
    transcript: str = ""
    agreed: str = ""  # who can be recognised in it, and how they agreed; empty: nobody can
    shows_me: bool = False  # the learner, who is judged blind


def photo(
    title: str,
    file_name: str,
    drawing: str,
    *,
    serves: tuple[int, ...],
    at: Mapping[int, str] | None = None,
    agreed: str = "",
    shows_me: bool = False,
) -> Piece:
    """A drawing handed in as a phone photo, or, if the name ends in .png, as it is."""
    pages = (drawing,)
    return Piece("image", title, serves, at, file_name=file_name, pages=pages, agreed=agreed, shows_me=shows_me)


def scan(
    title: str, file_name: str, *pages: str, serves: tuple[int, ...], at: Mapping[int, str] | None = None
) -> Piece:
    """Drawn pages in one PDF: pictures of text, with no searchable text."""
    return Piece("document", title, serves, at, file_name=file_name, pages=pages)


def certificate(title: str, file_name: str, page: str, *, serves: tuple[int, ...]) -> Piece:
    return Piece("certificate", title, serves, file_name=file_name, pages=(page,))


def document(
    title: str, file_name: str, text: str, *, serves: tuple[int, ...], at: Mapping[int, str] | None = None
) -> Piece:
    return Piece("document", title, serves, at, file_name=file_name, text=text)


def data(
    title: str, file_name: str, text: str, *, serves: tuple[int, ...], at: Mapping[int, str] | None = None
) -> Piece:
    """A table or code."""
    return Piece("data", title, serves, at, file_name=file_name, text=text)


def film(
    title: str,
    file_name: str,
    frames: tuple[str, ...],
    *,
    serves: tuple[int, ...],
    at: Mapping[int, str] | None = None,
    transcript: str = "",
    agreed: str = "",
) -> Piece:
    """Drawings, one after another."""
    return Piece("video", title, serves, at, file_name=file_name, pages=frames, transcript=transcript, agreed=agreed)


def sound(
    title: str,
    file_name: str,
    *hum: tuple[float, float],
    serves: tuple[int, ...],
    at: Mapping[int, str] | None = None,
    transcript: str,
) -> Piece:
    """The sound of a motor: (pitch in hertz, seconds) for each note, one after another."""
    return Piece("audio", title, serves, at, file_name=file_name, hum=hum, transcript=transcript)


def link(title: str, url: str, *, serves: tuple[int, ...], at: Mapping[int, str] | None = None) -> Piece:
    return Piece("link", title, serves, at, url=url)


def note(title: str, text: str, *, serves: tuple[int, ...], at: Mapping[int, str] | None = None) -> Piece:
    return Piece("text", title, serves, at, text=text)


def reflection(title: str, text: str, *, serves: tuple[int, ...], at: Mapping[int, str] | None = None) -> Piece:
    return Piece("reflection", title, serves, at, text=text)


def badge(name: str, *, serves: tuple[int, ...]) -> Piece:
    """A badge that the learner keeps from elsewhere (apps.demo.abroad), by its name."""
    return Piece("credential", "", serves, badge=name)


@dataclass(frozen=True)
class Answer:
    """A decision, `after` so many working days from when the work came in. A mark is (level reached, comment). Next
    steps are given with the number of their criterion.
    """

    by: Person
    after: int
    at: str
    marks: tuple[tuple[int, str], ...]
    note: str
    next_steps: Mapping[int, str] | None = None


@dataclass(frozen=True)
class Noted:
    """A note on the piece with that title, at a place as people type it, on a criterion by its number, or on both."""

    text: str
    on: str = ""
    at: str = ""
    criterion: int | None = None
    for_learner: bool = False


@dataclass(frozen=True)
class Desk:
    """A current lease, with the marks so far; a criterion without a level yet has None."""

    by: Person
    since: Moment
    marks: tuple[tuple[int | None, str], ...] = ()
    note: str = ""
    notes: tuple[Noted, ...] = ()


@dataclass(frozen=True)
class Returned:
    """An assessor's return of the work, unjudged, and why."""

    by: Person
    at: Moment
    reason: str


@dataclass(frozen=True)
class Said:
    """A message in the thread."""

    by: Person
    at: Moment
    text: str


@dataclass(frozen=True)
class Sitting:
    """One attempt. A second one carries over what the first had; these fields are what is new."""

    began: Moment
    overview: str = ""
    reflection: str = ""
    what_changed: str = ""
    evidence: tuple[Piece, ...] = ()
    handed_in: Moment | None = None
    answer: Answer | None = None
    desk: Desk | None = None
    returned: Returned | None = None
    withdrawn: Moment | None = None
    messages: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Story:
    """What became of one person's work for one achievement.

    `lapsed`, for a draft that was left alone: when Satchel looked and warned, and when it set it aside. `lent`: it
    may serve as a sample, without names.
    """

    learner: Person
    achievement: Achievement
    sittings: tuple[Sitting, ...]
    kept: bool = True
    public: bool = False
    prior_learning: bool = False
    lent: bool = False
    lapsed: tuple[Moment, ...] = ()


@dataclass(frozen=True)
class Shelf:
    """A collection: whose it is, what it holds, and whether others see it, perhaps with the work and its comments."""

    person: Person
    title: str
    story: str
    holds: tuple[Achievement, ...]
    made: Moment
    shared: Moment | None = None
    taken_back: Moment | None = None
    shows_work: bool = False
