"""Work for Kōwhai Ridge: shearing, gear, wool."""

from __future__ import annotations

from apps.demo import people
from apps.demo.achievements import CLIP, GEAR, SHEARING
from apps.demo.evidence import charts, reels, scenes, sheets
from apps.demo.shapes import (
    Answer,
    Desk,
    Noted,
    Sitting,
    Story,
    data,
    days_ago,
    film,
    link,
    minutes_ago,
    note,
    photo,
    scan,
    sound,
    working_days_ago,
)

SCHOOL = "Kōwhai Ridge Shearing School"

MARAMA_GEAR = Story(
    people.MARAMA,
    GEAR,
    (
        Sitting(
            began=days_ago(412, "20:10"),
            overview=(
                "I looked after the gear for a gang of three for seventeen days at Kōwhai Ridge and two sheds further up the "
                "valley: 14 combs and 46 cutters. Hana showed me the grinder on the first morning; after that I ground alone, "
                "in the lean-to, after tea. Two combs went in the bin and I would do that sooner now."
            ),
            reflection=(
                "I used to think sharp meant bright. It means even: when sparks come off half the face the other half is "
                "still blunt, however it shines. The cutter that ran hot on day nine was my tension, not the grind. Next time "
                "I measure before I grind, not only when something feels thin."
            ),
            evidence=(
                photo("The grinder as I set it up", "grinder-setup.jpg", scenes.grinder(sparks=False), serves=(1,)),
                photo(
                    "Day 1: dull, before",
                    "gear-before.jpg",
                    scenes.gear(combs=4, cutters=6, tag="before", seed="m1"),
                    serves=(2,),
                ),
                photo(
                    "The same, after",
                    "gear-after.jpg",
                    scenes.gear(combs=4, cutters=6, tag="after", seed="m2"),
                    serves=(2, 3),
                ),
                scan(
                    "Grinding log, first week",
                    "grinding-log.pdf",
                    sheets.log_sheet(
                        SCHOOL,
                        "Grinding log",
                        ("Day", "Comb", "Cutters", "Why", "Ran"),
                        (
                            ("1", "A1", "4", "dull", "cool"),
                            ("2", "A2", "3", "drag", "cool"),
                            ("3", "A1", "3", "dull", "cool"),
                            ("4", "B4", "4", "new", "warm"),
                            ("5", "B4", "2", "tension", "cool"),
                            ("6", "A2", "3", "chatter", "cool"),
                            ("7", "C1", "0", "too thin", "binned"),
                        ),
                        signed="H. Ngātai",
                        remark="C1 measured 1.6 at the bottom tooth. Broken and binned.",
                    ),
                    serves=(2, 4),
                    at={4: "page 1"},
                ),
                note(
                    "What the shearer said",
                    "“Ran all four runs on two cutters and never had to wet the handpiece. Best gear I've had off somebody "
                    "new.” Said by the ganger, who is happy to be phoned; Hana has the number.",
                    serves=(3,),
                ),
            ),
            handed_in=days_ago(398, "21:02"),
            answer=Answer(
                by=people.TEVITA,
                after=4,
                at="07:40",
                marks=(
                    (
                        3,
                        "Paper flat and centred, pendulum set with the gauge in the picture, guards on. You moved the dog out first, which made me smile and is exactly right.",
                    ),
                    (
                        3,
                        "I held your picture of B4 against the light, so to speak: the hollow is even to the end teeth. No blue anywhere.",
                    ),
                    (
                        3,
                        "Finding that day 9 was tension and not grind is the sign of somebody who understands the handpiece. The ganger told me the same on the phone.",
                    ),
                    (3, "Your log says how each one ran, and C1 was measured and broken. Keep doing that."),
                ),
                note="A clean piece of work, Mārama. Measure before you grind, as you say yourself, and your combs will last a third longer.",
            ),
        ),
    ),
)

