"""How the work in apps.demo.stories.judged was judged: recommended and granted, double-marked, moderated, appealed.

On the day of building something waits in each queue: a recommendation to grant and one passed back, a second marking,
a disagreement, moderation before and after the learner is told, an appeal, and a badge that was awarded before its
decision changed.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from apps.demo import desk, people
from apps.demo.achievements import EXPLAINING, RUNNING, SHOWING
from apps.demo.issuers import KOWHAI_RIDGE, LONGWATER
from apps.demo.shapes import Moment, Noted, days_ago, working_days_ago
from apps.demo.stories import judged
from apps.reviews.models import Appeal, Conflict
from apps.submissions.models import NextStep

if TYPE_CHECKING:
    from collections.abc import Callable

    Told = tuple[tuple[Moment, Callable[[], None]], ...]

# --- phrases that are used often
# --------------------------------------------------------------------------------------
_EACH_RUN = "Write it down at each run: what is written at night is what one would like to have happened."
_APART = "Tell what they did apart from what they said: the clock first, the words after."
_ONE_ACT = "Two acts in one step. Read it aloud and breathe where the hand moves: there it divides."
_WHEN_HELPED = "Say when you helped, and why: that is what I look for, not that you never did."
_THANKS = "Thank you for letting others see a page that did not work yet."

_BANK: Told = (
    (days_ago(100, "16:10"), partial(desk.keep_comment, LONGWATER, people.SEOYEON, _THANKS)),
    (days_ago(99, "17:25"), partial(desk.keep_comment_on, EXPLAINING, people.TEVITA, _APART, "c4")),
    (days_ago(99, "17:32"), partial(desk.keep_comment_on, EXPLAINING, people.TEVITA, _ONE_ACT, "c2")),
    (days_ago(98, "11:05"), partial(desk.keep_comment_on, SHOWING, people.JOSEFINA, _WHEN_HELPED, "c2")),
    (days_ago(90, "19:40"), partial(desk.keep_comment_on, RUNNING, people.TEVITA, _EACH_RUN, "c3")),
    (
        days_ago(90, "19:44"),
        partial(desk.keep_comment, KOWHAI_RIDGE, people.HANA, "Say what you stopped, and what it cost."),
    ),
)

# --- one recommends, another grants -----------------------------------------------------------------------------------
_RUNNING: Told = (
    (
        days_ago(46, "18:20"),
        partial(
            desk.send,
            judged.TANE_RUNNING,
            people.TEVITA,
            (
                (4, "Everybody's second job stood beside the first. Nobody asked twice."),
                (3, "Eleven minutes for a hot handpiece, and a wrist sent home before it was hurt."),
                (3, "Stops with reasons, and two who counted out."),
                (2, "Noon and night, unasked."),
            ),
            "Recommended without a but.",
        ),
    ),
    (
        days_ago(45, "06:40"),
        partial(desk.grant, judged.TANE_RUNNING, people.HANA, "I'd send you out with a gang of mine. I have, in fact."),
    ),
    (days_ago(44, "20:00"), partial(desk.keep, judged.TANE_RUNNING)),
    (
        working_days_ago(4, "19:15"),
        partial(
            desk.send,
            judged.HEMI_RUNNING,
            people.TEVITA,
            (
                (3, "Short, and it was enough for three stands."),
                (3, "Two stops, both at once."),
                (3, "The tallies are whole."),
                (2, "Told at noon although he stood beside you: that is the habit."),
            ),
            "A good day, Hēmi.",
            Noted("Two stops, no reasons. Is that enough for a three?", on="The book", at="cutter", criterion=3),
        ),
    ),
    (
        working_days_ago(2, "06:30"),
        partial(
            desk.pass_back,
            judged.HEMI_RUNNING,
            people.HANA,
            "Look at the book again: he says himself that he wrote the stops at night, and level 3 asks for them at each run.",
        ),
    ),
    (
        working_days_ago(3, "20:30"),
        partial(
            desk.send,
            judged.ANA_RUNNING,
            people.HANA,
            (
                (3, "A name behind each stand, and closed where there was none. Rightly so."),
                (3, "She shut stand four for a guard that most would have tied up with twine."),
                (4, "The afternoon's page says what to check at breakfast."),
                (2, "Late at noon, and she says so. At night she brought the price along."),
            ),
            "I saw the first two runs. I would take her.",
            Noted(
                "Her mark for the guard, if you want to look: second row.", on="The day's book, two pages", at="page 1"
            ),
            Noted(
                "“Guard checked at breakfast”: keep writing such lines.",
                on="The day's book, two pages",
                at="page 2",
                for_learner=True,
            ),
        ),
    ),
    (
        working_days_ago(3, "12:10"),
        partial(
            desk.recuse,
            judged.SEMISI_RUNNING,
            people.TEVITA,
            Conflict.Kind.INTEREST,
            "We signed for the same gang for January. If he gets this I am paid under him.",
        ),
    ),
)

# --- one decides, and a moderator checks after the learner was told
# ---------------------------------------------------
_SHOWING: Told = (
    (
        days_ago(40, "15:30"),
        partial(
            desk.send,
            judged.BRID_SHOWING,
            people.JOSEFINA,
            (
                (3, "Four steps, and each could be tried alone."),
                (3, "You stayed in the passage. That is the hardest place to stand."),
                (2, "“I tell him before each arm”: she has understood."),
            ),
            "Warm and careful, as you are.",
        ),
    ),
    (
        days_ago(40, "15:40"),
        partial(desk.use_comment, judged.BRID_SHOWING, people.JOSEFINA, _WHEN_HELPED, code="c2", level=3),
    ),
    (days_ago(39, "19:50"), partial(desk.keep, judged.BRID_SHOWING)),
    (
        days_ago(9, "10:40"),
        partial(
            desk.change,
            judged.BRID_SHOWING,
            people.MARGRIET,
            (
                (3, "Four steps, and each could be tried alone."),
                (
                    2,
                    "Alone once; twice is what is asked. Do the fourth step of your plan, and write when you went in, and why.",
                ),
                (2, "“I tell him before each arm”: she has understood."),
            ),
            next_steps={2: NextStep.NEW_EVIDENCE},
            note="You are one morning short. Everything else stands.",
            reason=(
                "The rubric asks that the colleague did it alone twice. The notes tell of one morning, and the plan says "
                "itself that the fourth step is for next week. This was overlooked, and that is ours, not yours."
            ),
        ),
    ),
    (
        days_ago(28, "14:15"),
        partial(
            desk.send,
            judged.SEMISI_SHOWING,
            people.JOSEFINA,
            (
                (4, "She chose when to call you: that is a say in the order."),
                (3, "Once, with its reason, and the reason is a good one."),
                (2, "“If he says later, it's later.” She has it from you."),
            ),
            "Ten in Tongan is just long enough.",
        ),
    ),
    (days_ago(27, "20:15"), partial(desk.keep, judged.SEMISI_SHOWING)),
    (
        days_ago(24, "11:20"),
        partial(desk.agree, judged.SEMISI_SHOWING, people.MARGRIET, "The quote alone would carry it."),
    ),
    (
        days_ago(17, "16:45"),
        partial(
            desk.send,
            judged.HOA_SHOWING,
            people.JOSEFINA,
            (
                (2, "Three nights are a plan. What has to be seen before the next night isn't said."),
                (2, "We don't read when you helped."),
                (1, "We don't hear her."),
            ),
            (
                "This badge is about work in care, and your colleague learnt bread. Another attempt here can't change that. "
                "“Explain a task so that a stranger can do it” can be earned with bread, and you have begun it."
            ),
            declines=True,
        ),
    ),
    (days_ago(15, "09:30"), partial(desk.agree, judged.HOA_SHOWING, people.NERIDA)),
    (
        days_ago(14, "18:05"),
        partial(
            desk.send,
            judged.LAYLA_SHOWING,
            people.TEVITA,
            (
                (4, "Her own wish stands in the plan, as step two."),
                (3, "Twice, both times before anything moved. That is when one steps in."),
                (2, "She says it back, and when she would ring."),
            ),
            "“Not wrong, only not here.” I have borrowed that.",
            Noted(
                "“If she says no I put the sling back”: that is the whole badge.",
                on="She tells it back",
                at="0:02",
                for_learner=True,
            ),
            Noted(
                "Is the fifth step hers or Layla's? Enough for a 4 either way.",
                on="Plan in five steps",
                at="page 1",
                criterion=1,
            ),
        ),
    ),
    (days_ago(13, "20:35"), partial(desk.keep, judged.LAYLA_SHOWING)),
)

# --- two mark independently and blind
# ---------------------------------------------------------------------------------
_FIRST_HALF = (
    (3, "Bucket, towel and which way the window is: a stranger is there already."),
    (3, "Four steps, four acts, and the hiss says when."),
    (2, "The button stands before the bowl now."),
)
_EXPLAINING: Told = (
    # Adjudicated, moderated, told.
    (
        days_ago(62, "15:00"),
        partial(
            desk.send,
            judged.MEILING_EXPLAINING,
            people.SEOYEON,
            (*_FIRST_HALF, (3, "Two neighbours, a change between, and the puddle told with its step.")),
            "The tap from above is a small masterpiece.",
        ),
    ),
    (
        days_ago(60, "19:20"),
        partial(
            desk.send,
            judged.MEILING_EXPLAINING,
            people.TEVITA,
            (
                (3, "I could begin."),
                (2, "“Until it hisses no more” is clear. “Towards the window”: which one, in another hall?"),
                (2, "In time."),
                (3, "Watched twice; what changed is told."),
            ),
            "I mopped in my mind.",
        ),
    ),
    (
        days_ago(58, "10:10"),
        partial(
            desk.adjudicate,
            judged.MEILING_EXPLAINING,
            people.MARGRIET,
            (
                "first",
                (3, "The page is for this hall, and here there is one window. Name the hall on it."),
                "second",
                "first",
            ),
            "The two who read this differed by a window.",
        ),
    ),
    (days_ago(57, "09:15"), partial(desk.agree, judged.MEILING_EXPLAINING, people.NERIDA)),
    (days_ago(56, "21:05"), partial(desk.keep, judged.MEILING_EXPLAINING)),
    # Agreed, appealed, upheld.
    (
        days_ago(55, "18:40"),
        partial(
            desk.send,
            judged.MARAMA_EXPLAINING,
            people.TEVITA,
            (
                (3, "Begins with the hands. Good."),
                (3, "One act a step, and what one feels."),
                (2, "Bin and nurse stand where they are needed."),
                (2, f"{_APART} And I find one who was watched, not two."),
            ),
            "One thing is missing: the second person.",
        ),
    ),
    (
        days_ago(55, "18:55"),
        partial(desk.use_comment, judged.MARAMA_EXPLAINING, people.TEVITA, _APART, code="c4", level=2),
    ),
    (
        days_ago(54, "13:30"),
        partial(
            desk.send,
            judged.MARAMA_EXPLAINING,
            people.SEOYEON,
            (
                (3, "Whole loops first: I see why."),
                (3, "Clear."),
                (2, "Each warning says what to do instead."),
                (2, "The film shows one person. Watch another one and tell where they stop."),
            ),
            _THANKS,
        ),
    ),
    (
        days_ago(54, "13:45"),
        partial(desk.use_comment, judged.MARAMA_EXPLAINING, people.SEOYEON, _THANKS, code="", level=None),
    ),
    (days_ago(53, "10:00"), partial(desk.agree, judged.MARAMA_EXPLAINING, people.NERIDA)),
    (
        days_ago(45, "21:10"),
        partial(
            desk.appeal,
            judged.MARAMA_EXPLAINING,
            Appeal.Ground.EVIDENCE,
            (
                "Two people were watched. The film is the second; the first one is in my note, with the forty seconds and the "
                "change I made that night. Both of you write as if the note was not there. Please read it."
            ),
        ),
    ),
    (
        days_ago(38, "11:25"),
        partial(
            desk.answer,
            judged.MARAMA_EXPLAINING,
            people.MARGRIET,
            (
                (3, "Begins with the hands."),
                (3, "One act a step, and what one feels."),
                (2, "Each warning says what to do instead."),
                (
                    3,
                    "Two were watched, a change between: the note tells the first one's stop with its step and its seconds.",
                ),
            ),
            Noted(
                "Here she goes down the page without a stop: this is the second one.",
                on="A new colleague follows it",
                at="0:05",
                for_learner=True,
            ),
            Noted(
                "Loops before label: the change is here.",
                on="The page, first and now",
                at="page 2",
                criterion=4,
                for_learner=True,
            ),
            note="Yours is a page that somebody will one day be glad of.",
            reason=(
                "The appeal is right. The note “The first one, a week before” names the person watched, the step at which they "
                "stopped and for how long, and what was changed because of it. Neither marking speaks of it. Read together with "
                "the film it is what level 3 of “Watched, and mended” asks for; on the other three the markings agree and I do "
                "too. The decision is changed to met."
            ),
        ),
    ),
    (days_ago(37, "20:20"), partial(desk.keep, judged.MARAMA_EXPLAINING)),
    # Agreed, and appealed since.
    (
        days_ago(23, "17:50"),
        partial(
            desk.send,
            judged.OLENA_EXPLAINING,
            people.TEVITA,
            (
                (3, "The fridge makes it."),
                (2, f"Steps 1 and 2 hold three acts each. {_ONE_ACT}"),
                (2, "Little can go wrong, and what can is said."),
                (3, "Two singers, ninety-five seconds, then eight."),
            ),
            "Divide two steps and it is there.",
        ),
    ),
    (
        days_ago(23, "17:58"),
        partial(desk.use_comment, judged.OLENA_EXPLAINING, people.TEVITA, _ONE_ACT, code="c2", level=2),
    ),
    (
        days_ago(22, "14:20"),
        partial(
            desk.send,
            judged.OLENA_EXPLAINING,
            people.SEOYEON,
            (
                (3, "All that is needed is named."),
                (2, "“Name the file by day and song. No spaces”: that is two, and the second is the one they stop at."),
                (2, "Enough for a folder."),
                (3, "The times say it."),
            ),
            "Nearly.",
        ),
    ),
    (days_ago(12, "09:40"), partial(desk.agree, judged.OLENA_EXPLAINING, people.NERIDA)),
    (
        days_ago(5, "20:30"),
        partial(
            desk.appeal,
            judged.OLENA_EXPLAINING,
            Appeal.Ground.PROCESS,
            (
                "The rubric asks for one act a step. Both of you count words: holding a recorder and a cable is no act, it is "
                "what step 1 is for. The second singer needed eight seconds there. I ask for step 1 to be read as a list."
            ),
        ),
    ),
    # Agreed, and waiting for moderation before the learner is told.
    (
        working_days_ago(7, "15:45"),
        partial(
            desk.send,
            judged.JIHOON_EXPLAINING,
            people.SEOYEON,
            (
                (4, "“Ten minutes without the telephone” is for whom it is not."),
                (3, "What one sees stands in every step."),
                (3, "From step 3 on only the copy can be hurt."),
                (3, "Three stops, then none, each with its step."),
            ),
            "No “simply” anywhere.",
            Noted(
                "Is ringing 21 a step or a way out? I read it as a way out.", on="The page", at="page 1", criterion=2
            ),
        ),
    ),
    (
        working_days_ago(5, "18:10"),
        partial(
            desk.send,
            judged.JIHOON_EXPLAINING,
            people.TEVITA,
            (
                (4, "I knew what to have at hand, and that I needed peace."),
                (3, "In order, and each says what comes of it."),
                (3, "The worst mistake can't be made: well built."),
                (3, "The second one did not stop."),
            ),
            "I would hang this up.",
            Noted(
                "Here it waits for the number, as the page tells it to.",
                on="Followed by a receptionist",
                at="0:04",
                for_learner=True,
            ),
            Noted(
                "“A copy” three times on one page, and it never bored me.", on="The page", at="page 1", for_learner=True
            ),
        ),
    ),
    (
        working_days_ago(5, "18:25"),
        partial(desk.reply, judged.JIHOON_EXPLAINING, people.TEVITA, "A way out, yes. It took me a second reading."),
    ),
    # Two who disagree.
    (
        working_days_ago(6, "19:05"),
        partial(
            desk.send,
            judged.ANITA_EXPLAINING,
            people.TEVITA,
            (
                (3, "I know what I need: a drawer."),
                (3, "In order; the paper tells me that it worked."),
                (2, "Z and not X stands before the key."),
                (3, "Six people are more than two. The change between them is told."),
            ),
            "Nobody will shout from the back any more.",
        ),
    ),
    (
        working_days_ago(3, "16:20"),
        partial(
            desk.send,
            judged.ANITA_EXPLAINING,
            people.SEOYEON,
            (
                (3, "Good."),
                (3, "Good, and short."),
                (2, "“Why Z and not X” is at the foot, but the warning itself comes in time."),
                (
                    2,
                    "A chart of six people in one count doesn't tell who came before the change and who after. Say it for each.",
                ),
            ),
            "Close.",
            Noted("The bars mix both rounds.", on="Stops at each step, counted", criterion=4),
        ),
    ),
    # One has marked; the other is awaited.
    (
        working_days_ago(2, "15:30"),
        partial(
            desk.send,
            judged.HOA_EXPLAINING,
            people.SEOYEON,
            (
                (3, "Bowl, flour, scale at 0: one can begin."),
                (3, "One act each, and it looks like a nest."),
                (2, "The wrist comes before the water."),
                (3, "Two were watched, with the change between, to the second."),
            ),
            "I was hungry by step five.",
        ),
    ),
)

HISTORY: Told = (*_BANK, *_RUNNING, *_SHOWING, *_EXPLAINING)
