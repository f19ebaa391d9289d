"""Reads about credentials that deserve a name: their addresses, their files."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts import queries as accounts
from apps.accounts.models import User
from apps.core import clock
from apps.core.models import Event
from apps.core.prepared import ask
from apps.core.questions import Question, each_of
from apps.core.shown import Choice, Moment
from apps.core.text import normal_address
from apps.credentials import baking, reports, tokens
from apps.credentials.formats.snapshot import StatusFacts
from apps.credentials.models import (
    Bake,
    ClaimCode,
    ClaimLink,
    ClaimRequest,
    Credential,
    Delivery,
    Endorsement,
    ForeignCredential,
    SignedForm,
    SigningKey,
    StatusList,
    Verdict,
    code_as_typed,
    seen_by,
)
from apps.issuers.models import AchievementVersion, Descent, Issuer
from apps.notices import queries as notices
from apps.notices.kinds import Way
from apps.notices.models import Letter, Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date

    from django.db.models import QuerySet

    from apps.credentials.models import Batch, BatchItem, CredentialQuerySet, Endorsable, EndorsementQuerySet
    from apps.issuers.models import Achievement

# Limit for the issuer's, and for the version's: a verifier fetches the key for each, and a picture has to carry them.
MOST_EMBEDDED = 5

# The long text only if its hash isn't the known one.
_FORM = """
SELECT c.visibility, c.shown_until, c.earner_id, v.picture, v.picture_svg, v.picture_sha256, f.sha256,
    CASE WHEN f.sha256 = %s THEN '' ELSE f.text END
FROM credentials_credential c JOIN issuers_achievementversion v ON v.id = c.version_id
LEFT JOIN credentials_signedform f ON f.credential_id = c.id AND f.format = '{kind}'
WHERE c.public_id = %s
"""

# What no longer stands, a line each, in the order of its rows: whole, or only the sum of it.
_FALLEN = """
SELECT {what} FROM (
    SELECT coalesce(string_agg(concat_ws(' ',
        public_id, CASE WHEN shown_until <= %s THEN 'private' ELSE visibility END, status, status_reason
    ), ',' ORDER BY id), '') AS lines
    FROM credentials_credential
    WHERE issuer_id = %s AND status IN ('suspended', 'revoked', 'superseded')
) AS fallen
"""
_SUMMED = "encode(sha256(convert_to(lines, 'UTF8')), 'hex')"

Format = SignedForm.Format
_ANSWERED = (Credential.State.CLAIMED, Credential.State.DECLINED)
# The kind of key that signs each form.
ALGORITHMS = {
    Format.OB3_EDDSA: SigningKey.Algorithm.ED25519,
    Format.JWT_EDDSA: SigningKey.Algorithm.ED25519,
    Format.JWT_ES256: SigningKey.Algorithm.P256,
    Format.JWT_RS256: SigningKey.Algorithm.RSA,
    Format.OB2_JWS: SigningKey.Algorithm.RSA,
}
# The Open Badges version of a form in a picture. A picture holds one form per version.
BAKED: dict[Format, baking.Version] = {Format.OB3_EDDSA: 3, Format.OB2_JWS: 2}
# How long before its end a credential may be renewed: new work takes time.
RENEWED_BEFORE = timedelta(days=60)


def credential_url(public_id: str) -> str:
    """The id in the signed credential."""
    return f"{settings.PUBLIC_URL}/c/{public_id}"


def issuer_url(slug: str) -> str:
    return f"{settings.PUBLIC_URL}/issuers/{slug}"


def version_url(version: AchievementVersion) -> str:
    return f"{settings.PUBLIC_URL}/achievements/{version.achievement.slug}/v{version.number}"


def evidence_url(public_id: str) -> str:
    return f"{settings.PUBLIC_URL}/e/{public_id}"


def verification_method(key: SigningKey) -> str:
    """The verification method of a Data Integrity proof: the key's name as a fragment of the issuer's document."""
    return f"{issuer_url(key.issuer.slug)}#{key.name}"


def evidence_of(credential: Credential) -> list[str]:
    """Public ids of the pieces that a credential was awarded for, in its order.

    Evidence that an issuer names in a direct award isn't ours, however its address ends.
    """
    if credential.snapshot["narrative"]:
        return []
    return [one["id"].rpartition("/")[2] for one in credential.snapshot["evidence"]]


def key_url(key: SigningKey) -> str:
    """The `kid` of a JWT: an address that returns the key itself (Open Badges 3.0, section 8.2.4)."""
    return f"{issuer_url(key.issuer.slug)}/keys/{key.name}"


def ob2_key_url(key: SigningKey) -> str:
    """The creator of a signed Open Badges 2.0 assertion: a CryptographicKey."""
    return f"{key_url(key)}/ob2.json"


def key_named(slug: str, name: str) -> QuerySet[SigningKey]:
    """An issuer's key by its name in URLs."""
    return SigningKey.objects.filter(issuer__slug=slug, name=name).select_related("issuer")


def rsa_key_named(slug: str, name: str) -> QuerySet[SigningKey]:
    """The same, RSA keys only, since only those sign Open Badges 2.0."""
    return key_named(slug, name).filter(algorithm=SigningKey.Algorithm.RSA)


