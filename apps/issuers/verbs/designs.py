"""Begin, edit, copy and discard versions, until they are published."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.columns import column
from apps.core.events import record
from apps.core.ids import new_public_id
from apps.core.refused import Refused
from apps.issuers import art, exchange, policies
from apps.issuers.models import (
    Achievement,
    AchievementVersion,
    Alignment,
    Criterion,
    EvidenceRequirement,
    Invitation,
    Issuer,
    LearningOutcome,
    Level,
)
from apps.issuers.models.rubrics import MOST_ALIGNMENTS, MOST_CRITERIA, MOST_LEVELS, MOST_OUTCOMES, MOST_REQUIREMENTS
from apps.issuers.queries.pictures import suggested_words
from apps.issuers.verbs import pictures
from apps.issuers.verbs.drafts import locked_draft
from apps.issuers.verbs.seats import withdraw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from apps.accounts.models import User

SLUG_LENGTH = 80


@transaction.atomic
def begin(issuer: Issuer, *, by: User, name: str, design: Mapping[str, Any] | None = None) -> AchievementVersion:
    """Begin an achievement with a name, from nothing or a design (see `exchange`). The short name follows from it."""
    if not policies.can_design(by, issuer):
        raise PermissionDenied
    if not name.strip():
        raise Refused(_("Give it a name."))
    design = dict(design or {})
    version = _first_version(issuer, slugs=_slugs(name), single=design.get("single", True), by=by)
    words = {**design.get("version", {}), "name": name.strip()}
    if not design.get("picture"):
        words.pop("picture_alt", None)  # it describes a picture that stayed where the design comes from
    _write(version, {**design, "version": words})
    return version


@transaction.atomic
def set_assessor_badge(achievement: Achievement, *, badge: Achievement | None, by: User) -> Achievement:
    """Set the badge that people must hold to judge this achievement, or None if a seat is enough. It applies to every
    version at once, and anyone without it can take no more work.
    """
    with connection.cursor() as cursor:  # two changes at once could close a ring that neither sees: one at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('issuers_assessor_badge'))")
    achievement = Achievement.objects.locked(achievement.pk)
    if not policies.can_design(by, achievement.issuer):
        raise PermissionDenied
    achievement.refuse_archived()
    if badge is not None:
        if badge.pk == achievement.pk:
            raise Refused(_("Nobody could be the first to judge it. Choose another badge."))
        _refuse_ring(achievement, badge)
        if not Achievement.objects.of_house(achievement.issuer).filter(pk=badge.pk).exists():
            raise Refused(_("Choose a badge of your own institution."))
    if achievement.assessor_badge_id == (badge.pk if badge else None):
        return achievement
    achievement.assessor_badge = badge
    achievement.save(update_fields=["assessor_badge"])
    record("achievement.assessor_badge_set", achievement, by=by, badge=badge.slug if badge else "")
    return achievement


def _refuse_ring(achievement: Achievement, badge: Achievement) -> None:
    """Refuse if the badges would require each other in a ring: nobody could be the first."""
    asked_for: int | None = badge.pk
    seen: set[int] = set()
    while asked_for is not None and asked_for not in seen:
        seen.add(asked_for)
        asked_for = Achievement.objects.values_list("assessor_badge", flat=True).get(pk=asked_for)
        if asked_for == achievement.pk:
            raise Refused(_("Assessors of that badge must hold this one, so nobody could begin. Choose another badge."))


@transaction.atomic
def draft(
    issuer: Issuer,
    *,
    by: User,
    slug: str,
    words: Mapping[str, Any],
    rubric: Sequence[Mapping[str, Any]],
    outcomes: Sequence[str] = (),
    alignments: Sequence[Mapping[str, Any]] = (),
    picture_words: Mapping[str, Any] | None = None,
    single: bool = True,
) -> AchievementVersion:
    """Draft the first version of a new achievement, whole.

    `words` are the fields of `exchange.WORDS`; `rubric` is [{name, description, required, required_level, levels:
    [{name, description, points}], requirements: [{kind, …}]}], lowest level first.
    """
    if not policies.can_design(by, issuer):
        raise PermissionDenied
    if slug != slugify(slug) or not 0 < len(slug) <= SLUG_LENGTH:
        raise Refused(_("A short name has up to %(most)d small letters, digits and hyphens.") % {"most": SLUG_LENGTH})
    version = _first_version(issuer, slugs=[slug], single=single, by=by)
    design = {"version": words, "outcomes": outcomes, "criteria": rubric, "alignments": alignments}
    _write(version, design | {"picture": picture_words or {}})
    return version


@transaction.atomic
def draft_next(
    achievement: Achievement,
    *,
    by: User,
    words: Mapping[str, Any] | None = None,
    rubric: Sequence[Mapping[str, Any]] | None = None,
    outcomes: Sequence[str] = (),
    picture_words: Mapping[str, Any] | None = None,
) -> AchievementVersion:
    """Draft the next version, with these words or as a copy of the newest. What is published stays as it is."""
    achievement = Achievement.objects.locked(achievement.pk)
    if not policies.can_design(by, achievement.issuer):
        raise PermissionDenied
    achievement.refuse_archived()
    if achievement.versions.filter(state__in=AchievementVersion.UNSEEN).exists():
        raise Refused(_("A next version is being drafted already."))
    newest = achievement.versions.order_by("-number").with_rubric().first()
    version = _new_version(achievement)
    if words is None and newest is not None:
        _copy_picture(newest, version)
        _write(version, exchange.to_json(newest))
    else:
        design = {"version": words or {}, "outcomes": outcomes, "criteria": rubric or []}
        _write(version, design | {"picture": picture_words or {}})
    record("version.drafted", achievement, by=by, number=version.number)
    return version


@transaction.atomic
def clone(version: AchievementVersion, *, by: User, issuer: Issuer, name: str) -> AchievementVersion:
    """Begin another achievement from one that anyone may read, or from a draft of one's own."""
    source = AchievementVersion.objects.visible_to(by).with_rubric().filter(pk=version.pk).first()
    if source is None:
        raise PermissionDenied
    design = exchange.to_json(source)
    if source.achievement.issuer_id != issuer.pk:
        # An issuer is known by its shape: the copy gets the new issuer's.
        design.pop("picture")
    return begin(issuer, by=by, name=name, design=design)


