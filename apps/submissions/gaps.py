"""What keeps an attempt from being handed in, in sentences to the learner, each with a link to fix it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.issuers.models import EvidenceRequirement
from apps.submissions import blind, copies
from apps.submissions.models import EvidenceItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from apps.issuers.models import Criterion
    from apps.submissions.models import Attempt

Wanted = EvidenceRequirement.Kind
Kind = EvidenceItem.Kind
# The kinds that meet each requirement; anything meets `ANY`.
MEETS = {
    Wanted.ANY: frozenset(Kind),
    Wanted.FILE: frozenset(EvidenceItem.FILES),
    Wanted.IMAGE: frozenset({Kind.IMAGE}),
    Wanted.AUDIO: frozenset({Kind.AUDIO}),
    Wanted.VIDEO: frozenset({Kind.VIDEO}),
    Wanted.LINK: frozenset({Kind.LINK}),
    Wanted.TEXT: frozenset(EvidenceItem.TEXTS),
}
# Kinds in which a person may be seen or heard.
SHOWS_PEOPLE = frozenset({Kind.IMAGE, Kind.AUDIO, Kind.VIDEO})
MEGABYTE = 1024 * 1024


class Gap(NamedTuple):
    """`href`: an anchor on the form, or another page."""

    words: str
    href: str


def gaps_of(attempt: Attempt, *, settled: Iterable[int] = ()) -> list[Gap]:
    """The gaps of an attempt, which brings its submission's version. `settled`: primary keys of the criteria met
    before.
    """
    pieces = list(attempt.evidence.prefetch_related("criteria"))
    criteria = attempt.submission.version.criteria.prefetch_related("requirements")
    done = set(settled)
    closed = closed_of(pieces) if attempt.submission.version.blind else {}
    return [
        *_unwritten(attempt),
        *([] if pieces else [Gap(_("Add at least one piece of evidence."), "#evidence")]),
        *(gap for one in criteria if pieces and one.pk not in done for gap in _unmet(one, pieces)),
        *(gap for piece in pieces for gap in _unsaid(piece, closed.get(piece.pk, ""))),
        *_undeclared(attempt),
    ]


def _unwritten(attempt: Attempt) -> Iterator[Gap]:
    wanted = {
        "context_place": _("Say where you did it."),
        "context_period": _("Say when you did it."),
        "context_role": _("Say what your role was."),
        "overview": _("Write the overview: what you did, and how."),
        "reflection": _("Write the reflection: what you learnt, and what you would do differently."),
    }
    # If nobody but the learner has seen an earlier attempt, what changed isn't asked.
    if attempt.number > 1 and attempt.submission.attempts.handed_in().filter(number__lt=attempt.number).exists():
        wanted["what_changed"] = _("Say what you changed since the last attempt.")
    for name, words in wanted.items():
        if not getattr(attempt, name).strip():
            yield Gap(words, f"#id_{name}")


def _unmet(criterion: Criterion, pieces: Sequence[EvidenceItem]) -> Iterator[Gap]:
    """What the criterion requires and lacks: each requirement counts the pieces that support the criterion."""
    serving = [piece for piece in pieces if criterion.pk in {one.pk for one in piece.criteria.all()}]
    if not serving:
        if criterion.required:
            yield Gap(_("Say which evidence supports “%(criterion)s”.") % {"criterion": criterion}, "#evidence")
        return
    for asked in criterion.requirements.all():
        fitting = [piece for piece in serving if piece.kind in MEETS[Wanted(asked.kind)]]
        yield from _counted(asked, criterion, len(fitting))
        yield from (gap for piece in fitting for gap in _measured(asked, piece))


def _counted(asked: EvidenceRequirement, criterion: Criterion, found: int) -> Iterator[Gap]:
    named = {"criterion": criterion, "kind": asked.get_kind_display(), "found": found}
    if criterion.required and found < asked.at_least:
        words = _("“%(criterion)s” asks for more: %(kind)s, at least %(n)d; there are %(found)d.")
        yield Gap(words % {**named, "n": asked.at_least}, "#evidence")
    if asked.at_most is not None and asked.kind != Wanted.ANY and found > asked.at_most:
        words = _("“%(criterion)s” asks for fewer: %(kind)s, at most %(n)d; there are %(found)d.")
        yield Gap(words % {**named, "n": asked.at_most}, "#evidence")


def _measured(asked: EvidenceRequirement, piece: EvidenceItem) -> Iterator[Gap]:
    here = f"#piece-{piece.public_id}"
    if asked.most_words and piece.kind in EvidenceItem.TEXTS and (n := len(piece.text.split())) > asked.most_words:
        words = ngettext(
            "“%(piece)s” has %(n)d word; the most is %(most)d.", "“%(piece)s” has %(n)d words; the most is %(most)d.", n
        )
        yield Gap(words % {"piece": piece, "n": n, "most": asked.most_words}, here)
    if asked.most_megabytes and piece.size > asked.most_megabytes * MEGABYTE:
        words = _("“%(piece)s” is %(size)s; the most is %(most)d MB.")
        yield Gap(words % {"piece": piece, "size": filesizeformat(piece.size), "most": asked.most_megabytes}, here)
    if asked.asks_consent and piece.kind not in SHOWS_PEOPLE and not piece.people:
        yield _consent(piece)


def closed_of(pieces: Sequence[EvidenceItem]) -> dict[int, str]:
    """The pieces that no blind assessor could open, with the reason; one query for all pieces."""
    found = copies.of(pieces)
    why = {piece.pk: blind.why_closed(piece, found.get(piece.sha256)) for piece in pieces}
    return {pk: f"{_('No assessor of this badge could open it.')} {words}" for pk, words in why.items() if words}


def _unsaid(piece: EvidenceItem, closed: str) -> Iterator[Gap]:
    """What a piece lacks. `closed`: why no assessor could open it."""
    if because := piece.blocked_because or closed:
        words = _("Put another file in the place of “%(piece)s”, or take it out: %(because)s")
        there = f"{reverse('submissions:edit_evidence', args=[piece.public_id])}#replace"
        yield Gap(words % {"piece": piece, "because": because}, there)
    if piece.kind in SHOWS_PEOPLE and not piece.people:
        yield _consent(piece)


def _consent(piece: EvidenceItem) -> Gap:
    words = _("Say whether people can be recognised in “%(piece)s”, and whether they agreed.")
    return Gap(words % {"piece": piece}, f"{reverse('submissions:edit_evidence', args=[piece.public_id])}#people")


def _undeclared(attempt: Attempt) -> Iterator[Gap]:
    if not attempt.declared_own:
        yield Gap(_("Declare that it is your own work."), "#id_declared_own")
