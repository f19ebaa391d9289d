"""The verifier at home: issuers of ours come from the database, others through the guarded client."""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core import client, clock
from apps.credentials import documents, proofs, published, queries
from apps.credentials.formats.snapshot import AwardSnapshot
from apps.credentials.models import Bake, Credential, Endorsement, SignedForm, SigningKey
from apps.credentials.verification import FAIL, PASS, Answer, CannotResolve, NotABadge, Report, common, reading, verify
from apps.credentials.verification.report import AUTHENTICITY, VALIDITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

MOST_BYTES = reading.MOST_BYTES
_CREDENTIAL = re.compile(r"/c/(?P<id>[a-z2-7]{26})(?:\.(?P<ending>json|png|svg))?/?")
_OB2 = re.compile(r"/c/(?P<id>[a-z2-7]{26})/ob2\.(?P<ending>json|png|svg)")
_OB2_BADGE = re.compile(r"/achievements/(?P<slug>[A-Za-z0-9_-]+)/v(?P<number>[0-9]{1,9})/ob2\.json")
_ENDORSEMENT = re.compile(r"/endorsements/(?P<id>[a-z2-7]{26})/?")

# Nobody embeds the words of more organisations than this.
MOST_NAMED = 20


def check(data: bytes | str, *, recipient: str = "", form: SignedForm | None = None) -> Report:
    """Check a picture or a text. Raises NotABadge for what is none. `form`: our record, just read with its credential."""
    known = _documents_named_in(data) if isinstance(data, str) else {}
    return verify(
        data,
        ask=Asking(known),
        now=clock.now(),
        recipient=recipient,
        own=lambda report, text: _compare_with_ours(report, text, form),
        fallen=_fallen,
    )


def check_url(url: str, *, recipient: str = "") -> Report:
    """Check what lies at an address: ours from the database as anybody would see it, others fetched."""
    path = _own_path(url)
    if path is not None:
        return check(_own_file(path), recipient=recipient)
    try:
        fetched = client.fetch(url, accept="application/vc, application/ld+json, application/json, image/png")
    except client.FetchRefused as refusal:
        raise NotABadge(_("Nothing could be read there: %(why)s.") % {"why": refusal}) from None
    return check(fetched.body, recipient=recipient)


def check_own(credential: Credential, form: SignedForm | None = None) -> Report | None:
    """Check one of ours from the bytes that were signed; None while they are being made."""
    found = form or queries.signed_form(credential)
    return check(found.text, form=form) if found else None


class Asking:
    """What lies at an address: of ours from the database, of others through the guarded client."""

    def __init__(self, known: dict[str, dict[str, Any]]) -> None:
        self.known = known

    def __call__(self, address: str, *, accept: str, seconds: float) -> Answer:
        path = _own_path(address)
        if path is not None:
            found = (self.known[address], HTTPStatus.OK) if address in self.known else published.at(path)
            if found is None:
                raise CannotResolve(f"nothing of ours at {address}")
            document, status = found
            return Answer(proofs.dump(document).encode(), status)
        try:
            fetched = client.fetch(address, accept=accept, seconds=seconds, gone=True)
        except client.FetchRefused as refusal:
            raise CannotResolve(str(refusal)) from None
        return Answer(fetched.body, fetched.status)


def _documents_named_in(text: str) -> dict[str, dict[str, Any]]:
    """The documents of all issuers of ours that a text names, those who endorse among them: in one read."""
    address = re.escape(f"{settings.PUBLIC_URL}/issuers/")
    slugs = sorted(set(re.findall(rf'"{address}([A-Za-z0-9_-]+)"', text)))[:MOST_NAMED]
    return {queries.issuer_url(slug): one for slug, one in documents.issuer_documents(slugs).items()} if slugs else {}


def _own_path(url: str) -> str | None:
    """The path of an address under an origin of ours, present or former: never fetched over the network."""
    ours = {_origin(one) for one in (settings.PUBLIC_URL, *settings.FORMER_PUBLIC_URLS)}
    return urlsplit(url).path if _origin(url) in ours else None