MARAMA_SHEARING = Story(
    people.MARAMA,
    SHEARING,
    (
        Sitting(
            began=days_ago(352, "19:30"),
            overview=(
                "Main shear, eleven days, crossbred ewes in full wool, second stand of four. I had shorn about 260 before the "
                "day of the video. Wiremu kept the tally. The video shows ewes 31 and 32 of the third run."
            ),
            reflection=(
                "My right side is better than my left. On the last side I rush because I can see the end, and that is where "
                "both my nicks are. I also noticed on the video that I drag the second ewe by the wool for two steps, which I "
                "would have sworn I never do."
            ),
            evidence=(
                link(
                    "Two ewes, catch to porthole, 7 minutes",
                    "https://video.example/w/kr-ewes-31-32",
                    serves=(1, 2),
                    at={1: "0:20", 2: "1:45"},
                ),
                photo("Ewe 31, right side", "ewe31-right.jpg", scenes.ewe(nicks=0, seed="e31"), serves=(3,)),
                photo("Ewe 32, last side", "ewe32-left.jpg", scenes.ewe(nicks=3, seed="e32"), serves=(3,)),
                scan(
                    "Tally of the day",
                    "tally.pdf",
                    sheets.log_sheet(
                        SCHOOL,
                        "Tally, stand 2",
                        ("Run", "Out", "Nicks", "Treated"),
                        (
                            ("1", "26", "1", "yes"),
                            ("2", "27", "0", "-"),
                            ("3", "27", "3", "yes"),
                            ("4", "24", "2", "yes"),
                        ),
                        signed="W. Pēwhairangi",
                    ),
                    serves=(2, 3),
                ),
                note(
                    "Before I pull the cord",
                    "Cord in reach and pulls free. Downtube hangs plumb and the joint isn't worn. Comb screws tight, lead a "
                    "matchstick, tension just past chatter. Moccasins dry, board dry, oil on the hook. Full ewes go back: I "
                    "turned four out on the morning of the video because they had been brought in late.",
                    serves=(4,),
                ),
            ),
            handed_in=days_ago(338, "20:48"),
            answer=Answer(
                by=people.TEVITA,
                after=8,
                at="08:15",
                marks=(
                    (
                        2,
                        "Ewe 31 is caught and set the way it is taught. Ewe 32 is walked two steps by the wool from the pen door, at 3:52. Show me two in a row with chin and flank in hand the whole way.",
                    ),
                    (3, "Long blow is a pleasure to watch: knees hold her, feet go first."),
                    (
                        2,
                        "Three nicks on 32, all on the last side, all treated. Two or fewer is what is needed. You name the reason yourself: you hurry when you see the end. Slow the last five blows and film one more.",
                    ),
                    (3, "Turning back the full ewes is the best thing on this page. Thank you for writing it down."),
                ),
                note=(
                    "Two things to change, and you have found both of them already. One short video is enough next time: two "
                    "catches and two last sides. Nothing else has to be handed in again."
                ),
            ),
        ),
        Sitting(
            began=days_ago(321, "20:20"),
            reflection=(
                "I used to think the end of a ewe was where I made up time. Three weeks of counting to five on the last side "
                "cost me two ewes a run to begin with and nothing now. The catch was easier: Hana put a strap on the pen door "
                "at hip height, and I haven't touched wool since."
            ),
            evidence=(
                link(
                    "Two catches, two last sides, 4 minutes",
                    "https://video.example/w/kr-last-sides",
                    serves=(1, 2),
                    at={1: "0:10", 2: "1:20"},
                ),
                photo("Both ewes after, last side", "last-sides.jpg", scenes.ewe(nicks=1, seed="e2"), serves=(3,)),
            ),
            handed_in=days_ago(316, "19:12"),
            answer=Answer(
                by=people.TEVITA,
                after=5,
                at="17:20",
                marks=(
                    (3, "Both catches clean, and she is sitting before you have finished breathing out."),
                    (3, "As before. The feet are quieter still."),
                    (3, "One shallow nick on two ewes, treated before the blow was finished. The count to five shows."),
                    (3, "As before."),
                ),
                note="That is it. You changed a habit in three weeks and told us how, which is harder than shearing. Well done.",
            ),
        ),
    ),
    public=True,
)

