"""The outcomes of the check `signature`, in the same words for all kinds of badges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from apps.credentials import jose
from apps.credentials.verification.report import AUTHENTICITY, COULD_NOT_CHECK, FAIL, PASS

if TYPE_CHECKING:
    from apps.credentials.verification.report import Report


def is_by_a_key(report: Report, token: jose.Token) -> bool:
    """Whether a public key can verify a token, before any is fetched; if not, a check says why."""
    told = f"alg is {token.header.get('alg')!r:.60}"
    if token.algorithm.strip().lower() in ("", "none") or not token.signature:
        return nobody_signed(report, f"{told}, a signature of {len(token.signature)} bytes")
    if token.algorithm.strip().upper().startswith("HS"):
        plain = _("It is signed with a secret that anyone checking it would need too. That does not prove who made it.")
        return report.add("signature", AUTHENTICITY, FAIL, plain, told)
    return token.algorithm in jose.ALGORITHMS or not_read(report, told)


def holds(report: Report, technical: str) -> bool:
    plain = _("Not one letter has changed since it was signed.")
    return report.add("signature", AUTHENTICITY, PASS, plain, technical)


def nobody_signed(report: Report, technical: str = "no proof in the document") -> bool:
    plain = _("Nobody signed this. Anyone could have written it.")
    return report.add("signature", AUTHENTICITY, FAIL, plain, technical)


def not_genuine(report: Report, technical: str) -> bool:
    plain = _("It was changed after it was signed, or the signature is not genuine.")
    return report.add("signature", AUTHENTICITY, FAIL, plain, technical)


def not_read(report: Report, technical: str) -> bool:
    plain = _("Could not check: it is signed in a way that is not supported here.")
    return report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, technical)


def no_key(report: Report, technical: str) -> bool:
    plain = _("Could not check the signature: the key that made it could not be obtained.")
    return report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, technical)


def too_hard(report: Report, technical: str) -> bool:
    plain = _("Could not check the signature: too many parts of the badge are the same.")
    return report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, technical)


def more_than_read(report: Report, technical: str) -> bool:
    plain = _("Could not check every signature: there are too many. Those that were checked are valid.")
    return report.add("signature", AUTHENTICITY, COULD_NOT_CHECK, plain, technical)
