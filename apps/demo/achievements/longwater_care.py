"""Health and care."""

from __future__ import annotations

from apps.demo import people
from apps.demo.issuers import LONGWATER
from apps.demo.shapes import Achievement, Criterion, Version, days_ago

SCALE = ("Not shown yet", "Nearly there", "Safe on your own", "An example to others")

MOVING = Achievement(
    slug="move-people-safely",
    house=LONGWATER.slug,
    designer=people.AROHA,
    art={"cloth": "wine", "ground": "rays", "icon": "people", "ribbon": "HOME CARE", "studs": 4},
    versions=(
        Version(
            published=days_ago(416, "11:00"),
            scale=SCALE,
            words={
                "name": "Safe moving and handling in home care",
                "description": (
                    "Whoever holds this can be sent alone to a home and help a person to turn, sit, stand and transfer, with "
                    "a slide sheet, a handling belt or a mobile hoist, so that neither is hurt and the person decides what "
                    "happens to them.\n\nIt covers one-person and two-person moves of adults. It does not cover falls recovery "
                    "from the floor."
                ),
                "how_earned": (
                    "Carry out **three different moves**, one of them with a hoist, with a person who agreed to it or with "
                    "a colleague who plays the part. A registered colleague watches one of them and says what they saw. "
                    "Your assessor may call them."
                ),
                "skill_sentence": "help a person to turn, stand and transfer at home, with a hoist where it is needed, safely and with their consent",
                "evidence_wanted": (
                    "- A risk check for each move, as you made it on the day.\n"
                    "- Pictures of the equipment as set up. **No faces, no names, no addresses.**\n"
                    "- The observer's statement, signed.\n"
                    "- What you wrote in the notes afterwards, made anonymous."
                ),
                "kind": "Competency",
                "level_framework": "nzqf",
                "level_number": 4,
                "credit_framework": "nzqa",
                "credits": 6,
                "hours": 60,
                "valid_for_days": 1095,
                "tags": ["care", "moving and handling", "consent"],
                "service_days": 10,
            },
            rubric=(
                Criterion(
                    "Check before the move",
                    "Load, individual, task and environment, on the day and not from memory.",
                    needs=3,
                    levels=(
                        "The move is begun without reading the plan, or with a hazard in the way.",
                        "The plan is read; a change in the person or the room since it was written is noticed only when somebody asks.",
                        "Plan, person, task and room are checked on the day; what has changed is acted on and said to whoever has to know.",
                        "As needed, and the move is put off or changed when the check says so, with the reason written down.",
                    ),
                ),
                Criterion(
                    "Ask, explain, agree",
                    "Consent is a conversation that goes on through the move.",
                    needs=3,
                    levels=(
                        "The person is moved without being asked, or is spoken about over their head.",
                        "The person is told what will happen; there is no moment in which they could have said no.",
                        "The person is asked in words they use, answers, is told each step before it comes, and can stop it.",
                        "As needed, with somebody who cannot answer in words: signs of agreement and of distress are named and acted on.",
                    ),
                ),
                Criterion(
                    "Choose and check the equipment",
                    "The right thing, whole, in date, in the right size.",
                    needs=3,
                    levels=(
                        "Equipment is used without a look at label, loops, battery or brakes.",
                        "Checks are made, but one is missing: safe load, size, date of the last test, or where the brakes have to be.",
                        "Safe load, size, condition and test date are checked aloud; brakes are on or off as the maker says; the sling fits.",
                        "As needed, and what fails the check is tagged, taken out of use and reported.",
                    ),
                ),
                Criterion(
                    "Carry out the move",
                    "Two spines and one person's dignity.",
                    needs=3,
                    levels=(
                        "Lifting by the arms, twisting, or a move that begins before the other helper is ready.",
                        "Good posture most of the time; the count is unclear, or the person is exposed for longer than needed.",
                        "Wide base, close load, no lifting by hand, one clear lead and count; the person is covered and does what they can themselves.",
                        "As needed, and the pace follows the person: rests are offered, and strength is used that they did not know they had.",
                    ),
                ),
                Criterion(
                    "Afterwards: comfort, notes, report",
                    "The move ends when the next carer knows.",
                    needs=2,
                    levels=(
                        "Nothing is written, or what is written could have been written before the move.",
                        "Position, skin and comfort are checked, and the notes say what was done, with what, and how the person was.",
                        "As needed, and a change in what the person can do is reported the same day, with a suggestion for the plan.",
                    ),
                ),
            ),
        ),
    ),
)

