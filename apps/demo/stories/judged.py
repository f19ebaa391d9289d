"""What was handed in for the badges that more than one person judges. How it was judged: apps.demo.judging."""

from __future__ import annotations

from apps.demo import people
from apps.demo.achievements import EXPLAINING, RUNNING, SHOWING
from apps.demo.evidence import charts, reels, scenes, sheets
from apps.demo.shapes import Sitting, Story, data, days_ago, document, film, note, photo, scan, sound, working_days_ago

SCHOOL = "Kōwhai Ridge Shearing School"
COLLEGE = "Longwater Polytechnic"

# --- run a shed: one recommends, another grants -----------------------------------------------------------------------
TANE_RUNNING = Story(
    people.TANE,
    RUNNING,
    (
        Sitting(
            began=days_ago(64, "20:15"),
            overview="Four stands, 1,140 ewes, one day in October while the contractor sat on the rail and drank my tea.",
            reflection="I stopped stand three for a hot handpiece and lost eleven minutes. I would lose them again.",
            evidence=(
                data(
                    "Plan on the wall",
                    "plan.csv",
                    "what,who,if not\nstand 1,Ana,I shear\nstand 3,the new one,three stands and an hour longer\nmob 2,Hēmi,rain: mob 1 twice\n",
                    serves=(1,),
                ),
                photo("The board at ten", "board-ten.jpg", scenes.board(shorn=6, seed="tane-run"), serves=(2,)),
                scan(
                    "The day's book",
                    "book-tane.pdf",
                    sheets.log_sheet(
                        SCHOOL,
                        "Day's book",
                        ("Run", "Stands", "Tally", "Stops", "Why"),
                        (
                            ("1", "4", "301", "0", ""),
                            ("2", "4", "288", "1", "stand 3, hot"),
                            ("3", "4", "276", "0", ""),
                            ("4", "3", "275", "1", "wrist, sent home"),
                        ),
                        signed="P. Ormsby-Reti",
                        remark="Both of us counted out. 1,140.",
                    ),
                    serves=(2, 3),
                    at={3: "page 1"},
                ),
                note(
                    "To the farmer",
                    "Noon: 589, and why. Five o'clock: done, one short, and what it costs.",
                    serves=(4,),
                ),
            ),
            handed_in=days_ago(50, "21:05"),
        ),
    ),
)

ANA_RUNNING = Story(
    people.ANA,
    RUNNING,
    (
        Sitting(
            began=days_ago(26, "19:30"),
            overview="Four stands at my cousin's, hill ewes, wind. Hana was on the rail until smoko and then went home on purpose.",
            reflection="I talk too late. At noon the farmer knew already that a stand was empty: his dog had told him.",
            evidence=(
                data(
                    "Plan",
                    "plan-ana.csv",
                    "stand,who,instead\n1,me,nobody\n2,Tāne,me\n3,Semisi,closed\n4,a learner,closed\n",
                    serves=(1,),
                ),
                photo("Before the first run", "board-ana.jpg", scenes.board(shorn=0, seed="ana-run"), serves=(2,)),
                scan(
                    "The day's book, two pages",
                    "book-ana.pdf",
                    sheets.log_sheet(
                        SCHOOL,
                        "Day's book",
                        ("Run", "Stands", "Tally", "Stops", "Why"),
                        (("1", "4", "244", "0", ""), ("2", "3", "201", "1", "stand 4, guard")),
                        signed="A. Quispe",
                    ),
                    sheets.log_sheet(
                        SCHOOL,
                        "Day's book, afternoon",
                        ("Run", "Stands", "Tally", "Stops", "Why"),
                        (("3", "4", "238", "0", ""), ("4", "4", "231", "0", "")),
                        signed="A. Quispe",
                        remark="Signed by both. Tomorrow: guard checked at breakfast.",
                    ),
                    serves=(2, 3),
                    at={3: "page 2"},
                ),
                note(
                    "What I told him",
                    "At noon, 445 and one stand late. At night, 914, and that I'd pay the hour.",
                    serves=(4,),
                ),
            ),
            handed_in=working_days_ago(6, "20:40"),
        ),
    ),
)

