"""Credentials inside a credential: endorsements by others, and a learner record's contents. Each is checked
separately.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from django.utils.translation import gettext_lazy as _

from apps.credentials import proofs
from apps.credentials.verification import embedded, reading
from apps.credentials.verification.report import COULD_NOT_CHECK, FAIL, PASS, VALUE, NotABadge, Report
from apps.credentials.verification.values import id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_stubs_ext import StrOrPromise

    Look = Callable[[reading.Given], Report]

# Each costs a signature check, and perhaps a request to someone else's server.
MOST_ENDORSEMENTS = 10
MOST_RECORDS = 30
ELSEWHERE = "it is about something else"


class Fall(NamedTuple):
    """Why an endorsement that names us doesn't stand, in a sentence; `forged` if it was never signed here."""

    plain: StrOrPromise
    forged: bool = False


class Fallen(Protocol):
    def __call__(self, documents: Sequence[dict[str, Any]]) -> list[Fall | None]:
        """Why each of these endorsements doesn't stand; None if it does, or isn't ours and must be checked."""


class Part(NamedTuple):
    """`about`: the id of the part of the badge that an endorsement must be about."""

    about: str
    given: reading.Given

    @property
    def id(self) -> str:
        """Empty if it has none: no schema has been applied to a token yet."""
        return id_of(self.given.body)


def check(report: Report, look: Look, look_at_record: Look, fallen: Fallen | None) -> None:
    """Check everything inside. `look` checks one credential as if it had been given alone; `look_at_record` also
    compares it with our own record, which `fallen` does for all endorsements at once.
    """
    if parts := _endorsements(report):
        _check_endorsements(report, parts, look, fallen)
    if held := embedded.records(report.document):
        _check_records(report, held, look_at_record)


# --- endorsements -----------------------------------------------------------------------------------------------------
def _endorsements(report: Report) -> list[Part | str]:
    """The endorsements inside, with a proof or as tokens; for an unreadable token, the reason."""
    found: list[Part | str] = []
    for one in embedded.endorsements(report.document):
        if isinstance(one.document, dict):
            found.append(Part(one.about, reading.Given(proofs.dump(one.document), one.document)))
            continue
        try:
            found.append(Part(one.about, reading.read(one.document.encode())))
        except (reading.ReadingError, NotABadge) as error:
            found.append(str(error))
    return found


def _check_endorsements(report: Report, parts: list[Part | str], look: Look, fallen: Fallen | None) -> None:
    """Check the endorsements. An invalid one fails the badge (Open Badges 3.0, section 9.1)."""
    results: set[str] = set()
    why = ""
    falls = _falls(parts, fallen)
    forged = [(part, fall) for part, fall in falls if fall.forged]
    gone = {id(part): (part, fall) for part, fall in falls}
    for part in parts[:MOST_ENDORSEMENTS]:
        if FAIL in results:
            break
        more, told = _looked_at(part, look, is_gone=id(part) in gone)
        results |= more
        why = why or told
    if forged:
        part, fall = forged[0]
        report.add("endorsements", VALUE, FAIL, fall.plain, f"{part.id[:200]} was not signed here")
    elif FAIL in results:
        report.add("endorsements", VALUE, FAIL, _("An endorsement inside it is not genuine."), why)
    elif gone:
        # The issuer's own word still stands: an earner doesn't lose a badge when someone else revokes an endorsement.
        part, fall = next(iter(gone.values()))
        report.add("endorsements", VALUE, FAIL, fall.plain, f"{part.id} no longer stands", decides=False)
    elif COULD_NOT_CHECK in results or len(parts) > MOST_ENDORSEMENTS:
        plain = _("Could not check every endorsement inside it. That says nothing against it.")
        report.add("endorsements", VALUE, COULD_NOT_CHECK, plain, why or f"more than {MOST_ENDORSEMENTS}")
    else:
        plain = _("Each endorsement inside it is signed by the organisation that it names.")
        report.add("endorsements", VALUE, PASS, plain, f"{len(parts)} checked")


def _looked_at(part: Part | str, look: Look, *, is_gone: bool) -> tuple[set[str], str]:
    """The results of its checks, and why one isn't a pass. If `is_gone`, only check that it is in the right place."""
    if isinstance(part, str):
        return {FAIL}, part
    if is_gone:
        return (set(), "") if _is_about(part, part.given.body) else ({FAIL}, ELSEWHERE)
    found = look(part.given)
    if not _is_about(part, found.document):
        found.add("about", VALUE, FAIL, "", ELSEWHERE)
    return {check.result for check in found.checks}, _why(found)


def _falls(parts: Sequence[Part | str], fallen: Fallen | None) -> list[tuple[Part, Fall]]:
    """The endorsements that name us and don't stand."""
    known = [part for part in parts if isinstance(part, Part)]
    found = fallen([part.given.body for part in known]) if fallen else []
    return [(part, fall) for part, fall in zip(known, found, strict=False) if fall is not None]


def _is_about(part: Part, document: dict[str, Any]) -> bool:
    """Whether it is about the part of the badge that contains it."""
    subject = document.get("credentialSubject")
    return isinstance(subject, dict) and subject.get("id") == part.about


def _why(report: Report) -> str:
    return next((check.technical for check in report.checks if check.result != PASS), "")


# --- learner records --------------------------------------------------------------------------------------------------
def _tell_unseen(part: Report) -> None:
    """Note that what a contained credential itself contains isn't checked, and so doesn't pass."""
    if embedded.records(part.document):
        plain = _("Could not check every credential inside it. That says nothing against it.")
        part.add("inside", VALUE, COULD_NOT_CHECK, plain, "a record inside a record is not looked into")
    if embedded.endorsements(part.document):
        plain = _("Could not check every endorsement inside it. That says nothing against it.")
        told = "those of a credential inside a record are not looked at"
        part.add("endorsements", VALUE, COULD_NOT_CHECK, plain, told, decides=False)


def _check_records(report: Report, held: list[dict[str, Any]], look: Look) -> None:
    """Check a record's credentials. Each is kept with the report, so that a page can name it."""
    for document in held[:MOST_RECORDS]:
        found = look(reading.Given(proofs.dump(document), document))
        _tell_unseen(found)
        report.inside.append(found)
    fallen = [one for one in report.inside if one.valid is False]
    unsure = [one for one in report.inside if one.valid is None]
    names = ", ".join(one.said.achievement_name or one.said.credential_id for one in fallen or unsure)[:500]
    if fallen:
        words = _("Not every credential inside it is valid. These are not: %(names)s.") % {"names": names}
        report.add("inside", VALUE, FAIL, words, f"{len(fallen)} of {len(held)}: {_why(fallen[0])}")
    elif unsure or len(held) > MOST_RECORDS:
        plain = _("Could not check every credential inside it. That says nothing against it.")
        told = f"{names}: {_why(unsure[0])}" if unsure else f"{len(held)} inside, {MOST_RECORDS} looked at"
        report.add("inside", VALUE, COULD_NOT_CHECK, plain, told)
    else:
        plain = _("Every credential inside it is valid; each was checked separately.")
        report.add("inside", VALUE, PASS, plain, f"{len(held)} checked")
