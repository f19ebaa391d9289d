"""Work for Longwater, digital."""

from __future__ import annotations

from apps.demo import people
from apps.demo.achievements import TABLE, WEB_PAGE
from apps.demo.evidence import charts
from apps.demo.shapes import (
    Answer,
    Sitting,
    Story,
    data,
    days_ago,
    document,
    link,
    note,
    photo,
    working_days_ago,
)

HALL = "https://hall.lanternstreet.example/hire"

_FORM = """<main>
  <h1>Hire the hall</h1>
  <form method="post" novalidate>
    <p class="summary" role="alert" tabindex="-1">Two things to put right: your name, the day.</p>
    <label for="name">Your name, needed</label>
    <input id="name" name="name" autocomplete="name" aria-describedby="name-wrong" aria-invalid="true">
    <p id="name-wrong" class="wrong">Write your name, so that we know who to ask for.</p>
    <fieldset>
      <legend>Which part of the day? Needed</legend>
      <label><input type="radio" name="part" value="morning"> Morning</label>
      <label><input type="radio" name="part" value="evening"> Evening</label>
    </fieldset>
    <button>Send</button>
  </form>
</main>
"""

JIHOON_PAGE = Story(
    people.JIHOON,
    WEB_PAGE,
    (
        Sitting(
            began=days_ago(222, "23:10"),
            overview=(
                "The hall at Lantern Street took bookings by a form that nobody could use on a phone. I rebuilt the one page: "
                "title, form, answer page. Nine questions became five. It is live; the old one is kept for comparison."
            ),
            reflection=(
                "My tools said 100 out of 100 on the first evening. Then I watched a man who uses a switch, and the date picker "
                "took him four minutes. I threw the picker out: three text boxes, forty seconds. 접근성은 점수가 아니다. "
                "Accessibility is not a score."
            ),
            evidence=(
                link("The page", HALL, serves=(1, 2, 3, 4)),
                photo(
                    "Before",
                    "before.png",
                    charts.web_page(
                        address=HALL + "-old", heading="Hire the hall", fields=("Name", "E-mail", "Date"), pale=True
                    ),
                    serves=(4,),
                ),
                photo(
                    "After: a mistake, and where the focus goes",
                    "after.png",
                    charts.web_page(
                        address=HALL,
                        heading="Hire the hall",
                        fields=("Your name, needed", "E-mail or telephone, needed", "Day, month, year"),
                        focus=0,
                        errors={0: "Write your name, so that we know who to ask for."},
                    ),
                    serves=(2, 3),
                ),
                photo(
                    "Contrast",
                    "contrast.png",
                    charts.contrast(
                        (
                            ("Hint, before", "#9aa3a8", "#ffffff", 2.6),
                            ("Hint, after", "#4d5b63", "#ffffff", 7.0),
                            ("Button", "#ffffff", "#0f4c5c", 9.4),
                            ("Mistake", "#a3261b", "#ffffff", 7.1),
                        )
                    ),
                    serves=(4,),
                ),
                data(
                    "The form's source",
                    "form.txt",
                    _FORM,
                    serves=(1, 3),
                    at={1: "<legend>", 3: 'aria-describedby="name-wrong"'},
                ),
                note(
                    "Two people",
                    "**P1**, screen reader, phone. Task: ask for the hall on a Saturday evening. Done in 2:10. Said it was fine; "
                    "listened to the hint twice, so I moved it into the label.\n\n**P2**, one switch. Same task. 6:30, of which 4:00 in "
                    "the date picker. Tried again after the change: 2:25.\n\n**Not done:** the map on the page below. Nobody needs it to "
                    "book; the address in words stands above it.",
                    serves=(5,),
                ),
            ),
            handed_in=days_ago(189, "23:48"),
            answer=Answer(
                by=people.SEOYEON,
                after=8,
                at="14:15",
                marks=(
                    (
                        3,
                        "I turned the page off and listened to it. One heading, three landmarks, every field named, mistakes read where they belong.",
                    ),
                    (
                        3,
                        "The focus goes to the first mistake and is never lost; the ring is 5.6:1 on white. The skip link could come first.",
                    ),
                    (4, "Nine questions became five, with a reason for each one that stayed. Few people dare."),
                    (3, "All measured pairs pass; nothing scrolls sideways at 320."),
                    (
                        4,
                        "You threw away your own date picker because of one person, and tried again with him. And what you left undone is named, with whom it costs.",
                    ),
                ),
                note="수고하셨습니다. A hundred out of a hundred was the beginning, and you saw it yourself.",
            ),
        ),
    ),
    public=True,
)