HEMI_SHEARING = Story(
    people.HEMI,
    SHEARING,
    (
        Sitting(
            began=days_ago(92, "20:30"),
            overview=(
                "Pre-lamb, nine days at my uncle's and four at Kōwhai Ridge, third stand. About 1,100 ewes all up, crossbred, "
                "eight months' wool. The two on the video are from my last afternoon."
            ),
            reflection=(
                "Pace came when I stopped chasing it. My best run had my fewest second cuts, and I only know because Ana on "
                "the table kept a count and wouldn't let me see it till smoko. If I did this block again I'd get my back sling "
                "out on day one instead of day six."
            ),
            evidence=(
                link(
                    "Two ewes, uncut, 6 minutes 10",
                    "https://video.example/w/hemi-last-arvo",
                    serves=(1, 2, 3),
                    at={3: "2:50"},
                ),
                photo("Both sides of both", "both-sides.jpg", scenes.ewe(nicks=1, seed="h1"), serves=(3, 4)),
                photo("Ewes from the porthole, run 4", "run4.jpg", scenes.board(shorn=6, seed="h"), serves=(4, 6)),
                photo(
                    "Tally by run",
                    "tally-chart.png",
                    charts.bars(
                        "Hēmi, stand 3",
                        {"Run 1": 29, "Run 2": 31, "Run 3": 33, "Run 4": 32},
                        unit="ewes in two hours",
                        target=25,
                    ),
                    serves=(6,),
                ),
                data(
                    "Second cuts as Ana counted them",
                    "second-cuts.csv",
                    "run,ewe,neck,long_blow,last_side\n1,1,2,0,1\n1,5,1,0,2\n1,10,1,0,1\n2,1,1,0,1\n2,5,0,0,1\n"
                    "2,10,1,0,0\n3,1,0,0,1\n3,5,0,0,0\n3,10,1,0,0\n4,1,0,0,1\n4,5,0,0,0\n4,10,0,0,1\n",
                    serves=(3,),
                ),
                note(
                    "Stand checks",
                    "Cord, downtube, comb lead, tension, shoes, dry board. Again after each comb. Off before I put it down, "
                    "every time. On day two I asked for stand 4 to be stopped because its cord hung behind the shearer; it was "
                    "moved at smoko.",
                    serves=(5,),
                ),
            ),
            handed_in=days_ago(80, "21:10"),
            answer=Answer(
                by=people.HANA,
                after=9,
                at="06:35",
                marks=(
                    (4, "Both set calmly, and you are looking at the next one while you straighten up."),
                    (3, "Order and feet are right. The rhythm drops a little on the second last side; it will come."),
                    (
                        3,
                        "Ana's count is better evidence than any picture: from four a ewe to one in a day, and none on the long blow.",
                    ),
                    (3, "One nick, shallow, treated. You didn't say how long they had been off feed: ask, every time."),
                    (4, "You stopped a stand that wasn't yours, politely. That is what leading means here."),
                    (
                        3,
                        "Thirty-one on average, and the last five as clean as the first. Thirty-five will come without being asked for.",
                    ),
                ),
                note="He tino pai, Hēmi. Get the sling out on day one.",
            ),
        ),
    ),
    lent=True,
)