def readable_version(slug: str, number: int) -> QuerySet[AchievementVersion]:
    """A version that has a page for everyone."""
    found = AchievementVersion.objects.readable().filter(achievement__slug=slug, number=number)
    return found.select_related("achievement__issuer")


def ob2_revocations_url(slug: str) -> str:
    return f"{issuer_url(slug)}/ob2-revocations.json"


def status_list_url(issuer: Issuer, number: int) -> str:
    return f"{settings.PUBLIC_URL}/status/{issuer.slug}/{number}"


def status_of(among: StatusList, index: int, issuer: Issuer) -> StatusFacts:
    """The status that a credential signs: a place in a pair of lists, of which `among` is the first."""
    return StatusFacts(
        list_url=status_list_url(issuer, among.number),
        index=index,
        suspension_url=status_list_url(issuer, among.number + 1),
    )


def artwork(version: AchievementVersion, picture: str = Bake.Picture.PNG) -> bytes:
    """The badge picture, frozen with its version."""
    with (version.picture_svg if picture == Bake.Picture.SVG else version.picture).open("rb") as file:
        return bytes(file.read())


def pictures_for(kind: str, version: AchievementVersion) -> tuple[str, ...]:
    """The pictures that can hold a form; SVG only if the version has one."""
    if kind not in BAKED:
        return ()
    return (Bake.Picture.PNG, Bake.Picture.SVG) if version.picture_svg else (Bake.Picture.PNG,)


def baked(picture: str, form: SignedForm, version: AchievementVersion) -> bytes:
    """The picture with the signed form inside, made from artwork and text: the same bytes each time."""
    return spliced(picture, form, artwork(version, picture))


def spliced(picture: str, form: SignedForm, artwork: bytes) -> bytes:
    splice = baking.bake_svg if picture == Bake.Picture.SVG else baking.bake_png
    return splice(artwork, form.text, version=BAKED[Format(form.format)])


def offered_by(issuer: Issuer) -> QuerySet[AchievementVersion]:
    """Public versions of an issuer, followed by those of the issuers below it, the nearest first."""
    versions = AchievementVersion.objects.public().filter(achievement__issuer__descents_above__ancestor=issuer)
    versions = versions.annotate(steps=F("achievement__issuer__descents_above__steps"))
    return versions.select_related("achievement__issuer").order_by("steps", "name", "pk")


def live_credential(person: User, achievement: Achievement, *, lock: bool = False) -> Credential | None:
    """The credential of an achievement that a person holds: not revoked, replaced or renewed; it may have expired."""
    return live_credentials([person.pk], achievement, lock=lock).get(person.pk)


def live_credentials(people: Iterable[int], achievement: Achievement, *, lock: bool = False) -> dict[int, Credential]:
    """The same for many people: key of the person -> credential, for those who hold one."""
    found = (_HELD_LOCKED if lock else _HELD).all(list(people), achievement.pk)
    return {one.earner_id: one for one in found}


def _held(people: Value, achievement: Value) -> QuerySet[Credential]:
    # By earner: the achievement's index would go through everything ever awarded for it.
    found = Credential.objects.alias(of=F("achievement") + 0).filter(earner__in=each_of(people), of=achievement)
    return found.filter(status__in=Credential.IN_FORCE, renewed_at=None).order_by("awarded_at", "pk")


_HELD = Question(_held)
_HELD_LOCKED = Question(lambda people, achievement: _held(people, achievement).select_for_update(of=("self",)))


def before(credential: Credential) -> list[Credential]:
    """The earlier credentials that it replaced or renewed, directly or indirectly, of the same earner, the nearest
    first.
    """
    found: list[Credential] = []
    older = credential.supersedes or credential.renews
    while older is not None and older.earner_id == credential.earner_id:
        found.append(older)
        older = older.supersedes or older.renews
    return found


def lock_chain(credential: Credential) -> None:
    """Lock a credential and its predecessors in the order that backpacks use."""
    chain = [credential.pk, *(one.pk for one in before(credential))]
    list(Credential.objects.filter(pk__in=chain).order_by("pk").select_for_update(of=("self",)))


def may_be_renewed(credential: Credential, at: datetime) -> bool:
    """Whether it has expired or is about to, and nothing else has happened to it."""
    return (
        credential.valid_until is not None
        and credential.valid_until - RENEWED_BEFORE <= at
        and credential.status == Credential.Status.VALID
        and credential.renewed_at is None
    )


def held_by(person: User, achievement: Achievement) -> Credential | None:
    """The credential that prevents a person from earning this achievement again, if it can be earned only once."""
    held = live_credential(person, achievement) if achievement.single else None
    return None if held is None or may_be_renewed(held, clock.now()) else held


def last_day(credential: Credential) -> str:
    """The last day of its validity in the issuer's time zone, in ISO 8601; empty if it has no end."""
    if credential.valid_until is None:
        return ""
    return credential.valid_until.astimezone(clock.zone(credential.issuer.time_zone)).date().isoformat()