@transaction.atomic
def word(version: AchievementVersion, *, by: User, edition: int, **words: Any) -> AchievementVersion:
    """Change the words of a draft (names of `exchange.WORDS`, and `single` while nothing has been published)."""
    version = locked_draft(version.pk, by=by, edition=edition)
    if "single" in words:
        _make_single(version, single=words.pop("single"))
    _write_words(version, words)
    return _saved(version, by=by)


@transaction.atomic
def write_rubric(
    version: AchievementVersion,
    *,
    by: User,
    edition: int,
    outcomes: Sequence[str],
    criteria: Sequence[Mapping[str, Any]],
    **words: Any,
) -> AchievementVersion:
    """Replace outcomes, criteria and the words about them. A row's `was` is its former place, which identifies it."""
    version = locked_draft(version.pk, by=by, edition=edition)
    _write_words(version, words)
    _write_outcomes(version, outcomes)
    _write_criteria(version, criteria)
    return _saved(version, by=by)


@transaction.atomic
def write_design(
    version: AchievementVersion, *, by: User, edition: int, design: Mapping[str, Any]
) -> AchievementVersion:
    """Replace a draft's words, outcomes, rubric and alignments by a design (see `exchange`)."""
    version = locked_draft(version.pk, by=by, edition=edition)
    if "single" in design:
        _make_single(version, single=design["single"])
    _write(version, design)
    return _saved(version, by=by)


@transaction.atomic
def align(
    version: AchievementVersion,
    *,
    by: User,
    target: Mapping[str, str],
    criterion: Criterion | None = None,
    level: Level | None = None,
) -> Alignment:
    """Align a draft, one of its criteria or one of their levels with a node of a framework, by a frozen copy."""
    version = locked_draft(version.pk, by=by)
    if level is not None:
        criterion = level.criterion
    version.refuse_foreign(criterion)
    place = {"criterion": criterion, "level": level}
    named = {name: target.get(name, "") for name in ("target_url", "target_code")}
    if version.alignments.filter(**place, **named).exists():
        raise Refused(_("“%(name)s” is already there.") % {"name": target["target_name"]})
    if version.alignments.count() >= MOST_ALIGNMENTS:
        raise Refused(_("A version is aligned with up to %(most)d nodes.") % {"most": MOST_ALIGNMENTS})
    newest = version.alignments.aggregate(last=Max("position"))["last"] or 0
    aligned = Alignment.objects.create(version=version, position=newest + 1, **place, **target)
    _saved(version, by=by)
    return aligned


@transaction.atomic
def unalign(alignment: Alignment, *, by: User) -> None:
    """Remove an alignment from a draft. Idempotent."""
    version = locked_draft(alignment.version_id, by=by)
    gone, _each = version.alignments.filter(pk=alignment.pk).delete()
    if gone:
        _saved(version, by=by)