TANE_SHEARING = Story(
    people.TANE,
    SHEARING,
    (
        Sitting(
            began=days_ago(30, "19:50"),
            overview=(
                "Six days on the fourth stand, 540 ewes. I came to this from pressing, so I know the shed but my hands were new "
                "to a handpiece in winter. The video is from day six."
            ),
            reflection=(
                "My neck blow is where I lose it: I lift the comb when I get near the ear. Watching the film with the sound off "
                "helped more than anything anybody said. I'd ask for the slower handpiece to begin with."
            ),
            evidence=(
                link(
                    "Two ewes, day six, 9 minutes",
                    "https://video.example/w/tane-day-six",
                    serves=(1, 2, 3),
                    at={1: "0:15", 3: "7:15"},
                ),
                film(
                    "The last side from close by",
                    "last-side.webm",
                    reels.last_side(seed="tane"),
                    serves=(2, 3),
                    at={2: "0:01", 3: "0:06"},
                    transcript="Nobody speaks. The handpiece goes from the flank to the backbone, six blows, and does not stop.",
                    agreed="My hand. Wiremu held the telephone and said on the day that I may hand it in.",
                ),
                photo(
                    "First ewe, both sides",
                    "ewe-a.jpg",
                    scenes.ewe(nicks=1, seed="ta"),
                    serves=(4,),
                    at={4: "the one nick, behind the shoulder"},
                ),
                photo("The table under my stand", "table.jpg", scenes.fleece(skirted=False, seed="tane"), serves=(3,)),
                scan(
                    "Tally, days five and six",
                    "tally-days-5-6.pdf",
                    sheets.log_sheet(
                        SCHOOL,
                        "Tally, stand 4, day five",
                        ("Run", "Out", "Nicks", "Last five"),
                        (
                            ("1", "20", "2", "ok"),
                            ("2", "21", "2", "ok"),
                            ("3", "23", "1", "ok"),
                            ("4", "21", "3", "rough"),
                        ),
                        signed="H. Ngātai",
                    ),
                    sheets.log_sheet(
                        SCHOOL,
                        "Tally, stand 4, day six",
                        ("Run", "Out", "Nicks", "Last five"),
                        (
                            ("1", "22", "1", "ok"),
                            ("2", "24", "2", "ok"),
                            ("3", "26", "1", "ok"),
                            ("4", "25", "2", "a bit rough"),
                        ),
                        signed="H. Ngātai",
                        remark="Run 4: wind got up, ewes wet on the back.",
                    ),
                    serves=(4, 6),
                    at={4: "page 2", 6: "page 2"},
                ),
                note(
                    "Checks",
                    "Cord, tube, lead, tension, moccasins, board. After every comb too. Machine off when it's down.",
                    serves=(5,),
                ),
            ),
            handed_in=working_days_ago(6, "20:15"),
            desk=Desk(
                by=people.TEVITA,
                since=minutes_ago(50),
                marks=(
                    (3, "Chin, flank, back, sit. Twice the same."),
                    (3, ""),
                    (2, "Neck and last shoulder both show second cuts, 2:40 and 7:15. "),
                    (None, ""),
                    (3, "All there, and again after the comb."),
                    (None, ""),
                ),
                notes=(
                    Noted(
                        "Here the comb lifts before the ear: stop the film and look at your left hand.",
                        on="The last side from close by",
                        at="0:06",
                        criterion=3,
                        for_learner=True,
                    ),
                    Noted(
                        "Is this run the same day as the long film? The light is another.",
                        on="The last side from close by",
                        at="0:01",
                    ),
                    Noted(
                        "Run 3 holds, run 4 nearly. Count it as a run?",
                        on="Tally, days five and six",
                        at="page 2",
                        criterion=6,
                    ),
                    Noted(
                        "“Ewes wet on the back”: good that you wrote it down.",
                        on="Tally, days five and six",
                        at="page 2",
                        for_learner=True,
                    ),
                ),
            ),
        ),
    ),
)