def why_in_english(credential: Credential) -> str:
    """The reason for its status in English, for programs, other sites and facts that are translated later."""
    with translation.override("en"):
        return str(credential.get_status_reason_display() or credential.get_status_display())


def fallen_at(issuer: Issuer, *, summed: bool = False) -> str:
    """What an issuer awarded and no longer stands, parted by commas: public id, by whom it is seen now, status, reason.
    Or, where there may be very many, their sum alone.
    """
    what = _SUMMED if summed else "lines"
    ((found,),) = ask(_FALLEN.replace("{what}", what), [clock.now(), issuer.pk])
    return str(found)


def sum_of_fallen(lines: str) -> str:
    return hashlib.sha256(lines.encode()).hexdigest()


def is_open(achievement: Achievement) -> bool:
    """Whether new work for it is accepted."""
    return AchievementVersion.objects.public().filter(achievement=achievement).exists()


def signed_by(key: SigningKey) -> QuerySet[Credential]:
    """Every credential that a key has signed in any form, whatever became of it."""
    forms = SignedForm.objects.filter(credential=OuterRef("pk"), key=key)
    return Credential.objects.filter(Exists(forms), issuer=key.issuer_id)


def touched_by(key: SigningKey) -> QuerySet[Credential]:
    """Those of them that still stand, to be signed again if the key is compromised. Excludes erased earners, for whom
    nothing more is signed: their credentials can only be revoked.
    """
    return signed_by(key).filter(status__in=Credential.IN_FORCE, earner__erased_at=None)


def said_by(key: SigningKey) -> QuerySet[Endorsement]:
    """Endorsements signed by a key and not revoked."""
    signed = Endorsement.objects.filter(key=key, state=Endorsement.State.SIGNED)
    return signed.with_names().order_by("signed_at", "pk")


def embedding(endorsement: Endorsement) -> QuerySet[Credential]:
    """Valid credentials that embed this endorsement. One that is signed again embeds the endorsements valid by then."""
    said = [{"id": f"{base}/endorsements/{endorsement.public_id}"} for base in _origins()]
    if endorsement.version_id is not None:
        return _holding(Q(version=endorsement.version_id), said)
    # An endorsement of a credential is embedded in none: its `issuer_id` is empty, so this finds nothing.
    return _holding(Q(issuer=endorsement.issuer_id), said)


def embedding_words_of(key: SigningKey) -> QuerySet[Credential]:
    """Like `embedding`, for all endorsements that a key signed, including revoked ones: they stay embedded."""
    said = Endorsement.objects.filter(key=key)
    of_issuers = said.filter(issuer__isnull=False).values("issuer")
    about = Q(version__in=said.filter(version__isnull=False).values("version")) | Q(issuer__in=of_issuers)
    methods = [f"{base}/issuers/{key.issuer.slug}#{key.name}" for base in _origins()]
    return _holding(about, [{"proof": [{"verificationMethod": one}]} for one in methods])


def badges_embedding_words_of(key: SigningKey) -> QuerySet[AchievementVersion]:
    """The badges of those credentials, each with their number as `holding`. The endorser must not learn the earners."""
    found = AchievementVersion.objects.filter(credentials__in=embedding_words_of(key))
    counted = found.annotate(holding=Count("credentials")).select_related("achievement__issuer")
    return counted.order_by("achievement__issuer__name", "name", "number", "pk")


def _holding(about: Q, said: list[dict[str, Any]]) -> QuerySet[Credential]:
    """The valid credentials `about` these that embed an endorsement, of the issuer or the badge, that matches one of
    `said`.
    """
    inside = Q()
    for one in said:
        for place in ("issuer", "achievement"):
            inside |= Q(snapshot__contains={place: {"endorsements": [one]}})
    return Credential.objects.filter(about, inside, status__in=Credential.IN_FORCE, earner__erased_at=None)


def _origins() -> list[str]:
    """Our origin and the former ones, which older signed documents still name."""
    return [settings.PUBLIC_URL, *settings.FORMER_PUBLIC_URLS]


def signed_form(credential: Credential, kind: str = Format.OB3_EDDSA) -> SignedForm | None:
    return credential.forms.filter(format=kind).select_related("key").first()


def signed_form_at(public_id: str, among: QuerySet[Credential]) -> SignedForm | None:
    """The signed form of a credential that is in `among`, with all that its page needs, in one query."""
    forms = SignedForm.objects.filter(format=Format.OB3_EDDSA, credential__public_id=public_id, credential__in=among)
    return forms.select_related(
        "key__issuer", "credential__issuer", "credential__earner", "credential__version__achievement"
    ).first()


class Lying(NamedTuple):
    """A signed form found by address, and who may see it. `sha256` is empty if it isn't signed yet; the text is empty
    if the hash is the known one.
    """

    is_shown: bool
    earner_id: int
    kind: str
    sha256: str
    text: str
    picture: str
    picture_svg: str
    picture_sha256: str

    @property
    def version(self) -> AchievementVersion:
        """The badge's version, with its pictures only."""
        return AchievementVersion(
            picture=self.picture, picture_svg=self.picture_svg, picture_sha256=self.picture_sha256
        )

    @property
    def form(self) -> SignedForm:
        return SignedForm(format=self.kind, sha256=self.sha256, text=self.text)

    def is_for(self, reader: User | None) -> bool:
        return self.is_shown or (reader is not None and reader.pk == self.earner_id)


