"""Keep a merge of two accounts fair: nobody decides on their own work, or judges as two people.

Finished judging keeps its assessor; the rules see through to the account that took the other in
(`accounts.queries.same_people`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.reviews.models import LONGEST_NAME, Assignment, Part, SavedView

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from apps.accounts.models import User

_PLAYED = (*Assignment.OPEN, Assignment.State.DONE)


def refuse(taker: User, giver: User) -> list[str]:
    reasons = []
    if Assignment.objects.open().filter(assessor=giver).exists():
        reasons.append(_("The other account holds work to judge, or is offered some. Finish it or give it back first."))
    played = Assignment.objects.filter(state__in=_PLAYED)
    own = Q(assessor=taker, attempt__submission__learner=giver) | Q(assessor=giver, attempt__submission__learner=taker)
    reasons += [
        _("One of the accounts judged work of the other for “%(badge)s”: nobody decides on their own work.")
        % {"badge": badge}
        for badge in _badges(played.filter(own))
    ]
    mine = played.filter(assessor=taker, state=Assignment.State.DONE)
    theirs = played.filter(assessor=giver, state=Assignment.State.DONE)
    # A second look at an attempt, and an appeal against a decision, need a different person.
    beside = Q(attempt__in=mine.values("attempt"))
    heard = Q(attempt__submission__in=mine.filter(turn__part=Part.APPEAL).values("attempt__submission"))
    hears = Q(turn__part=Part.APPEAL, attempt__submission__in=mine.values("attempt__submission"))
    reasons += [
        _("Both accounts judged the same work for “%(badge)s”, which needs two different people.") % {"badge": badge}
        for badge in _badges(theirs.filter(beside | heard | hears))
    ]
    return reasons


def _badges(found: QuerySet[Assignment]) -> list[str]:
    return sorted(set(found.values_list("attempt__submission__version__name", flat=True)))


def bring(taker: User, giver: User) -> None:
    """Move saved views to the account that stays; a name in use gets a number."""
    taken = set(SavedView.objects.filter(person=taker).values_list("name", flat=True))
    for view in SavedView.objects.filter(person=giver).order_by("pk"):
        name, n = view.name, 1
        while name in taken:
            n += 1
            name = f"{view.name[: LONGEST_NAME - 1 - len(str(n))]} {n}"
        taken.add(name)
        view.person, view.name = taker, name
        view.save(update_fields=["person", "name"])
