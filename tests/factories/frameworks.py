"""Frameworks, imported by the verbs that everybody's go through."""

import json
import uuid

from apps.core.ids import new_public_id
from apps.frameworks import verbs
from apps.frameworks.models import Framework, FrameworkImport, FrameworkVersion
from tests.factories.people import operator
from tests.shelf import shelved

TABLE = """\
identifier,code,statement,full_statement,type,parent,url,levels,retired
clay,C,Work with clay,,Group,,,,
clay-1,C1,Prepare clay for the wheel,Wedges clay until it is even.,Skill,clay,https://example.org/clay/1,Level 2|Level 3,
clay-2,C2,Throw a kōhua,,Skill,clay,,Level 3,
fire,F,Fire a kiln,,Group,,,,
"""


@shelved
def uploaded(text: str | bytes = TABLE, *, by=None, into=None, name: str = "clay.csv", **about) -> FrameworkImport:
    """A file that was checked, and refused if it had to be."""
    data = text.encode() if isinstance(text, str) else text
    if into is None:
        about = {"title": f"Pottery {new_public_id()[:8]}"} | about
    return verbs.upload(data, by=by or operator(), file_name=name, into=into, **about)


@shelved
def imported(text: str | bytes = TABLE, *, by=None, into=None, **about) -> FrameworkVersion:
    """A version that is current: checked, confirmed and filled."""
    by = by or operator()
    found = uploaded(text, by=by, into=into, **about)
    verbs.confirm(found, by=by)
    verbs.carry_out(found.pk)
    return FrameworkVersion.objects.select_related("framework").get(origin=found)


@shelved
def framework_with(rows: int, **about) -> Framework:
    lines = "".join(f"r{n},R{n},Statement {n},\n" for n in range(rows))
    return imported(f"identifier,code,statement,parent\n{lines}", **about).framework


def case_package(items=None, associations=None, **document) -> dict:
    """A whole CFPackage: two groups, one of them with a skill below it."""
    names = [str(uuid.UUID(int=n)) for n in range(5)]
    link = lambda name: {"title": "x", "identifier": name, "uri": f"https://case.example/uri/{name}"}  # noqa: E731
    changed = {"lastChangeDateTime": "2026-01-01T00:00:00+00:00"}
    if items is None:
        items = [
            {
                "identifier": names[n],
                "uri": f"https://case.example/uri/{names[n]}",
                "fullStatement": statement,
                "humanCodingScheme": code,
                "CFItemType": "Skill",
                "educationLevel": ["05", "06"],
                **changed,
            }
            for n, (code, statement) in enumerate(
                (("K", "Kōrero"), ("W", "Whakarongo"), ("K.1", "Kōrero i mua")), start=1
            )
        ]
    if associations is None:
        pairs = ((1, 0, 2), (2, 0, 1), (3, 1, 1))
        associations = [
            {
                "identifier": str(uuid.uuid4()),
                "associationType": "isChildOf",
                "sequenceNumber": sequence,
                "originNodeURI": link(names[child]),
                "destinationNodeURI": link(names[parent]),
                **changed,
            }
            for child, parent, sequence in pairs
        ]
    return {
        "CFDocument": {
            "identifier": names[0],
            "uri": f"https://case.example/uri/{names[0]}",
            "creator": "Te Kura",
            "title": "Reo in the room",
            "language": "en",
            "version": "2026",
            "licenseURI": {"title": "CC BY 4.0", "identifier": names[4], "uri": "https://case.example/l"},
            **changed,
        }
        | document,
        "CFItems": items,
        "CFAssociations": associations,
    }


def case_bytes(**changes) -> bytes:
    return json.dumps(case_package(**changes), ensure_ascii=False).encode()