HEMI_RUNNING = Story(
    people.HEMI,
    RUNNING,
    (
        Sitting(
            began=days_ago(24, "20:50"),
            overview="Uncle's shed, five stands, my turn to be the one who says when.",
            reflection="I wrote the tallies at each run and the stops at night, from memory. I will not do that again.",
            evidence=(
                data("Plan", "plan-hemi.csv", "stand,who\n1,Uncle\n2,Callum\n3,me\n4,open\n5,open\n", serves=(1,)),
                photo("Third run", "board-hemi.jpg", scenes.board(shorn=4, seed="hemi-run"), serves=(2,)),
                data(
                    "The book",
                    "book-hemi.csv",
                    "run,stands,tally,stops\n1,3,190,\n2,3,184,gate\n3,3,179,\n4,3,171,cutter\n",
                    serves=(3,),
                ),
                note(
                    "To the farmer",
                    "He is Uncle's brother and was there all day. I told him at noon anyway.",
                    serves=(4,),
                ),
            ),
            handed_in=working_days_ago(5, "21:30"),
        ),
    ),
)

SEMISI_RUNNING = Story(
    people.SEMISI,
    RUNNING,
    (
        Sitting(
            began=days_ago(22, "19:00"),
            overview="One day in charge of four stands, because Hana had the flu. Three of us from church and a man from Dunedin.",
            reflection="People do what I ask when I ask one of them at a time.",
            evidence=(
                data("Plan", "plan-semisi.csv", "stand,who,break\n1,S,10\n2,T,10\n3,V,10:15\n4,M,10:15\n", serves=(1,)),
                photo("The board", "board-semisi.jpg", scenes.board(shorn=5, seed="semisi-run"), serves=(2,)),
                data(
                    "The book", "book-semisi.csv", "run,tally,stops\n1,240,\n2,236,comb\n3,241,\n4,228,\n", serves=(3,)
                ),
                note("To the farmer", "Twice, by telephone, since he was in town. Mālō for the lamb.", serves=(4,)),
            ),
            handed_in=working_days_ago(4, "20:10"),
        ),
    ),
)

# --- show a colleague: one decides, and every decision is moderated
# ---------------------------------------------------
BRID_SHOWING = Story(
    people.BRID,
    SHOWING,
    (
        Sitting(
            began=days_ago(70, "20:00"),
            overview="I showed a new carer how we wash and dress a man who is afraid of water. Two mornings.",
            reflection="She did it alone on the second morning, while I stood in the passage. I think I could have stood further away.",
            evidence=(
                scan(
                    "My plan",
                    "plan-brid.pdf",
                    sheets.checklist(
                        COLLEGE,
                        "Washing and dressing: in steps",
                        (
                            ("She watches me, and I say aloud why", True),
                            ("Together: she has the cloth, I have the towel", True),
                            ("She alone, I in the passage", True),
                            ("She alone, I downstairs", False),
                        ),
                        signed="B. Ní Chonaill",
                        remark="Fourth step is for next week.",
                    ),
                    serves=(1,),
                ),
                note("Notes", "First morning: I helped with the sleeves. Second: I did not go in.", serves=(2,)),
                note(
                    "What she said",
                    "“I warm the cloth first and I tell him before each arm.” She would ring if he wept.",
                    serves=(3,),
                ),
            ),
            handed_in=days_ago(46, "21:40"),
        ),
    ),
)

