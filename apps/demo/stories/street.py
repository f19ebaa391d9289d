"""Work for Lantern Street: the creek and the hall."""

from __future__ import annotations

from apps.demo import people
from apps.demo.achievements import INTERPRETING, STREAM
from apps.demo.evidence import charts, scenes, sheets
from apps.demo.shapes import (
    Answer,
    Said,
    Sitting,
    Story,
    badge,
    data,
    days_ago,
    document,
    link,
    minutes_ago,
    note,
    photo,
    reflection,
    scan,
    working_days_ago,
)

TRUST = "Lantern Street Community Trust"

BRID_STREAM = Story(
    people.BRID,
    STREAM,
    (
        Sitting(
            began=days_ago(386, "19:40"),
            overview=(
                "Lantern Creek below the footbridge, three visits, seven weeks apart, always with Rangi's sister Mere as my companion. "
                "We asked the school, whose bank it is, and the hapū's kaitiaki, who asked us to start further down, below the spring. "
                "So we did."
            ),
            reflection=(
                "I survey roads for a living and trust instruments. The creek taught me that the reading changes when I stand "
                "upstream of it. The second visit was put off twice because of rain, and I have come to like those two empty lines."
            ),
            evidence=(
                photo(
                    "The reach, first visit",
                    "reach.jpg",
                    scenes.stream(flow="low", seed="brid"),
                    serves=(2,),
                    agreed="Mere, behind the flax; she saw the picture and said yes.",
                ),
                photo(
                    "Tray, third visit",
                    "tray.jpg",
                    scenes.tray(mayflies=9, snails=5, worms=2, seed="brid"),
                    serves=(3,),
                ),
                photo("Clarity, third visit", "tube.jpg", scenes.clarity_tube(reading=71), serves=(2,)),
                photo(
                    "Three visits",
                    "visits.png",
                    charts.lines(
                        "Lantern Creek, below the spring",
                        ("Visit 1", "Visit 2", "Visit 3"),
                        {"clarity, cm": (58, 64, 71), "mayflies": (14, 19, 27), "temperature": (15.5, 13, 10.5)},
                        unit="each visit the mean of two readings",
                    ),
                    serves=(2, 5),
                ),
                scan(
                    "Field sheet, visit 2",
                    "field-sheet.pdf",
                    sheets.log_sheet(
                        TRUST,
                        "Field sheet, visit 2",
                        ("What", "First", "Second", "Remark"),
                        (
                            ("Clarity cm", "64", "63", "magnet sticks"),
                            ("Water C", "13.0", "13.0", ""),
                            ("Mayfly", "7", "12", "riffles 1, 2"),
                            ("Snail", "11", "9", ""),
                            ("Worm", "2", "1", ""),
                            ("Boots, net", "checked", "dried 48 h", "before"),
                        ),
                        signed="B. Ní Chonaill",
                        remark="Put off twice: rain Thursday, rain Monday. Back at the hall 11:40, signed in.",
                    ),
                    serves=(1, 2, 3, 4),
                    at={1: "page 1", 4: "page 1"},
                ),
            ),
            handed_in=days_ago(345, "20:30"),
            answer=Answer(
                by=people.RANGI,
                after=12,
                at="20:05",
                marks=(
                    (3, "Two empty lines because of rain, and the reach moved because you were asked to. Ka pai."),
                    (2, "Same reach, same order, two readings each. You stood upstream once and wrote that down too."),
                    (
                        3,
                        "I recounted your tray from the picture and came to the same. And you say what mayflies at this reach mean.",
                    ),
                    (2, "Checked, cleaned, forty-eight hours dry, and it stands on the sheet each time."),
                    (3, "You took it to the board meeting with one thing to do next. The spring is fenced now."),
                ),
                note="Ngā mihi nui, Bríd. A year of these and nobody will tell us again that the creek is a drain.",
            ),
        ),
    ),
)

SEMISI_STREAM = Story(
    people.SEMISI,
    STREAM,
    (
        Sitting(
            began=days_ago(54, "18:45"),
            overview="Three Saturdays, six weeks and seven weeks apart, with the youth group. The school said yes, and so did the lady with the ducks.",
            reflection="The kids are better at finding things than I am. I am better at writing them down. Next time one of us finds and one of us writes from the start.",
            evidence=(
                photo(
                    "Our reach, after planting",
                    "reach-planted.jpg",
                    scenes.stream(planted=True, seed="semisi"),
                    serves=(1, 2),
                    agreed="Two of the youth group, from behind. Their parents signed the trust's form.",
                ),
                photo(
                    "Tray", "tray-semisi.jpg", scenes.tray(mayflies=4, snails=8, worms=6, seed="semisi"), serves=(3,)
                ),
                photo("Clarity", "tube-semisi.jpg", scenes.clarity_tube(reading=46), serves=(2,)),
                document(
                    "Numbers",
                    "numbers.csv",
                    "visit,clarity_1,clarity_2,water_c,mayfly,snail,worm,boots\n1,41,43,16.0,3,9,8,washed\n2,44,45,14.5,5,8,6,washed and dried\n3,46,46,12.0,4,8,6,washed and dried\n",
                    serves=(2, 4, 5),
                ),
            ),
            handed_in=working_days_ago(3, "17:40"),
            messages=(
                Said(
                    people.RANGI,
                    working_days_ago(2, "12:15"),
                    "Kia ora Semisi. Which side of the culvert is the tube picture from? The map has two reaches.",
                ),
                Said(
                    people.SEMISI,
                    working_days_ago(2, "20:40"),
                    "Upstream, where the flax is. The kids call it our side.",
                ),
            ),
        ),
    ),
)

