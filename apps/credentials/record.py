"""Our own record, for credentials that name us: what was signed here, whether it stands, and the evidence behind it."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from apps.credentials import documents, proofs, queries
from apps.credentials.formats.snapshot import AwardSnapshot
from apps.credentials.models import Bake, Credential, Endorsement, SignedForm
from apps.credentials.published import CREDENTIAL, OB2_CREDENTIAL, own_path
from apps.credentials.verification import FAIL, PASS, Report, common, issuers
from apps.credentials.verification.inside import Fall
from apps.credentials.verification.report import AUTHENTICITY, VALIDITY
from apps.credentials.verification.values import id_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_OB2_BADGE = re.compile(r"/achievements/(?P<slug>[A-Za-z0-9_-]+)/v(?P<number>[0-9]{1,9})/ob2\.json")
_EVIDENCE = re.compile(r"/e/(?P<id>[a-z2-7]{26})")
_ENDORSEMENT = re.compile(r"/endorsements/(?P<id>[a-z2-7]{26})/?")


# Replaces the signed text once its earner has been erased.
ERASED = "sha256:"


class Held(NamedTuple):
    """The credential in our record for what was given, and whether the two say the same."""

    credential: Credential
    same: bool


def compare(report: Report, text: str, known: SignedForm | None) -> None:
    """Check that a credential or endorsement that names us was signed here, and that a picture of it was baked here.

    Anyone with the file may know its status. Anyone with only the id, who signs something under it, learns nothing,
    not even whether it exists.
    """
    path = own_path(report.said.credential_id)
    if path is None and not _names_us(report):
        return
    if named := _ENDORSEMENT.fullmatch(path or ""):
        _compare_endorsement(report, text, named["id"])
        return
    held = Held(known.credential, known.sha256 == _sum(text)) if known else _held(report, text, path)
    if held is None or not held.same:
        _tell_unknown(report)
        return
    credential = held.credential
    report.own_id, report.zone = credential.public_id, credential.issuer.time_zone
    if report.picture and not _is_our_picture(report, text, credential):
        plain = _("The signed text is ours, but the picture around it is not the one that was made here.")
        report.add("record", AUTHENTICITY, FAIL, plain, f"no picture with SHA-256 {report.sha256}")
    else:
        _tell_known(report, text)
    if report.has("signature") or report.has("hosted"):
        _stands(report, credential)


def _compare_endorsement(report: Report, text: str, public_id: str) -> None:
    """Check an endorsement given on its own, outside its subject."""
    found = _endorsements({public_id}).get(public_id)
    if found is None or not _is_what_was_signed(found, report.document):
        _tell_unknown(report)
        return
    report.zone = found.time_zone
    _tell_known(report, text)
    if report.has("signature"):
        _endorsement_stands(report, found)


def _tell_unknown(report: Report) -> None:
    plain = _("This is not a file that was signed here.")
    report.add("record", AUTHENTICITY, FAIL, plain, "nothing that was signed here says this")


def _tell_known(report: Report, text: str) -> None:
    report.add("record", AUTHENTICITY, PASS, _("The file and our record agree."), f"SHA-256 {_sum(text)}")


def _is_our_picture(report: Report, text: str, credential: Credential) -> bool:
    """Whether we baked this picture, by its recorded hash. Pictures are available as soon as their form is signed:
    until its hash is recorded, compare with what would be baked now, which is deterministic.
    """
    if Bake.objects.filter(form__credential=credential, sha256=report.sha256).exists():
        return True
    form = credential.forms.filter(sha256=_sum(text)).first()
    if form is None:
        return False
    form.text = text  # the same, by its hash, even if its earner has been erased
    noted = set(form.bakes.values_list("picture", flat=True))
    lacking = [one for one in queries.pictures_for(form.format, credential.version) if one not in noted]
    return any(
        hashlib.sha256(queries.baked(one, form, credential.version)).hexdigest() == report.sha256 for one in lacking
    )


def _names_us(report: Report) -> bool:
    """Whether something without one of our URLs names us as its issuer; or, for Open Badges 2.0, whose signed ids
    aren't URLs, in its badge. All that was signed here is in our record, but anyone with one of our keys could write
    more.
    """
    named = [issuers.address_of(report.said.issuer_id)]
    if report.document.get("badge"):
        named.append(report.said.achievement_id)
    return any(own_path(one) is not None for one in named)


def _held(report: Report, text: str, path: str | None) -> Held | None:
    if path is None:
        form = _signed_as_ob2(report, text)
        return Held(form.credential, same=True) if form else None
    if named := OB2_CREDENTIAL.fullmatch(path):
        held = Credential.objects.select_related("version", "issuer").filter(earner__erased_at=None)
        credential = held.filter(public_id=named["id"]).first()
        if credential is None:  # once its URL is gone, nothing vouches for an unsigned one
            return None
        ours = documents.hosted_assertion(AwardSnapshot.from_json(credential.snapshot))
        return Held(credential, common.same(ours, report.document))
    named = CREDENTIAL.fullmatch(path)
    form = queries.form_signed_as(text, named["id"]) if named else None
    return Held(form.credential, form.sha256 == _sum(text) or _says_the_same(form, report)) if form else None


def _says_the_same(form: SignedForm, report: Report) -> bool:
    """Whether they say the same. A program may indent JSON and an editor add a newline: a proof covers the content."""
    if form.format != queries.Format.OB3_EDDSA:
        return False
    if form.text.startswith(ERASED):
        return form.text == what_is_kept_of(report.document)
    return common.same(json.loads(form.text), report.document)


def what_is_kept_of(document: dict[str, Any]) -> str:
    """What replaces an erased earner's text: a hash independent of the JSON's layout, which doesn't reveal whose it
    was.
    """
    laid_out = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{ERASED}{_sum(laid_out)}"


def _signed_as_ob2(report: Report, text: str) -> SignedForm | None:
    """Find a form by its own hash, among those of the badge that it names."""
    path = own_path(report.said.achievement_id)
    named = _OB2_BADGE.fullmatch(path) if path is not None else None
    if named is None:
        return None
    forms = SignedForm.objects.filter(
        format=queries.Format.OB2_JWS,
        sha256=_sum(text),
        credential__version__achievement__slug=named["slug"],
        credential__version__number=int(named["number"]),
    )
    return forms.select_related("credential__issuer").first()


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def as_it_is(sums: dict[str, str]) -> dict[str, bool | None]:
    """Ask the app that keeps evidence whether pieces submitted here are unchanged."""
    ours = {one: named["id"] for one in sums if (named := _EVIDENCE.fullmatch(own_path(one) or ""))}
    found = import_string(settings.EVIDENCE_AS_IT_IS)({public_id: sums[one] for one, public_id in ours.items()})
    return {one: found[public_id] for one, public_id in ours.items()}


def fallen(documents: Sequence[dict[str, Any]]) -> list[Fall | None]:
    """Check that endorsements that name us were signed here and that their endorsers still stand by them.

    A revoked one is recognised by what we signed then. Another one under its id is a forgery.
    """
    paths = [own_path(id_of(one)) for one in documents]
    named = [None if path is None else _ENDORSEMENT.fullmatch(path) for path in paths]
    ids = {one["id"] for one in named if one is not None}
    known = _endorsements(ids)
    return [
        None if path is None else _fall_of(known.get(one["id"]) if one else None, document)
        for path, one, document in zip(paths, named, documents, strict=True)
    ]


def _endorsements(public_ids: Collection[str]) -> dict[str, Endorsement]:
    """Those of these endorsements that were signed here, whatever became of them."""
    if not public_ids:
        return {}
    held = Endorsement.objects.filter(public_id__in=public_ids).exclude(text="")
    return {
        one.public_id: one
        for one in held.select_related("endorser", "outside", "credential__issuer", "key", "superseded_by")
    }


def _fall_of(found: Endorsement | None, document: dict[str, Any]) -> Fall | None:
    if found is not None and found.state == Endorsement.State.SIGNED and not found.lost_its_key:
        return None  # its signature decides
    if found is None or not _is_what_was_signed(found, document):
        return Fall(_("It contains an endorsement that we have no record of."), forged=True)
    if found.lost_its_key:
        plain = _("The key that signed the endorsement by %(endorser)s inside it is no longer valid.")
    else:
        plain = _("It contains an endorsement that %(endorser)s has withdrawn.")
    return Fall(plain % {"endorser": found.endorser_name})


def _is_what_was_signed(found: Endorsement, document: dict[str, Any]) -> bool:
    """Whether it is what was signed; also by its hash, which stays when the text is erased."""
    return found.sha256 == _sum(proofs.dump(document)) or common.same(json.loads(found.text), document)


def _stands(report: Report, credential: Credential) -> None:
    """Report its status from our own record, which is the most current."""
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
        _tell_replaced(report, since)
    else:
        common.taken_back(report, since, credential.get_status_reason_display())


def _endorsement_stands(report: Report, found: Endorsement) -> None:
    """Report an endorsement's status. One signed by a compromised key fails the issuer check instead."""
    since = f"{found.state}, {found.ended_at.isoformat() if found.ended_at else 'from its signing on'}"
    if found.state == Endorsement.State.SIGNED:
        report.add("status", VALIDITY, PASS, _("The issuer has not taken it back."), since)
    elif hasattr(found, "superseded_by"):
        _tell_replaced(report, since)
    else:
        common.taken_back(report, since, "")


def _tell_replaced(report: Report, since: str) -> None:
    report.add("status", VALIDITY, FAIL, _("The issuer has replaced it by a newer one."), since, why="superseded")