LAYLA_SHOWING = Story(
    people.LAYLA,
    SHOWING,
    (
        Sitting(
            began=days_ago(30, "20:20"),
            overview="A nurse from home began with us in spring. I showed her the hoist as it is done here: she has lifted people all her life.",
            reflection="To teach somebody who knows more is to say: not wrong, only not here. الصبر نصف العلم.",
            evidence=(
                scan(
                    "Plan in five steps",
                    "plan-layla.pdf",
                    sheets.checklist(
                        COLLEGE,
                        "The hoist, as it is done here",
                        (
                            ("She reads the care plan to me, I ask", True),
                            ("I move, she says each step before I do it", True),
                            ("She moves, I hold the sling", True),
                            ("She moves with a third person, I watch", True),
                            ("She shows it to me as if I were new", True),
                        ),
                        signed="L. al-Haddad",
                        remark="She asked for step 2 herself.",
                    ),
                    serves=(1, 2),
                    at={1: "page 1"},
                ),
                sound(
                    "She tells it back",
                    "tells-it-back.wav",
                    *((140, 2), (124, 3), (151, 2)),
                    serves=(3,),
                    at={3: "0:02"},
                    transcript="0:00 First the plan. 0:02 I ask, and if she says no I put the sling back. 0:05 I would ring you.",
                ),
                note(
                    "Where I stepped in",
                    "Twice: the castors, and a knot in the loop. Both times before anything moved.",
                    serves=(2,),
                ),
            ),
            handed_in=days_ago(19, "22:05"),
        ),
    ),
)

SEMISI_SHOWING = Story(
    people.SEMISI,
    SHOWING,
    (
        Sitting(
            began=days_ago(43, "18:45"),
            overview="The bath chair, for a school leaver on her first weekends. Three Saturdays.",
            reflection="I counted to ten in Tongan before I helped. Mostly I did not have to help.",
            evidence=(
                scan(
                    "Plan",
                    "plan-semisi.pdf",
                    sheets.checklist(
                        COLLEGE,
                        "Bath chair, three Saturdays",
                        (
                            ("Saturday 1: she reads the plan, I do, she says what comes", True),
                            ("Saturday 2: she does, I count to ten", True),
                            ("Saturday 3: she does, and chooses when to call me", True),
                        ),
                        signed="S. Vaʻenuku",
                    ),
                    serves=(1,),
                ),
                note(
                    "Where I helped",
                    "Once, with the brake on the chair. She asked, so that counts for her.",
                    serves=(2,),
                ),
                note("What she says", "“Plan, ask, sling, ask, lift. If he says later, it's later.”", serves=(3,)),
            ),
            handed_in=days_ago(33, "21:15"),
        ),
    ),
)

HOA_SHOWING = Story(
    people.HOA,
    SHOWING,
    (
        Sitting(
            began=days_ago(23, "21:00"),
            overview="At the bakery there is somebody new each month. I showed one how we start the bread.",
            reflection="She is quicker than I was.",
            evidence=(
                data("Plan", "plan-hoa.csv", "night,what\n1,she watches\n2,she weighs\n3,she does it\n", serves=(1,)),
                note("Nights", "First night she watched, second she weighed, third she did all of it.", serves=(2, 3)),
            ),
            handed_in=days_ago(21, "23:30"),
        ),
    ),
)

# --- explain a task: two mark independently and blind, and a moderator checks before anyone is told
# -------------------
_DOUGH = (
    "Wash your hands. The scale shows 0",
    "Flour in the bowl until it says 500",
    "A hollow in the middle. It looks like a nest",
    "Water in the hollow: on your wrist you feel nothing",
    "Stir from the middle until nothing is dry",
    "Cover. Come back when it is twice as high",
)
_TILL = (
    "Drawer open? Count before anything else",
    "Write the number down before you touch the key",
    "Key to Z. Not X: X does not close the day",
    "Wait until the paper stops. It is a hand long",
    "Count again. Same number? Then the drawer goes in the safe",
)
_LIST = (
    "Have ready: your key card, the old list open, ten minutes without the telephone",
    "Old list: File, Save a copy. You see “copy” in its name",
    "Close the old one. From here on only the copy",
    "New list: Bring in, choose the copy. You see a number of rows",
    "Is it the number at the foot of the old one? If not, stop and ring 21",
)
_FILTER = (
    "Bucket under, towel beside",
    "Shut the tap: handle across the pipe",
    "Press the red button until it hisses no more",
    "Now turn the bowl towards the window",
)
_CHOIR = (
    "You need: the recorder, its cable, the choir's password on the fridge",
    "Name the file by day and song. No spaces",
    "Drop it in the folder with the year",
    "Play it from your telephone. You hear it? Done",
)
_SLING = (
    "Hold it up by two loops. Is every loop whole? If not: bin, and tell the nurse",
    "Run each seam through two fingers. Nothing catches",
    "Label, inside, left: can you read it? If not, put it back and take another",
    "Size on the label is the size in the plan",
)