MARAMA_STREAM = Story(
    people.MARAMA,
    STREAM,
    (
        Sitting(
            began=days_ago(11, "20:15"),
            overview="The creek behind the woolshed, above the yards. Hana said yes and lent me her boy as a companion. One visit done, two to come.",
            reflection=(
                "I have drunk from this creek for years and never looked under a stone. Next time I count first and guess "
                "afterwards; this time I guessed, and then I found what I had guessed."
            ),
            evidence=(
                note(
                    "Who said yes, and how we go in",
                    "Hana, for the land, on the phone. Her boy comes along and stays on the bank. Weather looked up the "
                    "evening before; out of the water at the first rain. Way out: the ford, not the bank under the willows.",
                    serves=(1,),
                ),
                badge("First aid on the farm", serves=(1,)),
                photo(
                    "First visit: low and clear",
                    "first-visit.jpg",
                    scenes.stream(flow="low", seed="marama"),
                    serves=(2,),
                ),
                photo("Clarity 82", "clarity-82.jpg", scenes.clarity_tube(reading=82), serves=(2,)),
                data(
                    "Readings, first visit",
                    "visit-1.csv",
                    "what,first,second,remark\nclarity_cm,82,81,\nwater_c,11.5,11.5,\nmayfly,9,12,riffles 1 and 2\n"
                    "snail,3,4,\nworm,1,0,\n",
                    serves=(2, 3),
                    at={3: "mayfly"},
                ),
                photo(
                    "Tray, first visit",
                    "tray-1.jpg",
                    scenes.tray(mayflies=9, snails=3, worms=1, seed="marama"),
                    serves=(3,),
                    agreed="Hana's boy holds the tray. His mother said yes, and so did he.",
                ),
                scan(
                    "Boots and net",
                    "check-clean-dry.pdf",
                    sheets.checklist(
                        TRUST,
                        "Check, clean, dry",
                        (
                            ("Boots and net looked over at the last creek", True),
                            ("Scrubbed with washing-up liquid, one minute", True),
                            ("Dried for 48 hours, until dry to the touch", True),
                        ),
                        signed="M. Tīpene-Hoult",
                    ),
                    serves=(4,),
                    at={4: "page 1"},
                ),
                link("The reach on the map", "https://map.example/creek-behind-the-yards", serves=(2,)),
                reflection(
                    "What surprised me",
                    "The clear water had fewer animals than the brown pool above it. I had it the wrong way round for thirty years.",
                    serves=(3,),
                ),
            ),
        ),
    ),
)

LAYLA_INTERPRETING = Story(
    people.LAYLA,
    INTERPRETING,
    (
        Sitting(
            began=days_ago(124, "18:20"),
            overview="Arabic and English. Three practice appointments in the hall (clinic, school, housing) and one real one at a clinic, with Mrs Bannout beside me.",
            reflection=(
                "I have been on the other side of this, with a neighbour's boy interpreting my own diagnosis. He left a word out, "
                "to spare me. I know why he did it. I shall never do it. The hardest was a joke: I carried it, nobody laughed, and "
                "that was also right."
            ),
            evidence=(
                link(
                    "Practice appointment, clinic, 14 minutes (sound)",
                    "https://audio.example/p/layla-clinic",
                    serves=(1, 2, 3),
                ),
                photo("Who sits where, from our first evening", "chairs.jpg", scenes.three_chairs(), serves=(1,)),
                document(
                    "Word list, health",
                    "words-ar-en.csv",
                    "English,العربية,note\nblood pressure,ضغط الدم,\nfasting,على الريق,say: no food or drink since midnight\n"
                    "referral,إحالة,describe: the doctor writes to another doctor\nside effect,أثر جانبي,\n"
                    "next of kin,أقرب الأقارب,not the same as guardian\nconsent,موافقة,\nto come and go (pain),ألم يأتي ويذهب,\n",
                    serves=(4,),
                ),
                scan(
                    "Observer's sheet, the real one",
                    "observer.pdf",
                    sheets.checklist(
                        TRUST,
                        "Observer: first appointment",
                        (
                            ("Introduced the role in both languages before anything else", True),
                            ("First person throughout", True),
                            ("Numbers, doses and dates exact: seven of seven", True),
                            ("Asked when not understood (“hanging on”, once)", True),
                            ("Added nothing, left nothing out", True),
                            ("Notes torn up in front of both", True),
                        ),
                        signed="S. Bannout",
                    ),
                    serves=(1, 2, 3, 5),
                ),
                note(
                    "When I stopped it",
                    "The nurse said “just pop this under your tongue”. The lady put the thermometer's cover there. I said, in both languages: I need to make clear which of the two things is meant. Then I went back to being nobody.",
                    serves=(3, 4),
                ),
            ),
            handed_in=days_ago(96, "21:00"),
            answer=Answer(
                by=people.LIUDMYLA,
                after=8,
                at="18:30",
                marks=(
                    (
                        3,
                        "Within a minute they looked at each other and not at you. When the nurse said “ask her”, you put it right in both languages.",
                    ),
                    (3, "Seven numbers of seven, first person, and “it comes and goes” came and went."),
                    (
                        2,
                        "Nothing added, nothing left out; the boy who spared you would not have passed, and you say why.",
                    ),
                    (
                        3,
                        "A list with notes on where a word does not fit is a gift to the next one. I have added it to ours.",
                    ),
                    (2, "Notes torn up, and you asked for an evening off afterwards. Good."),
                ),
                note="You carried everything and kept nothing. Дякую, شكرًا.",
            ),
        ),
    ),
    public=True,
)

