from decimal import Decimal

from apps.issuers.models import Achievement, AchievementVersion, Issuer
from apps.pathways import verbs
from apps.pathways.models import Equivalence, Pathway, PathwayVersion
from tests.factories.rubrics import owner_of, published_version

GROUPS = ("all", "any", "some", "credits", "milestone")
# What a group may say beside its kind and what lies in it.
FACTS = ("name", "in_order", "needed", "credit_framework", "level_framework", "level_from", "skills", "issuers")


def badge(issuer: Issuer, name: str, **words) -> Achievement:
    """The issuer's published badge of that name, made where there is none."""
    found = Achievement.objects.filter(issuer=issuer, versions__name=name).first()
    return found or published_version(issuer, name=name, **words).achievement


def pathway_of(issuer: Issuer, tree, *, name: str = "The whole trade", by=None, award=None, **words) -> PathwayVersion:
    """A draft of this tree: {"all": [...]}, or just the list. Codes are given as it reads: the root is n1.

    A leaf is an achievement or a version of one; the name of a badge of `issuer` (“First aid”), made where there is none;
    “capstone:Lead a gang”, or {"capstone": achievement}; or an equivalence. Groups: {"all": […], "in_order": True},
    {"any": […]}, {"some": […], "needed": 2}, {"milestone": […], "name": "Half way", "award": "Half"},
    {"credits": 12, "of": […], "credit_framework": "nzqa", "level_framework": "nzqf", "level_from": 4, "issuers": […]}.
    `award`: an achievement, or the name of a badge of `issuer`.
    """
    by = by or owner_of(issuer)
    version = verbs.begin(issuer, by=by, name=name)
    return _filled(version, tree, by=by, issuer=issuer, award=award, **words)


def published(issuer: Issuer, tree, **facts) -> PathwayVersion:
    """As `pathway_of`, and published."""
    draft = pathway_of(issuer, tree, **facts)
    return _whole(verbs.publish(draft, by=facts.get("by") or owner_of(issuer)))


def plan_of(person, tree, *, issuer: Issuer | None = None, name: str = "My way", used: bool = True) -> PathwayVersion:
    """A plan of a person's own, in use unless said otherwise; badges by name are those of `issuer`."""
    draft = _filled(verbs.plan(by=person, name=name), tree, by=person, issuer=issuer)
    return _whole(verbs.publish(draft, by=person)) if used else draft


def next_version(pathway: Pathway, tree=None, *, by=None) -> PathwayVersion:
    """The version after the newest, published: as it was, with what `tree` lists added at its end."""
    by = by or pathway.owner or owner_of(pathway.issuer)
    draft = verbs.draft_next(pathway, by=by)
    for one in tree or ():
        _add(draft, one, into="n1", by=by, issuer=pathway.issuer)
    return _whole(verbs.publish(draft, by=by))


def _filled(version, tree, *, by, issuer, award=None, **words):
    root = {"all": tree} if isinstance(tree, list) else tree
    if root.get("in_order"):
        words["in_order"] = True
    if award is not None:
        words["award"] = badge(issuer, award) if isinstance(award, str) else _achievement(award)
    if words:
        verbs.edit(version, by=by, **words)
    for one in root["all"]:
        _add(version, one, into="n1", by=by, issuer=issuer)
    return _whole(version)


def _add(version, one, *, into, by, issuer):
    if isinstance(one, Equivalence):
        verbs.add_node(version, by=by, into=into, kind="external", equivalence=one)
    elif isinstance(one, dict) and "capstone" not in one:
        _add_group(version, one, into=into, by=by, issuer=issuer)
    else:
        kind, what = "badge", one
        if isinstance(one, dict):
            kind, what = "capstone", one["capstone"]
        elif isinstance(one, str) and one.startswith("capstone:"):
            kind, what = "capstone", one.removeprefix("capstone:")
        what = badge(issuer, what) if isinstance(what, str) else _achievement(what)
        verbs.add_node(version, by=by, into=into, kind=kind, achievement=what)


def _add_group(version, one, *, into, by, issuer):
    kind = next(name for name in GROUPS if name in one)
    facts = {name: one[name] for name in FACTS if name in one}
    beneath = one[kind]
    if kind == "credits":
        facts = {"credit_framework": "nzqa", "credits": Decimal(str(one["credits"]))} | facts
        beneath = one.get("of", [])
    if one.get("award") is not None:
        award = one["award"]
        facts["achievement"] = badge(issuer, award) if isinstance(award, str) else _achievement(award)
    node = verbs.add_node(version, by=by, into=into, kind=kind, **facts)
    for inner in beneath:
        _add(version, inner, into=node.code, by=by, issuer=issuer)


def _achievement(one) -> Achievement:
    return one.achievement if isinstance(one, AchievementVersion) else one


def _whole(version) -> PathwayVersion:
    return PathwayVersion.objects.whole().get(pk=version.pk)