CALLUM_SHEARING = Story(
    people.CALLUM,
    SHEARING,
    (
        Sitting(
            began=days_ago(36, "21:00"),
            overview=(
                "Second season. Four sheds, mostly two-tooths and mixed-age ewes, 1,400 or so since March. I did the gear badge "
                "on the side, which is going worse than this. Video is ewes 12 and 13 of run two, stand 1."
            ),
            reflection=(
                "I learnt that I talk to the ewe when I'm unsure. When I'm quiet it goes well. Different next time: I would "
                "film earlier in the day, my legs are gone in the last half hour and you can see it."
            ),
            evidence=(
                link("Ewes 12 and 13", "https://video.example/w/cf-12-13", serves=(1, 2, 3)),
                photo("Ewe 12", "IMG_2290.jpg", scenes.ewe(nicks=0, seed="c12"), serves=(3, 4)),
                photo("Ewe 13", "IMG_2291.jpg", scenes.ewe(nicks=2, seed="c13"), serves=(4,)),
                photo(
                    "My runs, two days",
                    "runs.png",
                    charts.bars(
                        "Callum, stand 1",
                        {
                            "Mon 1": 27,
                            "Mon 2": 30,
                            "Mon 3": 29,
                            "Mon 4": 24,
                            "Tue 1": 28,
                            "Tue 2": 31,
                            "Tue 3": 30,
                            "Tue 4": 26,
                        },
                        unit="ewes in two hours",
                        target=25,
                    ),
                    serves=(6,),
                ),
                note(
                    "Safety",
                    "I check cord, downtube, tension, lead and my shoes, and I wipe the board if a ewe has wet it.",
                    serves=(5,),
                ),
            ),
            handed_in=working_days_ago(12, "22:31"),
        ),
    ),
)

ANA_SHEARING = Story(
    people.ANA,
    SHEARING,
    (
        Sitting(
            began=days_ago(48, "18:10"),
            overview=(
                "I am a woolhandler first. Since autumn I shear the last half run each day so that the men can go and press. "
                "310 ewes so far. Hana let me take stand 3 for a whole day for this."
            ),
            reflection=(
                "At home in the altiplano we shear with blades and the sheep lies on its side with its feet tied. To sit her "
                "up and hold her with my knees is another animal. I am proud of the catch. I am not proud of my speed, and I "
                "know why: I stop to look. Next time I look with the hand."
            ),
            evidence=(
                link("Two ewes, 11 minutes", "https://video.example/w/ana-stand3", serves=(1, 2, 3)),
                photo("Ewe 1", "oveja-1.jpg", scenes.ewe(nicks=0, seed="a1"), serves=(3, 4)),
                scan(
                    "Tally of my day",
                    "tally-ana.pdf",
                    sheets.log_sheet(
                        SCHOOL,
                        "Tally, stand 3",
                        ("Run", "Out", "Nicks", "Treated"),
                        (("1", "16", "0", "-"), ("2", "17", "0", "-"), ("3", "18", "1", "yes"), ("4", "17", "0", "-")),
                        signed="H. Ngātai",
                    ),
                    serves=(4, 6),
                ),
                note(
                    "My checks",
                    "Cord. Tube. Lead. Tension. Shoes. Floor. Water for the ewes. I say them aloud in Quechua so I forget none.",
                    serves=(5,),
                ),
            ),
            handed_in=days_ago(19, "20:02"),
            answer=Answer(
                by=people.HANA,
                after=7,
                at="20:45",
                marks=(
                    (
                        4,
                        "The calmest catch I have filmed in this shed. I have shown it, with your leave, to the others.",
                    ),
                    (3, "Order is right and unprompted. Feet first on every blow but one."),
                    (3, "Few, and all at the neck. Your table eye helps you here."),
                    (3, "One nick in sixty-eight ewes. Nothing more to say."),
                    (3, "All made, aloud, and again after the comb."),
                    (
                        2,
                        "Seventeen a run, and every one clean. 25 is what is needed. Don't hurry: leave out the looking, as you say, and the pauses after the belly and before the neck (a minute and a half on each ewe of the video). When you have one run of 25, send that tally alone.",
                    ),
                ),
                note="One thing to change, and it is only time. Send one tally of one run and we look at nothing else.",
            ),
        ),
    ),
)

