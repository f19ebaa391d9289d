"""What a version still lacks: errors prevent publishing, warnings are what a reader would ask.

Profiles are the information that authorities require about a micro-credential:

- `nzqa`: Qualification and Micro-credential Listing and Operational Rules 2022, rule 6 (New Zealand).
- `au`: National Microcredentials Framework 2021, critical information requirements (Australia).
- `eu`: Council Recommendation 2022/C 243/02, Annex I (European Union).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock
from apps.core.text import is_iri, is_plain, sorts_alike
from apps.issuers import art
from apps.issuers.models import AchievementVersion, Seat
from apps.issuers.policies import judges_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django_stubs_ext import StrOrPromise

    from apps.issuers.models import Criterion

Kind, Policy = AchievementVersion.Kind, AchievementVersion.Policy
JUDGED = (Kind.ASSESSED, Kind.MICRO_CREDENTIAL, Kind.CAPSTONE)
HARD_TO_READ = 12.0  # Flesch-Kincaid grade: twelve years of school
FEWEST_WORDS = 60
FEWEST_LEVELS = 2
# Nobody has two roles in one piece of work: one recommends and another grants; two mark and a third adjudicates.
FEWEST_TO_GRANT, FEWEST_TO_ADJUDICATE = 2, 3
# Verbs for what can't be observed, as they begin an outcome in English.
VAGUE = (
    *(
        "understand",
        "know",
        "learn",
        "appreciate",
        "grasp",
        "comprehend",
        "realise",
        "realize",
        "recognise the importance",
    ),
    *("be aware", "be familiar", "become", "gain", "have", "develop an understanding"),
    *("be exposed", "be introduced", "believe", "enjoy", "feel", "be"),
)
_OPENING = re.compile(
    r"^(?:(?:the |an? )?(?:learner|earner|student|participant|you)s? (?:(?:can|will|is able to|are able to) )?)?"
    r"(?:to )?(?:be able to )?",
    re.IGNORECASE,
)
# Rule 6.2(a): “where it may cause confusion with a qualification”.
BARRED = (
    "new zealand",
    "national",
    "diploma",
    "degree",
    "bachelor",
    "master",
    "doctor",
    "undergraduate",
    "postgraduate",
)


class Severity(TextChoices):
    ERROR = "error", gettext_lazy("Needs fixing")
    WARNING = "warning", gettext_lazy("Worth a look")


class Step(TextChoices):
    """The wizard's steps; the values are URL names."""

    FOCUS = "focus", gettext_lazy("Focus")
    OUTCOMES = "outcomes", gettext_lazy("Outcomes and criteria")
    GRAPHIC = "graphic", gettext_lazy("Graphic")
    METADATA = "metadata", gettext_lazy("Facts")


@dataclass(frozen=True)
class Remark:
    """One thing to look at. `at` is the id of the field or part on the step's page."""

    code: str
    severity: Severity
    step: Step
    at: str
    text: str


@dataclass(frozen=True)
class Wanted:
    """Something that a profile requires."""

    label: StrOrPromise
    step: Step
    at: str
    there: Callable[[AchievementVersion], bool]


@dataclass(frozen=True)
class Meter:
    """How much of what a profile requires is there."""

    profile: str
    label: StrOrPromise
    source: str
    filled: int
    of: int
    missing: tuple[Wanted, ...]

    @property
    def is_full(self) -> bool:
        return self.filled == self.of


def lint(version: AchievementVersion) -> list[Remark]:
    """All remarks on a version with its rubric prefetched (`with_rubric`), errors first."""
    remarks = [*_focus(version), *_outcomes(version), *_criteria(version), *_graphic(version), *_metadata(version)]
    return sorted(remarks, key=lambda one: (one.severity != Severity.ERROR, list(Step).index(one.step)))


def errors(version: AchievementVersion) -> list[Remark]:
    return [one for one in lint(version) if one.severity == Severity.ERROR]


def meters(version: AchievementVersion) -> list[Meter]:
    """Completeness by profile."""
    found = []
    for profile, (label, source, wanted) in PROFILES.items():
        missing = tuple(one for one in wanted if not one.there(version))
        found.append(Meter(profile, label, source, len(wanted) - len(missing), len(wanted), missing))
    return found


