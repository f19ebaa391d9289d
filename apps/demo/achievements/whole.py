"""What single badges add up to: a capstone, and the wholes of a milestone and of a pathway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.demo import people
from apps.demo.achievements import kowhai_ridge
from apps.demo.achievements.facts import SHED, Facts, piece
from apps.demo.issuers import KOWHAI_RIDGE
from apps.demo.shapes import Achievement, Criterion, Version, days_ago

if TYPE_CHECKING:
    from collections.abc import Mapping

LEADING = Achievement(
    slug="lead-a-shearing-gang",
    house=KOWHAI_RIDGE.slug,
    designer=people.HANA,
    art={"cloth": "wine", "ground": "rays", "icon": "leader", "ribbon": "GANG LEAD", "studs": 4, "kind": "capstone"},
    versions=(
        Version(
            published=days_ago(112, "19:40"),
            scale=kowhai_ridge.SCALE,
            words={
                "name": "Lead a shearing gang",
                "description": (
                    "A gang is eight people, three dogs and a van. Whoever holds this has led one through a main shear: "
                    "who works where, who learns what, who goes home early, and what the farmer is told at smoko."
                ),
                "how_earned": (
                    "Lead **one gang through one main shear**, two weeks or more. Bring the book you kept, and one "
                    "conversation that was hard: what was said, what you would say now."
                ),
                "skill_sentence": "lead a shearing gang through a main shear, so that it would come back next year",
                "evidence_wanted": "- The gang's book for two weeks.\n- One hard conversation, in your own words.",
                "kind": "Capstone",
                "level_framework": "nzqf",
                "level_number": 4,
                "credit_framework": "nzqa",
                "credits": 3,
                "hours": 30,
                "tags": ["leadership", "shearing"],
                "service_days": 10,
            },
            rubric=(
                Criterion(
                    "Put people where they can do it",
                    "Stands, table and pens, over two weeks.",
                    needs=3,
                    levels=(
                        "Everybody stood where they stood last year.",
                        "Places were changed when somebody asked.",
                        "Places change with what each is learning, and the book says why.",
                        "As on your own, and two people can do something that they could not before.",
                    ),
                ),
                Criterion(
                    "Bring everybody home",
                    "Heat, hours, roads and drink.",
                    needs=3,
                    levels=(
                        "Hours and roads were left to each.",
                        "Hours are in the book; what was done about the long ones is not.",
                        "Hours, breaks and who drove stand in the book, and a long day was followed by a short one.",
                        "As on your own, and the gang keeps to it when its leader is away.",
                    ),
                ),
                Criterion(
                    "Say the hard thing",
                    "To somebody of the gang, in time, and so that both can go on.",
                    needs=3,
                    levels=(
                        "It was not said, or said in front of everybody.",
                        "It was said, after it had cost something.",
                        "It was said in time and alone, and what both agreed stands in the book.",
                        "As on your own, and the other one says that it helped.",
                    ),
                ),
            ),
        ),
    ),
)

WOOL_ROOM = Achievement(
    slug="wool-room-hand",
    house=KOWHAI_RIDGE.slug,
    designer=people.HANA,
    art={"cloth": "gorse", "ground": "weave", "icon": "gear", "ribbon": "WOOL ROOM", "studs": 3, "kind": "stack"},
    versions=(
        Version(
            published=days_ago(111, "20:10"),
            scale=kowhai_ridge.SCALE,
            words={
                "name": "Wool room hand",
                "description": "Gear that stays sharp and wool that lies in its line: the two halves of the room behind the board.",
                "how_earned": "It comes by itself when both badges are held. Nothing more is handed in.",
                "skill_sentence": "keep the gear and the wool of a shed in order",
                "kind": "Stack",
                "level_framework": "nzqf",
                "level_number": 3,
                "credit_framework": "nzqa",
                "credits": 5,
                "hours": 50,
                "tags": ["wool", "gear"],
            },
            rubric=(),
        ),
    ),
)

WOOLSHED = Achievement(
    slug="woolshed-hand",
    house=KOWHAI_RIDGE.slug,
    designer=people.HANA,
    art={"cloth": "tarn", "ground": "hills", "icon": "leader", "ribbon": "WOOLSHED", "studs": 4, "kind": "stack"},
    versions=(
        Version(
            published=days_ago(111, "20:40"),
            scale=kowhai_ridge.SCALE,
            words={
                "name": "Woolshed hand",
                "description": (
                    "The whole of a shed: shearing, gear, wool, first aid, and a gang led through a main shear. Contractors "
                    "take whoever holds it on for a season without asking further."
                ),
                "how_earned": "It comes by itself at the end of the pathway of the same name, with every badge that it is made of.",
                "skill_sentence": "do every job of a shed, and lead the people who do the others",
                "kind": "Stack",
                "level_framework": "nzqf",
                "level_number": 4,
                "credit_framework": "nzqa",
                "credits": 13,
                "hours": 130,
                "tags": ["shearing", "wool", "leadership"],
            },
            rubric=(),
        ),
    ),
)

FACTS: Mapping[str, Facts] = {
    LEADING.slug: Facts(
        outcomes=("Lead a gang through a main shear.", "Say what has to be said, in time."),
        evidence={
            "Put people where they can do it": (piece("any", "The gang's book for two weeks.", from_workplace=True),),
            "Say the hard thing": (piece("text", "One conversation, in your own words.", most_words=600),),
        },
        words=SHED
        | {
            "description_for_earners": "For shearers whom others follow already.",
            "prerequisites": "Everything else on the Woolshed hand pathway.",
            "stackability": "It closes the school's Woolshed hand pathway.",
        },
    ),
    WOOL_ROOM.slug: Facts(
        outcomes=("Keep the gear and the wool of a shed in order.",),
        words=SHED | {"cost": "Free", "stackability": "Half way to Woolshed hand."},
    ),
    WOOLSHED.slug: Facts(
        outcomes=("Do every job of a shed, and lead the people who do the others.",),
        words=SHED | {"cost": "Free", "stackability": "It is the whole."},
    ),
}
