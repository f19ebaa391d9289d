"""What catalogues and authorities ask about each achievement besides its rubric: outcomes, evidence, and how it is
judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Facts:
    """`evidence` is what criteria ask for, by their names; `words` are fields of a version."""

    outcomes: tuple[str, ...]
    evidence: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    words: Mapping[str, Any] = field(default_factory=dict)


def piece(kind: str, instructions: str, *, at_most: int | None = None, **more: Any) -> Mapping[str, Any]:
    return {"kind": kind, "at_least": 1, "at_most": at_most, "instructions": instructions, **more}


SHED: dict[str, Any] = {
    "participation": "workplace",
    "assessment_type": "Film, tally and own words against a rubric",
    "supervision": "attested",
    "cost": "NZ$ 90",
    "field_of_study": "Shearing and wool",
}
CARE: dict[str, Any] = {
    "participation": "workplace",
    "assessment_type": "A portfolio from work against a rubric",
    "supervision": "attested",
    "cost": "NZ$ 120",
    "field_of_study": "Home and community care",
}
DIGITAL: dict[str, Any] = {
    "participation": "online",
    "assessment_type": "A finished piece of work and how it was made, against a rubric",
    "supervision": "declared",
    "cost": "NZ$ 60",
    "field_of_study": "Digital work",
}
_STREET: dict[str, Any] = {
    "participation": "blended",
    "assessment_type": "Records and own words against a rubric",
    "supervision": "attested",
    "cost": "Free",
}

FACTS: dict[str, Facts] = {
    "shear-a-full-wool-ewe": Facts(
        outcomes=(
            "Catch, set and shear a full-wool ewe alone, in the taught order.",
            "Hold pace and quality through a two-hour run.",
            "Check a stand and a handpiece before the first ewe, and stop one that is not fit.",
        ),
        evidence={
            "Catch, drag and set the ewe": (
                piece("link", "One uncut video of two ewes, from catch to porthole.", from_workplace=True),
            ),
            "Pattern and footwork": (piece("link", "The same video: your feet are in the picture."),),
            "Second cuts and comb control": (piece("image", "Both shorn ewes, each from both sides.", at_most=4),),
            "Skin and animal welfare": (piece("image", "Both shorn ewes, each from both sides.", at_most=4),),
            "Stand and handpiece safety": (piece("text", "Your checks, in your own words.", most_words=400),),
            "Pace over a run": (piece("any", "The day's tally sheet, signed by whoever kept it."),),
        },
        words=SHED
        | {
            "description_for_earners": (
                "For shearers in their second season. Contractors ask for it before they give you a stand of your own."
            ),
            "prerequisites": "A season in a shed. No certificate is asked for.",
            "stackability": "Counts as the shearing part of the school's Woolshed Hand award.",
        },
    ),
    "grind-and-set-gear": Facts(
        outcomes=(
            "Grind combs and cutters true and match them.",
            "Set lead, throw and tension so that a handpiece stays cool for a run.",
            "Work at a grinder without harm to oneself or others.",
        ),
        words=SHED
        | {
            "description_for_earners": "For whoever keeps a gang's gear: sharp gear is half of a good day.",
            "prerequisites": "None.",
            "stackability": "Counts as the gear part of the school's Woolshed Hand award.",
        },
    ),
    "class-a-crossbred-clip": Facts(
        outcomes=(
            "Skirt and roll fleeces at the pace of four shearers.",
            "Class a crossbred clip into lines and say why each fleece lies where it does.",
            "Brand and book bales so that a buyer can trust the label.",
        ),
        words=SHED
        | {
            "description_for_earners": "For woolhandlers who want to run a table and put their name on the book.",
            "prerequisites": "A season as a woolhandler.",
            "stackability": "Counts as the wool part of the school's Woolshed Hand award.",
        },
    ),
    "move-people-safely": Facts(
        outcomes=(
            "Assess a person, a task and a room before each move.",
            "Carry out turns, stands and transfers with and without a hoist.",
            "Ask for consent, and stop when it is withdrawn.",
        ),
        words=CARE
        | {
            "description_for_earners": "For support workers who move people at home, alone or in pairs.",
            "prerequisites": "Work in home care, and a moving-and-handling induction within the last year.",
            "stackability": "Ten credits of the Certificate in Home Support may be recognised.",
        },
    ),
    "give-medicines-at-home": Facts(
        outcomes=(
            "Support an adult to take packed medicines, and record what was taken.",
            "Act on a medicine that is missing, refused or wrong, within the hour.",
        ),
        words=CARE
        | {
            "description_for_earners": "For support workers whose clients take packed medicines.",
            "prerequisites": "Work in home care.",
            "stackability": "It stands alone.",
        },
    ),
    "notice-and-speak-up": Facts(
        outcomes=(
            "Recognise early that a person is getting worse, and measure it.",
            "Report by a structure that others act on, and go on until somebody does.",
        ),
        words=CARE
        | {
            "description_for_earners": "For everybody in care who sees a person more often than a doctor does.",
            "prerequisites": "Work with the same people for three months or longer.",
            "stackability": "Ten credits of the Certificate in Home Support may be recognised.",
        },
    ),
    "web-page-for-everyone": Facts(
        outcomes=(
            "Build a page with a form that works by keyboard and by screen reader.",
            "Test a page with people and with tools, and mend what they find.",
        ),
        words=DIGITAL
        | {
            "description_for_earners": "For people who make pages and want nobody left out.",
            "prerequisites": "You have built a web page before.",
            "stackability": "Counts towards the polytechnic's Certificate in Web Work.",
        },
    ),
    "clean-a-messy-table": Facts(
        outcomes=(
            "Turn a messy table into one that can be counted on.",
            "Write down each step so that somebody else gets the same table.",
        ),
        words=DIGITAL
        | {
            "description_for_earners": "For people who are sent spreadsheets and asked for numbers.",
            "prerequisites": "You use spreadsheets at work.",
            "stackability": "It stands alone.",
        },
    ),
    "measure-a-stream": Facts(
        outcomes=(
            "Measure clarity, nitrate and small animals of a stream by a published method.",
            "Share numbers with how they were taken, through four seasons.",
        ),
        words=_STREET
        | {
            "description_for_earners": "For neighbours of a stream who want its numbers to count.",
            "prerequisites": "None. Bring boots.",
            "stackability": "It stands alone.",
            "field_of_study": "Community science",
        },
    ),
    "interpret-a-first-appointment": Facts(
        outcomes=(
            "Interpret an appointment completely and without taking sides.",
            "Introduce the role, and set it right when somebody forgets it.",
        ),
        words=_STREET
        | {
            "description_for_earners": "For neighbours who are asked along to clinics, schools and offices.",
            "prerequisites": "Two languages that you live in.",
            "stackability": "Interpreting courses ask for it, or for the like.",
            "field_of_study": "Interpreting",
        },
    ),
}

# For each achievement, the skills of the sample framework that it meets: (number of a criterion, or None for the
# whole, code).
SKILLS: Mapping[str, tuple[tuple[int | None, str], ...]] = {
    "shear-a-full-wool-ewe": ((None, "W2"), (1, "W6")),
    "grind-and-set-gear": ((None, "W3"), (4, "W1")),
    "class-a-crossbred-clip": ((None, "W5"), (2, "W4")),
    "run-a-shed-for-a-day": ((1, "W1"),),
    "move-people-safely": ((None, "C2"), (2, "C1")),
    "give-medicines-at-home": ((None, "C3"),),
    "notice-and-speak-up": ((None, "C4"), (3, "C5")),
    "web-page-for-everyone": ((None, "D1"),),
    "clean-a-messy-table": ((None, "D3"), (None, "D4")),
    "measure-a-stream": ((None, "S1"), (1, "S2")),
    "interpret-a-first-appointment": ((None, "S4"),),
}