MEILING_INTERPRETING = Story(
    people.MEILING,
    INTERPRETING,
    (
        Sitting(
            began=days_ago(58, "20:30"),
            overview="Mandarin and English. Three practice appointments, all of them school meetings, and one real meeting between a form teacher and two parents.",
            reflection="The father said something sharp and the mother looked at me to soften it. I carried it as it was, at the same loudness. Afterwards the teacher thanked me, and so did the father. 一字不多，一字不少: not a word more, not a word less.",
            evidence=(
                photo(
                    "My notes from the practice, before I tore them up",
                    "notes.jpg",
                    scenes.notebook(seed="meiling"),
                    serves=(2, 5),
                ),
                document(
                    "Word list, school",
                    "words-zh-en.csv",
                    "English,中文,note\nform teacher,班主任,roughly; describe the difference\ncredits,学分,\nstand-down,停课,say for how long\n"
                    "learning support,学习支持,not a punishment\nreport,成绩单,also means to report somebody: ask which\ncamp,学校露营,\n",
                    serves=(4,),
                ),
                link(
                    "Practice, school, 11 minutes (sound)", "https://audio.example/p/meiling-school", serves=(1, 2, 3)
                ),
                note(
                    "Opening and closing",
                    "I am Meiling. I say everything that is said, I keep nothing, I take no side. Please look at each other. 我会把每一句话都翻译出来，不增不减，也不会对外说。请你们看着对方说话。",
                    serves=(1, 5),
                ),
            ),
            handed_in=working_days_ago(14, "22:10"),
            answer=Answer(
                by=people.LIUDMYLA,
                after=6,
                at="19:15",
                marks=(
                    (2, "Both languages, short, and it says the three things that matter."),
                    (3, "The sharp sentence came across sharp. That is the test most of us fail."),
                    (3, "You were asked by a look to take a side, and did not. You also say why it was hard."),
                    (2, "“Report” with both its meanings: bring such words to the Tuesday evening."),
                    (2, "Notes are signs, not sentences, and you tore them up. Good."),
                ),
                note="Not a word more, not a word less. It will hang on our wall, in your hand, if you will write it.",
            ),
        ),
    ),
    kept=False,
)

ANITA_INTERPRETING = Story(
    people.ANITA,
    INTERPRETING,
    (
        Sitting(
            began=days_ago(24, "20:20"),
            overview="Hindi and English. Three practice appointments at the hall and one real one: a first visit to a dentist, with Liudmyla's colleague beside me.",
            reflection="I say “she says” when I get nervous. I counted: eleven times in the first practice, twice in the third, never in the real one. Next time I will ask for a shorter first sentence from both sides.",
            evidence=(
                document(
                    "Word list, teeth",
                    "words-hi-en.csv",
                    "English,हिन्दी,note\nfilling,दाँत भरना,\nroot canal,रूट कैनाल,also in Hindi; describe it\ngum,मसूड़ा,\nnumb,सुन्न,\n"
                    "sensitive to cold,ठंड लगना,also means to catch cold: ask which\nfasting not needed,खाली पेट ज़रूरी नहीं,\n",
                    serves=(4,),
                ),
                photo("Notes", "notes-anita.jpg", scenes.notebook(seed="anita"), serves=(2, 5)),
                link("Third practice, 9 minutes (sound)", "https://audio.example/p/anita-third", serves=(1, 2, 3)),
                note(
                    "When I stopped it",
                    "The dentist said “it may sting”. I had no word between दर्द and जलन. I said so to both, and he showed her with a pinch on his own arm.",
                    serves=(3, 4),
                ),
            ),
            handed_in=minutes_ago(190),
        ),
    ),
)

STORIES = (BRID_STREAM, SEMISI_STREAM, MARAMA_STREAM, LAYLA_INTERPRETING, MEILING_INTERPRETING, ANITA_INTERPRETING)