def _page(title: str, steps: tuple[str, ...], *, done: int = 0, remark: str = "") -> str:
    """A page of steps to follow, of which the person following it has ticked the first `done`."""
    ticked = tuple((step, place < done) for place, step in enumerate(steps))
    return sheets.checklist(COLLEGE, title, ticked, remark=remark)


HOA_EXPLAINING = Story(
    people.HOA,
    EXPLAINING,
    (
        Sitting(
            began=days_ago(18, "21:30"),
            overview="How we start the bread at the bakery where I work nights. Two people who had never baked followed my page; I sat on my hands.",
            reflection="The first one stopped at “lukewarm”. Nobody knows what lukewarm is. Now it says: on your wrist you feel nothing.",
            evidence=(
                scan(
                    "The page, first and now",
                    "bread-page.pdf",
                    _page("Start the dough (first)", _DOUGH),
                    _page("Start the dough (now)", _DOUGH, remark="Wrist test: new. Photo of the nest: new."),
                    serves=(1, 2, 3),
                    at={1: "page 2", 3: "page 2"},
                ),
                film(
                    "The second one follows it",
                    "follows-bread.webm",
                    reels.followed(_page, "Start the dough (now)", _DOUGH),
                    serves=(2, 4),
                    at={4: "0:03"},
                    transcript="Nobody speaks. A pencil ticks the steps; at 0:03 it waits at the water, then goes on.",
                    agreed="Only a hand and a page are seen; she agreed and has watched it.",
                ),
                photo(
                    "Who sat where",
                    "who-sat-where.jpg",
                    scenes.three_chairs(labels=("page", "Hoa", "baker")),
                    serves=(4,),
                    shows_me=True,
                ),
                document(
                    "Where they stopped",
                    "stops.txt",
                    "First: step 4, 40 seconds, asked what lukewarm is. Step 6, went home and came back.\n"
                    "Changed: step 4. A line in step 6: twice as high is about one hour.\n"
                    "Second: step 4, 5 seconds. Nothing else.\n\nNguyễn Thị Hoa\n",
                    serves=(4,),
                ),
            ),
            handed_in=working_days_ago(5, "23:10"),
        ),
    ),
)

ANITA_EXPLAINING = Story(
    people.ANITA,
    EXPLAINING,
    (
        Sitting(
            began=days_ago(27, "20:10"),
            overview="Closing the till at the shop. Until now it was explained by shouting from the back.",
            reflection="I wanted to explain why. They wanted to go home. The why is now at the bottom, in grey.",
            evidence=(
                scan(
                    "The page, now",
                    "till-page.pdf",
                    _page("Close the till", _TILL, remark="Why Z and not X: see below."),
                    serves=(1, 2, 3),
                    at={2: "page 1"},
                ),
                photo(
                    "Stops at each step, counted",
                    "stops.png",
                    charts.bars(
                        "Stops", {"Step 1": 0, "Step 2": 3, "Step 3": 5, "Step 4": 1}, unit="times, of six people"
                    ),
                    serves=(4,),
                ),
                note(
                    "What I changed",
                    "Step 3 was two steps and named no key. The second three stopped there once in all.",
                    serves=(4,),
                ),
            ),
            handed_in=working_days_ago(8, "21:20"),
        ),
    ),
)

JIHOON_EXPLAINING = Story(
    people.JIHOON,
    EXPLAINING,
    (
        Sitting(
            began=days_ago(40, "22:30"),
            overview="How to move the practice's old appointment list into the new one: eleven steps, one cup of tea.",
            reflection="Each “simply” in my first page stood exactly where somebody stopped. There are none left.",
            evidence=(
                scan(
                    "The page",
                    "list-page.pdf",
                    _page("Move the list", _LIST),
                    serves=(1, 2, 3),
                    at={3: "page 1"},
                ),
                film(
                    "Followed by a receptionist",
                    "follows-list.webm",
                    reels.followed(_page, "Move the list", _LIST),
                    serves=(4,),
                    at={4: "0:04"},
                    transcript="Nobody speaks. At 0:04 the pencil waits for the number of rows.",
                    agreed="A hand and a page; she agreed by e-mail.",
                ),
                note(
                    "Two rounds",
                    "First: three stops (steps 2, 4, 4). Changed: what one sees. Second: none.",
                    serves=(4,),
                ),
            ),
            handed_in=working_days_ago(9, "22:50"),
        ),
    ),
)

