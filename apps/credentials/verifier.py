"""The verifier at home: what lies at our own addresses comes from the database, others through the guarded client."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from apps.core import client, clock
from apps.credentials import documents, proofs, queries
from apps.credentials.models import Credential, Endorsement, SigningKey, StatusList
from apps.credentials.verification import FAIL, PASS, Answer, CannotResolve, NotABadge, Report, reading, verify
from apps.credentials.verification.report import AUTHENTICITY, VALIDITY
from apps.issuers.models import Issuer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from apps.credentials.models import CredentialQuerySet, SignedForm

MOST_BYTES = reading.MOST_BYTES
_ISSUER = re.compile(r"/issuers/(?P<slug>[A-Za-z0-9_-]+)(?P<did>/did\.json)?")
_KEY = re.compile(r"/issuers/(?P<slug>[A-Za-z0-9_-]+)/keys/(?P<name>[A-Za-z0-9_-]+)")
_STATUS = re.compile(r"/status/(?P<slug>[A-Za-z0-9_-]+)/(?P<number>[0-9]{1,9})")
_CREDENTIAL = re.compile(r"/c/(?P<id>[a-z2-7]{26})(?:\.(?P<ending>json|png|svg))?/?")
_EVIDENCE = re.compile(r"/e/(?P<id>[a-z2-7]{26})")
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
        # A page that only shows what we signed does not read the files behind it each time.
        as_it_is=_as_it_is if form is None else None,
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
            known = self.known.get(address)
            return Answer(proofs.dump(known).encode()) if known else _own_answer(address, path, accept)
        try:
            fetched = client.fetch(address, accept=accept, seconds=seconds)
        except client.FetchRefused as refusal:
            raise CannotResolve(str(refusal)) from None
        return Answer(fetched.body, media_type=fetched.media_type)


def _own_answer(address: str, path: str, accept: str) -> Answer:
    """What anybody is told at an address of ours that a credential may name. Raises CannotResolve."""
    if named := _ISSUER.fullmatch(path):
        found = _own_did(named["slug"]) if named["did"] else documents.issuer_document(named["slug"])
    elif named := _KEY.fullmatch(path):
        key = SigningKey.objects.select_related("issuer").filter(issuer__slug=named["slug"], name=named["name"]).first()
        if key is not None and key.state == SigningKey.State.COMPROMISED:
            return Answer(b"", HTTPStatus.GONE)
        found = documents.key_document(key) if key else None
    elif named := _STATUS.fullmatch(path):
        return _own_status_list(address, named["slug"], int(named["number"]), accept)
    else:
        found = None
    if found is None:
        raise CannotResolve(f"nothing of ours at {address}")
    return Answer(proofs.dump(found).encode())


def _own_did(slug: str) -> dict[str, Any] | None:
    issuer = Issuer.objects.filter(slug=slug).first()
    return documents.did_document(issuer) if issuer else None


def _own_status_list(address: str, slug: str, number: int, accept: str) -> Answer:
    """Signed in the form that is asked for first. Raises CannotResolve, before it was signed at all too."""
    found = StatusList.objects.filter(issuer__slug=slug, number=number).only("text", "jwt").first()
    text = "" if found is None else found.jwt if "jwt" in accept.partition(",")[0] else found.text
    if not text:
        raise CannotResolve(f"nothing of ours at {address}")
    return Answer(text.encode())


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


def _own_credential(path: str, among: CredentialQuerySet) -> tuple[Credential | None, str]:
    """The credential at a path of ours, and the ending that was asked for."""
    named = _CREDENTIAL.fullmatch(path)
    found = among.select_related("version").filter(public_id=named["id"]).first() if named else None
    return (found, named["ending"] or "") if named else (None, "")


def _own_file(path: str) -> bytes | str:
    credential, ending = _own_credential(path, Credential.objects.visible_to(None))
    form = queries.signed_form(credential) if credential else None
    if credential is None or form is None:
        raise NotABadge(_("There is no credential at that address, or it is not for you to see."))
    if ending in queries.pictures_for(form.format, credential.version):
        return queries.baked(ending, form, credential.version)
    return form.text


def _compare_with_ours(report: Report, text: str, known: SignedForm | None) -> None:
    """A credential that names us must be, byte for byte, one that we signed, and its picture the one we baked."""
    path = _own_path(report.said.credential_id)
    if path is None:
        return
    named = _CREDENTIAL.fullmatch(path)
    form = known or (queries.form_signed_as(text, named["id"]) if named else None)
    if form is None:
        report.add("record", AUTHENTICITY, FAIL, _("We have no record of this credential."), f"nothing at {path}")
    elif form.text != text:
        report.add(
            "record", AUTHENTICITY, FAIL, _("This is not the file that was signed here."), "other bytes than ours"
        )
    elif report.picture and not form.bakes.filter(sha256=report.sha256).exists():
        plain = _("The words are ours, but the picture around them is not the one that was made here.")
        report.add("record", AUTHENTICITY, FAIL, plain, f"no picture with SHA-256 {report.sha256}")
    else:
        report.own_id = form.credential.public_id
        report.add("record", AUTHENTICITY, PASS, _("The file and our record agree."), f"SHA-256 {form.sha256}")
    if form is not None and report.has("signature"):
        _stands(report, form.credential)


def _as_it_is(sums: dict[str, str]) -> dict[str, bool | None]:
    """Evidence that was handed in here is held by the room that keeps it."""
    ours = {one: named["id"] for one in sums if (named := _EVIDENCE.fullmatch(_own_path(one) or ""))}
    found = import_string(settings.EVIDENCE_AS_IT_IS)({public_id: sums[one] for one, public_id in ours.items()})
    return {one: found[public_id] for one, public_id in ours.items()}


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