@transaction.atomic
def discard(version: AchievementVersion, *, by: User) -> None:
    """Discard a draft, and with it an achievement that never had another version, unless someone has a role in it or
    was offered one; open offers are withdrawn.
    """
    version = locked_draft(version.pk, by=by)
    if version.approval_steps.exists():
        raise Refused(_("This draft has been sent in before, and the log is kept. Change it instead."))
    achievement = version.achievement
    record("version.discarded", achievement, by=by, number=version.number)
    version.delete()
    if not achievement.versions.exists():
        Issuer.objects.locked(achievement.issuer_id)  # as when an invitation is accepted
        offered = Invitation.objects.filter(achievement=achievement)
        for invitation in offered.open().select_related("issuer").order_by("pk"):
            withdraw(invitation, by=by)
        if not achievement.seats.exists() and not offered.exists():
            achievement.delete()


# --- shared helpers ---------------------------------------------------------------------------------------------------
def _first_version(issuer: Issuer, *, slugs: Iterable[str], single: bool, by: User) -> AchievementVersion:
    """A version under the first of these short names that is free: someone else may take one at this very moment."""
    for slug in slugs:
        with contextlib.suppress(IntegrityError), transaction.atomic():
            achievement = Achievement.objects.create(issuer=issuer, slug=slug, single=single, created_at=clock.now())
            break
    else:
        raise Refused(_("The short name “%(slug)s” is taken.") % {"slug": slug})
    version = _new_version(achievement)
    record("version.drafted", achievement, by=by, number=version.number)
    return version


def _new_version(achievement: Achievement) -> AchievementVersion:
    newest = achievement.versions.aggregate(number=Max("number"))["number"] or 0
    return AchievementVersion.objects.create(achievement=achievement, number=newest + 1, created_at=clock.now())


def _slugs(name: str) -> Iterator[str]:
    """Short names from the name, in plain letters; then with random ones added, if it is taken or empty."""
    plain = slugify(name)[: SLUG_LENGTH - 7].strip("-")
    if plain:
        yield plain
    yield f"{plain}-{new_public_id()[:6]}".strip("-")


def _saved(version: AchievementVersion, *, by: User) -> AchievementVersion:
    version.edition += 1
    version.save()
    record("version.worded", version.achievement, by=by, number=version.number, edition=version.edition)
    return version


def _make_single(version: AchievementVersion, *, single: bool) -> None:
    achievement = version.achievement
    if achievement.single == single:
        return
    if achievement.versions.readable().exists():
        raise Refused(_("People already hold this, so you can't change whether one person may hold it once or often."))
    achievement.single = single
    achievement.save(update_fields=["single"])


def _write(version: AchievementVersion, design: Mapping[str, Any]) -> None:
    words = design.get("version", {})
    _write_words(version, words)
    if design.get("picture") or not version.picture_sha256:
        _draw(version, design.get("picture", {}), tell="picture_alt" not in words)
    version.save()
    _write_outcomes(version, design.get("outcomes", ()))
    _write_criteria(version, design.get("criteria", ()))
    _write_alignments(version, design.get("alignments", ()))


def _write_words(version: AchievementVersion, words: Mapping[str, Any]) -> None:
    if unknown := set(words) - set(exchange.WORDS):
        raise Refused(_("A version has no “%(word)s”.") % {"word": ", ".join(sorted(unknown))})
    for name, value in words.items():
        # A design has dates and decimals as JSON does.
        setattr(version, name, column(AchievementVersion, name).to_python(value))
    # A framework without a number, or credits without a framework, would mean nothing.
    if not version.level_framework or not version.level_number:
        version.level_framework, version.level_number = "", None
    elif version.level_number > version.LEVELS[version.LevelFramework(version.level_framework)]:
        raise Refused(
            _("%(framework)s has no level %(n)s.")
            % {"framework": version.get_level_framework_display(), "n": version.level_number}
        )
    if version.credits is not None and version.credits <= 0:
        version.credits = None
    if version.credits is not None and not version.credit_framework:
        raise Refused(_("Say whose credits these are."))


def _draw(version: AchievementVersion, words: Mapping[str, Any], *, tell: bool) -> None:
    """Draw the picture from the words; if there are none, from the title and in the issuer's shape."""
    achievement = version.achievement
    ids = {"issuer_id": achievement.issuer.public_id, "achievement_id": achievement.public_id}
    chosen = art.complete(words, **ids) if words else suggested_words(version)
    pictures.put_drawn(version, chosen)
    if tell:
        version.picture_alt = pictures.told(version, chosen)


