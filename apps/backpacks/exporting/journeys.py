"""The part of `account.json` that no archive of badges holds: a person's pathways, requests, imports and former
badges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from apps.accounts.models import Merge
from apps.backpacks.models import Import, ShareLink, TakenOut
from apps.credentials.models import ClaimRequest, Endorsement, ForeignCredential
from apps.pathways.models import Enrolment, Group, Pathway
from apps.reviews.models import Appeal, Conflict, SavedView
from apps.submissions.models import CoachTalk, Submission, ThreadSeen, Upload

if TYPE_CHECKING:
    from apps.accounts.models import User


def told_of(person: User) -> dict[str, Any]:
    """The records by kind, each kind a list of plain values, oldest first."""
    return {**_accounts(person), **_badges(person), **_work(person), **_pathways(person)}


def _accounts(person: User) -> dict[str, Any]:
    # Merges they asked for but nobody opened are left out: they would reveal that the address has an account.
    merges = Merge.objects.filter(Q(taker=person, merged_at__isnull=False) | Q(giver=person)).order_by("pk")
    return {
        "accounts_put_together": [
            {"took_the_other_in": one.taker_id == person.pk, "asked_at": one.asked_at, "merged_at": one.merged_at}
            for one in merges
        ],
        "former_handles": list(person.former_handles.order_by("pk").values_list("handle", flat=True)),
    }


def _badges(person: User) -> dict[str, Any]:
    imports = Import.objects.filter(person=person).prefetch_related("items").order_by("pk")
    ended = ForeignCredential.objects.filter(holder=person).exclude(state=ForeignCredential.State.KEPT)
    return {
        "given_up": list(
            ended.order_by("pk").values("achievement_name", "issuer_name", "state", "kept_at", "ended_at", "text")
        ),
        "imports": [
            {
                "made_at": one.made_at,
                "ends_at": one.ends_at,
                "items": [
                    {
                        **{
                            name: getattr(item, name) for name in ("kind", "name", "size", "outcome", "words", "report")
                        },
                        "file": file_of_import(item.public_id) if item.file else "",
                    }
                    for item in one.items.all()
                ],
            }
            for one in imports
        ],
        "claim_requests": list(
            ClaimRequest.objects.filter(person=person)
            .order_by("pk")
            .values(
                *("address", "name", "state", "asked_at", "decided_at"),
                issuer=F("code__issuer__name"),
                badge=F("code__version__name"),
            )
        ),
        "endorsements": list(
            Endorsement.objects.filter(asked_by=person)
            .order_by("pk")
            .values(
                *("note", "state", "asked_at", "comment", "reason", "answered_at", "signed_at", "ended_at"),
                asked=Coalesce("endorser__name", "outside__name"),
                of=F("credential__public_id"),
            )
        ),
        "links": list(
            ShareLink.objects.filter(collection__person=person)
            .order_by("pk")
            .values(
                "name", "made_at", "expires_at", "revoked_at", "hides_name", "hides_evidence", of=F("collection__title")
            )
        ),
        # The collections themselves stand beside this; what was taken out of them lies apart for a while.
        "taken_out": list(
            TakenOut.objects.filter(collection__person=person)
            .order_by("pk")
            .values(
                *("kind", "words", "shows_name", "shows_result", "shows_evidence", "taken_at"),
                badge=F("item__public_id"),
                of=F("collection__title"),
            )
        ),
    }


def file_of_import(public_id: str) -> str:
    """The place in the archive of an imported file that still waits."""
    return f"imports/{public_id}"


def _work(person: User) -> dict[str, Any]:
    mine = Q(submission__learner=person)
    return {
        "submissions": list(
            Submission.objects.filter(learner=person)
            .order_by("pk")
            .values(
                *("public_id", "state", "route", "started_at", "submitted_at", "decided_at", "answer_by"),
                badge=F("version__name"),
                issuer=F("achievement__issuer__name"),
            )
        ),
        "appeals": list(
            Appeal.objects.filter(decision__attempt__submission__learner=person)
            .order_by("pk")
            .values(
                *("ground", "grounds", "state", "lodged_at", "answered_at"),
                submission=F("decision__attempt__submission__public_id"),
            )
        ),
        "talks": list(
            CoachTalk.objects.filter(mine)
            .order_by("pk")
            .values("note", "held_at", "after_attempt", of=F("submission__public_id"))
        ),
        "uploads": list(
            Upload.objects.filter(learner=person)
            .order_by("pk")
            .values("file_name", "title", "kind", "size", "state", "begun_at", "ended_at")
        ),
        "threads_read": list(
            ThreadSeen.objects.filter(person=person).order_by("pk").values("seen_at", of=F("submission__public_id"))
        ),
        "saved_views": list(SavedView.objects.filter(person=person).order_by("pk").values("name", "asked", "saved_at")),
        "conflicts": list(
            Conflict.objects.filter(assessor=person).order_by("pk").values("kind", "reason", "declared_at")
        ),
    }


def _pathways(person: User) -> dict[str, Any]:
    enrolments = Enrolment.objects.filter(learner=person).select_related("version").order_by("pk")
    plans = Pathway.objects.filter(owner=person).prefetch_related("versions__nodes__achievement").order_by("pk")
    return {
        "enrolments": [_walked(one) for one in enrolments.prefetch_related("stacks__decisions", "memberships__group")],
        "plans": [
            {
                "created_at": plan.created_at,
                "shared_at": plan.shared_at,
                "archived_at": plan.archived_at,
                "versions": [
                    {
                        **{name: getattr(version, name) for name in ("number", "state", "name", "description")},
                        "steps": [
                            {
                                "code": node.code,
                                "kind": node.kind,
                                "name": node.name,
                                "badge": node.achievement.slug if node.achievement else None,
                            }
                            for node in version.nodes.all()
                        ],
                    }
                    for version in plan.versions.all()
                ],
            }
            for plan in plans
        ],
        "mentor_of": list(Group.objects.filter(mentor=person).order_by("pk").values("name", "made_at", "ended_at")),
    }


def _walked(enrolment: Enrolment) -> dict[str, Any]:
    """A pathway as far as they came, what they reached on it, and the groups that invited them."""
    facts = ("state", "target_on", "started_at", "completed_at", "left_at", "steps_done", "steps_total", "credits_done")
    return {
        "pathway": enrolment.version.name,
        **{name: getattr(enrolment, name) for name in facts},
        "reached": [
            {
                **{name: getattr(stack, name) for name in ("code", "state", "credits", "reached_at", "at_risk_since")},
                "decisions": [
                    {"outcome": one.outcome, "reason": one.reason, "decided_at": one.decided_at}
                    for one in stack.decisions.all()
                ],
            }
            for stack in enrolment.stacks.all()
        ],
        "groups": [
            {
                "name": one.group.name,
                **{name: getattr(one, name) for name in ("asked_at", "agreed_at", "ended_at")},
            }
            for one in enrolment.memberships.all()
        ],
    }
