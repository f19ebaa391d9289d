"""Items enter a backpack, by an award or an import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from apps.backpacks import skills
from apps.backpacks.models import BackpackItem, Block
from apps.backpacks.verbs.lifting import settle
from apps.core import clock, outbox
from apps.core.copying import insert_new
from apps.core.events import Happened, record, record_many
from apps.credentials.snapshots import AwardSnapshot

if TYPE_CHECKING:
    from apps.credentials.models import Credential, CredentialQuerySet, ForeignCredential

Kind = BackpackItem.Kind


@transaction.atomic
def file_credential(credential: Credential) -> BackpackItem:
    """Put an awarded credential into its earner's backpack. Idempotent.

    If it supersedes or renews another of theirs, it takes that one's places in collections, shared ones too. What its
    earner hid stays hidden.
    """
    item = BackpackItem(credential=credential, filed_at=clock.now(), **_as_filed(credential))
    if not insert_new(item):
        return BackpackItem.objects.get(credential=credential)
    record("backpack_item.filed", item, by=None, credential=credential.public_id)
    before = credential.supersedes or credential.renews
    if before is not None and before.earner_id == credential.earner_id:
        _take_place(before, item)
    return item


@transaction.atomic
def file_credentials(credentials: CredentialQuerySet) -> int:
    """File many credentials that were awarded at once, and return how many were new."""
    found = list(credentials.select_related("issuer", "earner").order_by("pk").select_for_update(of=("self",)))
    there = set(BackpackItem.objects.filter(credential__in=found).values_list("credential_id", flat=True))
    new = [one for one in found if one.pk not in there and not (one.supersedes_id or one.renews_id)]
    made = [BackpackItem(credential=one, filed_at=clock.now(), **_as_filed(one)) for one in new]
    BackpackItem.objects.bulk_create(made)
    filed = [Happened(item.public_id, {"credential": one.public_id}) for item, one in zip(made, new, strict=True)]
    record_many("backpack_item.filed", BackpackItem, filed, by=None)
    for one in found:
        if one.supersedes_id or one.renews_id:  # it takes the places of the one before
            file_credential(one)
    return len(new)


def _as_filed(credential: Credential) -> dict[str, Any]:
    """The values copied from an award to its item."""
    snapshot = AwardSnapshot.from_json(credential.snapshot)
    return {
        "person": credential.earner,
        "kind": Kind.EARNED,
        "name": snapshot.achievement.name,
        "issuer_name": snapshot.issuer.name,
        "earned_on": snapshot.valid_from.astimezone(clock.zone(credential.issuer.time_zone)).date(),
        "skills": skills.names_in(snapshot),
    }


@transaction.atomic
def file_foreign(foreign: ForeignCredential) -> BackpackItem:
    """Put a kept credential of another issuer into its holder's backpack. Idempotent.

    A newer one takes the places of the one it replaced, with its tags and note. For older kinds of badge, the name
    may be known only once the issuer has answered: then it is set here.
    """
    began = foreign.valid_from
    told = foreign.report
    called: dict[str, Any] = {
        "skills": skills.names_elsewhere(foreign.text),
        "name": foreign.achievement_name or told["achievement"] or foreign.credential_id,
        "issuer_name": foreign.issuer_name or told["issuer_name"] or foreign.issuer_id,
    }
    item, made = BackpackItem.objects.get_or_create(
        foreign=foreign,
        defaults={
            "person": foreign.holder,
            "kind": Kind.ELSEWHERE,
            "earned_on": began.date() if began else None,
            "filed_at": clock.now(),
            **called,
        },
    )
    if {name: getattr(item, name) for name in called} != called:
        for name, value in called.items():
            setattr(item, name, value)
        item.save(update_fields=list(called))
    if made:
        record("backpack_item.filed", item, by=None, foreign=foreign.public_id)
        outbox.enqueue("apps.backpacks.tasks.draw_foreign", key=f"draw_foreign:{item.pk}", item_id=item.pk)
        before = BackpackItem.objects.filter(foreign=foreign.supersedes_id).first() if foreign.supersedes_id else None
        if before is not None:
            _take_over(before, item)
            Block.objects.filter(item=before).update(item=item)
    return item


@transaction.atomic
def give_place_back(credential: Credential, *, instead_of: Credential) -> None:
    """Put a credential back in its collections, shared ones too: its renewal was someone else's, by mistake."""
    item = BackpackItem.objects.filter(credential=credential).select_related("person").first()
    if item is None:
        return
    blocks = Block.objects.filter(item__credential=instead_of)
    blocks.filter(collection__in=item.blocks.values("collection")).delete()
    blocks.update(item=item)
    settle([credential.pk, instead_of.pk], by=item.person)


def _take_place(before: Credential, item: BackpackItem) -> None:
    """Let the new item replace the old in collections, so that links lead to it; the old one keeps its page."""
    old = BackpackItem.objects.filter(credential=before).first()
    if old is not None:
        _take_over(old, item)
    Block.objects.filter(item__credential=before).update(item=item)
    settle([item.credential_id] if item.credential_id else [], by=item.person)


def _take_over(old: BackpackItem, new: BackpackItem) -> None:
    """Copy what its holder did with the old item to its replacement."""
    for name in ("tags", "note", "archived_at", "is_hidden"):
        setattr(new, name, getattr(old, name))
    new.save(update_fields=["tags", "note", "archived_at", "is_hidden"])