def _copy_picture(older: AchievementVersion, version: AchievementVersion) -> None:
    """Give the next version the same picture: the same file, since its name is its checksum."""
    for name in ("picture_source", "picture_words", "picture_sha256"):
        setattr(version, name, getattr(older, name))
    version.picture.name = older.picture.name
    version.picture_svg.name = older.picture_svg.name


def _write_outcomes(version: AchievementVersion, texts: Sequence[str]) -> None:
    kept = [text.strip() for text in texts if text.strip()]
    if len(kept) > MOST_OUTCOMES:
        raise Refused(_("A version has up to %(most)d outcomes.") % {"most": MOST_OUTCOMES})
    version.outcomes.all().delete()
    LearningOutcome.objects.bulk_create(
        LearningOutcome(version=version, position=place, text=text) for place, text in enumerate(kept, start=1)
    )


def _write_criteria(version: AchievementVersion, rows: Sequence[Mapping[str, Any]]) -> None:
    if len(rows) > MOST_CRITERIA:
        raise Refused(_("A rubric has up to %(most)d criteria.") % {"most": MOST_CRITERIA})
    before = {criterion.position: criterion for criterion in version.criteria.prefetch_related("levels")}
    kept = {row.get("was") for row in rows}
    version.criteria.exclude(position__in=[place for place in kept if place]).delete()
    for place, row in enumerate(rows, start=1):
        criterion = before.pop(row.get("was") or 0, None) or Criterion(version=version)
        criterion.position = place
        criterion.name = row["name"]
        criterion.description = row.get("description", "")
        criterion.required = row.get("required", True)
        levels = row.get("levels", ())
        criterion.required_level = min(max(row.get("required_level") or 1, 1), max(len(levels), 1))
        criterion.save()
        _write_levels(criterion, levels)
        _write_requirements(criterion, row.get("requirements", ()))


def _write_levels(criterion: Criterion, rows: Sequence[Mapping[str, Any]]) -> None:
    if len(rows) > MOST_LEVELS:
        raise Refused(_("A criterion has up to %(most)d levels.") % {"most": MOST_LEVELS})
    before = {level.position: level for level in criterion.levels.all()}
    kept = {row.get("was") for row in rows}
    criterion.levels.exclude(position__in=[place for place in kept if place]).delete()
    new = []
    for place, row in enumerate(rows, start=1):
        level = before.pop(row.get("was") or 0, None) or Level(criterion=criterion)
        level.position = place
        level.name, level.description = row["name"], row.get("description", "")
        level.points = row.get("points")
        if level.pk:
            level.save()
        else:
            new.append(level)
    Level.objects.bulk_create(new)


def _write_requirements(criterion: Criterion, rows: Sequence[Mapping[str, Any]]) -> None:
    if len(rows) > MOST_REQUIREMENTS:
        raise Refused(_("A criterion asks for up to %(most)d pieces of evidence.") % {"most": MOST_REQUIREMENTS})
    for row in rows:
        least, most = row.get("at_least", 1), row.get("at_most")
        if most is not None and most < least:
            raise Refused(
                _("At most %(most)d pieces are fewer than at least %(least)d.") % {"most": most, "least": least}
            )
    criterion.requirements.all().delete()
    EvidenceRequirement.objects.bulk_create(
        EvidenceRequirement(criterion=criterion, position=place, **row) for place, row in enumerate(rows, start=1)
    )


def _write_alignments(version: AchievementVersion, rows: Sequence[Mapping[str, Any]]) -> None:
    if len(rows) > MOST_ALIGNMENTS:
        raise Refused(_("A version is aligned with up to %(most)d nodes.") % {"most": MOST_ALIGNMENTS})
    version.alignments.all().delete()
    places: dict[tuple[int | None, int | None], tuple[Criterion | None, Level | None]] = {(None, None): (None, None)}
    for one in version.criteria.prefetch_related("levels"):
        places[one.position, None] = (one, None)
        places |= {(one.position, level.position): (one, level) for level in one.levels.all()}
    new: dict[tuple[Any, ...], Alignment] = {}
    for place, row in enumerate(rows, start=1):
        target = dict(row)
        at = target.pop("criterion", None), target.pop("level", None)
        if at not in places:
            raise Refused(
                _("“%(name)s” is aligned with a criterion or level that isn't there.") % {"name": target["target_name"]}
            )
        criterion, level = places[at]
        named = (*at, target["target_url"], target.get("target_code", ""))
        if named in new:
            raise Refused(_("“%(name)s” is already there.") % {"name": target["target_name"]})
        new[named] = Alignment(version=version, position=place, criterion=criterion, level=level, **target)
    Alignment.objects.bulk_create(new.values())