def lying_at(public_id: str, kind: str, *, known: str = "") -> Lying | None:
    """Find a signed form in one prepared query that uses three indexes."""
    # In the SQL itself: as a parameter, PostgreSQL would expect a better plan for each kind, and plan each time.
    rows = ask(_FORM.replace("{kind}", Format(kind).value), [known, public_id])
    if not rows:
        return None
    visibility, shown_until, earner_id, picture, picture_svg, picture_sha256, sha256, text = rows[0]
    is_shown = seen_by(visibility, shown_until) != Credential.Visibility.PRIVATE
    return Lying(is_shown, earner_id, kind, sha256 or "", text or "", picture, picture_svg, picture_sha256)


def form_signed_as(text: str, public_id: str) -> SignedForm | None:
    """The form of a credential with exactly this text; otherwise the one that its page shows."""
    exactly = Case(
        When(sha256=hashlib.sha256(text.encode()).hexdigest(), then=0), When(format=Format.OB3_EDDSA, then=1), default=2
    )
    forms = SignedForm.objects.filter(credential__public_id=public_id).select_related(
        "key__issuer", "credential__issuer"
    )
    return forms.order_by(exactly, "pk").first()


def is_left(public_id: str) -> bool:
    """Whether a credential's earner has been erased: nothing says any more whose it was."""
    return Credential.objects.filter(public_id=public_id, earner__erased_at__isnull=False).exists()


def baked_png(credential_id: int) -> bytes:
    """The picture that goes with the letter."""
    credential = Credential.objects.select_related("version").get(pk=credential_id)
    return baked(Bake.Picture.PNG, credential.forms.get(format=Format.OB3_EDDSA), credential.version)


# --- letters and links ------------------------------------------------------------------------------------------------
def claim_link(token: str) -> ClaimLink | None:
    """The link for a token, if it is live."""
    found = ClaimLink.objects.live().filter(token_hash=tokens.hash_of(token))
    return found.select_related("credential__earner", "credential__issuer", "credential__version__achievement").first()


def claim_path(link: str) -> str:
    """The path for a letter's link, by the link's public id; empty if the link is no longer live."""
    if not ClaimLink.objects.live().filter(public_id=link).exists():
        return ""
    return reverse("credentials:claim_by_link", args=[tokens.token_of(link)])


def still_stands(credential_id: int) -> bool:
    """Whether a letter about an award should still go: not if it has been revoked or replaced meanwhile."""
    return Credential.objects.filter(pk=credential_id, status__in=Credential.IN_FORCE).exists()


def still_waits(credential_id: int) -> bool:
    """Whether a reminder about an award should still go: not if it isn't valid any more, or its earner has kept it."""
    waiting = (Credential.State.OFFERED, Credential.State.DECLINED)
    return Credential.objects.filter(pk=credential_id, status=Credential.Status.VALID, state__in=waiting).exists()


def has_been_heard_of(credential_id: int) -> bool:
    """Whether its earner may know about an award, through a letter that has left or otherwise.

    Letters that haven't left are locked until the caller's transaction ends. So if the credential no longer stands, a
    letter that is leaving at this moment counts, and no other will leave.
    """
    credential = Credential.objects.select_related("supersedes").get(pk=credential_id)
    if credential.basis != Credential.Basis.DIRECT or credential.state in _ANSWERED:
        return True  # a decision announced it, or its earner has answered it
    same = [credential_id]
    older = credential.supersedes
    while older is not None and older.earner_id == credential.earner_id:
        same.append(older.pk)
        older = older.supersedes
    held = Letter.objects.filter(notices__award_delivery__credential__in=same).order_by("pk")
    states = set(held.select_for_update(of=("self",), no_key=True).values_list("state", flat=True))
    if states & {Letter.State.SENT, Letter.State.BOUNCED}:
        return True
    told = Notice.objects.filter(award_delivery__credential__in=same)
    return told.filter(Q(letter=None) | Q(read_at__isnull=False)).exists()


def asked_for_among(credentials: Collection[Credential]) -> set[int]:
    """Keys of those that their earners got with a code, which counts as a yes."""
    return {pk for (pk,) in _ASKED_FOR.all([one.pk for one in credentials])}


def _asked_for(keys: Value) -> QuerySet[ClaimRequest, Any]:
    return ClaimRequest.objects.filter(credential__in=each_of(keys)).values_list("credential")


_ASKED_FOR = Question(_asked_for)


def declined_among(credentials: Collection[Credential]) -> set[int]:
    """Keys of those that replace one their earner declined, for the same decision if there was one."""
    same = Q(decision_id=F("supersedes__decision_id")) | Q(decision_id=None, supersedes__decision_id=None)
    found = Credential.objects.filter(
        same,
        pk__in=[one.pk for one in credentials if one.supersedes_id is not None],
        supersedes__state=Credential.State.DECLINED,
        supersedes__earner=F("earner"),
    )
    return set(found.values_list("pk", flat=True))