def _origin(url: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port, however they are spelled; None for what is no address."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or client.PORTS.get(parts.scheme)
    except ValueError:
        return None


def _own_file(path: str) -> bytes | str:
    named = _CREDENTIAL.fullmatch(path) or _OB2.fullmatch(path)
    public_id, ending = (named["id"], named["ending"]) if named else ("", "")
    older = named is not None and named.re is _OB2
    visible = Credential.objects.visible_to(None).select_related("version")
    credential = visible.filter(public_id=public_id).first()
    if credential is not None and older and ending == "json":
        return proofs.dump(documents.hosted_assertion(AwardSnapshot.from_json(credential.snapshot)))
    kind = queries.Format.OB2_JWS if older else queries.Format.OB3_EDDSA
    form = queries.signed_form(credential, kind) if credential else None
    if credential is None or form is None:
        raise NotABadge(_("There is no credential at that address, or it is not for you to see."))
    if ending in queries.pictures_for(form.format, credential.version):
        return queries.baked(ending, form, credential.version)
    return form.text


class Held(NamedTuple):
    """The credential that our record has for what was given, and whether what was given says the same."""

    credential: Credential
    same: bool


def _compare_with_ours(report: Report, text: str, known: SignedForm | None) -> None:
    """A credential that names us must be, byte for byte, one that we signed, and its picture the one we baked."""
    path = _own_path(report.said.credential_id)
    if path is None and not _is_ours_by_name(report):
        return
    held = Held(known.credential, known.text == text) if known else _held(report, text, path)
    if held is None:
        report.add(
            "record",
            AUTHENTICITY,
            FAIL,
            _("We have no record of this credential."),
            f"nothing at {path or report.said.achievement_id}",
        )
        return
    credential = held.credential
    if not held.same:
        report.add(
            "record", AUTHENTICITY, FAIL, _("This is not the file that was signed here."), "other bytes than ours"
        )
    elif report.picture and not Bake.objects.filter(form__credential=credential, sha256=report.sha256).exists():
        plain = _("The words are ours, but the picture around them is not the one that was made here.")
        report.add("record", AUTHENTICITY, FAIL, plain, f"no picture with SHA-256 {report.sha256}")
    else:
        report.own_id = credential.public_id
        report.add("record", AUTHENTICITY, PASS, _("The file and our record agree."), f"SHA-256 {_sum(text)}")
    if report.has("signature") or report.has("hosted"):
        _stands(report, credential)


def _is_ours_by_name(report: Report) -> bool:
    """Whether it is signed in the form of Open Badges 2.0, where a name stands for the address, and names us inside."""
    named = (report.said.achievement_id, report.said.issuer_id)
    return bool(report.document.get("badge")) and any(_own_path(one) is not None for one in named)


def _held(report: Report, text: str, path: str | None) -> Held | None:
    if path is None:
        form = _signed_as_ob2(report, text)
        return Held(form.credential, same=True) if form else None
    if named := _OB2.fullmatch(path):
        credential = Credential.objects.select_related("version").filter(public_id=named["id"]).first()
        if credential is None:
            return None
        ours = documents.hosted_assertion(AwardSnapshot.from_json(credential.snapshot))
        return Held(credential, common.same(ours, report.document))
    named = _CREDENTIAL.fullmatch(path)
    form = queries.signed_form_at(named["id"], Credential.objects.all()) if named else None
    return Held(form.credential, form.text == text) if form else None


def _signed_as_ob2(report: Report, text: str) -> SignedForm | None:
    """By its own sum, among those of the badge that it names."""
    path = _own_path(report.said.achievement_id)
    named = _OB2_BADGE.fullmatch(path) if path is not None else None
    if named is None:
        return None
    forms = SignedForm.objects.filter(
        format=queries.Format.OB2_JWS,
        sha256=_sum(text),
        credential__version__achievement__slug=named["slug"],
        credential__version__number=int(named["number"]),
    )
    return forms.select_related("credential").first()


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fallen(addresses: Sequence[str]) -> dict[str, StrOrPromise]:
    """Endorsements that name us must be ones that we signed and that their endorsers still stand by."""
    paths = {one: path for one in addresses if (path := _own_path(one)) is not None}
    ids = {one: named["id"] if (named := _ENDORSEMENT.fullmatch(path)) else "" for one, path in paths.items()}
    held = Endorsement.objects.filter(public_id__in=ids.values()).exclude(text="").select_related("endorser", "key")
    known = {one.public_id: one for one in held} if ids else {}
    gone: dict[str, StrOrPromise] = {}
    for address, public_id in ids.items():
        found = known.get(public_id)
        if found is None:
            gone[address] = _("We have no record of an endorsement inside it.")
        elif found.key is not None and found.key.state == SigningKey.State.COMPROMISED:
            gone[address] = _("The key that signed the endorsement by %(endorser)s inside it no longer holds.") % {
                "endorser": found.endorser.name
            }
        elif found.state != Endorsement.State.SIGNED:
            gone[address] = _("%(endorser)s has taken back its endorsement, which stands inside it.") % {
                "endorser": found.endorser.name
            }
    return gone


def _stands(report: Report, credential: Credential) -> None:
    """Whether it was taken back, from our own record: the newest there is."""
    since = f"{credential.status}, {credential.status_at.isoformat() if credential.status_at else 'from the award on'}"
    if credential.status == Credential.Status.VALID:
        report.add("status", VALIDITY, PASS, _("The issuer has not taken it back."), since)
    elif credential.status == Credential.Status.SUSPENDED:
        report.add(
            "status",
            VALIDITY,
            FAIL,
            _("The issuer has paused it while something is looked into."),
            since,
            why="suspended",
        )
    elif credential.status == Credential.Status.SUPERSEDED:
        report.add("status", VALIDITY, FAIL, _("The issuer has replaced it by a newer one."), since, why="superseded")
    else:
        why = credential.get_status_reason_display()
        report.add(
            "status", VALIDITY, FAIL, _("The issuer has taken it back: %(why)s.") % {"why": why}, since, why="revoked"
        )
