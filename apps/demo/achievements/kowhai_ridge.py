"""Shearing, gear and wool."""

from __future__ import annotations

from apps.demo import people
from apps.demo.issuers import KOWHAI_RIDGE
from apps.demo.shapes import Achievement, Criterion, Version, days_ago

SCALE = ("Starting", "With support", "On your own", "Leading")

_CATCH = Criterion(
    "Catch, drag and set the ewe",
    "From the catching pen to the first blow: the ewe stays calm, and your back does no lifting.",
    needs=3,
    levels=(
        "The ewe is pulled by wool or leg, or gets up again on the board; a second person has to help.",
        "Chin and flank are held and the ewe is walked back, but it struggles until it is set a second time.",
        "Chin held, flank held, walked backwards and sat on its rump between the knees in one movement, on every ewe shown.",
        "As on your own, and the next catch is chosen so that ewe and shearer travel least; the pen stays quiet behind.",
    ),
)
_PATTERN = Criterion(
    "Pattern and footwork",
    "Belly, crutch, hind leg, neck, first shoulder, long blow, last side: each blow starts where the last one ended.",
    needs=3,
    levels=(
        "Blows are started anywhere; the feet stay planted and the ewe is lifted or dragged round by hand.",
        "The taught order is kept with prompts; feet are moved after the ewe has moved.",
        "The taught order is kept without prompts, the feet move first, and the ewe is held by the knees through the long blow.",
        "As on your own, at an even rhythm that does not change between the first ewe of a run and the last.",
    ),
)
_SECOND_CUTS = Criterion(
    "Second cuts and comb control",
    "The comb lies full on the skin and goes over the same place once.",
    needs=3,
    levels=(
        "The comb rides above the skin; second cuts lie all over the board and ridges stand on the ewe.",
        "Second cuts are many in two places or more, usually neck and last shoulder; the comb is filled on straight blows only.",
        "Second cuts are few and in one place at the most; the comb is filled on every blow of the long blow.",
        "No second cuts to be seen on the table, and the shorn ewe is level from crutch to poll.",
    ),
)
_SKIN = Criterion(
    "Skin and animal welfare",
    "The ewe leaves the porthole as sound as it came, empty, and with every cut seen to.",
    needs=3,
    levels=(
        "A teat, vulva or tendon is cut, or a cut that needs a stitch goes out of the porthole unseen to.",
        "More than two nicks on a ewe, or a nick is seen to only after somebody points at it.",
        "Two nicks or fewer on a ewe, none of them deep; each is treated at once, and full or heavily pregnant ewes are turned back.",
        "No nicks on the ewes shown; holding times, shade and water in the pens are asked about before starting.",
    ),
)
_SAFETY = Criterion(
    "Stand and handpiece safety",
    "What is checked before the cord is pulled, and what happens at smoko.",
    needs=3,
    levels=(
        "The machine is started with gear loose, in boots that slip, or with the cord out of reach.",
        "All checks are made, after a reminder: cord, downtube, comb lead, tension, footwear, board dry.",
        "All checks are made unprompted before the first ewe and again after each change of comb; the machine is off whenever it is put down.",
        "As on your own, and a stand that is not fit is stopped and put right, whoever's it is.",
    ),
)
_PACE = Criterion(
    "Pace over a run",
    "Quality that holds for two hours. Numbers are from your own tally, signed by who kept it.",
    needs=3,
    levels=(
        "Fewer than 15 full-wool ewes in a two-hour run, or quality falls away within it.",
        "15 or more in a two-hour run; the last five show more second cuts or nicks than the first five.",
        "25 or more in a two-hour run, with the last five as clean as the first five.",
        "40 or more in each of two runs on one day, quality unchanged.",
    ),
)

_SHEARING_WORDS = {
    "name": "Shear a full-wool ewe to clean-pelt standard",
    "description": (
        "Whoever holds this can be given a stand for a day of crossbred ewes and left to get on with it: calm ewes, "
        "clean pelts, few second cuts, and a board that is safe for the people beside them.\n\n"
        "It is about quality that lasts through a run. It says nothing about lambs, rams or crutching."
    ),
    "how_earned": (
        "1. Shear at least 200 full-wool ewes under somebody's eye, in any shed.\n"
        "2. Film two ewes from catch to porthole, uncut, with your whole body in the picture.\n"
        "3. Hand in your tally for one day, signed by whoever kept it.\n"
        "4. Write what you would do differently next time.\n\n"
        "You pass when every criterion reaches the level marked as needed. Nothing is averaged."
    ),
    "skill_sentence": "shear full-wool ewes alone for a whole run, calmly and safely, and leave a clean pelt",
    "evidence_wanted": (
        "- A link to one uncut video of **two ewes**, ten minutes or less.\n"
        "- Photos of both shorn ewes, each from both sides.\n"
        "- The day's tally sheet.\n"
        "- Your gear and stand checks, in your own words."
    ),
    "kind": "MicroCredential",
    "level_framework": "nzqf",
    "level_number": 3,
    "credit_framework": "nzqa",
    "credits": 4,
    "hours": 40,
    "tags": ["shearing", "animal handling", "workplace safety"],
    "service_days": 10,
}

