"""Badges judged by more than one person: recommend and grant, double marking, moderation of each decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.demo import people
from apps.demo.achievements import kowhai_ridge, longwater_care, longwater_digital
from apps.demo.achievements.facts import CARE, DIGITAL, SHED, Facts, piece
from apps.demo.issuers import KOWHAI_RIDGE, LONGWATER
from apps.demo.shapes import Achievement, Criterion, Version, days_ago

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNNING = Achievement(
    slug="run-a-shed-for-a-day",
    house=KOWHAI_RIDGE.slug,
    designer=people.HANA,
    art={"cloth": "moss", "ground": "hills", "icon": "leader", "ribbon": "SHED BOSS", "studs": 4},
    versions=(
        Version(
            published=days_ago(118, "20:00"),
            scale=kowhai_ridge.SCALE,
            words={
                "name": "Run a shed for a day",
                "description": (
                    "Somebody has to know by seven who stands where, and at noon why it is late. Whoever holds this runs a "
                    "shed of four stands for a day: sheep, people, gear and wool, and a farmer who wants to know."
                ),
                "how_earned": (
                    "Run **one whole day** in a shed of four stands or more, with whoever usually runs it beside you and "
                    "silent. One of us reads your work and says what it is worth; another, who has not seen you do it, "
                    "decides."
                ),
                "skill_sentence": "run a four-stand shed for a day, so that people and sheep go home sound and the tally is right",
                "evidence_wanted": (
                    "- Your plan of the evening before.\n"
                    "- The day's book: stands, tallies, stops and why.\n"
                    "- A picture of the board at work.\n"
                    "- What you would do differently."
                ),
                "kind": "MicroCredential",
                "level_framework": "nzqf",
                "level_number": 4,
                "credit_framework": "nzqa",
                "credits": 4,
                "hours": 40,
                "tags": ["leadership", "shearing", "health and safety"],
                "service_days": 10,
                "policy": "four_eyes",
            },
            rubric=(
                Criterion(
                    "Plan the day",
                    "Sheep, stands, people, weather, and what to do when one of them is missing.",
                    needs=3,
                    levels=(
                        "The day begins without a plan, or with somebody else's.",
                        "Stands and mobs are planned; what happens when it rains or somebody is ill is not.",
                        "Stands, mobs, breaks and gear are planned the evening before, with what to do when one falls away.",
                        "As on your own, and everybody knew their part before breakfast.",
                    ),
                ),
                Criterion(
                    "Keep people safe",
                    "Stopping is part of running.",
                    needs=3,
                    levels=(
                        "A stand ran that should have been stopped.",
                        "Checks were made in the morning; later on nobody asked again.",
                        "Stands are checked before each run, breaks are kept, and what was not fit was stopped at once.",
                        "As on your own, and others stop a stand too, because they know that they will be backed.",
                    ),
                ),
                Criterion(
                    "Keep the book",
                    "A tally that the gang and the farmer both sign.",
                    needs=3,
                    levels=(
                        "The tally was made up at the end of the day.",
                        "Tallies are there for each run; stops are missing, or have no reason.",
                        "Tallies and stops stand in the book at each run with their reasons, and two people signed it.",
                        "As on your own, and the book says what the next day should change.",
                    ),
                ),
                Criterion(
                    "Talk to whoever pays",
                    "The farmer hears it from you first.",
                    needs=2,
                    levels=(
                        "The farmer found out alone.",
                        "The farmer was told at noon and at night how far it is, and what went wrong, without being asked.",
                        "Also told what it will cost or save, before deciding it.",
                    ),
                ),
            ),
        ),
    ),
)

SHOWING = Achievement(
    slug="show-a-new-colleague",
    house=LONGWATER.slug,
    designer=people.AROHA,
    art={"cloth": "tarn", "ground": "dots", "icon": "teaching", "ribbon": "ALONGSIDE", "studs": 3},
    versions=(
        Version(
            published=days_ago(150, "10:30"),
            scale=longwater_care.SCALE,
            words={
                "name": "Show a new colleague how it is done here",
                "description": (
                    "The first weeks of a job are learnt from whoever happens to be on. Whoever holds this shows a new "
                    "colleague one task so that they can do it alone and know when to ask."
                ),
                "how_earned": (
                    "Show **one task of your work to somebody new**, over two shifts or more: you do it, you do it together, "
                    "they do it and you keep your hands behind your back. Every decision here is looked at a second time, "
                    "after you have heard."
                ),
                "skill_sentence": "show a new colleague a task so that they do it alone, safely, and know when to ask",
                "evidence_wanted": (
                    "- Your plan: which task, in which steps, by when.\n"
                    "- What your colleague says, in their words.\n"
                    "- Where you stepped in, and where you did not."
                ),
                "kind": "MicroCredential",
                "level_framework": "nzqf",
                "level_number": 4,
                "credit_framework": "nzqa",
                "credits": 2,
                "hours": 20,
                "tags": ["mentoring", "care", "induction"],
                "service_days": 10,
                "moderation_percent": 100,
            },
            rubric=(
                Criterion(
                    "Plan it in steps",
                    "Small enough to succeed at, in an order that is safe.",
                    needs=3,
                    levels=(
                        "The colleague was simply taken along.",
                        "There is a plan; its steps are too large to be tried alone.",
                        "Each step can be tried alone and safely, and the plan says what has to be seen before the next.",
                        "As needed, and the colleague had a say in the order.",
                    ),
                ),
                Criterion(
                    "Let go, and stay near",
                    "Hands behind your back, eyes open.",
                    needs=3,
                    levels=(
                        "The task was taken out of the colleague's hands, or they were left alone with it too soon.",
                        "The colleague did it; it is not told when help came, and why.",
                        "The colleague did it alone twice; each time that help came is told, with its reason.",
                        "As needed, and a mistake was let happen where it could do no harm, and talked about at once.",
                    ),
                ),
                Criterion(
                    "Hear whether it took",
                    "Ask in a way that allows a no.",
                    needs=2,
                    levels=(
                        "“All clear?” was all that was asked.",
                        "The colleague said in their own words what they do, why, and when they would ask.",
                        "Also asked again a week later, and the plan was changed by the answer.",
                    ),
                ),
            ),
        ),
    ),
)

EXPLAINING = Achievement(
    slug="explain-a-task-to-a-stranger",
    house=LONGWATER.slug,
    designer=people.AROHA,
    art={"cloth": "gorse", "ground": "weave", "icon": "signpost", "ribbon": "STEP BY STEP", "studs": 2},
    versions=(
        Version(
            published=days_ago(112, "11:15"),
            scale=longwater_digital.SCALE,
            words={
                "name": "Explain a task so that a stranger can do it",
                "description": (
                    "Most instructions are written by people who no longer remember not knowing. Whoever holds this writes "
                    "a page that a stranger follows to its end, alone, and has watched it happen."
                ),
                "how_earned": (
                    "Take **one task from your own work** that lasts ten to thirty minutes, and write it down on a page or "
                    "two. Watch a person who has never done it follow your page while you say nothing. Change the page, and "
                    "watch somebody else. Two assessors read your work apart from each other and don't learn whose it is; "
                    "whatever shows you, mark it."
                ),
                "skill_sentence": "explain a task on a page so that a stranger can do it, alone and at the first try",
                "evidence_wanted": (
                    "- The page, as it was first and as it is now.\n"
                    "- A film of somebody who follows it, or notes with times.\n"
                    "- What you changed, and because of what."
                ),
                "kind": "MicroCredential",
                "level_framework": "nzqf",
                "level_number": 3,
                "credit_framework": "nzqa",
                "credits": 2,
                "hours": 20,
                "tags": ["plain language", "writing", "testing"],
                "service_days": 10,
                "policy": "double_blind",
                "blind": True,
                "moderation_percent": 100,
                "moderation_before": True,
            },
            rubric=(
                Criterion(
                    "Begin where the stranger is",
                    "What has to be there, and how one knows that it is done.",
                    needs=3,
                    levels=(
                        "The page begins in the middle, or with words that only insiders know.",
                        "What is needed is listed; one thing has to be known already.",
                        "A stranger knows before the first step what it is for, what to have at hand and how it ends.",
                        "As solid, and the page says for whom it is not.",
                    ),
                ),
                Criterion(
                    "One step, one act",
                    "In the order in which the hands do it.",
                    needs=3,
                    levels=(
                        "Steps are out of order, or missing.",
                        "Steps are in order; some hold two acts, or a choice without saying how to choose.",
                        "Each step holds one act, in order, and says what one sees when it has worked.",
                        "As solid, and no step could be left out.",
                    ),
                ),
                Criterion(
                    "Warn in time",
                    "Before the hand is there.",
                    needs=2,
                    levels=(
                        "A warning comes after the step that it is about, or not at all.",
                        "Each warning stands before its step and says what to do instead.",
                        "As working, and the page is built so that the worst mistake cannot be made.",
                    ),
                ),
                Criterion(
                    "Watched, and mended",
                    "Somebody who had never done it.",
                    needs=3,
                    levels=(
                        "Nobody was watched while following it.",
                        "One person was watched; what they did is mixed with what they said.",
                        "Two were watched one after the other, with a change between, and each stop is told with its step.",
                        "As solid, and the second one needed no help at all.",
                    ),
                ),
            ),
        ),
    ),
)

_PLAN = "The plan of the evening before, as it hung on the wall."
_BOOK = "The day's book, with stops and signatures."
_PAGE = "The page, first and last."

FACTS: Mapping[str, Facts] = {
    RUNNING.slug: Facts(
        outcomes=(
            "Plan a day's shearing for four stands, and what to do when a part of it falls away.",
            "Keep people and sheep safe through four runs, and stop what is not fit.",
            "Keep a book that gang and farmer sign.",
        ),
        evidence={
            "Plan the day": (piece("any", _PLAN),),
            "Keep people safe": (piece("image", "The board at work.", at_most=4),),
            "Keep the book": (piece("any", _BOOK, from_workplace=True),),
            "Talk to whoever pays": (piece("text", "What you told the farmer, and when.", most_words=300),),
        },
        words=SHED
        | {
            "description_for_earners": "For shearers and woolhandlers whom a contractor leaves in charge now and then.",
            "prerequisites": "Three seasons in sheds, in any part.",
            "stackability": "The last of the four parts of the school's Woolshed Hand award.",
        },
    ),
    SHOWING.slug: Facts(
        outcomes=(
            "Plan a task in steps that a new colleague can try alone.",
            "Step back while a colleague works, and step in when it is needed.",
        ),
        evidence={
            "Plan it in steps": (piece("any", "Your plan."),),
            "Let go, and stay near": (piece("any", "Your notes, or a recording.", from_workplace=True),),
            "Hear whether it took": (piece("any", "What your colleague said, in their words."),),
        },
        words=CARE
        | {
            "description_for_earners": "For experienced carers who are given somebody new to show around.",
            "prerequisites": "A year in the same house or on the same round.",
            "stackability": "Five credits of the Certificate in Home Support may be recognised.",
        },
    ),
    EXPLAINING.slug: Facts(
        outcomes=(
            "Write a page by which a stranger does a task alone.",
            "Watch somebody follow it without helping, and change it by what was seen.",
        ),
        evidence={
            "Begin where the stranger is": (piece("file", _PAGE),),
            "One step, one act": (piece("file", _PAGE),),
            "Warn in time": (piece("file", _PAGE),),
            "Watched, and mended": (piece("any", "A film of somebody who follows it, or notes with times."),),
        },
        words=DIGITAL
        | {
            "description_for_earners": "For whoever is asked the same question every week and would like to point at a page.",
            "prerequisites": "A task that you do often.",
            "stackability": "It stands alone.",
            "field_of_study": "Communication",
        },
    ),
}
