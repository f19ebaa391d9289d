"""What the shell around every page needs, worked out only when it is drawn."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language, get_language_info, pgettext_lazy

from apps.core.shown import Choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise

TABS = 4
MOST_UNREAD = 9
ROLE_KEY = "role"


class Place(NamedTuple):
    """One entry in the navigation. `short` is its label on a phone; `topic` is the section of the help page about it;
    `under` are other paths that belong to it.
    """

    path: str
    icon: str
    label: StrOrPromise
    short: StrOrPromise
    topic: str = ""
    under: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        return path == self.path or (self.path != "/" and path.startswith((self.path, *self.under)))


class Role(NamedTuple):
    """A role that a person can have here, with its places in navigation order."""

    name: str
    icon: str
    label: StrOrPromise
    places: tuple[Place, ...]


THEMES = {
    "auto": Choice("auto", pgettext_lazy("theme", "As the system"), "circle-half"),
    "light": Choice("light", pgettext_lazy("theme", "Light"), "sun"),
    "dark": Choice("dark", pgettext_lazy("theme", "Dark"), "moon-stars"),
}


class Shell:
    """The navigation. Lazy: a page that draws none reads neither session nor database.

    The module that `settings.SHELL` names says who has which role and where each leads.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def signed_in(self) -> bool:
        # A visitor without the cookie has no session to load, and the page stays the same for every visitor.
        if settings.SESSION_COOKIE_NAME not in self._request.COOKIES:
            return False
        user = getattr(self._request, "user", None)
        return user is not None and user.is_authenticated

    @cached_property
    def theme(self) -> str:
        """auto, light or dark; auto follows the system."""
        chosen = self._request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
        return chosen if chosen in THEMES else "auto"

    @property
    def themes(self) -> tuple[Choice, ...]:
        return _in_words(tuple(THEMES.values()), get_language())

    @cached_property
    def languages(self) -> tuple[Choice, ...]:
        """Each language by its own name; empty if there is only one."""
        if len(settings.LANGUAGES) == 1:
            return ()
        return tuple(Choice(code, _own_name(code, name)) for code, name in settings.LANGUAGES)

    @cached_property
    def roles(self) -> Sequence[Role]:
        """The roles of this person; none for a visitor."""
        if not self.signed_in:
            return []
        roles: Sequence[Role] = import_string(f"{settings.SHELL}.roles_of")(self._request.user)
        return roles

    @property
    def parts(self) -> tuple[Choice, ...]:
        """The same roles as options to choose from."""
        return _in_words(tuple(Choice(role.name, role.label, role.icon) for role in self.roles), get_language())

    @cached_property
    def unread(self) -> int:
        """The number on the bell: unread notices, counted up to MOST_UNREAD + 1."""
        if not self.signed_in:
            return 0
        count: int = import_string(f"{settings.SHELL}.unread")(self._request.user, most=MOST_UNREAD + 1)
        return count

    @property
    def unread_word(self) -> str:
        return f"{MOST_UNREAD}+" if self.unread > MOST_UNREAD else str(self.unread)

    @cached_property
    def role(self) -> Role | None:
        """The current role: the one chosen (else the first), unless this page belongs to exactly one other role; then
        that one.
        """
        if not self.roles:
            return None
        chosen = next((role for role in self.roles if role.name == self._request.session.get(ROLE_KEY)), self.roles[0])
        if self._place(chosen.places):
            return chosen
        rooms = [role for role in self.roles if self._place(role.places)]
        return rooms[0] if len(rooms) == 1 else chosen

    @cached_property
    def places(self) -> Sequence[Place]:
        """The navigation in the current language, converted once because a page uses each label several times."""
        visitor: tuple[Place, ...] = import_string(f"{settings.SHELL}.FOR_VISITORS")
        return _spoken(self.role.places if self.role else visitor, get_language())

    @property
    def tabs(self) -> Sequence[Place]:
        """The tabs at the foot of a phone's screen: four fit; if there are more places, the fourth opens the rest."""
        if not self.signed_in:
            return ()
        return self.places if len(self.places) <= TABS else self.places[: TABS - 1]

    @property
    def more(self) -> Sequence[Place]:
        return self.places[len(self.tabs) :] if self.signed_in else ()

    @cached_property
    def here(self) -> Place | None:
        """The place that this page belongs to."""
        return self._place(self.places)

    @property
    def topic(self) -> str:
        """The section of the help page about this page."""
        return self.here.topic if self.here else ""

    def _place(self, places: Sequence[Place]) -> Place | None:
        return next((place for place in places if place.holds(self._request.path)), None)


@cache
def _in_words(choices: tuple[Choice, ...], _language: str) -> tuple[Choice, ...]:
    return tuple(replace(one, word=str(one.word)) for one in choices)


@cache
def _spoken(places: tuple[Place, ...], _language: str) -> tuple[Place, ...]:
    return tuple(place._replace(label=str(place.label), short=str(place.short)) for place in places)


def shell_of(request: HttpRequest) -> Shell:
    """The request's one Shell, shared by view and template."""
    shell: Shell | None = getattr(request, "shell", None)
    if shell is None:
        shell = Shell(request)
        request.shell = shell  # type: ignore[attr-defined]
    return shell


def shell(request: HttpRequest) -> dict[str, Shell]:
    return {"shell": shell_of(request)}


def _own_name(code: str, name: StrOrPromise) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return str(name)