OLENA_PAGE = Story(
    people.OLENA,
    WEB_PAGE,
    (
        Sitting(
            began=days_ago(112, "21:30"),
            overview="A sign-up page for our Saturday school. Ukrainian and English on one page. Built from nothing, with no framework.",
            reflection="I learnt more HTML in a month than in two years of clicking things together. I would test with people before the design is pretty, because after that I don't want to change it.",
            evidence=(
                link("The page", "https://saturday-school.example/join", serves=(1, 2, 3)),
                photo(
                    "How it looks",
                    "join.png",
                    charts.web_page(
                        address="https://saturday-school.example/join",
                        heading="Запис · Sign up",
                        fields=("Child's name, needed", "Your telephone, needed"),
                        focus=1,
                    ),
                    serves=(2, 4),
                ),
                document(
                    "What the checker said",
                    "checker.txt",
                    "0 errors\n0 contrast errors\n2 alerts\n  - long alternative text\n  - redundant link\n7 structural elements\n",
                    serves=(1, 4),
                ),
                note(
                    "People", "I asked three friends. All liked it. One said the letters could be larger.", serves=(5,)
                ),
            ),
            handed_in=days_ago(88, "22:50"),
            answer=Answer(
                by=people.SEOYEON,
                after=9,
                at="17:00",
                marks=(
                    (
                        2,
                        "Structure is good, but the page says it is English throughout: a screen reader reads your Ukrainian with an English voice. Mark the language of each passage.",
                    ),
                    (3, "Reached, ordered, seen. Good."),
                    (
                        3,
                        "Mistakes stand at their fields in both languages, and my telephone number was still there when I came back.",
                    ),
                    (3, "Yes, at 320 and at 400 per cent."),
                    (
                        1,
                        "Friends who like it are kind, not evidence. Give two people one task each, one of them without a mouse or with a screen reader. Write what they did, minute by minute, and change one thing because of it.",
                    ),
                ),
                note="Two things. The first takes ten minutes. The second is the one you will be glad of in ten years.",
            ),
        ),
        Sitting(
            began=days_ago(70, "20:05"),
            reflection=(
                "My friends were kind. Strangers were useful. The grandmother (keyboard only, tremor) could not hit the small box "
                "for “I agree”, and instead of making it larger I asked why it was there. Nobody knew. It is gone."
            ),
            evidence=(
                data(
                    "Language of passages",
                    "lang.txt",
                    '<html lang="en">\n…\n<h1><span lang="uk">Запис</span> · Sign up</h1>\n<section lang="uk" aria-labelledby="uk-h">…</section>\n',
                    serves=(1,),
                ),
                note(
                    "Two strangers, one task",
                    "Task: sign up one child for September. **A**, keyboard only, tremor: 0:00 reads; 0:50 in first field; 2:10 at “I "
                    "agree”, five tries; 3:05 sent. Box removed; again the next week: 1:40. **B**, screen reader, Ukrainian voice: "
                    "switches voice by itself at the second section, laughs; 2:20 sent.",
                    serves=(5,),
                ),
            ),
            handed_in=days_ago(46, "21:35"),
            answer=Answer(
                by=people.SEOYEON,
                after=7,
                at="11:10",
                marks=(
                    (4, "Passages marked, and the voice changes by itself. I listened twice for the pleasure of it."),
                    (3, "As before."),
                    (4, "You asked why a question was there, and it went."),
                    (3, "As before."),
                    (3, "Tasks, times, what they did, one change, tried again. This is how it is done."),
                ),
                note="From “all liked it” to five tries at a box in six weeks. Щиро вітаю.",
            ),
        ),
    ),
)

