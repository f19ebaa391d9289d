"""The page frame's contents for each person: every place in the navigation, and the roles that people have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.wording import Worded
from apps.core.context import Place, Role
from apps.issuers.models import Seat
from apps.notices import queries as notices

if TYPE_CHECKING:
    from apps.accounts.models import User

TODAY = Place("/", "house", _("Today"), _("Today"), topic="start")
CATALOGUE = Place(
    *("/catalogue/", "award", _("Find badges"), pgettext_lazy("a tab", "Find")),
    topic="earning",
    under=("/achievements/", "/issuers/"),
)
WORK = Place(
    *("/submissions/", "journal-text", _("My work"), pgettext_lazy("a tab", "Work")),
    topic="earning",
    under=("/evidence/",),
)
PATHWAYS = Place("/pathways/", "signpost-split", _("Pathways"), pgettext_lazy("a tab", "Paths"), topic="pathways")
BACKPACK = Place(
    *("/backpack/", "backpack", _("Backpack"), _("Backpack")),
    topic="showing",
    under=("/endorsements/", "/credit/"),
)
DESIGNS = Place(
    *("/designs/", "pencil", _("Designs"), pgettext_lazy("a tab", "Designs")),
    topic="issuing",
)
VERIFY = Place("/verify/", "shield-check", _("Check a badge"), pgettext_lazy("a tab", "Check"), topic="checking")
QUEUE = Place("/reviews/", "list-check", _("Queue"), _("Queue"), topic="judging")
FRAMEWORKS = Place("/frameworks/", "book", _("Frameworks"), _("Frameworks"), topic="running")
ORGANISATION = Place(
    *("/organisations/", "building", _("Organisation"), pgettext_lazy("a tab", "Organisation")),
    topic="organising",
    under=("/endorsements/", "/credit/", "/pathways/"),
)
CREDIT = Place(
    "/credit/", "arrow-left-right", _("Credit"), _("Credit"), topic="recognising", under=("/organisations/",)
)
ORGANISATIONS = Place("/organisations/", "building", _("Organisations"), _("Organisations"), topic="organising")
DOCTOR = Place("/doctor/", "activity", _("Health"), _("Health"), topic="running")
LETTERS = Place("/dev/mail/", "envelope", _("Letters"), _("Letters"), topic="running")

FOR_VISITORS = (CATALOGUE, PATHWAYS, VERIFY)
LEARNER = Role("learner", "backpack", _("Learner"), (TODAY, WORK, BACKPACK, PATHWAYS, CATALOGUE))
ASSESSOR = Role("assessor", "list-check", _("Assessor"), (TODAY, QUEUE, CATALOGUE, VERIFY))
ISSUER = Role("issuer", "award", _("Issuer"), (TODAY, DESIGNS, ORGANISATION, FRAMEWORKS, CATALOGUE))
RECOGNISER = Role("recogniser", "arrow-left-right", _("Recogniser"), (TODAY, CREDIT, CATALOGUE, VERIFY))
OPERATOR = Role(
    *("operator", "activity", _("Operator")),
    (TODAY, DOCTOR, ORGANISATIONS, FRAMEWORKS, *(() if settings.MODE == "prod" else (LETTERS,)), CATALOGUE),
)

_SEATS = Worded(lambda user: Seat.objects.live().filter(person=user).values_list("role"))
JUDGING = {Seat.Role.ASSESSOR, Seat.Role.MODERATOR}
ISSUING = {Seat.Role.OWNER, Seat.Role.MANAGER, Seat.Role.DESIGNER}
RECOGNISING = {Seat.Role.RECOGNISER}


def roles_of(user: User) -> list[Role]:
    """A signed-in person's roles, the one where most people wait for them first. Everyone is a learner."""
    held = {role for (role,) in _SEATS.ask(user)}
    parts = (
        (ASSESSOR, bool(held & JUDGING)),
        (RECOGNISER, bool(held & RECOGNISING)),
        (ISSUER, bool(held & ISSUING)),
        (OPERATOR, user.is_operator),
    )
    return [*(role for role, has in parts if has), LEARNER]


def unread(user: User, *, most: int) -> int:
    """The number of unread notices; counting stops at `most`."""
    return notices.unread_count(user, most=most)