# --- the steps --------------------------------------------------------------------------------------------------------
def _focus(version: AchievementVersion) -> Iterator[Remark]:
    if not version.description.strip():
        yield _error("no_description", Step.FOCUS, "id_description", _("Say what it represents."))
    if not version.skill_sentence.strip():
        yield _error("no_skill", Step.FOCUS, "id_skill_sentence", _("Say in one sentence what the earner can do."))
    if not version.description_for_earners.strip():
        yield _warning("no_reason", Step.FOCUS, "id_description_for_earners", _("Say why learners should earn it."))
    name = slugify(version.name).replace("-", " ")
    for word in BARRED:
        if re.search(
            rf"\b{word}s?\b", name.replace("under graduate", "undergraduate").replace("post graduate", "postgraduate")
        ):
            yield _warning(
                "barred_title",
                Step.FOCUS,
                "id_name",
                _("NZQA lists no micro-credential with “%(word)s” in its title.") % {"word": word},
            )
    if version.language.startswith("en"):
        grade = reading_grade(f"{version.description}\n{version.description_for_earners}")
        if grade is not None and grade > HARD_TO_READ:
            yield _warning(
                "hard_to_read",
                Step.FOCUS,
                "id_description",
                _("This reads like a text for people with %(years)d years of school. Shorter sentences help.")
                % {"years": round(grade)},
            )


def _outcomes(version: AchievementVersion) -> Iterator[Remark]:
    outcomes = list(version.outcomes.all())
    if not outcomes:
        say = _error if version.kind in JUDGED else _warning
        yield say("no_outcome", Step.OUTCOMES, "id_outcomes", _("Name at least one learning outcome."))
    if version.language.startswith("en"):
        for one in outcomes:
            if vague := vague_verb(one.text):
                yield _warning(
                    "vague_verb",
                    Step.OUTCOMES,
                    "id_outcomes",
                    _("“%(verb)s” can't be observed. Say what the earner does: “%(outcome)s”.")
                    % {"verb": vague, "outcome": one.text},
                )
    if not version.how_earned.strip():
        yield _error("no_way", Step.OUTCOMES, "id_how_earned", _("Say how it is earned."))


def _criteria(version: AchievementVersion) -> Iterator[Remark]:
    criteria = list(version.criteria.all())
    if not version.takes_work:
        if criteria:
            words = _("It is made up of other badges, so nothing is judged for it: take its criteria out.")
            yield _error("criteria_of_a_whole", Step.OUTCOMES, "criteria", words)
        return
    if not criteria:
        yield _error("no_criterion", Step.OUTCOMES, "criteria", _("Add at least one criterion."))
    elif not any(one.required for one in criteria):
        words = _("Make at least one criterion required: otherwise there is nothing to meet.")
        yield _error("none_required", Step.OUTCOMES, "criteria", words)
    for one in criteria:
        yield from _criterion(version, one)


def _criterion(version: AchievementVersion, criterion: Criterion) -> Iterator[Remark]:
    at, levels = criterion.code, list(criterion.levels.all())
    named = {"criterion": criterion.name or criterion.position}
    if not criterion.name.strip():
        yield _error(
            "no_criterion_name", Step.OUTCOMES, at, _("Give criterion %(n)d a name.") % {"n": criterion.position}
        )
    if len(levels) < FEWEST_LEVELS:
        yield _error("few_levels", Step.OUTCOMES, at, _("“%(criterion)s” needs at least two levels.") % named)
    elif not any(level.position == criterion.required_level for level in levels):
        yield _error("no_required_level", Step.OUTCOMES, at, _("Say which level of “%(criterion)s” is needed.") % named)
    elif criterion.required and criterion.required_level == 1:
        words = _("Everybody reaches the lowest level of “%(criterion)s”. Is a higher one needed?")
        yield _warning("lowest_level", Step.OUTCOMES, at, words % named)
    if any(not level.name.strip() for level in levels):
        yield _error("no_level_name", Step.OUTCOMES, at, _("Name every level of “%(criterion)s”.") % named)
    if any(not level.description.strip() for level in levels):
        yield _error("undescribed_level", Step.OUTCOMES, at, _("Describe every level of “%(criterion)s”.") % named)
    if criterion.required and not criterion.requirements.all():
        say = _("Say what evidence “%(criterion)s” asks for.")
        yield _warning("no_evidence", Step.OUTCOMES, at, say % named)
    if version.language.startswith("en"):
        grade = reading_grade(" ".join(level.description for level in levels))
        if grade is not None and grade > HARD_TO_READ:
            words = _("The levels of “%(criterion)s” are hard to read. Shorter sentences help.")
            yield _warning("hard_to_read", Step.OUTCOMES, at, words % named)