SHEARING = Achievement(
    slug="shear-a-full-wool-ewe",
    house=KOWHAI_RIDGE.slug,
    designer=people.HANA,
    art={"cloth": "tarn", "ground": "hills", "icon": "shears", "ribbon": "SHEARING", "studs": 3},
    versions=(
        Version(
            published=days_ago(418, "18:40"),
            scale=SCALE,
            words=_SHEARING_WORDS
            | {
                "description": (
                    "Whoever holds this can shear crossbred ewes alone and leave a clean pelt: calm ewes, few second cuts, "
                    "and a board that is safe for the people beside them."
                ),
                "skill_sentence": "shear full-wool ewes alone, calmly and safely, and leave a clean pelt",
            },
            rubric=(_CATCH, _PATTERN, _SKIN, _SAFETY),
        ),
        Version(
            published=days_ago(118, "19:10"),
            scale=SCALE,
            words=_SHEARING_WORDS,
            rubric=(_CATCH, _PATTERN, _SECOND_CUTS, _SKIN, _SAFETY, _PACE),
        ),
    ),
)

GEAR = Achievement(
    slug="grind-and-set-gear",
    house=KOWHAI_RIDGE.slug,
    designer=people.HANA,
    art={"cloth": "saddle", "ground": "furrows", "icon": "tools", "ribbon": "GEAR", "studs": 2},
    versions=(
        Version(
            published=days_ago(421, "20:00"),
            scale=SCALE,
            words={
                "name": "Grind and set handpiece gear",
                "description": (
                    "Sharp gear is half of a good day and most of a safe one. Whoever holds this keeps a gang in combs and "
                    "cutters: ground true, matched, set at the right lead and tension, and thrown out when they are done."
                ),
                "how_earned": (
                    "Grind at least **ten combs and thirty cutters** over two weeks or more, keep a log of each, and put "
                    "them to work on a handpiece that somebody shears with. Show the grinder as you set it up, the gear "
                    "before and after, and what the shearer said."
                ),
                "skill_sentence": "grind combs and cutters true and set a handpiece that stays cool for a whole run",
                "evidence_wanted": (
                    "- Pictures of the grinder set up, with its guards, and of gear before and after.\n"
                    "- Your grinding log: date, comb or cutter, why, how it ran.\n"
                    "- A word from a shearer who used it."
                ),
                "kind": "MicroCredential",
                "level_framework": "nzqf",
                "level_number": 2,
                "credit_framework": "nzqa",
                "credits": 2,
                "hours": 20,
                "tags": ["shearing", "tool maintenance", "workplace safety"],
                "service_days": 5,
            },
            rubric=(
                Criterion(
                    "Set up the grinder",
                    "Discs, papers, pendulum, guards, eyes, and who else is in the room.",
                    needs=3,
                    levels=(
                        "The grinder is started without guards or eye protection, or with a loose or torn paper.",
                        "Guards and glasses are used; papers are glued and centred with somebody's help, the pendulum height is guessed.",
                        "Papers sit flat and centred, the pendulum is set by measure, guards are on, and bystanders are moved before the switch.",
                        "As on your own, and the disc is trued or dressed when it needs it, with the reading written down.",
                    ),
                ),
                Criterion(
                    "Grind combs and cutters",
                    "A hollow that is even from tooth to tooth, and no blue on the tips.",
                    needs=3,
                    levels=(
                        "Tips are burnt blue, or the face is ground on one side only.",
                        "The face is clean but the hollow is uneven; some cutters touch at the heel only.",
                        "Sparks run evenly off the whole face; comb and cutter meet along their length when held to the light; no tip is blue.",
                        "As on your own, with as little metal taken as the wear asks for, shown by measuring before and after.",
                    ),
                ),
                Criterion(
                    "Match, set and tension",
                    "Lead, throw and tension on a real handpiece.",
                    needs=3,
                    levels=(
                        "The comb is set level with the cutter's tips or past the bevel; tension is wound on until it stops chattering.",
                        "Lead is set right after a prompt; the handpiece runs warm within a dozen ewes.",
                        "Lead, throw and tension are set without a prompt to suit wool and comb, and the handpiece stays cool for a run.",
                        "As on your own, and faults are told by sound and feel and traced to comb, cutter or handpiece.",
                    ),
                ),
                Criterion(
                    "Keep, log and retire",
                    "Washed, dried, boxed, and gone when it is too thin.",
                    needs=2,
                    levels=(
                        "Gear lies wet or mixed; nobody could say when it was last ground.",
                        "Gear is washed, dried and boxed; the log says when and how often each comb was ground.",
                        "The log also says how each one ran, and combs below their limit are taken out and broken.",
                    ),
                ),
            ),
        ),
    ),
)