TANE_GEAR = Story(
    people.TANE,
    GEAR,
    (
        Sitting(
            began=days_ago(240, "18:50"),
            overview="Twelve combs, thirty-eight cutters, three weeks, for two stands. I was the presser, so I ground at lunch and after the last run.",
            reflection="The first week I took too much metal off because I liked the sparks. The second week I wrote down the thickness and got ashamed. Third week was all right.",
            evidence=(
                photo("Guards on, glasses on the bench", "bench.jpg", scenes.grinder(seed="tane"), serves=(1, 2)),
                photo(
                    "Week three, ready for Monday",
                    "week3.jpg",
                    scenes.gear(combs=3, cutters=7, tag="week 3", seed="tg"),
                    serves=(2, 3),
                ),
                data(
                    "Log, all three weeks",
                    "log.csv",
                    "day,comb,cutters,before_mm,after_mm,ran\n1,K1,4,2.9,2.5,warm\n2,K2,3,2.8,2.5,cool\n4,K1,3,2.5,2.2,cool\n"
                    "8,K3,4,3.0,2.9,cool\n9,K2,3,2.5,2.4,cool\n10,K4,4,2.9,2.8,cool\n15,K1,2,2.2,2.1,cool\n"
                    "16,K3,4,2.9,2.8,cool\n17,K5,3,2.8,2.7,cool\n19,K1,0,1.7,,binned\n",
                    serves=(3, 4),
                    at={4: "binned"},
                ),
            ),
            handed_in=days_ago(214, "19:40"),
            answer=Answer(
                by=people.HANA,
                after=3,
                at="12:30",
                marks=(
                    (3, "Guards, glasses, nobody in the doorway. Good."),
                    (4, "0.4 a time in week one, 0.1 in week three, and you wrote both down. That is the whole craft."),
                    (3, "One warm run in twenty, and you found why."),
                    (2, "The log is enough. Add how it ran in the shearer's words and it would be more than enough."),
                ),
                note="Week one in your log is worth more than a perfect log would have been.",
            ),
        ),
    ),
)

CALLUM_GEAR = Story(
    people.CALLUM,
    GEAR,
    (
        Sitting(
            began=days_ago(74, "21:40"),
            overview="Ten combs and about thirty cutters over a fortnight, for myself and the next stand.",
            reflection="Grinding is boring and I rushed it. I should do it in the morning.",
            evidence=(
                photo("Grinding", "IMG_2107.jpg", scenes.grinder(guard=False, seed="callum"), serves=(1, 2)),
                photo("Done", "IMG_2110.jpg", scenes.gear(combs=3, cutters=4, seed="cg"), serves=(2, 3)),
                note("Log", "Did them all twice. They ran fine. Threw one out.", serves=(4,)),
            ),
            handed_in=days_ago(60, "23:05"),
            answer=Answer(
                by=people.TEVITA,
                after=5,
                at="19:10",
                marks=(
                    (
                        1,
                        "There is no guard on the right-hand disc in your own picture. Nobody grinds here without: fit it, photograph it, and tell me what you check before the switch.",
                    ),
                    (
                        2,
                        "The faces are clean, but on two cutters the light comes through at the tips. Grind those again and photograph them against a window, comb and cutter together.",
                    ),
                    (
                        2,
                        "“Ran fine” doesn't tell me whether it stayed cool. Ask the next stand to feel it after 10 and after 30 ewes, and write down both.",
                    ),
                    (
                        1,
                        "I can't see when anything was ground or how often. Date, comb, how many cutters, why, how it ran: one line each, for ten days.",
                    ),
                ),
                note=(
                    "Four things to change, and the first one is not negotiable. You are a tidy shearer, Callum, so the hands are "
                    "there; this wants ten minutes a day and a pencil. Ring me if anything here is unclear."
                ),
            ),
        ),
        Sitting(
            began=days_ago(40, "20:20"),
            reflection="Grinding is boring and I rushed it. This time: guard on, mornings, ten minutes, pencil on a string on the bench.",
            evidence=(
                photo(
                    "Guard on, both sides", "IMG_2304.jpg", scenes.grinder(sparks=False, seed="callum2"), serves=(1,)
                ),
            ),
        ),
    ),
)