def _graphic(version: AchievementVersion) -> Iterator[Remark]:
    if not version.picture_sha256:
        yield _error("no_picture", Step.GRAPHIC, "picture", _("Choose or draw a picture."))
    drawn = version.picture_source == AchievementVersion.PictureSource.DRAWN
    words = art.read(version.picture_words) if drawn else None
    if words and art.contrast(words) < art.LEAST_CONTRAST:
        said = _("The picture hardly stands out from the cloth. Take another cloth or ground.")
        yield _warning("low_contrast", Step.GRAPHIC, "div_id_cloth", said)
    if not version.picture_alt.strip():
        say = _warning if drawn else _error
        yield say("no_alt", Step.GRAPHIC, "id_alt", _("Say what the picture shows, for people who can't see it."))


def _metadata(version: AchievementVersion) -> Iterator[Remark]:
    ratio = AchievementVersion.HOURS_IN_A_CREDIT.get(version.credit_framework)
    if version.credits and version.hours and ratio:
        least, most = (round(version.credits * hours) for hours in ratio)
        if not least <= version.hours <= most:
            wanted = f"{least}" if least == most else f"{least}–{most}"
            yield _warning(
                "hours_and_credits",
                Step.METADATA,
                "id_hours",
                _("%(credits)s %(framework)s are %(wanted)s hours of work, not %(hours)d.")
                % {
                    "credits": f"{version.credits.normalize():f}",
                    "framework": version.get_credit_framework_display(),
                    "wanted": wanted,
                    "hours": version.hours,
                },
            )
    yield from _judges(version)
    if version.kind in JUDGED and not version.review_by:
        yield _warning("no_review", Step.METADATA, "id_review_by", _("Set the day on which this is reviewed again."))
    if version.review_by and version.review_by <= clock.now().date():
        words = _("The day set for reviewing this has passed. Set the next one.")
        yield _warning("review_is_past", Step.METADATA, "id_review_by", words)
    yield from _unsignable(version)


def _judges(version: AchievementVersion) -> Iterator[Remark]:
    """Check that there are enough people to judge in the chosen way: nobody has two roles in one piece of work."""
    if version.kind not in JUDGED:
        return
    seated = judges_of(version.achievement)
    leads = {person for person, role in seated if role == Seat.Role.MODERATOR}
    people = {person for person, _role in seated}
    if version.policy == Policy.FOUR_EYES and len(people) < FEWEST_TO_GRANT:
        words = _("One person recommends and another decides, so you need two people who assess. There are fewer here.")
        yield _warning("few_for_four_eyes", Step.METADATA, "id_policy", words)
    if version.policy == Policy.DOUBLE_BLIND and (not leads or len(people) < FEWEST_TO_ADJUDICATE):
        words = _(
            "Two people mark separately and a lead decides if they differ, so you need three people, one of them a lead."
        )
        yield _warning("few_for_double_blind", Step.METADATA, "id_policy", words)
    if leads and len(people) > 1:
        return
    if version.moderation_percent:
        words = _("A second look needs a lead who did not make the decision. Nobody here can give one.")
        yield _warning("no_moderator", Step.METADATA, "id_moderation_percent", words)
    if version.achievement.issuer.appeal_days:
        words = _("An appeal needs a lead who had no part in the decision. Nobody here could hear one.")
        yield _warning("nobody_hears_appeals", Step.METADATA, "id_policy", words)


def _unsignable(version: AchievementVersion) -> Iterator[Remark]:
    """Text that can't be signed: every verifier has to read what is published alike."""
    criteria = list(version.criteria.all())
    scales = [level for criterion in criteria for level in criterion.levels.all()]
    words = [version.name, version.description, version.how_earned, version.field_of_study, *version.tags]
    words += [version.picture_alt, *_words_of_alignments(version)]
    words += [word for criterion in criteria for word in (criterion.name, criterion.description)]
    words += [word for level in scales for word in (level.name, level.description)]
    if not all(is_plain(word) for word in words):
        said = _("A text here contains a control character, which can't be signed. Type it again.")
        yield _error("unsignable_word", Step.FOCUS, "id_name", said)
    if not sorts_alike(version.tags):
        said = _("These tags can't be signed together: leave out those that begin with an emoji or a rare sign.")
        yield _error("unsignable_tags", Step.METADATA, "id_tags", said)
    for one in version.alignments.all():
        if not is_iri(one.target_url):
            said = _("The address of “%(skill)s” can't be signed: write it in plain letters.") % {"skill": one}
            yield _error("unsignable_alignment", Step.METADATA, "alignments", said)


def _words_of_alignments(version: AchievementVersion) -> Iterator[str]:
    for one in version.alignments.all():
        yield from (one.target_name, one.target_code, one.target_description)
        yield from (one.target_framework, one.framework_version, one.target_type)


