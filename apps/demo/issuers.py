"""The three issuers, and who sits where."""

from __future__ import annotations

from apps.demo import people
from apps.demo.shapes import House, days_ago

KOWHAI_RIDGE = House(
    slug="kowhai-ridge-shearing-school",
    founded=days_ago(441, "09:30"),
    owner=people.HANA,
    profile={
        "name": "Kōwhai Ridge Shearing School",
        "description": (
            "Two people and a four-stand woolshed. We train shearers, woolhandlers and whoever keeps their gear sharp: "
            "on farms, at daybreak, in groups of six at the most. Hana judges shearing and gear, Wiremu judges "
            "wool; where that one of us taught you, a contract assessor does it instead."
        ),
        "url": "https://kowhairidge.example/",
        "email": "office@kowhairidge.example",
        "place": "The woolshed, Kōwhai Ridge",
        "country": "NZ",
    },
    art={"shape": "disc", "ring": "stitch"},
    seats=(
        (people.HANA, "designer", ""),
        (people.HANA, "assessor", ""),
        (people.WIREMU, "manager", ""),
        (people.WIREMU, "assessor", "class-a-crossbred-clip"),
        (people.TEVITA, "assessor", ""),
        (people.MARGRIET, "moderator", ""),
    ),
)

LONGWATER = House(
    slug="longwater-polytechnic",
    founded=days_ago(437, "10:00"),
    owner=people.INGRID,
    profile={
        "name": "Longwater Polytechnic",
        "description": (
            "Short, assessed courses for people who are already at work in health, care and digital jobs. Everything we "
            "ask for can be gathered on the job. Each decision is made against the rubric you have read beforehand, by "
            "somebody who has done the work, and a tenth of all decisions is looked at again by an outside moderator."
        ),
        "url": "https://longwater.example/",
        "email": "assessment@longwater.example",
        "place": "Longwater campus, Quay Road",
        "asks_approval": True,
        "country": "NZ",
    },
    art={"shape": "shield", "ring": "double"},
    seats=(
        (people.AROHA, "designer", ""),
        (people.JOSEFINA, "assessor", "move-people-safely"),
        (people.JOSEFINA, "assessor", "give-medicines-at-home"),
        (people.JOSEFINA, "assessor", "notice-and-speak-up"),
        (people.SEOYEON, "assessor", "web-page-for-everyone"),
        (people.SEOYEON, "assessor", "clean-a-messy-table"),
        (people.TEVITA, "assessor", ""),
        (people.MARGRIET, "moderator", ""),
    ),
)

LANTERN_STREET = House(
    slug="lantern-street-community-trust",
    founded=days_ago(429, "15:20"),
    owner=people.LIUDMYLA,
    profile={
        "name": "Lantern Street Community Trust",
        "description": (
            "Neighbours from thirty places, one hall and one creek. We teach each other to interpret for one another, and "
            "we have measured Lantern Creek every month since we took the first trolley out of it. Learning here is free; "
            "evidence may be in any of our languages, with a summary in English or te reo Māori."
        ),
        "url": "https://lanternstreet.example/",
        "email": "kiaora@lanternstreet.example",
        "place": "The hall, 41 Lantern Street",
        "country": "NZ",
    },
    art={"shape": "arch", "ring": "milled"},
    seats=(
        (people.LIUDMYLA, "assessor", "interpret-a-first-appointment"),
        (people.RANGI, "assessor", "measure-a-stream"),
        (people.TEVITA, "assessor", ""),
        (people.MARGRIET, "moderator", ""),
    ),
)

HOUSES = (KOWHAI_RIDGE, LONGWATER, LANTERN_STREET)