MEILING_EXPLAINING = Story(
    people.MEILING,
    EXPLAINING,
    (
        Sitting(
            began=days_ago(80, "20:35"),
            overview="How to change the filter of the hall's water, which only Rangi could do. 一步一步。",
            reflection="I drew the tap from above because one stands above it. That was worth more than three sentences.",
            evidence=(
                scan(
                    "The page, with the tap from above",
                    "filter-page.pdf",
                    _page("Change the filter", _FILTER),
                    serves=(1, 2, 3),
                ),
                photo("The button that comes first", "button.jpg", scenes.clarity_tube(reading=31), serves=(3,)),
                note(
                    "Watched",
                    "Two neighbours, a week apart. The first turned before pressing and we mopped. The button moved up a step.",
                    serves=(4,),
                ),
            ),
            handed_in=days_ago(66, "21:55"),
        ),
    ),
)

OLENA_EXPLAINING = Story(
    people.OLENA,
    EXPLAINING,
    (
        Sitting(
            began=days_ago(50, "19:40"),
            overview="How to put the choir's recordings where everybody finds them.",
            reflection="Хто пояснює, той вчиться: who explains, learns. I had been doing step 5 wrong for a year.",
            evidence=(
                scan(
                    "The page",
                    "choir-page.pdf",
                    _page("Put a recording up", _CHOIR),
                    serves=(1, 2, 3),
                ),
                note(
                    "Two singers",
                    "First: stopped at the name (what is a space?). Changed: an example. Second: did it in four minutes, and "
                    "asked whether that was all.",
                    serves=(4,),
                ),
                data("Times", "times.csv", "who,step,seconds\n1,2,95\n1,4,10\n2,2,8\n2,4,9\n", serves=(4,)),
            ),
            handed_in=days_ago(27, "20:25"),
        ),
    ),
)

MARAMA_EXPLAINING = Story(
    people.MARAMA,
    EXPLAINING,
    (
        Sitting(
            began=days_ago(75, "20:55"),
            overview="How to check a sling before it goes round anybody: the page that now hangs on the hoist at work.",
            reflection="I put the label first, because it is what I was cross about. Two people stood there looking for it and never looked at the loops. Loops first, now.",
            evidence=(
                scan(
                    "The page, first and now",
                    "sling-page.pdf",
                    _page("Check a sling (first)", ("Find the label", "Loops and seams", "Size")),
                    _page("Check a sling (now)", _SLING),
                    serves=(1, 2, 3),
                    at={2: "page 2", 3: "page 2"},
                ),
                film(
                    "A new colleague follows it",
                    "follows-sling.webm",
                    reels.followed(_page, "Check a sling (now)", _SLING),
                    serves=(4,),
                    at={4: "0:05"},
                    transcript="Nobody speaks. At 0:02 the pencil waits; from 0:03 on it goes down the page.",
                    agreed="A hand and a page; she agreed.",
                ),
                note(
                    "The first one, a week before",
                    "Monday, the old page: forty seconds at the label, loops not looked at. I turned the page round that night.",
                    serves=(4,),
                    at={4: "forty seconds at the label"},
                ),
            ),
            handed_in=days_ago(58, "22:15"),
        ),
    ),
)

STORIES = (
    *(TANE_RUNNING, ANA_RUNNING, HEMI_RUNNING, SEMISI_RUNNING),
    *(BRID_SHOWING, LAYLA_SHOWING, SEMISI_SHOWING, HOA_SHOWING),
    *(HOA_EXPLAINING, ANITA_EXPLAINING, JIHOON_EXPLAINING, MEILING_EXPLAINING, OLENA_EXPLAINING, MARAMA_EXPLAINING),
)
