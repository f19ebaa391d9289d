"""Digital work."""

from __future__ import annotations

from apps.demo import people
from apps.demo.issuers import LONGWATER
from apps.demo.shapes import Achievement, Criterion, Version, days_ago

SCALE = ("Emerging", "Working", "Solid", "Exemplary")

WEB_PAGE = Achievement(
    slug="web-page-for-everyone",
    house=LONGWATER.slug,
    designer=people.AROHA,
    art={"cloth": "slate", "ground": "weave", "icon": "code", "ribbon": "FOR EVERYONE", "studs": 3},
    versions=(
        Version(
            published=days_ago(245, "14:20"),
            scale=SCALE,
            words={
                "name": "Build a web page that everybody can use",
                "description": (
                    "A page is finished when the person with the oldest phone, the shakiest hand or no sight at all has got "
                    "done what they came for. Whoever holds this builds such a page, and proves it with tools, with a "
                    "keyboard and with people."
                ),
                "how_earned": (
                    "Build or repair **one real page with a form** that somebody needs. Test it yourself, then watch two "
                    "people use it, one of whom uses assistive technology or only a keyboard. Show what you changed because of it."
                ),
                "skill_sentence": "build a web page with a form that works by keyboard, by screen reader and on an old phone",
                "evidence_wanted": (
                    "- The address of the page, or a picture of it, and its source.\n"
                    "- What your tools said before and after.\n"
                    "- Notes from the two people you watched, without their names.\n"
                    "- What you chose **not** to fix, and why."
                ),
                "kind": "MicroCredential",
                "level_framework": "nzqf",
                "level_number": 5,
                "credit_framework": "nzqa",
                "credits": 5,
                "hours": 50,
                "tags": ["accessibility", "HTML", "testing"],
                "service_days": 10,
            },
            rubric=(
                Criterion(
                    "Structure and meaning",
                    "Headings, landmarks, lists, labels, language: what the page is when nobody sees it.",
                    needs=3,
                    levels=(
                        "Headings are chosen for their size; controls are made of plain boxes.",
                        "Headings and landmarks are there; one control or picture has no name, or a wrong one.",
                        "Read aloud, the page makes sense in order: one main heading, named landmarks, named controls, alternatives that say what the picture is for.",
                        "As solid, with the language of passages marked, and titles that tell pages and states apart.",
                    ),
                ),
                Criterion(
                    "Keyboard and focus",
                    "No mouse, from top to sent.",
                    needs=3,
                    levels=(
                        "Something that matters cannot be reached or left by keyboard.",
                        "Everything can be reached; the order jumps, or the focus cannot be seen in places.",
                        "Everything is reached in reading order, the focus is always seen at 3:1 or more, and it goes to the first mistake after sending.",
                        "As solid, and nothing moves under the focus: what opens takes it, what closes gives it back.",
                    ),
                ),
                Criterion(
                    "Forms and mistakes",
                    "Being wrong is where people leave.",
                    needs=3,
                    levels=(
                        "Mistakes are shown by colour alone, or the form comes back empty.",
                        "Mistakes are said in words at the top; which field is meant has to be looked for.",
                        "Each mistake is said in words at its field and tied to it, says what to do, and nothing that was typed is lost.",
                        "As solid, and the form asks for less than the one it replaces, with the reason for each question.",
                    ),
                ),
                Criterion(
                    "Colour, text and reflow",
                    "Sun on the screen, 200 per cent, a narrow phone.",
                    needs=3,
                    levels=(
                        "Text under 4.5:1, or sideways scrolling at 320 pixels.",
                        "Main text is well above 4.5:1; hints, borders or states are not.",
                        "All text at 4.5:1 and all parts that matter at 3:1; nothing is lost at 400 per cent or at 320 pixels.",
                        "As solid, in light and in dark, and with motion reduced.",
                    ),
                ),
                Criterion(
                    "Proof by people",
                    "Tools find a third. Watching finds the rest.",
                    needs=2,
                    levels=(
                        "Only an automatic report is handed in.",
                        "Two people are watched; what they did is told apart from what they said, and at least one change came of it.",
                        "As working, with tasks written beforehand, and the change tried again with one of them.",
                        "As solid, and what was left undone is told to the owner of the page with its cost for whom.",
                    ),
                ),
            ),
        ),
    ),
)

TABLE = Achievement(
    slug="clean-a-messy-table",
    house=LONGWATER.slug,
    designer=people.AROHA,
    art={"cloth": "moss", "ground": "dots", "icon": "numbers", "ribbon": "TIDY DATA", "studs": 2},
    versions=(
        Version(
            published=days_ago(205, "15:45"),
            scale=SCALE,
            words={
                "name": "Clean a messy table and show your steps",
                "description": (
                    "Most data work is housework. Whoever holds this turns a table that grew by hand into one that can be "
                    "counted on, without losing the original, without harming the people in it, and so that somebody else "
                    "gets the same result from the same steps."
                ),
                "how_earned": (
                    "Take a table of at least **200 rows** that somebody really uses. Ask its owner what it is for. Clean "
                    "it, keep a log of every decision, and hand both back with a one-page account of what you found."
                ),
                "skill_sentence": "turn a messy table into one that can be counted on, and show every step",
                "evidence_wanted": (
                    "- Twenty rows before and after, made anonymous.\n"
                    "- Your log of decisions, with counts.\n"
                    "- The steps: a script, or formulas and filters written so that they can be followed.\n"
                    "- What the owner said."
                ),
                "kind": "MicroCredential",
                "level_framework": "nzqf",
                "level_number": 4,
                "credit_framework": "nzqa",
                "credits": 3,
                "hours": 30,
                "tags": ["data", "spreadsheets", "privacy"],
                "service_days": 10,
            },
            rubric=(
                Criterion(
                    "Look before you touch",
                    "Profile the table; keep the original as it was.",
                    needs=3,
                    levels=(
                        "The original was changed, or cannot be shown any more.",
                        "The original is kept; gaps, types and doubles are described by impression, without counts.",
                        "The original is kept and summed; for each column gaps, types, ranges and doubles are counted before anything is changed.",
                        "As solid, and the owner is asked what odd values mean before they are called wrong.",
                    ),
                ),
                Criterion(
                    "Decide and write it down",
                    "Every change has a reason and a number.",
                    needs=3,
                    levels=(
                        "Values were changed by hand and there is no log.",
                        "There is a log; some changes have no count or no reason.",
                        "Each change has a rule, a reason, a count before and after, and what was left alone is named.",
                        "As solid, and the two riskiest decisions are shown both ways, with what each does to the result.",
                    ),
                ),
                Criterion(
                    "Somebody else gets the same",
                    "Steps, not magic.",
                    needs=3,
                    levels=(
                        "The steps cannot be followed by another person.",
                        "The steps can be followed with questions; one depends on where a file lies or who runs it.",
                        "Run again on the original, the steps give the same table, byte for byte or row for row, and this was tried by another person.",
                        "As solid, and a check among the steps stops them when next month's table is different in kind.",
                    ),
                ),
                Criterion(
                    "The people in the rows",
                    "Privacy and names.",
                    needs=2,
                    levels=(
                        "Names, addresses or dates of birth stand in what was handed in; names were shortened or stripped of their marks.",
                        "Whatever identifies is taken out or replaced before sharing; macrons and scripts in names survive the cleaning.",
                        "As solid, and small groups are looked at too: nobody can be picked out of a count of one or two.",
                    ),
                ),
            ),
        ),
    ),
)
