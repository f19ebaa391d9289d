"""The three issuers, the group above one of them, and their people."""

from __future__ import annotations

from apps.demo import people
from apps.demo.shapes import Approval, House, Invitation, Rest, days_ago

_KOWHAI_FLOWER = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" rx="96" fill="#1f3a2d"/>
<g fill="#f2c230"><path d="M256 84c70 52 92 130 62 216-16 46-44 84-62 128-18-44-46-82-62-128-30-86-8-164 62-216z"/>
<path d="M120 178c56 6 96 42 108 108-46 2-96-38-108-108zM392 178c-56 6-96 42-108 108 46 2 96-38 108-108z"/></g>
<path d="M256 150v220" stroke="#1f3a2d" stroke-width="14" stroke-linecap="round"/></svg>
"""
_LONG_WATER = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" rx="96" fill="#ffffff"/>
<g fill="none" stroke="#155a7d" stroke-width="38" stroke-linecap="round"><path d="M76 196c60-60 120-60 180 0s120 60 180 0"/>
<path d="M76 286c60-60 120-60 180 0s120 60 180 0"/></g>
<path d="M76 376c60-60 120-60 180 0s120 60 180 0" fill="none" stroke="#c2571a" stroke-width="38" stroke-linecap="round"/></svg>
"""
_THREE_WATERS = """
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" rx="96" fill="#155a7d"/>
<g fill="none" stroke="#ffffff" stroke-width="34" stroke-linecap="round"><path d="M126 396V176M256 396V116M386 396V176"/></g>
<path d="M96 420h320" stroke="#f0a35a" stroke-width="30" stroke-linecap="round"/></svg>
"""

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
        "terminology": "badge",
        "brand_colour": "#b7791f",
        "quality_provider": (
            "Hana Ngātai sheared for twenty-two seasons and has trained since 2014; Wiremu Pēwhairangi classes wool for "
            "three brokers. Nobody else stands behind the school, so we say who judged what."
        ),
        "quality_process": (
            "Whoever taught you does not judge you. A contract assessor takes those pieces, and an outside moderator "
            "looks at every tenth decision."
        ),
        "quality_review": "Each badge is read again every winter, when the sheds are quiet, by both of us.",
    },
    logo=_KOWHAI_FLOWER,
    approvals=(
        Approval("Te Rōpū Kounga", "Consent to assess, land and animals", "https://kounga.example/register/", days=512),
        Approval("Woolshed Safety Council", "Safe shed, four stands", days=-40),
    ),
    verified=days_ago(437, "08:15"),
    invited=(Invitation("judge.of.shears@post.example", "assessor", days_ago(5, "20:10")),),
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

LONGWATER_GROUP = House(
    slug="longwater-institute-group",
    founded=days_ago(444, "11:00"),
    owner=people.NERIDA,
    profile={
        "name": "Longwater Institute Group",
        "description": (
            "The body that runs the polytechnic at Longwater and answers for what it awards. The group issues no badge "
            "of its own: what is listed here is offered by those who are part of it."
        ),
        "url": "https://group.longwater.example/",
        "email": "registrar@longwater.example",
        "place": "Longwater",
        "country": "NZ",
        "terminology": "micro_credential",
        "brand_colour": "#155a7d",
        "quality_provider": "A public institute since 1968, with a council of nine and a register open to everybody.",
        "quality_process": "The academic board samples decisions of every school twice a year and publishes what it finds.",
        "quality_review": "Each micro-credential is reviewed within two years by somebody from outside the group.",
    },
    art={"shape": "shield", "ring": "double"},
    logo=_THREE_WATERS,
    approvals=(Approval("Te Rōpū Kounga", "Registered provider, category 1", "https://kounga.example/register/"),),
    verified=days_ago(443, "15:30"),
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
        "terminology": "micro_credential",
        "brand_colour": "#155a7d",
        "linkedin_number": "90210044",
        "quality_provider": (
            "The polytechnic's school of short courses: eleven people, all still at work in the jobs they teach for."
        ),
        "quality_process": (
            "A tenth of all decisions is looked at again by an outside moderator. Assessors meet every term to mark the "
            "same three pieces of work and talk about where they differ."
        ),
        "quality_review": "Every micro-credential is read again within a year, with somebody from an employer.",
    },
    parent="longwater-institute-group",
    logo=_LONG_WATER,
    approvals=(
        Approval("Te Rōpū Kounga", "Short courses, health and care", "https://kounga.example/register/", days=611),
        Approval("Home Care Association", "Recognised training 2024/17", days=203),
    ),
    verified=days_ago(436, "16:00"),
    resting=(Rest(people.RANGI, "viewer", days_ago(300, "10:00"), days_ago(60, "09:00")),),
    art={"shape": "shield", "ring": "double"},
    seats=(
        (people.AROHA, "designer", ""),
        (people.JOSEFINA, "assessor", "move-people-safely"),
        (people.JOSEFINA, "assessor", "give-medicines-at-home"),
        (people.JOSEFINA, "assessor", "notice-and-speak-up"),
        (people.SEOYEON, "assessor", "web-page-for-everyone"),
        (people.SEOYEON, "assessor", "clean-a-messy-table"),
        (people.JOSEFINA, "assessor", "show-a-new-colleague"),
        (people.SEOYEON, "assessor", "explain-a-task-to-a-stranger"),
        # An adjudicator doesn't moderate that work, and neither of them hears an appeal.
        (people.NERIDA, "moderator", ""),
        (people.FETUAO, "moderator", ""),
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
        "terminology": "badge",
        "quality_provider": "A registered charity of neighbours. Nobody here is paid, and nobody pays.",
        "quality_process": (
            "Two of us read every piece of work before an assessor decides; where the work is in a language that none of "
            "us reads, we ask the summary and then somebody who does."
        ),
        "quality_review": "At the yearly meeting in March, with everybody who earned something that year.",
    },
    art={"shape": "arch", "ring": "milled"},
    seats=(
        (people.LIUDMYLA, "assessor", "interpret-a-first-appointment"),
        (people.RANGI, "assessor", "measure-a-stream"),
        (people.TEVITA, "assessor", ""),
        (people.MARGRIET, "moderator", ""),
    ),
)

HOUSES = (KOWHAI_RIDGE, LONGWATER_GROUP, LONGWATER, LANTERN_STREET)
