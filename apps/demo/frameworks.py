"""Two sample frameworks for the college's trades. They are nobody's publications, as their names say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.demo.shapes import days_ago

if TYPE_CHECKING:
    from apps.demo.shapes import Moment


@dataclass(frozen=True)
class SampleFramework:
    """`table` is the file to import: columns separated by “;”."""

    slug: str
    title: str
    kind: str
    label: str
    imported: Moment
    table: str


PUBLISHER = "Made up for this demo"

SKILLS = SampleFramework(
    slug="sample-skills-for-four-trades",
    title="Sample: skills for four trades",
    kind="skills",
    label="2025",
    imported=days_ago(446, "09:15"),
    table="""\
code;statement;full_statement;type;parent;levels
W;Shearing and wool;;Trade;;
W1;Set up a stand;Chooses gear for the sheep and the day, sets height and lead, and checks guards before the first sheep.;Skill;W;Step 2
W2;Shear a sheep in a settled pattern;Shears with a pattern that keeps the sheep calm and the fleece whole.;Skill;W;Step 3|Step 4
W3;Grind combs and cutters;Grinds to a true face and an even edge, and wears what protects eyes and hands.;Skill;W;Step 3
W4;Skirt and roll a fleece;Takes off what lowers the line, and no more, at the pace of the stands.;Skill;W;Step 2|Step 3
W5;Class a clip into lines;Judges length, soundness and colour, and can say why each line was made.;Skill;W;Step 4
W6;Handle stock low-stress;Moves sheep through yards and pens without shouting, haste or harm.;Skill;W;Step 2
C;Care at home;;Trade;;
C1;Ask for consent and keep asking;Explains what comes next, waits for a yes, and stops at a no.;Skill;C;Step 2
C2;Help a person to move;Helps to turn, stand and transfer, alone or with a hoist, by the person’s own plan.;Skill;C;Step 3
C3;Support with medicines;Follows the chart, keeps the record true, and acts on what is missing, refused or wrong.;Skill;C;Step 3
C4;Notice early that somebody is getting worse;Knows what is usual for this person, measures what has changed, and writes it down.;Skill;C;Step 3
C5;Speak up until somebody acts;Says what was seen and what is asked for, in that order, and goes on to the next person where nobody answers.;Skill;C;Step 4
C6;Uphold mana and privacy in a person’s home;Works as a guest does: knocks, asks, and tells nobody what was seen.;Skill;C;Step 2
D;Digital work;;Trade;;
D1;Build a page for everybody;Builds pages that work by keyboard, by screen reader and on an old phone.;Skill;D;Step 3
D2;Write a form that forgives;Labels each field, says what is wrong beside it, and loses nothing that was typed.;Skill;D;Step 3
D3;Clean a table;Finds what is double, missing or out of range, and mends it by rules that can be read.;Skill;D;Step 2|Step 3
D4;Show the steps;Keeps the raw data apart and every step repeatable, so that another person comes to the same figures.;Skill;D;Step 3
D5;Draw a chart that tells the truth;Chooses the kind and the scale so that the eye and the figures say the same.;Skill;D;Step 3
S;Community science;;Trade;;
S1;Measure a stream;Measures clarity, temperature and life in the water, at the same place and in the same way each time.;Skill;S;Step 2|Step 3
S2;Keep a field record;Writes down where, when, who and with what, so that others can build on the numbers.;Skill;S;Step 2
S3;Care for the place that is measured;Asks those who belong to the place, leaves no trace, and shares what was found with them first.;Skill;S;Step 2
S4;Interpret between two languages;Carries over all that is said, adds nothing, and takes no side.;Skill;S;Step 4
""",
)

LEVELS = SampleFramework(
    slug="sample-five-steps-to-working-alone",
    title="Sample: five steps to working alone",
    kind="levels",
    label="1",
    imported=days_ago(446, "09:40"),
    table="""\
code;statement;full_statement;type
Step 1;Watching;Knows what good work looks like and can say so.;Step
Step 2;With support;Does it with somebody beside them who helps.;Step
Step 3;On your own;Does it alone where things are as usual.;Step
Step 4;In any weather;Does it alone where things are not as usual, and says when to stop.;Step
Step 5;Leading;Does it, explains it, and brings others on.;Step
""",
)

FRAMEWORKS = (SKILLS, LEVELS)