CLIP = Achievement(
    slug="class-a-crossbred-clip",
    house=KOWHAI_RIDGE.slug,
    designer=people.HANA,
    art={"cloth": "gorse", "ground": "rays", "icon": "layers", "ribbon": "WOOL", "studs": 3},
    versions=(
        Version(
            published=days_ago(300, "19:25"),
            scale=SCALE,
            words={
                "name": "Skirt, roll and class a crossbred clip beside a gang of four",
                "description": (
                    "Wool earns its price on the table. Whoever holds this keeps a board of four shearers clear, throws and "
                    "skirts every fleece, sorts it into lines a buyer will not argue with, and writes it all down."
                ),
                "how_earned": (
                    "Work the board and the table through **three full days** of crossbred shearing beside at least four "
                    "shearers. Your lines are looked at in the bale, by somebody who did not see you make them."
                ),
                "skill_sentence": "skirt, roll and class a crossbred clip at the pace of four shearers, and stand by every line",
                "evidence_wanted": (
                    "- Pictures of a fleece before and after skirting, of each line, and of two branded bales.\n"
                    "- The wool book for one day.\n"
                    "- The words of the classer or owner who opened a bale."
                ),
                "kind": "MicroCredential",
                "level_framework": "nzqf",
                "level_number": 3,
                "credit_framework": "nzqa",
                "credits": 3,
                "hours": 30,
                "tags": ["woolhandling", "quality control", "shearing"],
                "service_days": 10,
            },
            rubric=(
                Criterion(
                    "Clear the board",
                    "Belly, crutch and sweepings are gone before the shearer is back with the next ewe.",
                    needs=3,
                    levels=(
                        "Shearers wait, or step on wool.",
                        "The board is clear when it is quiet; bellies and fleece mix when two ewes finish together.",
                        "The board is clear for four stands through a run; bellies, stain and fleece never mix.",
                        "As on your own, and movements are arranged so that the others on the board walk less.",
                    ),
                ),
                Criterion(
                    "Throw and skirt",
                    "The fleece lies flat, skin side down, and what comes off is what has to.",
                    needs=3,
                    levels=(
                        "The fleece lands in a heap; stain or dags are rolled in.",
                        "The fleece lies flat on most throws; either too much good wool is taken off or sweaty edges stay on.",
                        "The fleece lies flat on nearly every throw; stain, dags, sweat and cotted edges are off and no good wool is with them.",
                        "As on your own, and skirting is heavier or lighter as the lines of the day ask for, said aloud to the others.",
                    ),
                ),
                Criterion(
                    "Sort into lines",
                    "Length, colour, strength and vegetable matter, judged in the hand.",
                    needs=3,
                    levels=(
                        "Fleeces are sorted by guess; one bale holds clearly different wool.",
                        "Colour is sorted well; short or tender fleeces are missed unless somebody asks.",
                        "Every fleece is drawn and looked at; a bale opened at random holds one line.",
                        "As on your own, and a change in the mob is noticed within ten fleeces and the lines are reset.",
                    ),
                ),
                Criterion(
                    "Press, brand and book",
                    "A bale that says what is in it, and a book that agrees.",
                    needs=2,
                    levels=(
                        "Bales are over weight, unbranded, or not in the book.",
                        "Bales are within weight and branded; the book agrees with the store within one bale.",
                        "Bales, brands and book agree; oddments are pressed and booked the same day.",
                    ),
                ),
                Criterion(
                    "Work among others",
                    "A shed is loud, hot and full of moving gear.",
                    needs=2,
                    levels=(
                        "Walks behind a working shearer, or stands in the press's way.",
                        "Keeps clear of shearers and press, calls before throwing, and lifts with the knees.",
                        "Also sees to it that others can: water, breaks, a clear way to the door, and a word when tempers are short.",
                    ),
                    required=False,
                ),
            ),
        ),
    ),
)
