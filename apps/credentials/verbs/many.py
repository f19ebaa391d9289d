"""Awarding many credentials of one version at once, for a whole table of people.

It all happens in one transaction: people, credentials, places in the status list, signed forms, digests, one event
each, letters. So a killed worker leaves nothing behind, and the one that takes over repeats nothing.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from apps.accounts import queries as people
from apps.accounts.models import User
from apps.core import clock, outbox
from apps.core.copying import copy_in, listed, next_keys
from apps.core.events import Happened, digest, record_many
from apps.core.failpoints import fail_here
from apps.core.ids import new_public_ids
from apps.core.text import normal_address
from apps.credentials import baking, compiled, keys, queries, snapshots
from apps.credentials.compiled import tally
from apps.credentials.judged import Judged
from apps.credentials.models import Bake, Credential, SignedForm
from apps.credentials.verbs.awarding import fix_public_url, mark_renewed
from apps.credentials.verbs.keys import active_key
from apps.credentials.verbs.letters import offer_many
from apps.credentials.verbs.status_lists import draw_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from apps.credentials.models import SigningKey
    from apps.credentials.verbs.status_lists import Place
    from apps.issuers.models import AchievementVersion


class Wish(NamedTuple):
    """One of many awards: the recipient, the address and name that the issuer entered, and what the issuer says about
    it.

    `narrative` and `evidence` (addresses) are signed; `valid_until` None: as long as the version says.
    """

    earner: User
    address: str
    name: str = ""
    narrative: str = ""
    evidence: tuple[str, ...] = ()
    valid_until: datetime | None = None


class Made(NamedTuple):
    """A credential as it goes into the tables: its snapshot as JSON, the signed text, and the digest of the baked
    picture.
    """

    pk: int
    public_id: str
    earner: User
    own: tuple[Any, ...]
    snapshot: str
    text: str
    sha256: str
    baked: str
    size: int
    renews: Credential | None


def award_many(
    version: AchievementVersion, wishes: Sequence[Wish], *, by: User, why: str, bulk: str = ""
) -> list[Made]:
    """Award directly to each of these people, sign, bake and offer, in the caller's transaction. The caller has
    checked that `by` may, and holds the earners' locks (`lock_earners`). Workers only.

    Nobody is refused here: the caller has left out people who can't be awarded (`refused_among`). `bulk` names the
    table that they are in. Raises ProofError for what can't be signed.
    """
    if not wishes:
        return []
    fix_public_url()
    at = clock.now()
    fail_here("award_many")
    renewed = _make_way(version, wishes, at, by=by)
    ids = next_keys(Credential, len(wishes))
    places = draw_places(version.achievement.issuer, credential_ids=ids)
    key = active_key(version.achievement.issuer)
    made = list(_compose(version, wishes, ids, places=places, at=at, renewed=renewed, key=key))
    alike = Credential(
        issuer=version.achievement.issuer,
        achievement=version.achievement,
        version=version,
        single=version.achievement.single,
        basis=Credential.Basis.DIRECT,
        why=why,
        state=Credential.State.OFFERED,
        awarded_at=at,
        valid_from=at,
    )
    fail_here("sign_many")
    _copy(alike, made, key, at)
    told = {"version": version.number, "why": digest(why), "bulk": bulk, "key": key.public_id}
    record_many("credential.awarded", Credential, [_told(one, told) for one in made], by=by)
    offer_many(alike, [(one.pk, one.public_id, one.earner) for one in made])
    outbox.enqueue("apps.credentials.tasks.sign_others_of", key=f"sign_others_of:{ids[0]}", credential_ids=ids)
    tally.hand_on()
    fail_here("copy_many")
    return made


def lock_earners(earners: Iterable[User]) -> set[int]:
    """Lock many earners, as `lock_earner` does, in one order, so that concurrent awards can't deadlock.

    Return the keys of closed accounts: merged into another, or erased.
    """
    ids = [one.pk for one in earners]
    locked = User.objects.filter(pk__in=listed(ids)).order_by("pk").select_for_update(of=("self",), no_key=True)
    return {pk for pk, *ends in locked.values_list("pk", "merged_into", "erased_at") if any(ends)}


def refused_among(version: AchievementVersion, earners: Iterable[User], *, by: User) -> dict[int, str]:
    """People who can't be awarded now: key of the earner -> why, as a code. The caller holds the earners' locks.

    `held`: holds one that can't be renewed yet; `yourself`: is the awarder, by any address of either.
    """
    at, ids = clock.now(), {one.pk for one in earners}
    refused = dict.fromkeys(ids & set(people.same_people(by).values_list("pk", flat=True)), "yourself")
    if not version.achievement.single:
        return refused
    held = queries.live_credentials(ids, version.achievement)
    return refused | {pk: "held" for pk, one in held.items() if not queries.may_be_renewed(one, at)}


def _make_way(
    version: AchievementVersion, wishes: Sequence[Wish], at: datetime, *, by: User
) -> Mapping[int, Credential]:
    """The earlier credentials that these awards renew, marked as such, by the keys of their earners."""
    if not version.achievement.single:
        return {}
    held = queries.live_credentials([wish.earner.pk for wish in wishes], version.achievement, lock=True)
    return {pk: mark_renewed(one, at, by=by) for pk, one in held.items()}


def _compose(
    version: AchievementVersion,
    wishes: Sequence[Wish],
    ids: Sequence[int],
    *,
    places: Sequence[Place],
    at: datetime,
    renewed: Mapping[int, Credential],
    key: SigningKey,
) -> Iterator[Made]:
    until = version.ends_at(at)
    base = snapshots.compose(
        "", version, judged=Judged(), addresses=(), valid_from=at, valid_until=until, narrative=snapshots.DIRECT
    )
    shared = json.dumps(base.shared_json())[1:]
    template = compiled.template_for(base.issuer, base.achievement)
    private_key, method = keys.ed25519_signer(key), queries.verification_method(key)
    artwork = queries.artwork(version)
    addresses = people.verified_addresses_of_many([wish.earner for wish in wishes])
    for wish, pk, place, public_id in zip(wishes, ids, places, new_public_ids(len(ids)), strict=True):
        own = snapshots.one_of_many(
            base,
            public_id,
            addresses=dict.fromkeys([normal_address(wish.address), *addresses.get(wish.earner.pk, ())]),
            narrative=wish.narrative,
            evidence=wish.evidence,
            valid_until=wish.valid_until or until,
            status=queries.status_of(place.list, place.index, version.achievement.issuer),
        )
        text = template.sign(own, private_key=private_key, verification_method=method, created=at)
        picture = baking.bake_png(artwork, text)
        if baking.read(picture).text != text:
            message = f"{public_id}: the picture does not hold what was signed"
            raise baking.BakingError(message)
        yield Made(
            pk,
            public_id,
            wish.earner,
            (wish.earner.name, wish.address.strip(), wish.name.strip(), own.valid_until),
            f"{json.dumps(own.own_json())[:-1]}, {shared}",
            text,
            hashlib.sha256(text.encode()).hexdigest(),
            hashlib.sha256(picture).hexdigest(),
            len(picture),
            renewed.get(wish.earner.pk),
        )


_OWN = ("id", "public_id", "earner", "renews", "earner_name", "sent_to", "sent_name", "valid_until", "snapshot")
_ALIKE = [one.attname for one in Credential._meta.concrete_fields if one.name not in _OWN]


def _copy(alike: Credential, made: Sequence[Made], key: SigningKey, at: datetime) -> None:
    """Copy the rows into the tables. `alike` holds what they all have in common."""
    common = [getattr(alike, name) for name in _ALIKE]
    copy_in(
        Credential,
        [*_OWN, *_ALIKE],
        (
            [
                *(one.pk, one.public_id, one.earner.pk, one.renews.pk if one.renews else None),
                *(*one.own, one.snapshot, *common),
            ]
            for one in made
        ),
    )
    forms = next_keys(SignedForm, len(made))
    copy_in(
        SignedForm,
        ("id", "credential", "format", "key", "text", "sha256", "signed_at"),
        (
            (form, one.pk, SignedForm.Format.OB3_EDDSA.value, key.pk, one.text, one.sha256, at)
            for form, one in zip(forms, made, strict=True)
        ),
    )
    copy_in(
        Bake,
        ("form", "picture", "sha256", "size", "baked_at"),
        ((form, Bake.Picture.PNG.value, one.baked, one.size, at) for form, one in zip(forms, made, strict=True)),
    )


def _told(one: Made, told: Mapping[str, Any]) -> Happened:
    """The one event of an award among many: what `write`, signing and baking otherwise record in several."""
    own = {
        "basis": Credential.Basis.DIRECT.value,
        "decision": "",
        "renews": one.renews.public_id if one.renews else "",
        "supersedes": "",
        "sha256": one.sha256,
        "baked": one.baked,
    }
    return Happened(one.public_id, {**told, **own})
