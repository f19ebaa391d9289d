"""The creek and the hall."""

from __future__ import annotations

from apps.demo import people
from apps.demo.issuers import LANTERN_STREET
from apps.demo.shapes import Achievement, Criterion, Version, days_ago

SCALE = ("Finding my feet", "Doing it", "Showing others")

STREAM = Achievement(
    slug="measure-a-stream",
    house=LANTERN_STREET.slug,
    designer=people.LIUDMYLA,
    art={"cloth": "harbour", "ground": "waves", "icon": "water", "ribbon": "STREAMS", "studs": 2},
    versions=(
        Version(
            published=days_ago(402, "20:30"),
            scale=SCALE,
            words={
                "name": "Measure the health of a stream, season by season",
                "description": (
                    "A creek cannot tell a council what it needs; a year of honest numbers can. Whoever holds this measures "
                    "clarity, temperature, bed and small animals the same way every time, writes down what they saw and not "
                    "what they hoped for, and shares it with the people of the place."
                ),
                "how_earned": (
                    "Measure **one site at least three times, six weeks apart or more**, with a companion. Ask first: the "
                    "landholder, and mana whenua where the reach is theirs to speak for. Hand in your sheets as they were "
                    "at the water, wet corners and all."
                ),
                "skill_sentence": "measure the health of a stream through the seasons and share numbers that others can build on",
                "evidence_wanted": (
                    "- The field sheets of three visits.\n"
                    "- Pictures of the site, the tray and the clarity reading.\n"
                    "- Your numbers as a table or chart.\n"
                    "- Who you asked, and what they said."
                ),
                "kind": "Badge",
                "level_framework": "nzqf",
                "level_number": 2,
                "hours": 24,
                "tags": ["environment", "field work", "science"],
                "service_days": 15,
                # After a year of numbers, it is measured again.
                "valid_for_days": 270,
            },
            rubric=(
                Criterion(
                    "Ask, and go safely",
                    "Leave, companion, weather, water, way out.",
                    needs=2,
                    levels=(
                        "Goes alone, unasked, or into water above the knee.",
                        "Has leave and a companion, checks rain and flow on the day, stays below the knee, and says when they are back.",
                        "Also turned back or moved the day when the water asked for it, and wrote down why.",
                    ),
                ),
                Criterion(
                    "The same way every time",
                    "Same reach, same order, same tools.",
                    needs=2,
                    levels=(
                        "The place or the method changed between visits without a note.",
                        "Reach, order and tools are the same on three visits; readings are taken twice and differ by a tenth at the most.",
                        "Also checked against somebody else's reading at the same place and hour.",
                    ),
                ),
                Criterion(
                    "Name what lives there",
                    "Small animals from three riffles, sorted alive, counted and put back.",
                    needs=2,
                    levels=(
                        "Animals are named by guess, or harmed by drying out.",
                        "Three samples, sorted in water; nine in ten animals are named rightly to the group, and all go back.",
                        "Also says which groups tell of clean and which of tired water, and what that means at this reach.",
                    ),
                ),
                Criterion(
                    "Check, clean, dry",
                    "Nothing travels from stream to stream on a boot.",
                    needs=2,
                    levels=(
                        "Boots or nets went from one water to another unwashed.",
                        "Boots, net and tube are checked, cleaned and dried between waters, and the sheet says so each time.",
                        "Also brought what others need to do it: brush, bucket, a dry place to hang nets.",
                    ),
                ),
                Criterion(
                    "Share it plainly",
                    "A number nobody reads helps no creek.",
                    needs=2,
                    levels=(
                        "Numbers lie in a notebook.",
                        "A table or chart with units, dates and gaps left as gaps is shared with the group within two weeks.",
                        "Also told at a meeting or to a council, with one thing to do next.",
                    ),
                ),
            ),
        ),
    ),
)

INTERPRETING = Achievement(
    slug="interpret-a-first-appointment",
    house=LANTERN_STREET.slug,
    designer=people.LIUDMYLA,
    art={"cloth": "clay", "ground": "dots", "icon": "speech", "ribbon": "KŌRERO", "studs": 3},
    versions=(
        Version(
            published=days_ago(190, "18:00"),
            scale=SCALE,
            words={
                "name": "Interpret a first appointment between two languages",
                "description": (
                    "A first visit to a clinic, a school or an office, in a language one is still learning, goes well when "
                    "somebody carries the words across and nothing else. Whoever holds this can interpret such a meeting in "
                    "one pair of languages: completely, without taking sides, and without keeping anything."
                ),
                "how_earned": (
                    "Interpret **three practice appointments** in our hall and one real one with an experienced interpreter "
                    "beside you. Bring your own word list. Everybody in the room agrees to your being a learner."
                ),
                "skill_sentence": "interpret a first appointment completely and without taking sides, in their pair of languages",
                "evidence_wanted": (
                    "- A link to a recording of a practice appointment, or the observer's sheet.\n"
                    "- Your word list for one field: health, school or housing, thirty words or more.\n"
                    "- How you opened and how you closed.\n"
                    "- A time when you had to stop the meeting, and why."
                ),
                "kind": "MicroCredential",
                "level_framework": "nzqf",
                "level_number": 4,
                "credit_framework": "nzqa",
                "credits": 2,
                "hours": 25,
                "tags": ["interpreting", "languages", "health literacy"],
                "service_days": 10,
            },
            rubric=(
                Criterion(
                    "Open and close the meeting",
                    "Who I am, what I do, what I don't.",
                    needs=2,
                    levels=(
                        "Begins without introduction; the two sides talk to the interpreter instead of to each other.",
                        "Introduces the role in both languages: everything is said, nothing is kept, speak to each other. Sits so that they can.",
                        "Also sets it right, kindly and in both languages, when somebody says “tell her that …”.",
                    ),
                ),
                Criterion(
                    "Carry all of it",
                    "Complete and exact, in the first person.",
                    needs=2,
                    levels=(
                        "Summarises; numbers, times or doses go missing.",
                        "Speaks as “I”, in pieces that can be held; numbers, names and doses are exact; what was not understood is asked for.",
                        "Also carries tone and doubt: a “maybe” stays a “maybe”.",
                    ),
                ),
                Criterion(
                    "Take no side",
                    "Even when one side is yours.",
                    needs=2,
                    levels=(
                        "Answers for somebody, advises, or leaves out what could give offence.",
                        "Adds nothing and leaves nothing out; own opinion and acquaintance are declared and kept out.",
                        "Also steps out of the words, and says so in both languages, when culture and not language is in the way.",
                    ),
                ),
                Criterion(
                    "Know the words",
                    "Prepare, and know where your words end.",
                    needs=2,
                    levels=(
                        "Invents a term, or leaves a foreign word standing unexplained.",
                        "Brings a word list for the field; describes what has no word; says “I do not know this word” and asks.",
                        "Also adds to the shared list after each meeting, with where the word is used and by whom.",
                    ),
                ),
                Criterion(
                    "Keep nothing",
                    "Confidence, notes, and one's own heart.",
                    needs=2,
                    levels=(
                        "Speaks of the meeting afterwards, or keeps notes with names.",
                        "Destroys notes in front of both, speaks of it with nobody but the supervisor, and then without names.",
                        "Also sees to oneself after a hard meeting, and says no to one that is too near.",
                    ),
                ),
            ),
        ),
    ),
)