def came_back_from(credential: Credential, address: str) -> bool:
    """Whether a letter about this award to this very address bounced permanently."""
    sent = credential.deliveries.filter(notice__letter__bounced_for_good=True)
    return normal_address(address) in map(normal_address, sent.values_list("notice__letter__to", flat=True))


def sent_where_asked(credential: Credential) -> str:
    """The address that its earner last had the badge sent to, if it is still confirmed and no letter came back from
    it; otherwise empty.
    """
    sent = credential.deliveries.filter(kind=Delivery.Kind.OWN).order_by("-written_at", "-pk")
    theirs = accounts.verified_addresses_of(credential.earner)
    for to in sent.values_list("notice__letter__to", flat=True):
        if normal_address(to) in theirs and not came_back_from(credential, to):
            return to
    return ""


def needs_address(credential: Credential) -> bool:
    """Whether a letter about this award bounced, and none has gone to another address since."""
    return ClaimLink.objects.filter(credential=credential, address_needed_at__isnull=False).exists()


def deliveries_of(credential: Credential) -> list[Delivery]:
    """The letters about an award, the oldest first."""
    return list(credential.deliveries.select_related("notice__letter"))


class Posted(NamedTuple):
    """One letter about an award, as its earner sees it. `to` is empty if it went to an address that is no longer theirs,
    or if it was only a notice in Satchel. `state` is a `Delivery.state` for the pill; a permanent bounce is a bounce.
    """

    what: str
    to: str
    at: datetime
    state: str


def letters_to(earner: User, credential: Credential) -> list[Posted]:
    """The letters to its earner about an award, the newest first. Letters to anyone else are left out."""
    mine = accounts.addresses_of(earner)
    written = credential.deliveries.select_related("notice__letter").filter(notice__person=earner)
    found = []
    for one in written.order_by("-written_at", "-pk"):
        to = one.notice.letter.to if one.notice.letter else ""
        state = Letter.State.BOUNCED.value if one.state == "address_needed" else one.state
        what = one.get_kind_display() if one.kind != Delivery.Kind.OWN else gettext("Sent where you asked")
        at = one.sent_at or one.written_at
        found.append(Posted(what, to if normal_address(to) in mine else "", at, state))
    return found


def may_be_readdressed(credential: Credential) -> bool:
    """Whether its earner may have the letter sent again: the badge is valid, was offered and was not declined."""
    return credential.status == Credential.Status.VALID and credential.state in (
        Credential.State.OFFERED,
        Credential.State.CLAIMED,
    )


def with_letters(found: CredentialQuerySet, letter: str = "") -> CredentialQuerySet:
    """Add to awards `letter`, the state of each one's newest letter as a pill (`Delivery.state`; empty if there is
    none), and `written_at`, when it was written. With an argument, keep only those whose `letter` has that state.
    """
    newest = Delivery.objects.filter(credential=OuterRef("pk")).order_by("-written_at", "-pk")
    told = Case(
        When(notice__letter__isnull=False, then=F("notice__letter__state")),
        When(notice__way=Way.HERE, then=Value("here")),
        default=Value(Letter.State.QUEUED.value),
        output_field=CharField(),
    )
    needed = Q(claim_link__address_needed_at__isnull=False, state=Credential.State.OFFERED)
    found = found.annotate(
        letter=Case(
            When(needed, then=Value("address_needed")),
            default=Coalesce(Subquery(newest.annotate(told=told).values("told")[:1]), Value("")),
            output_field=CharField(),
        ),
        written_at=Subquery(newest.values("written_at")[:1]),
    )
    if letter not in {one.value for one in letter_choices() if one.value}:
        return found
    return found.filter(letter__in=("queued", "failed") if letter == "queued" else (letter,))


def letter_choices() -> list[Choice]:
    """The review page's filters by the state of the newest letter. Failed letters are retried, so they count as on
    their way.
    """
    return [
        Choice("", _("All letters")),
        Choice("queued", _("On their way")),
        Choice("sent", _("Sent")),
        Choice("bounced", _("Came back")),
        Choice("address_needed", _("Address needed")),
        Choice("here", _("Only under the bell")),
    ]


def unclaimed_at(issuer: Issuer, *, letter: str = "") -> QuerySet[Credential]:
    """Awards that their earners haven't answered, the oldest first; optionally by the state of the newest letter."""
    found = issuer.credentials.filter(_LIVE & _in_time(clock.now()), state=Credential.State.OFFERED)
    return with_letters(found.select_related("earner", "version", "issuer", "claim_link"), letter).order_by(
        "awarded_at", "pk"
    )


def codes_of(issuer: Issuer) -> QuerySet[ClaimCode]:
    """An issuer's codes, the newest first, with the number of open requests as `waiting`."""
    waiting = Count("requests", filter=Q(requests__state=ClaimRequest.State.WAITING))
    found = issuer.claim_codes.select_related("version", "issuer").annotate(waiting=waiting)
    return found.order_by("-made_at", "-pk")