BRID_PAGE = Story(
    people.BRID,
    WEB_PAGE,
    (
        Sitting(
            began=days_ago(27, "20:15"),
            overview=(
                "The creek group reports what it sees (rubbish, spills, eels!) by a page that had four greys on grey. I repaired "
                "it rather than building new: same server, same fields, other markup."
            ),
            reflection="I am a surveyor, so I measured everything and forgot to watch anybody until the last week. When I did, both people missed the same button. It was the one I was proudest of.",
            evidence=(
                link("The page", "https://creek.lanternstreet.example/seen", serves=(1, 2, 3)),
                photo(
                    "Four greys, before and after",
                    "greys.png",
                    charts.contrast(
                        (
                            ("Body, before", "#7d868b", "#e9ecee", 3.1),
                            ("Body, after", "#26343f", "#ffffff", 12.8),
                            ("Button, before", "#c3c9cc", "#eef1f2", 1.5),
                            ("Button, after", "#ffffff", "#14564e", 8.5),
                        )
                    ),
                    serves=(4,),
                ),
                note(
                    "Two people watched",
                    "Both were given: report a trolley in the creek. Keyboard only: 1:50, missed “add a place”. Phone, glasses off: 2:40, missed the same. It is a link beside the field now: 0:55 and 1:20.",
                    serves=(5,),
                ),
            ),
            handed_in=working_days_ago(2, "19:30"),
        ),
    ),
)

MEILING_TABLE = Story(
    people.MEILING,
    TABLE,
    (
        Sitting(
            began=days_ago(150, "21:00"),
            overview=(
                "The community garden's membership list: 412 rows, eleven years, five treasurers. It says who has a plot, who paid, "
                "and who may be called in a flood, so it matters that it is right."
            ),
            reflection=(
                "I wanted to delete doubles. The owner told me that two of the “doubles” are a mother and a daughter with one name. "
                "慢就是快: slow is fast. I now ask about the strangest ten rows before I touch the rest."
            ),
            evidence=(
                photo(
                    "Twenty rows, before (names replaced)",
                    "before.png",
                    charts.table(
                        "members, as it came",
                        ("name", "joined", "plot", "paid", "phone"),
                        (
                            ("Member 017", "3/4/2021", "B12", "yes", "021 555 0117"),
                            ("member 017", "2021-04-03", "b12", "Y", ""),
                            ("Member 031 ", "31/02/2022", "C3", "0", "n/a"),
                            ("Member 044", "Apr 19", "", "paid cash", "555 0144"),
                            ("Member 052", "", "D1", "yes?", "021-5550152"),
                        ),
                        marked=((1, 0), (1, 1), (2, 1), (2, 3), (3, 1), (4, 3)),
                    ),
                    serves=(1,),
                ),
                photo(
                    "The same rows, after",
                    "after.png",
                    charts.table(
                        "members, cleaned",
                        ("member", "joined", "plot", "paid", "phone"),
                        (
                            ("017", "2021-04-03", "B12", "yes", "+64215550117"),
                            ("031", "unknown", "C3", "unknown", ""),
                            ("044", "2019-04", "", "yes", "+6435550144"),
                            ("052", "unknown", "D1", "unknown", "+64215550152"),
                        ),
                    ),
                    serves=(2, 4),
                ),
                data(
                    "Five rows, before and after",
                    "members-before-after.csv",
                    "row,name_before,member_after,joined_before,joined_after,plot_before,plot_after,paid_before,paid_after\n"
                    "17,Member 017,017,3/4/2021,2021-04-03,B12,B12,yes,yes\n18,member 017,017,2021-04-03,2021-04-03,b12,B12,Y,yes\n"
                    "31,Member 031 ,031,31/02/2022,unknown,C3,C3,0,unknown\n44,Member 044,044,Apr 19,2019-04,,,paid cash,yes\n"
                    "52,Member 052,052,,unknown,D1,D1,yes?,unknown\n",
                    serves=(1, 2),
                    at={1: "31/02/2022", 2: "yes?"},
                ),
                data(
                    "Log of decisions",
                    "decisions.csv",
                    "rule,reason,before,after,left_alone\n"
                    "trim and one case for plots,B12 and b12 are one bed,412,412,0\n"
                    "one date form,day-first shown by 31 rows with day over 12,412,409,3 impossible dates kept as unknown\n"
                    "join doubles by plot and phone,told so by the owner,412,396,2 (mother and daughter)\n"
                    "paid: yes/no/unknown,0 meant not yet asked,412,396,61 unknown\n",
                    serves=(1, 2),
                    at={2: "0 meant not yet asked"},
                ),
                document(
                    "The steps",
                    "steps.txt",
                    "1. keep members.csv as it is; its SHA-256 is in the log\n2. clean.py members.csv > out.csv\n3. check.py out.csv "
                    "(fails when a plot has two live members)\n4. run by the treasurer on her own laptop: same sum\n",
                    serves=(3,),
                ),
                note(
                    "What the owner said",
                    "“Sixty-one people I thought had paid were only never asked. I've asked them now.”",
                    serves=(2, 4),
                ),
            ),
            handed_in=days_ago(128, "22:20"),
            answer=Answer(
                by=people.SEOYEON,
                after=8,
                at="16:45",
                marks=(
                    (
                        4,
                        "Counted before touched, and the ten strangest rows were asked about. The mother and daughter thank you.",
                    ),
                    (
                        3,
                        "Each rule has reason and counts, and what was left alone is named. Show the risky one, “0 means not asked”, both ways next time.",
                    ),
                    (
                        4,
                        "The treasurer got the same sum on her own machine, and check.py stops at two people in one plot.",
                    ),
                    (2, "Names replaced before sharing, macrons and characters kept in the original. Well done."),
                ),
                note="做得好. Sixty-one people were about to be reminded of a debt they never had.",
            ),
        ),
    ),
)

