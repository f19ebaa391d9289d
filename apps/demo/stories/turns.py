"""Work that took a turn: withdrawn, left until it lapsed, returned unjudged, or learned long before."""

from __future__ import annotations

from apps.demo import people
from apps.demo.achievements import CLIP, GEAR, MOVING, TABLE
from apps.demo.evidence import scenes, sheets
from apps.demo.shapes import Answer, Returned, Sitting, Story, certificate, data, days_ago, note, photo, reflection

OLENA_TABLE = Story(
    people.OLENA,
    TABLE,
    (
        Sitting(
            began=days_ago(33, "19:05"),
            overview="The contact list of our choir: 214 rows, four sheets that had been one once.",
            reflection="I looked before I touched, and then I touched too soon.",
            evidence=(
                data(
                    "Before and after, names taken out",
                    "choir.csv",
                    "row,before,after\n1,alto 1,alto\n2,Alt,alto\n3,sop.,soprano\n4,,unknown\n",
                    serves=(1, 2),
                ),
                note("Steps", "Filter, fill down, one lookup. Written so that Rangi could follow them.", serves=(3, 4)),
            ),
            handed_in=days_ago(21, "22:10"),
            withdrawn=days_ago(20, "07:45"),
        ),
    ),
)

BRID_MOVING = Story(
    people.BRID,
    MOVING,
    (
        Sitting(
            began=days_ago(230, "21:15"),
            overview="For my father, while he was at home with us. We learnt it from the nurse who came on Tuesdays.",
        ),
    ),
    lapsed=(days_ago(60, "03:00"), days_ago(44, "03:00")),
)

ANA_GEAR = Story(
    people.ANA,
    GEAR,
    (
        Sitting(
            began=days_ago(30, "18:30"),
            overview="Eight combs over two weekends, on the school's grinder and on my cousin's.",
            reflection="I go by the sound now. I could not say when that began.",
            evidence=(
                photo("The bench", "bench-ana.jpg", scenes.grinder(seed="ana-gear"), serves=(1, 2)),
                note("Log", "Written on the wall of the shed. The picture of it is to come.", serves=(3, 4)),
            ),
            handed_in=days_ago(16, "20:00"),
            returned=Returned(
                by=people.HANA,
                at=days_ago(14, "12:40"),
                reason=(
                    "Your log is on the shed wall and not in here, so two of the four rows cannot be looked at. Add a picture "
                    "of it, close enough to read. Nothing else is in the way."
                ),
            ),
        ),
    ),
)

TANE_CLIP = Story(
    people.TANE,
    CLIP,
    (
        Sitting(
            began=days_ago(70, "19:30"),
            overview=(
                "I have rolled and classed beside my mother's gang since I was sixteen: eleven seasons, crossbred all of them. "
                "What I show is from last season, before I knew of this badge."
            ),
            reflection="Nobody had ever asked me how I know a tender fleece. I had to watch my own hands to write it down.",
            evidence=(
                photo(
                    "Fleece, skirted", "fleece-tane.jpg", scenes.fleece(skirted=True, seed="tane-clip"), serves=(1, 2)
                ),
                photo("Two bales of the main line", "bales.jpg", scenes.bale(number=31, weight=176), serves=(3, 4)),
                data(
                    "Wool book, 14 February",
                    "wool-book.csv",
                    "bale,line,kg,pressed\n29,AA XB,174,10:20\n30,AA XB,177,13:05\n31,AA XB,176,15:40\n32,BB XB,171,17:10\n",
                    serves=(3, 4),
                    at={4: "31,AA XB,176"},
                ),
                certificate(
                    "Woolhandler, second grade",
                    "certificate-tane.pdf",
                    sheets.certificate(
                        "Ridge and River Woolhandlers (invented)",
                        people.TANE.name,
                        "Woolhandler, second grade",
                        "who has thrown, skirted and rolled for a gang of four through two seasons, in crossbred "
                        "wool, and was looked at on three days without being told which.",
                        signed="P. Ormsby-Reti, for the gang",
                    ),
                    serves=(1, 2),
                ),
                reflection(
                    "How I know a tender fleece",
                    "I did not know that I knew. I watched a film of my hands. The left one takes a lock, both pull, and I "
                    "am listening: sound wool rings, tender wool tears like paper. I have done it so often that the lock is "
                    "back before I have thought anything.\n\nI would teach it with the eyes shut.",
                    serves=(3,),
                    at={3: "sound wool rings"},
                ),
                note(
                    "What the buyer's classer said",
                    "“I opened 30 because it looked too good. It was.” He has bought the line three years running.",
                    serves=(3, 5),
                ),
            ),
            handed_in=days_ago(58, "21:10"),
            answer=Answer(
                by=people.WIREMU,
                after=5,
                at="19:20",
                marks=(
                    (3, "Nothing of the belly is near the fleece, and the board behind you is clear."),
                    (4, "Skirted lighter than most would dare, and right for that line."),
                    (4, "A bale opened by somebody who doubted it is the best evidence there is."),
                    (3, "Book, brand and bale agree to the kilogram."),
                    (3, "Three years running says it."),
                ),
                note="You could do this before we had a name for it. Now there is a paper that says so.",
            ),
        ),
    ),
    prior_learning=True,
)

STORIES = (OLENA_TABLE, BRID_MOVING, ANA_GEAR, TANE_CLIP)