# --- words ------------------------------------------------------------------------------------------------------------
def vague_verb(outcome: str) -> str:
    """The vague verb that an English outcome begins with, or an empty text."""
    opening = _OPENING.sub("", outcome.strip()).lower()
    return next((verb for verb in VAGUE if re.match(rf"{verb}s?\b", opening)), "")


def reading_grade(text: str) -> float | None:
    """Years of school that an English text requires (Flesch-Kincaid grade level, 1975); None for a text too short."""
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = len(re.findall(r"[.!?:;]+(?:\s+|$)|\n+", text.strip() + "\n"))
    syllables = sum(max(len(re.findall(r"[aeiouyāēīōū]+", re.sub(r"e$", "", word.lower()))), 1) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _error(code: str, step: Step, at: str, text: str) -> Remark:
    return Remark(code, Severity.ERROR, step, at, text)


def _warning(code: str, step: Step, at: str, text: str) -> Remark:
    return Remark(code, Severity.WARNING, step, at, text)


# --- what profiles require --------------------------------------------------------------------------------------------
def _field(name: str, label: StrOrPromise, step: Step) -> Wanted:
    return Wanted(label, step, f"id_{name}", lambda version: bool(str(getattr(version, name) or "").strip()))


_TITLE = _field("name", gettext_lazy("Title"), Step.FOCUS)
_PURPOSE = _field("description", gettext_lazy("Purpose: what it represents"), Step.FOCUS)
_RELEVANCE = _field("description_for_earners", gettext_lazy("Relevance: why and for whom"), Step.FOCUS)
_OUTCOMES = Wanted(
    gettext_lazy("Learning outcomes"), Step.OUTCOMES, "id_outcomes", lambda version: bool(version.outcomes.all())
)
_LEVEL = _field("level_number", gettext_lazy("Level in a framework"), Step.METADATA)
_CREDITS = _field("credits", gettext_lazy("Credits"), Step.METADATA)
_HOURS = _field("hours", gettext_lazy("Hours of work"), Step.METADATA)
_FIELD = _field("field_code", gettext_lazy("Code of the field (NZSCED)"), Step.METADATA)
_STACKS = _field("stackability", gettext_lazy("What it counts towards"), Step.METADATA)
_REVIEW = _field("review_by", gettext_lazy("Day of review"), Step.METADATA)
_TAKES_PART = _field("participation", gettext_lazy("How one takes part"), Step.METADATA)
_ASSESSED = _field("assessment_type", gettext_lazy("How it is assessed"), Step.METADATA)
_IDENTITY = _field("supervision", gettext_lazy("How identity is checked"), Step.METADATA)
_BEFORE = _field("prerequisites", gettext_lazy("What one needs before"), Step.METADATA)
_LANGUAGE = _field("language", gettext_lazy("Language"), Step.FOCUS)
_COST = _field("cost", gettext_lazy("What it costs"), Step.METADATA)
_QUALITY = Wanted(
    gettext_lazy("Your quality statement (in your organisation's profile)"),
    Step.METADATA,
    "quality",
    lambda version: bool(version.achievement.issuer.quality_process),
)
_COUNTRY = Wanted(
    gettext_lazy("Country (in your organisation's profile)"),
    Step.METADATA,
    "quality",
    lambda version: bool(version.achievement.issuer.country),
)

PROFILES: dict[str, tuple[StrOrPromise, str, tuple[Wanted, ...]]] = {
    "nzqa": (
        gettext_lazy("NZQA listing"),
        "Qualification and Micro-credential Listing and Operational Rules 2022, rule 6",
        (_TITLE, _CREDITS, _LEVEL, _FIELD, _PURPOSE, _RELEVANCE, _OUTCOMES, _STACKS, _REVIEW),
    ),
    "au": (
        gettext_lazy("Australian framework"),
        "National Microcredentials Framework 2021, critical information requirements",
        (
            *(_TITLE, _PURPOSE, _OUTCOMES, _HOURS, _TAKES_PART, _ASSESSED, _IDENTITY, _BEFORE, _STACKS, _LANGUAGE),
            *(_COST, _QUALITY),
        ),
    ),
    "eu": (
        gettext_lazy("European approach"),
        "Council Recommendation 2022/C 243/02, Annex I",
        (
            *(_TITLE, _COUNTRY, _OUTCOMES, _HOURS, _LEVEL, _ASSESSED, _TAKES_PART, _QUALITY),
            *(_BEFORE, _IDENTITY, _STACKS),
        ),
    ),
}