MEDICINES = Achievement(
    slug="give-medicines-at-home",
    house=LONGWATER.slug,
    designer=people.AROHA,
    art={"cloth": "harbour", "ground": "dots", "icon": "medicine", "ribbon": "MEDICINES", "studs": 3},
    versions=(
        Version(
            published=days_ago(280, "09:30"),
            scale=SCALE,
            words={
                "name": "Give medicines safely at home",
                "description": (
                    "Whoever holds this can support an adult with packed medicines at home under a care plan: the right ones, "
                    "at the right time, with the person's agreement, and on paper. They know what they may not do, and what "
                    "to do when something is missing, refused or wrong."
                ),
                "how_earned": (
                    "Support at least **twenty rounds** under supervision. Hand in the record of one week, made anonymous, "
                    "and two situations that did not go to plan, one of which may be a practice case from your tutor."
                ),
                "skill_sentence": "support adults with packed medicines at home, and act rightly when one is missing, refused or wrong",
                "evidence_wanted": (
                    "- One week's record, anonymous.\n"
                    "- A picture of a pack before and after a round. Cover the label.\n"
                    "- Your two situations, 150 words each.\n"
                    "- Your supervisor's sign-off of twenty rounds."
                ),
                "kind": "Competency",
                "level_framework": "nzqf",
                "level_number": 3,
                "credit_framework": "nzqa",
                "credits": 3,
                "hours": 30,
                "valid_for_days": 730,
                "tags": ["care", "medicines", "record keeping"],
                "service_days": 5,
            },
            rubric=(
                Criterion(
                    "Check, every time",
                    "Person, medicine, dose, route, time, reason: against plan and pack, before the pack is opened.",
                    needs=3,
                    levels=(
                        "A check is skipped because the person or the pack is known.",
                        "Most checks are made; the record is compared with the pack after it has been opened.",
                        "All checks are made aloud or by finger before the pack is opened, in every round shown.",
                        "As needed, and a mismatch between plan, pack and record is found and stopped.",
                    ),
                ),
                Criterion(
                    "Support, don't take over",
                    "The person takes their medicine. You help.",
                    needs=3,
                    levels=(
                        "Medicines are hidden, crushed or urged on the person without advice from a pharmacist or prescriber.",
                        "The person is asked, but is hurried, or is not told what they are taking.",
                        "The person is told what each one is for, does what they can, has water and time, and is watched until it is down.",
                        "As needed, and their own routine is kept or regained: a larger label, a different lid, a time that suits.",
                    ),
                ),
                Criterion(
                    "When it does not go to plan",
                    "Refused, missing, dropped, vomited, double, late.",
                    needs=3,
                    levels=(
                        "A refusal or an error is not told to anybody, or is put right by guessing.",
                        "The right person is told, but later than it should have been, or without what they need to decide.",
                        "Stops, keeps the person safe, tells the right person at once with the facts, follows what they say, and writes it down.",
                        "As needed, and the cause is looked for, so that it does not happen to the next carer.",
                    ),
                ),
                Criterion(
                    "Record",
                    "Written at the time, by who did it, in ink, with nothing rubbed out.",
                    needs=3,
                    levels=(
                        "Gaps, ticks made ahead of time, or a hand that is not one's own.",
                        "No gaps; codes for refused or absent are used, but the reason is missing.",
                        "No gaps; every code has its reason beside it; an error is struck through once, dated and initialled.",
                        "As needed, and the record is read before each round: what somebody else wrote there is acted on.",
                    ),
                ),
            ),
        ),
    ),
)

NOTICING = Achievement(
    slug="notice-and-speak-up",
    house=LONGWATER.slug,
    designer=people.AROHA,
    art={"cloth": "clay", "ground": "plain", "icon": "heart", "ribbon": "EARLY SIGNS", "studs": 4},
    versions=(
        Version(
            published=days_ago(100, "10:15"),
            scale=SCALE,
            words={
                "name": "Notice that somebody is getting worse, and speak up",
                "description": (
                    "People rarely get very ill all at once: most give warning for hours. Whoever holds this sees the soft "
                    "signs, measures, scores, knows what is usual for this person, and makes themselves heard by whoever can act."
                ),
                "how_earned": (
                    "Work through **three cases**: two from your own practice, made anonymous, and one practice case with us. "
                    "For each, hand in what you measured, the score, what you said to whom, and what happened then."
                ),
                "skill_sentence": "see early that a person is getting worse, measure it, and speak up until somebody acts",
                "evidence_wanted": (
                    "- Vital signs and scores over time, as a chart or table.\n"
                    "- The words you used, in the order situation, background, assessment, request.\n"
                    "- A short reflection on one time when you were not heard at first."
                ),
                "kind": "MicroCredential",
                "level_framework": "nzqf",
                "level_number": 4,
                "credit_framework": "nzqa",
                "credits": 4,
                "hours": 40,
                "valid_for_days": 1095,
                "tags": ["care", "vital signs", "communication"],
                "service_days": 10,
            },
            rubric=(
                Criterion(
                    "See soft signs",
                    "What changed before any number did.",
                    needs=3,
                    levels=(
                        "Change is noticed only in numbers, or after somebody else says so.",
                        "One soft sign is named, without saying what is usual for this person.",
                        "Two or more soft signs are named, each against what is usual for this person, with the time they were seen.",
                        "As needed, and whānau or colleagues are asked what they have seen, in a way that makes them say it.",
                    ),
                ),
                Criterion(
                    "Measure and score",
                    "A full set, measured and not copied.",
                    needs=3,
                    levels=(
                        "A sign is missing or guessed; breathing is not counted.",
                        "A full set is measured; the score is added wrongly, or breathing is counted for less than a minute.",
                        "A full set is measured, breathing for a whole minute; the score is right and is repeated when it should be.",
                        "As needed, and a reading that does not fit the person is checked by other means before it is believed.",
                    ),
                ),
                Criterion(
                    "Speak up",
                    "Situation, background, assessment, request: to the right person, in time.",
                    needs=3,
                    levels=(
                        "Nobody is told, or what is said asks for nothing.",
                        "The right person is told; the request is missing or comes after ten minutes of story.",
                        "Situation first, then background, assessment and one clear request with a time; what was answered is read back.",
                        "As needed, and when the answer does not fit the risk the next person is called, politely, and this is written down.",
                    ),
                ),
                Criterion(
                    "Stay with it",
                    "What you do until help comes, and after.",
                    needs=2,
                    levels=(
                        "The person is left alone, or nothing is measured again.",
                        "The person is kept safe and told what is happening; signs are taken again at the interval the score asks for.",
                        "As needed, and the handover closes the circle: what was found, what was changed, when to look again.",
                    ),
                ),
            ),
        ),
    ),
)