def requests_of(code: ClaimCode) -> QuerySet[ClaimRequest]:
    """A code's requests, those waiting for an answer first."""
    waits = Case(When(state=ClaimRequest.State.WAITING, then=0), default=1)
    return code.requests.select_related("credential", "code__issuer").order_by(waits, "asked_at", "pk")


def why_closed(code: ClaimCode) -> str:
    """A sentence for someone who tries a code that gives nothing now."""
    zone = clock.zone(code.issuer.time_zone)
    reasons = {
        "early": gettext("This code opens on %(day)s at %(time)s. Come back then."),
        "over": gettext("This code ran out on %(day)s. Ask the organisation whether there is another."),
        "full": gettext("All the badges of this code are taken. Ask the organisation whether there is another."),
        "ended": gettext("The organisation has ended this code. Ask them whether there is another."),
        "retired": gettext("This badge is no longer awarded as it was. Ask the organisation for a new code."),
    }
    at = (code.opens_at if code.standing == "early" else code.closes_at).astimezone(zone)
    told = {"day": date_format(at, "j F Y"), "time": date_format(at, "H:i")}
    return reasons[code.standing] % told if code.standing in reasons else ""


def desk_path(credential: Credential) -> str:
    """The credential's page at the issuer's desk."""
    return reverse("credentials:issued_one", args=[credential.issuer.slug, credential.public_id])


def code_path(code: ClaimCode) -> str:
    return reverse("credentials:claim_code", args=[code.issuer.slug, code.public_id])


def code_of(typed: str) -> ClaimCode | None:
    """The code that someone typed, in any spelling; None if there is no such code."""
    code = code_as_typed(typed)
    if not code:
        return None
    return ClaimCode.objects.select_related("issuer", "version__achievement").filter(code=code).first()


# --- at the issuer's desk ---------------------------------------------------------------------------------------------
class Sought(NamedTuple):
    """What narrows a list of awards; nothing is None. Words of the badge's or recipient's name; the badge, by its slug;
    days in the issuer's time zone, both included; the standing; the state of the newest letter.
    """

    q: str | None = None
    badge: str | None = None
    since: date | None = None
    until: date | None = None
    standing: str | None = None
    letter: str | None = None


def issued_at(issuer: Issuer, sought: Sought) -> QuerySet[Credential]:
    """What an issuer has awarded, the newest first, with its letters."""
    found = with_letters(_narrowed(issuer, sought), sought.letter or "").order_by("-awarded_at", "-pk")
    if sought.standing in _STANDINGS:
        found = found.filter(_STANDINGS[sought.standing](clock.now()))
    return found.select_related("earner", "version", "supersedes")


def standings_at(issuer: Issuer, sought: Sought) -> list[Choice]:
    """The desk's filters with their counts among what is sought, in one query."""
    now = clock.now()
    counts = with_letters(_narrowed(issuer, sought), sought.letter or "").aggregate(
        all=Count("pk"), **{name: Count("pk", filter=which(now)) for name, which in _STANDINGS.items()}
    )
    words = {
        "": _("All"),
        "valid": _("Valid"),
        "unclaimed": _("Not claimed yet"),
        "declined": _("Not wanted"),
        "suspended": _("Paused"),
        "revoked": _("Taken back"),
        "superseded": _("Replaced"),
        "expired": _("Ran out"),
    }
    return [Choice(name, word, number=counts[name or "all"]) for name, word in words.items()]


def badges_awarded_at(issuer: Issuer) -> list[tuple[str, str]]:
    """Of each badge that an issuer has awarded, its slug and the name that it was awarded under last."""
    awarded = AchievementVersion.objects.filter(
        Exists(Credential.objects.filter(version=OuterRef("pk"))), achievement__issuer=issuer
    )
    newest = awarded.order_by("achievement", "-number").distinct("achievement").values_list("achievement__slug", "name")
    return sorted(newest, key=lambda badge: badge[1].casefold())


def _narrowed(issuer: Issuer, sought: Sought) -> CredentialQuerySet:
    """By words, badge and days. The recipient of a direct award is the name and address that the issuer entered, never
    the account behind it.
    """
    found = issuer.credentials.all()
    if sought.q:
        account = Q(sent_to="") & (Q(earner__name__icontains=sought.q) | Q(earner__email__icontains=sought.q))
        typed = Q(sent_name__icontains=sought.q) | Q(sent_to__icontains=sought.q)
        found = found.filter(Q(version__name__icontains=sought.q) | account | typed)
    if sought.badge:
        found = found.filter(version__achievement__slug=sought.badge)
    zone = clock.zone(issuer.time_zone)
    if sought.since:
        found = found.filter(awarded_at__gte=datetime.combine(sought.since, time.min, zone))
    if sought.until:
        found = found.filter(awarded_at__lte=datetime.combine(sought.until, time.max, zone))
    return found


