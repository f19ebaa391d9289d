"""Trees without a database, for tests that need none: `all_(badge(1), any_(badge(2), badge(3)))`."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from apps.pathways.rules import Equal, Held, Kind, Names, Offer, Rule, Tree, Worth

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def badge(key, **more):
    return Rule(f"b{key}", Kind.BADGE, achievement=key, **more)


def capstone(key):
    return Rule(f"b{key}", Kind.CAPSTONE, achievement=key)


def external(key, name=""):
    return Rule(f"e{key}", Kind.EXTERNAL, name=name, equivalence=key)


_CODES = count(1)


def _group(kind, children, **more):
    return Rule(more.pop("code", f"g{next(_CODES)}"), kind, children=children, **more)


def all_(*children, **more):
    return _group(Kind.ALL, children, **more)


def any_(*children, **more):
    return _group(Kind.ANY, children, **more)


def some(needed, *children, **more):
    return _group(Kind.SOME, children, needed=needed, **more)


def milestone(name, *children, **more):
    return _group(Kind.MILESTONE, children, name=name, **more)


def credits_(amount, *children, framework="nzqa", **more):
    return _group(Kind.CREDITS, children, credits=Decimal(amount), framework=framework, **more)


def tree(*children, award=None, **more):
    return Tree(all_(*children, code="root", **more), award=award)


def held(key, *, worth=0, framework="nzqa", days=None, **more):
    """A credential of badge `key`, valid for so many days from NOW, or for good."""
    until = NOW + timedelta(days=days) if days is not None else None
    brings = Worth(Decimal(worth), framework if worth else "", **more)
    return Held((0, key), brings, achievement=key, until=until)


def foreign(key, issuer="https://elsewhere.example", badge_id="https://elsewhere.example/badge"):
    return Held((1, key), foreign=(issuer, badge_id))


def equal(key, *, counts_as=None, theirs=None, worth=0):
    theirs_or_foreign = (
        {"theirs": theirs} if theirs else {"foreign": ("https://elsewhere.example", "https://elsewhere.example/badge")}
    )
    return Equal(
        key, counts_as=counts_as, credits=Decimal(worth), framework="nzqa" if worth else "", **theirs_or_foreign
    )


def offers(*keys, worth=4, framework="nzqa", **more):
    return {
        key: Offer(key, f"Badge {key}", f"badge-{key}", Worth(Decimal(worth), framework, **more), "A school")
        for key in keys
    }


def names(*keys, **more):
    return Names(offers=offers(*keys, **more), levels={"nzqf": "NZQF"})
