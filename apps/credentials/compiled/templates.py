"""Signing with compiled forms, a general way for everything else, and a check against it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING

from apps.credentials import contexts, linked_data, multikey, proofs
from apps.credentials.compiled import judge, tally
from apps.credentials.compiled.forms import PROOF, Filled, Form, Parts, UncoveredError, Varying, moment, parts_of
from apps.credentials.formats import ob3
from apps.credentials.formats.snapshot import AwardSnapshot

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from apps.credentials.formats.snapshot import AchievementFacts, IssuerFacts

log = logging.getLogger(__name__)

# The first credentials of each form are compared with the general library's result, then one in this many of all.
JUDGED_FIRST, JUDGED_AFTER = 3, 1_000
# A form takes some ten times the space of a credential: half a megabyte for the largest.
MOST_TEMPLATES, MOST_FORMS = 32, 16
_REFUSALS = (
    proofs.ProofError,
    linked_data.UnsignableError,
    linked_data.AmbiguousError,
    linked_data.ContextError,
    linked_data.CanonicalisationError,
    contexts.UnknownContextError,
)
_ODD = (TypeError, ValueError, AttributeError, KeyError, ArithmeticError)


class _Kept:
    """A form, or the reason why there is none."""

    def __init__(self, form: Form | None, reason: str = "") -> None:
        self.form, self.reason = form, reason
        self.judged = self.read = 0


class Template:
    """What all credentials of one version have in common, compiled on first use: one form for each set of parts."""

    def __init__(self, issuer: IssuerFacts, achievement: AchievementFacts) -> None:
        self.issuer, self.achievement = issuer, achievement
        self._forms: dict[Parts, _Kept] = {}

    def sign(
        self,
        award: AwardSnapshot | Varying,
        *,
        private_key: Ed25519PrivateKey,
        verification_method: str,
        created: datetime,
    ) -> str:
        """Sign an award: the exact text that `proofs.sign` of `ob3.build` would give, with the same errors.

        The issuer and achievement in `award` itself are ignored.
        """
        try:
            form, filled = self._filled(award)
        except UncoveredError as error:
            tally.count(f"{tally.GENERAL}: {error}")
            return self._generally(award, private_key, verification_method, created)
        tally.count(tally.COMPILED)
        summed, begins = _proof(verification_method, moment(created))
        signature = multikey.base58_encode(private_key.sign(summed + filled.sum))
        filled.values[PROOF] = f'{begins}z{signature}"}}]'
        return form.json(filled.values)

    def text(self, award: AwardSnapshot | Varying) -> str | None:
        """The credential without a proof, as `proofs.dump` of `ob3.build`; None if it isn't compiled."""
        try:
            kept = self._kept(award)
            if kept.form is None:
                return None
            text = kept.form.text(award)
        except (UncoveredError, *_ODD):
            return None
        if kept.read < JUDGED_FIRST:
            kept.read += 1
            if text != proofs.dump(ob3.build(self.snapshot(award))):
                _tell(award, kept)
                return None
        return text

    def snapshot(self, award: AwardSnapshot | Varying) -> AwardSnapshot:
        """The award as a snapshot with this template's issuer and achievement."""
        return AwardSnapshot(
            id=award.id,
            subject_id=award.subject_id,
            issuer=self.issuer,
            achievement=self.achievement,
            results=award.results,
            evidence=award.evidence,
            identities=award.identities,
            valid_from=award.valid_from,
            valid_until=award.valid_until,
            awarded_at=award.awarded_at,
            status=award.status,
            narrative=award.narrative,
            components=award.components,
            credits_earned=award.credits_earned,
        )

    def _generally(
        self,
        award: AwardSnapshot | Varying,
        private_key: Ed25519PrivateKey,
        verification_method: str,
        created: datetime,
    ) -> str:
        signed = proofs.sign(
            ob3.build(self.snapshot(award)),
            private_key=private_key,
            verification_method=verification_method,
            created=created,
        )
        return proofs.dump(signed)

    def _filled(self, award: AwardSnapshot | Varying) -> tuple[Form, Filled]:
        """The compiled form, filled. Raises UncoveredError."""
        try:
            kept = self._kept(award)
            if kept.form is None:
                raise UncoveredError(kept.reason)
            filled = kept.form.fill(award)
        except _ODD:
            raise UncoveredError("something is not what it should be") from None
        if kept.judged < JUDGED_FIRST or next(_ticks) % JUDGED_AFTER == 0:
            self._judge(award, kept, kept.form, filled)
        return kept.form, filled

    def _kept(self, award: AwardSnapshot | Varying) -> _Kept:
        parts = parts_of(award)
        return self._forms.get(parts) or self._compile(parts)

    def _compile(self, parts: Parts) -> _Kept:
        try:
            kept = _Kept(Form(self.issuer, self.achievement, parts))
        except UncoveredError as error:
            kept = _Kept(None, str(error))
        except _REFUSALS:
            kept = _Kept(None, "it is refused")
        if len(self._forms) >= MOST_FORMS:
            self._forms.clear()
        self._forms[parts] = kept
        return kept

    def _judge(self, award: AwardSnapshot | Varying, kept: _Kept, form: Form, filled: Filled) -> None:
        """Compare with the general library. Raises UncoveredError if the result differs; the form isn't used any more
        then.
        """
        document = ob3.build(self.snapshot(award))
        text = form.json(filled.values)
        if text == proofs.dump(document) and filled.sum == judge.sum_of(document):
            kept.judged += 1
            tally.count(tally.JUDGED)
            return
        _tell(award, kept)
        raise UncoveredError(kept.reason)


def _tell(award: AwardSnapshot | Varying, kept: _Kept) -> None:
    kept.form, kept.reason = None, "it differs from PyLD"
    tally.count(tally.DIFFERS)
    log.error("What was compiled for %s is not what it should be: the general way is gone instead.", award.id)


_ticks = count(1)
_templates: OrderedDict[str, Template] = OrderedDict()


def template_for(issuer: IssuerFacts, achievement: AchievementFacts) -> Template:
    """The template for these facts, cached. The look-up has to write them down, so when signing many, call it once."""
    key = repr((issuer, achievement))
    template = _templates.pop(key, None) or Template(issuer, achievement)
    _templates[key] = template
    if len(_templates) > MOST_TEMPLATES:
        _templates.popitem(last=False)
    return template


def sign(
    snapshot: AwardSnapshot, *, private_key: Ed25519PrivateKey, verification_method: str, created: datetime
) -> str:
    """Sign one credential by its version's template, as `Template.sign`."""
    template = template_for(snapshot.issuer, snapshot.achievement)
    return template.sign(snapshot, private_key=private_key, verification_method=verification_method, created=created)


@lru_cache(maxsize=1024)
def _proof(verification_method: str, created: str) -> tuple[bytes, str]:
    """The hash of a proof's options, and its text up to the value. Raises as `proofs.canonicalise`."""
    options = proofs.options_of(verification_method, created)
    return proofs.sum_of_options(options, ob3.CONTEXTS), f',"proof":[{proofs.dump(options)[:-1]},"proofValue":"'