BRID_TABLE = Story(
    people.BRID,
    TABLE,
    (
        Sitting(
            began=days_ago(44, "19:55"),
            overview="Seven years of creek readings in nine spreadsheets: 1,138 rows, three units for clarity, two people's handwriting and one cow.",
            reflection="The cow is a real remark (“cow in creek, reading taken anyway”) and I nearly threw the row out. It is the most useful one in the table. I would make a column for remarks on day one.",
            evidence=(
                photo(
                    "Clarity by year, before and after the units were put right",
                    "clarity.png",
                    charts.lines(
                        "Clarity, site 2",
                        ("Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7"),
                        {"as found": (31, 34, 120, 38, 41, 44, 47), "cleaned": (31, 34, 36, 38, 41, 44, 47)},
                        unit="cm in the tube; year 3 was written in millimetres for a while",
                    ),
                    serves=(1, 2),
                ),
                data(
                    "Decisions",
                    "decisions.csv",
                    "rule,reason,rows,left_alone\nclarity in cm,mm where value over 100 and sheet is B,64,2 (101 and 104 could be true)\n"
                    "temperature comma to point,typed on two keyboards,212,0\nvisits without a time,kept; time unknown,38,38\n",
                    serves=(1, 2),
                    at={1: "101 and 104 could be true"},
                ),
                document(
                    "How to run it",
                    "README.txt",
                    "Put the nine files in one folder. Run merge, then units, then check. Rangi did, on a borrowed laptop, and got 1,138 rows and the same sum.\n",
                    serves=(3,),
                ),
                note(
                    "People in the rows",
                    "Only initials of who measured. I replaced them by numbers; the group holds the key. Landholders' names are out; site numbers stay.",
                    serves=(4,),
                ),
            ),
            handed_in=working_days_ago(13, "21:50"),
            answer=Answer(
                by=people.TEVITA,
                after=6,
                at="09:25",
                marks=(
                    (4, "You asked what the odd ones meant, cow included, before calling them wrong."),
                    (
                        4,
                        "Leaving 101 and 104 alone, and saying that they could be true, is worth more than sixty-four corrections.",
                    ),
                    (3, "Run by somebody else, on something else, with the same sum."),
                    (2, "Initials and landholders out, key with the group. Good."),
                ),
                note="A surveyor's table. I hope the council reads it down to the cow.",
            ),
        ),
    ),
    kept=False,
    lent=True,
)

JIHOON_TABLE = Story(
    people.JIHOON,
    TABLE,
    (
        Sitting(
            began=days_ago(4, "23:20"),
            overview="Two years of hall bookings, 640 rows, exported from the old form. Plan: profile first, then ask the trust about the eleven bookings on the 30th of February.",
        ),
    ),
)

STORIES = (JIHOON_PAGE, OLENA_PAGE, BRID_PAGE, MEILING_TABLE, BRID_TABLE, JIHOON_TABLE)