def history_of(credential: Credential) -> list[Moment]:
    """The history of a credential, the oldest first, with the person behind each step if there was one."""
    events = list(
        Event.objects.filter(subject_type="credentials.credential", subject_id=credential.public_id, kind__in=_STEPS)
        .order_by("pk")
        .only("kind", "actor_id", "happened_at")
    )
    names = dict(User.objects.filter(public_id__in={one.actor_id for one in events}).values_list("public_id", "name"))
    names[credential.earner.public_id] = credential.recipient_name
    return [Moment(_STEPS[one.kind], at=one.happened_at, line=names.get(one.actor_id, "")) for one in events]


def keys_of(issuer: Issuer) -> QuerySet[SigningKey]:
    """An issuer's keys, the newest first, each with how many forms and endorsements it signed."""
    signed = Count("forms", distinct=True) + Count("endorsements", distinct=True)
    return issuer.signing_keys.select_related("issuer").annotate(signed=signed).order_by("-created_at", "-pk")


def _in_time(now: datetime) -> Q:
    return Q(valid_until=None) | Q(valid_until__gt=now)


_LIVE = Q(status=Credential.Status.VALID)
_UNCLAIMED = (Credential.State.AWARDED, Credential.State.BAKED, Credential.State.OFFERED)
_STANDINGS: dict[str, Callable[[datetime], Q]] = {
    "valid": lambda now: _LIVE & _in_time(now),
    "unclaimed": lambda now: _LIVE & _in_time(now) & Q(state__in=_UNCLAIMED),
    "declined": lambda now: _LIVE & _in_time(now) & Q(state=Credential.State.DECLINED),
    "suspended": lambda _now: Q(status=Credential.Status.SUSPENDED),
    "revoked": lambda _now: Q(status=Credential.Status.REVOKED),
    "superseded": lambda _now: Q(status=Credential.Status.SUPERSEDED),
    "expired": lambda now: _LIVE & Q(valid_until__lte=now),
}
_STEPS = {
    "credential.awarded": _("Awarded"),
    "credential.offered": _("Signed, and sent to the earner"),
    "credential.sent_again": _("Sent to the earner once more"),
    "credential.reminded": _("The earner was reminded"),
    "credential.address_needed": _("The letter came back"),
    "credential.claimed": _("Claimed by the earner"),
    "credential.declined": _("Not wanted by the earner"),
    "credential.suspended": _("Paused"),
    "credential.reinstated": _("Valid again"),
    "credential.revoked": _("Taken back"),
    "credential.superseded": _("Replaced"),
    "credential.renewed": _("Renewed"),
    "credential.renewal_undone": _("Not renewed after all"),
}


# --- endorsements -----------------------------------------------------------------------------------------------------
def endorsement_url(public_id: str) -> str:
    """The id in the signed endorsement."""
    return f"{settings.PUBLIC_URL}/endorsements/{public_id}"


def endorser_url(public_id: str) -> str:
    """The id of someone outside who endorses: what is there names the key that signed, and nobody."""
    return f"{endorsement_url(public_id)}/endorser"


def asked_by_link(token: str) -> Endorsement | None:
    """The request behind a link that an earner handed over, unless the earner has left."""
    return _about_someone().filter(outside__ask_hash=tokens.hash_of(token)).first()


def asked_by_letter(token: str) -> Endorsement | None:
    """The request behind the link in a letter to someone outside; a link to an address given before leads nowhere, and
    none does once the earner has left.
    """
    return _about_someone().filter(outside__answer_hash=tokens.hash_of(token)).first()


def _about_someone() -> EndorsementQuerySet:
    return Endorsement.objects.with_names().filter(credential__earner__erased_at=None)


def key_of_letter(endorsement: Endorsement) -> str:
    """The key of the newest letter to someone outside."""
    letters = endorsement.outside.letters if endorsement.outside else 0
    return f"endorse:{endorsement.public_id}:{letters}"


def letter_to_endorser(endorsement: Endorsement) -> Letter | None:
    """The newest letter to someone outside, for who asked them."""
    return notices.letter_to_address(key_of_letter(endorsement))


def id_of(subject: Endorsable) -> str:
    """The id by which signed documents name what is endorsed."""
    if isinstance(subject, Issuer):
        return issuer_url(subject.slug)
    return credential_url(subject.public_id) if isinstance(subject, Credential) else version_url(subject)


def issuer_of(subject: Endorsable) -> Issuer:
    """The issuer that the subject belongs to: no related organisation may endorse it."""
    if isinstance(subject, Issuer):
        return subject
    return subject.issuer if isinstance(subject, Credential) else subject.achievement.issuer


def name_of(subject: Endorsable) -> str:
    return subject.version.name if isinstance(subject, Credential) else subject.name


def is_kin(one: Issuer, other: Issuer) -> bool:
    """Whether one is the other, or above or below it."""
    up, down = Q(ancestor=one, descendant=other), Q(ancestor=other, descendant=one)
    return Descent.objects.filter(up | down).exists()


def may_endorse(issuer: Issuer) -> QuerySet[Issuer]:
    """The organisations that an issuer may ask: all except related ones."""
    others = Issuer.objects.exclude(descents_above__ancestor=issuer).exclude(descents_below__descendant=issuer)
    return others.order_by("name", "pk")