HEMI_GEAR = Story(
    people.HEMI,
    GEAR,
    (
        Sitting(
            began=days_ago(34, "19:05"),
            overview="Fourteen days of grinding for a gang of four: 11 combs, 41 cutters. I set the handpieces too, except Uncle's, which nobody touches.",
            reflection="I learnt to hear it. A handpiece that is too tight sings higher. I'd keep a box for each stand from the start; mixing cutters cost me a morning.",
            evidence=(
                photo("Set up", "setup.jpg", scenes.grinder(sparks=False, seed="hg"), serves=(1,)),
                photo(
                    "Eleven combs less one",
                    "combs.jpg",
                    scenes.gear(combs=5, cutters=6, tag="day 14", seed="hg"),
                    serves=(2,),
                ),
                scan(
                    "Log with what each stand said",
                    "log-hemi.pdf",
                    sheets.log_sheet(
                        SCHOOL,
                        "Grinding log",
                        ("Day", "Comb", "Cutters", "Ran after 10", "after 30"),
                        (
                            ("1", "H1", "4", "cool", "cool"),
                            ("3", "H2", "4", "cool", "warm"),
                            ("4", "H2", "3", "cool", "cool"),
                            ("7", "H5", "5", "cool", "cool"),
                            ("9", "H1", "4", "cool", "cool"),
                            ("12", "H7", "3", "warm", "tension"),
                            ("14", "H7", "3", "cool", "cool"),
                        ),
                        signed="A. Quispe",
                        remark="H4 worn past the mark. Broken in two, in the bin.",
                    ),
                    serves=(3, 4),
                    at={4: "page 1"},
                ),
                sound(
                    "One handpiece, three tensions",
                    "tension.wav",
                    *((96, 3), (118, 3), (164, 3)),
                    serves=(3,),
                    at={3: "0:06"},
                    transcript="0:00 slack: a low hum. 0:03 as it should be: a note higher, even. 0:06 too tight: it sings.",
                ),
            ),
            handed_in=working_days_ago(5, "06:20"),
        ),
    ),
)

ANA_CLIP = Story(
    people.ANA,
    CLIP,
    (
        Sitting(
            began=days_ago(128, "18:30"),
            overview=(
                "Table and board for four stands, five days, 2,300 crossbred ewes. Two of us on the board, I had the table and "
                "the lines. Wiremu was away on purpose, so that he could open the bales without having seen them made."
            ),
            reflection=(
                "The mob changed on day three: hill ewes came in, shorter and yellower. I noticed at about the eighth fleece and "
                "stopped everybody, and one of the shearers said a word. I would stop them again, but I would explain first."
            ),
            evidence=(
                photo("As thrown", "thrown.jpg", scenes.fleece(skirted=False, seed="ana"), serves=(2,)),
                photo("Skirted", "skirted.jpg", scenes.fleece(skirted=True, seed="ana"), serves=(2, 3)),
                photo("Bale 14, main line", "bale14.jpg", scenes.bale(number=14, weight=178), serves=(4,)),
                photo(
                    "Bale 19, hill line",
                    "bale19.jpg",
                    scenes.bale(line_name="B XB", number=19, weight=171),
                    serves=(3, 4),
                ),
                scan(
                    "Wool book, day three",
                    "wool-book.pdf",
                    sheets.log_sheet(
                        SCHOOL,
                        "Wool book",
                        ("Bale", "Line", "kg", "Pressed", "By"),
                        (
                            ("12", "AA XB", "176", "08:50", "Ana"),
                            ("13", "AA XB", "179", "10:40", "Ana"),
                            ("14", "AA XB", "178", "12:05", "Semisi"),
                            ("15", "B XB", "172", "14:30", "Ana"),
                            ("16", "Bellies", "168", "15:55", "Semisi"),
                            ("17", "Pieces", "160", "17:10", "Ana"),
                        ),
                        signed="A. Quispe",
                        remark="Lines reset at fleece 8 of the hill mob. B line from there.",
                    ),
                    serves=(3, 4),
                ),
                note(
                    "Board",
                    "Bellies to the left, crutch to the right, sweepings under the rail. Nobody waited for me on day four and five. On day one they did, twice.",
                    serves=(1, 5),
                ),
            ),
            handed_in=days_ago(104, "21:20"),
            answer=Answer(
                by=people.WIREMU,
                after=8,
                at="19:00",
                marks=(
                    (3, "Four shearers told me the same without being asked: on the last two days nobody waited."),
                    (
                        3,
                        "Sweat and stain off, and I found one good handful in a whole bag of skirtings. That is as near as anyone gets.",
                    ),
                    (
                        4,
                        "I opened 13, 14 and 15 blind. Each holds one line, and the reset at the hill mob is in the book to the fleece.",
                    ),
                    (
                        2,
                        "Weights and brands agree with the store. Oddments were pressed a day later than they could have been.",
                    ),
                    (
                        3,
                        "You held up four men to get the lines right. Explain first next time, as you say; and stop them all the same.",
                    ),
                ),
                note="I would put my name on this clip. Now it has yours.",
            ),
        ),
    ),
)

