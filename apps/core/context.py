"""What the shell around every page needs to know, worked out only when it is drawn."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django_stubs_ext import StrOrPromise


class Roles(TypedDict):
    """What a person does here besides learning; `settings.SHELL_ROLES` names the function that tells."""

    assesses: bool
    designs: bool
    operates: bool


class Place(NamedTuple):
    """One way through the house. `short` stands under the icon on a phone."""

    path: str
    icon: str
    label: StrOrPromise
    short: StrOrPromise


CATALOGUE = Place("/catalogue/", "award", _("Find badges"), _("Find"))
SUBMISSIONS = Place("/submissions/", "journal-text", _("My work"), _("Work"))
BACKPACK = Place("/backpack/", "backpack", _("Backpack"), _("Backpack"))
VERIFY = Place("/verify/", "shield-check", _("Check a badge"), _("Check"))
REVIEWS = Place("/reviews/", "list-check", _("Queue"), _("Queue"))
TABS = 4
MOST_UNREAD = 9


class Shell:
    """Lazy: a page that draws no navigation asks neither session nor database."""

    theme = "auto"

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def signed_in(self) -> bool:
        # Without its cookie there is no session to look into, and the page stays the same for every visitor.
        if settings.SESSION_COOKIE_NAME not in self._request.COOKIES:
            return False
        user = getattr(self._request, "user", None)
        return user is not None and user.is_authenticated

    @cached_property
    def roles(self) -> Roles:
        if not self.signed_in:
            return {"assesses": False, "designs": False, "operates": False}
        roles: Roles = import_string(settings.SHELL_ROLES)(self._request.user)
        return roles

    @cached_property
    def unread(self) -> int:
        """What the bell says: notices not yet read, one more than MOST_UNREAD at most."""
        return import_string(settings.SHELL_UNREAD)(self._request.user, most=MOST_UNREAD + 1) if self.signed_in else 0

    @property
    def unread_word(self) -> str:
        return f"{MOST_UNREAD}+" if self.unread > MOST_UNREAD else str(self.unread)

    @cached_property
    def places(self) -> list[Place]:
        if not self.signed_in:
            return [CATALOGUE, VERIFY]
        work = [REVIEWS] if self.roles["assesses"] else []
        return [*work, SUBMISSIONS, BACKPACK, CATALOGUE, VERIFY]

    @property
    def tabs(self) -> list[Place]:
        """The foot of a phone's screen holds four; the menu has them all."""
        return self.places[:TABS] if self.signed_in else []

    @cached_property
    def here(self) -> str:
        """The path of the place that this page lies in."""
        return next((place.path for place in self.places if self._request.path.startswith(place.path)), "")


def shell(request: HttpRequest) -> dict[str, Shell]:
    return {"shell": Shell(request)}