def endorsements_shown(
    *, issuer: Issuer | None = None, version: AchievementVersion | None = None, credential: Credential | None = None
) -> EndorsementQuerySet:
    """The endorsements that a page about these shows, the newest first."""
    about = Q()
    for name, one in {"issuer": issuer, "version": version, "credential": credential}.items():
        if one is not None:
            about |= Q(**{name: one})
    return Endorsement.objects.standing().filter(about).with_names().order_by("-signed_at", "-pk")


class Embedded(NamedTuple):
    """Signed endorsements of the issuer, and of the version."""

    of_issuer: tuple[dict[str, Any], ...]
    of_version: tuple[dict[str, Any], ...]


def endorsements_held(version: AchievementVersion) -> Embedded:
    """The newest endorsements that stand, to be embedded in a new credential."""
    found = _STANDING_ABOUT.all(version.achievement.issuer_id, version.pk)
    of = {about: tuple(json.loads(text) for one, text, *_when in found if one == about) for about in (None, version.pk)}
    return Embedded(of_issuer=of[None], of_version=of[version.pk])


def _standing_about(issuer: Value, version: Value) -> QuerySet[Endorsement, Any]:
    newest = Endorsement.objects.standing().order_by("-signed_at", "-pk")
    told = newest.values_list("version", "text", "signed_at", "pk")
    of_both = told.filter(issuer=issuer)[:MOST_EMBEDDED].union(told.filter(version=version)[:MOST_EMBEDDED], all=True)
    return of_both.order_by("-signed_at", "-pk")


_STANDING_ABOUT = Question(_standing_about)


def endorsement_lists(user: User) -> dict[str, EndorsementQuerySet]:
    """A person's inbox, by name: requests that wait for their answer, those their organisations answered, their own."""
    asked_of = Endorsement.objects.asked_of(user)
    waiting = Q(state=Endorsement.State.REQUESTED, expires_at__gt=clock.now())
    return {
        "waiting": asked_of.filter(waiting).with_names().order_by("expires_at", "pk"),
        "answered": asked_of.exclude(waiting).with_names(),
        "asked": Endorsement.objects.asked_for(user).with_names(),
    }


# --- what was checked for others --------------------------------------------------------------------------------------
def verdicts_in(batch: Batch) -> list[Choice]:
    """A batch's filters with their counts, in one query: all, each verdict that occurs, those still waiting."""
    counts = batch.items.aggregate(
        all=Count("pk"),
        waiting=Count("pk", filter=Q(verdict="")),
        **{one.value: Count("pk", filter=Q(verdict=one)) for one in Verdict},
    )
    verdicts = [Choice(one.value, one.label, number=counts[one.value]) for one in Verdict if counts[one.value]]
    waiting = [Choice("waiting", _("Waiting"), number=counts["waiting"])] if counts["waiting"] else []
    return [Choice("", _("All"), number=counts["all"]), *verdicts, *waiting]


def items_in(batch: Batch, verdict: str = "") -> list[BatchItem]:
    """A batch's items in order; optionally only those with a verdict, or those waiting."""
    found = batch.items.order_by("position")
    if verdict:
        found = found.filter(verdict="" if verdict == "waiting" else verdict)
    items = list(found)
    for item in items:
        item.batch = batch
    return items


def items_near(batch: Batch, position: int) -> list[BatchItem]:
    """The item at a position, and its neighbours."""
    found = list(batch.items.filter(position__gte=position - 1, position__lte=position + 1))
    for item in found:
        item.batch = batch
    return found


def batch_for_programs(batch: Batch) -> dict[str, Any]:
    """A batch with every report, as in its JSON file and the API."""
    items = items_in(batch)
    return {
        "id": batch.public_id,
        "url": f"{settings.PUBLIC_URL}{batch.get_absolute_url()}",
        "created_at": _moment(batch.created_at),
        "finished_at": _moment(batch.finished_at),
        "ends_at": _moment(batch.ends_at),
        "total": len(items),
        "done": sum(not item.is_waiting for item in items),
        "items": [
            {
                "position": item.position,
                "kind": item.kind,
                "name": item.name,
                "verdict": item.standing,
                "refusal": item.refusal,
                "checked_at": _moment(item.checked_at),
                "report": reports.for_programs(item.report) if item.report else None,
            }
            for item in items
        ],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def held_by_both(one: User, other: User) -> list[Credential]:
    """The other's credentials of badges that can be held once, if both hold one that stands."""
    standing = Credential.objects.filter(single=True, status__in=Credential.IN_FORCE, renewed_at=None)
    found = standing.filter(earner=other, achievement__in=standing.filter(earner=one).values("achievement"))
    return list(found.select_related("version", "issuer").order_by("pk"))


def kept_by_both(one: User, other: User) -> list[tuple[ForeignCredential, ForeignCredential]]:
    """Badges from elsewhere that both keep, as pairs: the other's and the one's."""
    mine = {kept.identity: kept for kept in ForeignCredential.objects.kept().filter(holder=one)}
    theirs = ForeignCredential.objects.kept().filter(holder=other, identity__in=mine).order_by("pk")
    return [(kept, mine[kept.identity]) for kept in theirs]