SEMISI_CLIP = Story(
    people.SEMISI,
    CLIP,
    (
        Sitting(
            began=days_ago(9, "20:25"),
            overview="Pressing and half the board, four days so far. Three full days on the table are still to come, from Monday.",
            evidence=(
                photo(
                    "Bale 16, my first alone",
                    "bale16.jpg",
                    scenes.bale(line_name="BLS", number=16, weight=168),
                    serves=(4,),
                ),
            ),
        ),
    ),
)

MARAMA_CLIP = Story(
    people.MARAMA,
    CLIP,
    (
        Sitting(
            began=days_ago(31, "20:40"),
            overview=(
                "Three days on the table at the end of pre-lamb, four stands, 1,250 ewes. After two seasons with a handpiece I "
                "wanted to know what I had been leaving for others to pick up."
            ),
            reflection=(
                "Every second cut I ever made went through somebody's fingers. I skirted too heavily on the first day: nearly a "
                "kilo of good wool in the pieces by lunch, weighed. On day three it was under two hundred grams."
            ),
            evidence=(
                photo("First fleece of day three", "fleece-d3.jpg", scenes.fleece(seed="mclip"), serves=(2, 3)),
                photo("Bale 31", "bale31.jpg", scenes.bale(number=31, weight=174), serves=(4,)),
                photo(
                    "Good wool found in the pieces, weighed at lunch",
                    "pieces.png",
                    charts.bars(
                        "Good wool in the pieces", {"Day 1": 940, "Day 2": 410, "Day 3": 180}, unit="grams by lunchtime"
                    ),
                    serves=(2,),
                ),
                note(
                    "The classer's words",
                    "“Opened 30 and 31. One line each, no stain. A few short ones in 30 I'd have put in the B's.” By text message; "
                    "number with Hana.",
                    serves=(3, 4),
                    at={3: "One line each", 4: "Opened 30 and 31"},
                ),
                note(
                    "The board",
                    "I kept it clear for three stands all of day three; for the fourth I was late three times in run two. Called before every throw.",
                    serves=(1, 5),
                    at={5: "Called before every throw"},
                ),
            ),
            handed_in=working_days_ago(7, "21:55"),
        ),
    ),
)

STORIES = (
    MARAMA_GEAR,
    MARAMA_SHEARING,
    HEMI_SHEARING,
    TANE_SHEARING,
    CALLUM_SHEARING,
    ANA_SHEARING,
    TANE_GEAR,
    CALLUM_GEAR,
    HEMI_GEAR,
    ANA_CLIP,
    SEMISI_CLIP,
    MARAMA_CLIP,
)
