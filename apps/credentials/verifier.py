"""The verifier in this installation: our issuers are read from the database, others through the guarded client."""

from __future__ import annotations

import hashlib
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core import client, clock
from apps.credentials import addresses, documents, proofs, published, queries, record
from apps.credentials.formats.snapshot import AwardSnapshot
from apps.credentials.models import Credential
from apps.credentials.published import CREDENTIAL, OB2_CREDENTIAL, own_path
from apps.credentials.verification import (
    COULD_NOT_CHECK,
    Answer,
    CannotResolve,
    NotABadge,
    Report,
    common,
    reading,
    verify,
)
from apps.credentials.verification.outside import parsed
from apps.credentials.verification.report import AUTHENTICITY, Said, text_of

if TYPE_CHECKING:
    from apps.credentials.models import SignedForm

MOST_BYTES = reading.MOST_BYTES
# The media types that a badge may have.
ACCEPTED = (
    "application/vc, application/vc+jwt, application/ld+json, application/json, image/png, image/svg+xml, text/plain"
)
# A credential, or a token that holds one.
LONGEST_TEXT = reading.LONGEST_TOKEN

# Nobody embeds endorsements of more organisations than this.
MOST_NAMED = 20


def check(data: bytes | str, *, recipient: str = "", form: SignedForm | None = None) -> Report:
    """Check a picture or a text. Raises NotABadge if it is none. `form`: our record, if it was just read with its
    credential.
    """
    known = _documents_named_in(data) if isinstance(data, str) else {}
    return verify(
        data,
        ask=Asking(known),
        now=clock.now(),
        recipient=recipient,
        own=lambda report, text: record.compare(report, text, form),
        fallen=record.fallen,
        # A page that only shows what we signed doesn't read the files behind it each time.
        as_it_is=record.as_it_is if form is None else None,
        at_home=lambda address: own_path(address) is not None,
    )


class Unreached(Exception):
    """There is no badge to check at a URL, since nobody answers or it was removed; `report` says so."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.sha256)
        self.report = report


def check_url(url: str, *, recipient: str = "") -> Report:
    """Check what is at a URL: ours from the database as any visitor sees it, others fetched.

    Raises NotABadge, also for our own pages that are no badges.
    """
    try:
        return check(lying_at(url), recipient=recipient)
    except Unreached as answer:
        return answer.report


def lying_at(url: str) -> bytes | str:
    """What is at a URL, unprocessed. Raises NotABadge and Unreached."""
    url = addresses.of_badge(url)
    if refusal := addresses.no_badge(url):
        raise NotABadge(refusal, "page")
    path = own_path(url)
    if path is not None:
        return _own_file(path)
    try:
        fetched = client.fetch(url, accept=ACCEPTED, gone=True)
    except client.AddressRefused as refusal:
        raise NotABadge(_("Nothing could be read there: %(why)s.") % {"why": refusal}, "inside") from None
    except client.FetchRefused as refusal:
        raise Unreached(_unreached(url, str(refusal))) from None
    if fetched.status == HTTPStatus.GONE:
        raise Unreached(_taken_away(url, fetched))
    return fetched.body


def _taken_away(url: str, fetched: client.Fetched) -> Report:
    """Report a 410. An older badge is revoked by a 410 with a notice at its own URL; without a notice, any file may
    just have been moved.
    """
    report = _report_of(url)
    try:
        notice = parsed(Answer(fetched.body, fetched.status, fetched.media_type, fetched.url), url)
    except CannotResolve:
        notice = {}
    if notice.get("revoked") is True:
        report.said = Said(credential_id=url)
        common.taken_back(report, f"{url[:500]} answered 410", text_of(notice.get("revocationReason")))
    else:
        plain = _("It was taken away from that address: there is nothing left to check.")
        report.add("address", AUTHENTICITY, COULD_NOT_CHECK, plain, f"{url[:500]} answered 410", why="gone")
    return report


def _report_of(url: str) -> Report:
    return Report(checked_at=clock.now(), sha256=hashlib.sha256(url.encode()).hexdigest())


def _unreached(url: str, why: str) -> Report:
    """Report that nobody answered: whether there is a badge at the URL isn't known."""
    report = _report_of(url)
    plain = _("Nothing could be read there: %(why)s.") % {"why": why}
    report.add("address", AUTHENTICITY, COULD_NOT_CHECK, plain, url[:500])
    return report


def unfinished(why: str) -> Report:
    """Report that the check failed through our own fault."""
    report = Report(checked_at=clock.now())
    plain = _("We could not finish checking this one. The fault is ours.")
    report.add("checking", AUTHENTICITY, COULD_NOT_CHECK, plain, why)
    return report


def check_own(credential: Credential, form: SignedForm | None = None) -> Report | None:
    """Check one of our credentials from the bytes that were signed; None while they are being made."""
    found = form or queries.signed_form(credential)
    return check(found.text, form=form) if found else None


class Asking:
    """Fetches URLs: ours from the database, others through the guarded client."""

    def __init__(self, known: dict[str, dict[str, Any]]) -> None:
        self.known = known

    def __call__(self, address: str, *, accept: str, seconds: float) -> Answer:
        path = own_path(address)
        if path is not None:
            known = self.known.get(address)
            found = Answer(proofs.dump(known).encode()) if known else published.at(path, accept)
            if found is None:
                raise CannotResolve(f"nothing of ours at {address}")
            return found
        try:
            fetched = client.fetch(address, accept=accept, seconds=seconds, gone=True)
        except client.FetchRefused as refusal:
            raise CannotResolve(str(refusal)) from None
        return Answer(fetched.body, fetched.status, fetched.media_type, fetched.url)


def _documents_named_in(text: str) -> dict[str, dict[str, Any]]:
    """The documents of all our issuers that a text names, including endorsers, in one query."""
    address = re.escape(f"{settings.PUBLIC_URL}/issuers/")
    slugs = sorted(set(re.findall(rf'"{address}([A-Za-z0-9_-]+)"', text)))[:MOST_NAMED]
    return {queries.issuer_url(slug): one for slug, one in documents.issuer_documents(slugs).items()} if slugs else {}


def _own_file(path: str) -> bytes | str:
    # Codes on paper are in capitals, and so are URLs that someone reads out.
    path = path.lower()
    named = CREDENTIAL.fullmatch(path) or OB2_CREDENTIAL.fullmatch(path)
    public_id, ending = (named["id"], named["ending"]) if named else ("", "")
    older = named is not None and named.re is OB2_CREDENTIAL
    visible = Credential.objects.visible_to(None).select_related("version")
    credential = visible.filter(public_id=public_id).first()
    if credential is not None and older and ending == "json":
        return proofs.dump(documents.hosted_assertion(AwardSnapshot.from_json(credential.snapshot)))
    kind = (
        queries.Format.OB2_JWS if older else queries.Format.JWT_ES256 if ending == "jwt" else queries.Format.OB3_EDDSA
    )
    form = queries.signed_form(credential, kind) if credential else None
    if credential is None or form is None:
        raise NotABadge(
            _(
                "No badge can be seen at that address. It may be mistyped, or its earner keeps it private: ask them for"
                " the badge picture or a link. If it is yours, sign in and share it."
            ),
            "absent",
        )
    if ending in queries.pictures_for(form.format, credential.version):
        return queries.baked(ending, form, credential.version)
    return form.text
