"""The pictures in the centre of badges: their names, and the words that find them.

The outlines are in `icons/icons.json`, taken from bootstrap-icons by `manage.py draw_badge_icons`. A name that a
badge has used must stay: its words are kept with a version for good.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrOrPromise

DRAWN = Path(__file__).parent / "icons" / "icons.json"
ICONS: dict[str, str] = json.loads(DRAWN.read_text())


class Glyph(NamedTuple):
    """`source` is its name in bootstrap-icons, `phrase` follows “with” in a sentence, `found_by` holds English and te
    reo Māori words that people may type; they are never shown.
    """

    name: str
    source: str
    phrase: StrOrPromise
    found_by: str

    @property
    def label(self) -> str:
        """The phrase as a label."""
        phrase = str(self.phrase)
        return phrase[:1].upper() + phrase[1:]

    @property
    def drawn(self) -> str:
        return ICONS[self.name]


GROUPS: tuple[tuple[StrOrPromise, tuple[Glyph, ...]], ...] = (
    (
        _("Tools and making"),
        (
            Glyph(
                "shears", "scissors", _("shears"), "scissors shear shearing wool cut hair barber tailor sew kutikuti"
            ),
            Glyph("tools", "tools", _("tools"), "spanner screwdriver mend repair fix mechanic maintenance taputapu"),
            Glyph("hammer", "hammer", _("a hammer"), "build carpenter wood construction hama"),
            Glyph("wrench", "wrench", _("a wrench"), "spanner plumber mechanic fitter"),
            Glyph("screwdriver", "screwdriver", _("a screwdriver"), "assemble electrician repair"),
            Glyph("gear", "gear-fill", _("a gear"), "cog machine engineering settings mechanism"),
            Glyph("nut", "nut-fill", _("a nut"), "bolt fastener hexagon metal"),
            Glyph("bricks", "bricks", _("bricks"), "wall mason build masonry"),
            Glyph("ladder", "ladder", _("a ladder"), "height climb scaffold"),
            Glyph("cone", "cone-striped", _("a traffic cone"), "roadworks site safety traffic construction"),
            Glyph("rulers", "rulers", _("rulers"), "measure length drafting tape"),
            Glyph("compass", "compass-fill", _("a compass"), "navigate direction orient bush north"),
            Glyph("bucket", "bucket-fill", _("a bucket"), "clean mop cleaning milk"),
            Glyph("paint", "paint-bucket", _("a pot of paint"), "painter decorate colour"),
            Glyph("brush", "brush-fill", _("a brush"), "paint painter art peita"),
            Glyph("magnet", "magnet-fill", _("a magnet"), "physics metal attract"),
            Glyph("key", "key-fill", _("a key"), "lock access security open kī"),
            Glyph("outlet", "outlet", _("a power outlet"), "socket electric electrician"),
            Glyph("plug", "plug-fill", _("a plug"), "electric cable connect hiko"),
            Glyph(
                "power", "lightning-charge-fill", _("a bolt of lightning"), "electric electricity energy hiko charge"
            ),
            Glyph("lamp", "lamp-fill", _("a lamp"), "light"),
            Glyph("light", "lightbulb-fill", _("a light bulb"), "idea innovation electric invent whakaaro"),
            Glyph("fan", "fan", _("a fan"), "air ventilation cooling"),
            Glyph("mine", "minecart-loaded", _("a loaded mine cart"), "mine quarry miner ore"),
        ),
    ),
    (
        _("Land, plants and animals"),
        (
            Glyph("tree", "tree-fill", _("a tree"), "forest forestry wood bush rākau ngahere conservation"),
            Glyph("leaf", "leaf-fill", _("a leaf"), "plant green nature garden rau nursery"),
            Glyph("flower", "flower1", _("a flower"), "garden bloom florist horticulture putiputi"),
            Glyph("blossom", "flower2", _("a blossom"), "garden flower orchard horticulture"),
            Glyph("daisy", "flower3", _("a daisy"), "garden flower"),
            Glyph("feather", "feather", _("a feather"), "bird huruhuru write quill manu"),
            Glyph("insect", "bug-fill", _("an insect"), "bug beetle pest biosecurity bee ngārara"),
            Glyph("egg", "egg-fill", _("an egg"), "poultry hen farm hēki"),
            Glyph("layers", "layers-fill", _("layers"), "fleece stack wool soil"),
            Glyph("moisture", "moisture", _("moisture"), "soil water irrigation wet"),
            Glyph("globe", "globe-asia-australia-fill", _("a globe"), "world earth pacific aotearoa ao geography"),
            Glyph("recycling", "recycle", _("the recycling sign"), "waste reuse sustainability hangarua"),
            Glyph("fire", "fire", _("a fire"), "flame burn firefighter welding forge ahi"),
        ),
    ),
    (
        _("Water and weather"),
        (
            Glyph("water", "droplet-fill", _("a drop of water"), "wai river stream drop blood plumbing"),
            Glyph("waves", "water", _("waves"), "sea moana swim river surf"),
            Glyph("tsunami", "tsunami", _("a great wave"), "tsunami civil defence flood ngaru"),
            Glyph("lifebuoy", "life-preserver", _("a lifebuoy"), "rescue swim lifeguard help boat"),
            Glyph("weather", "cloud-drizzle-fill", _("rain"), "weather cloud ua rain"),
            Glyph("cloud", "cloud-fill", _("a cloud"), "weather kapua sky"),
            Glyph("storm", "cloud-lightning-rain-fill", _("a thunderstorm"), "weather lightning thunder storm"),
            Glyph("sun", "sun-fill", _("the sun"), "weather day summer solar rā"),
            Glyph("sunrise", "sunrise-fill", _("a sunrise"), "morning dawn begin ata"),
            Glyph("night", "moon-stars-fill", _("moon and stars"), "night marama matariki maramataka sleep"),
            Glyph("wind", "wind", _("wind"), "air breeze hau sail turbine"),
            Glyph("snow", "snow2", _("a snowflake"), "winter cold alpine huka ski freeze"),
            Glyph("rainbow", "rainbow", _("a rainbow"), "pride diversity takatāpui āniwaniwa"),
            Glyph("warmth", "thermometer-half", _("a thermometer"), "temperature heat fever cold chain"),
            Glyph("umbrella", "umbrella-fill", _("an umbrella"), "insurance protect rain"),
        ),
    ),
    (
        _("Care and health"),
        (
            Glyph(
                "heart", "heart-pulse-fill", _("a heart with its beat"), "health nurse cardiac first aid manawa hauora"
            ),
            Glyph("love", "heart-fill", _("a heart"), "care love aroha manaaki kindness"),
            Glyph("hospital", "hospital-fill", _("a hospital"), "clinic health medical hōhipera"),
            Glyph("bandage", "bandaid-fill", _("a plaster"), "first aid wound nurse bandage"),
            Glyph("medicine", "capsule", _("a capsule"), "medicine medication pill pharmacy rongoā"),
            Glyph("prescription", "prescription2", _("a medicine bottle"), "prescription pharmacy medication rongoā"),
            Glyph("lungs", "lungs-fill", _("lungs"), "breath respiratory breathing asthma"),
            Glyph("virus", "virus", _("a virus"), "infection hygiene disease prevention"),
            Glyph("ear", "ear-fill", _("an ear"), "listen hearing taringa audiology"),
            Glyph("eye", "eye-fill", _("an eye"), "see sight observe karu vision"),
            Glyph("glasses", "eyeglasses", _("glasses"), "read optician sight"),
            Glyph("wheelchair", "person-wheelchair", _("a person in a wheelchair"), "disability access mobility hauā"),
            Glyph(
                "access",
                "universal-access-circle",
                _("the sign of access for all"),
                "accessibility disability inclusion",
            ),
            Glyph("safety", "shield-fill-check", _("a shield with a tick"), "safety protect security haumaru"),
            Glyph("shield", "shield-fill-plus", _("a shield with a cross"), "protect health defence first aid"),
            Glyph("peace", "peace-fill", _("the sign of peace"), "calm rongo mediation wellbeing"),
        ),
    ),
    (
        _("People and talk"),
        (
            Glyph("people", "people-fill", _("people"), "team group whānau community tāngata hapori together"),
            Glyph("person", "person-fill", _("a person"), "self tangata human individual"),
            Glyph("arms", "person-arms-up", _("a person with arms raised"), "exercise joy fitness celebrate kapa haka"),
            Glyph("hand", "person-raised-hand", _("a person raising a hand"), "ask question volunteer vote"),
            Glyph("walking", "person-walking", _("a person walking"), "walk hike guide hīkoi tramp"),
            Glyph("hearts", "person-hearts", _("a person with hearts"), "care support mentor aroha carer"),
            Glyph("desk", "person-workspace", _("a person at a desk"), "office work admin reception mahi"),
            Glyph(
                "leader", "person-video3", _("a person before a group"), "lead facilitate train teach rangatira chair"
            ),
            Glyph("speech", "chat-quote-fill", _("a speech bubble"), "talk conversation kōrero language listen"),
            Glyph("chat", "chat-dots-fill", _("a talk"), "conversation message chat counsel kōrero"),
            Glyph("kind_words", "chat-heart-fill", _("a kind word"), "empathy support counselling aroha feedback"),
            Glyph("translate", "translate", _("two scripts"), "language translate interpreter reo bilingual"),
            Glyph("voice", "mic-fill", _("a microphone"), "sing speak radio podcast voice waiata"),
            Glyph("call", "megaphone-fill", _("a megaphone"), "campaign advocate marketing announce"),
            Glyph("phone", "telephone-fill", _("a telephone"), "call helpline service waea"),
            Glyph("headset", "headset", _("a headset"), "support call centre helpdesk"),
            Glyph("letter", "envelope-fill", _("a letter"), "mail post write reta"),
            Glyph("thumb", "hand-thumbs-up-fill", _("a thumb up"), "good approve agree pai"),
            Glyph("smile", "emoji-smile-fill", _("a smiling face"), "happy service hospitality koa"),
            Glyph("balloon", "balloon-heart-fill", _("a balloon"), "party children celebrate tamariki event"),
        ),
    ),
    (
        _("Learning and judging"),
        (
            Glyph("teaching", "mortarboard-fill", _("a mortarboard"), "teach graduate study school kaiako university"),
            Glyph("book", "book-fill", _("a book"), "read literacy study pukapuka library"),
            Glyph("journal", "journal-bookmark-fill", _("a journal"), "diary reflect notes log hautaka"),
            Glyph("writing", "pen-fill", _("a pen"), "write author sign tuhi"),
            Glyph("pencil", "pencil-fill", _("a pencil"), "write draw edit pene"),
            Glyph("easel", "easel-fill", _("an easel"), "present teach board whiteboard"),
            Glyph("letters", "alphabet-uppercase", _("letters"), "alphabet literacy spelling reading"),
            Glyph("numbers", "calculator-fill", _("a calculator"), "maths numeracy tau finance data account"),
            Glyph(
                "checklist", "clipboard2-check-fill", _("a clipboard with a tick"), "audit checklist inspect quality"
            ),
            Glyph("record", "clipboard2-data-fill", _("a clipboard with figures"), "data report record audit"),
            Glyph("pulse", "clipboard2-pulse-fill", _("a clipboard with a pulse"), "patient chart observe nurse"),
            Glyph("puzzle", "puzzle-fill", _("a puzzle piece"), "solve problem fit autism"),
            Glyph("target", "bullseye", _("a target"), "goal aim plan whāinga"),
            Glyph("search", "binoculars-fill", _("binoculars"), "watch bird observe search survey"),
            Glyph("flask", "flask-fill", _("a flask"), "science chemistry lab pūtaiao experiment"),
            Glyph("radiation", "radioactive", _("the radiation sign"), "nuclear radiology x-ray"),
            Glyph("eyedropper", "eyedropper", _("a dropper"), "lab sample colour"),
            Glyph("hall", "bank2", _("a hall with columns"), "law court bank museum government ture"),
            Glyph("question", "patch-question-fill", _("a question mark"), "ask enquiry research pātai"),
            Glyph("tick", "patch-check-fill", _("a tick"), "done pass complete quality"),
        ),
    ),
    (
        _("Figures, screens and media"),
        (
            Glyph("chart", "bar-chart-fill", _("a bar chart"), "data statistics report graph analysis"),
            Glyph("pie", "pie-chart-fill", _("a pie chart"), "data statistics share"),
            Glyph("growth", "graph-up-arrow", _("a rising line"), "growth improve sales performance"),
            Glyph("diagram", "diagram-3-fill", _("a tree of boxes"), "organisation structure process hierarchy"),
            Glyph("sliders", "sliders2-vertical", _("sliders"), "audio mix control settings"),
            Glyph("code", "terminal-fill", _("a terminal"), "code program software developer web waehere"),
            Glyph("braces", "braces-asterisk", _("braces"), "code program data developer"),
            Glyph("laptop", "laptop-fill", _("a laptop"), "computer digital online rorohiko"),
            Glyph("keyboard", "keyboard-fill", _("a keyboard"), "type computer office data entry"),
            Glyph("mouse", "mouse-fill", _("a computer mouse"), "click computer digital"),
            Glyph("chip", "cpu-fill", _("a chip"), "computer hardware electronics ai"),
            Glyph("robot", "robot", _("a robot"), "ai automation machine learning"),
            Glyph("database", "database-fill", _("a database"), "data store records sql"),
            Glyph("network", "hdd-network-fill", _("a network"), "server internet system administrator"),
            Glyph("signal", "broadcast", _("a broadcast"), "radio signal transmit antenna"),
            Glyph("lock", "lock-fill", _("a lock"), "security privacy cyber password"),
            Glyph("fingerprint", "fingerprint", _("a fingerprint"), "identity security forensic"),
            Glyph("printer", "printer-fill", _("a printer"), "print office press tā"),
            Glyph("camera", "camera-fill", _("a camera"), "photo photograph whakaahua"),
            Glyph("film", "camera-reels-fill", _("a film camera"), "video movie kiriata director"),
            Glyph("picture", "image-fill", _("a picture"), "photo art gallery design"),
            Glyph("news", "newspaper", _("a newspaper"), "journalism media press story"),
            Glyph("headphones", "headphones", _("headphones"), "audio listen sound music"),
            Glyph("speaker", "speaker-fill", _("a loudspeaker"), "audio sound music event"),
        ),
    ),
    (
        _("Art, play and sport"),
        (
            Glyph("palette", "palette-fill", _("a palette"), "art paint toi colour design"),
            Glyph("music", "music-note-beamed", _("notes of music"), "song sing waiata puoro band"),
            Glyph("record_disc", "vinyl-fill", _("a record"), "music dj vinyl"),
            Glyph("ticket", "ticket-perforated-fill", _("a ticket"), "event theatre cinema festival"),
            Glyph("game", "controller", _("a game controller"), "play games esports kēmu"),
            Glyph("dice", "dice-5-fill", _("a die"), "play chance game probability"),
            Glyph("bicycle", "bicycle", _("a bicycle"), "cycle bike paihikara sport ride"),
            Glyph("stopwatch", "stopwatch-fill", _("a stopwatch"), "time sport race coach"),
            Glyph("trophy", "trophy-fill", _("a trophy"), "win champion competition cup"),
            Glyph("award", "award-fill", _("a rosette"), "award prize first winner tohu"),
            Glyph("star", "star-fill", _("a star"), "whetū excellent best"),
            Glyph("gem", "gem", _("a gem"), "jewel value jeweller pounamu"),
            Glyph("flag", "flag-fill", _("a flag"), "goal nation haki finish"),
            Glyph("magic", "magic", _("a magic wand"), "create wonder wizard"),
            Glyph("gift", "gift-fill", _("a gift"), "koha present give"),
        ),
    ),
    (
        _("House, food and trade"),
        (
            Glyph("house", "house-heart-fill", _("a house with a heart"), "home care kāinga whare aged"),
            Glyph("home", "house-door-fill", _("a house"), "home building property whare"),
            Glyph("houses", "houses-fill", _("houses"), "village community papakāinga housing"),
            Glyph("building", "building-fill", _("a building"), "office city property architecture"),
            Glyph("shop", "shop", _("a shop"), "retail store toa sell"),
            Glyph("basket", "basket-fill", _("a basket"), "shop kete harvest picking"),
            Glyph("cup", "cup-hot-fill", _("a hot cup"), "coffee barista tea cafe kawhe"),
            Glyph("fork", "fork-knife", _("fork and knife"), "cook food kai chef restaurant hospitality"),
            Glyph("measuring", "measuring-cup-fill", _("a measuring cup"), "bake cook kitchen recipe"),
            Glyph("cake", "cake2-fill", _("a cake"), "bake baker pastry keke"),
            Glyph("cookie", "cookie", _("a biscuit"), "bake baker biscuit"),
            Glyph("briefcase", "briefcase-fill", _("a briefcase"), "business job work manage pakihi"),
            Glyph("coins", "cash-coin", _("money"), "finance cash pay moni budget"),
            Glyph("piggy", "piggy-bank-fill", _("a piggy bank"), "save savings money budget penapena"),
            Glyph("wallet", "wallet-fill", _("a wallet"), "money pay budget"),
            Glyph("receipt", "receipt", _("a receipt"), "account bookkeeping tax payroll"),
            Glyph("tag", "tag-fill", _("a price tag"), "sale retail label"),
            Glyph("parcel", "box-seam-fill", _("a parcel"), "box pack warehouse post logistics"),
            Glyph("bin", "trash-fill", _("a bin"), "waste rubbish clean para"),
            Glyph("clock", "clock-fill", _("a clock"), "time wā punctual schedule"),
            Glyph("calendar", "calendar-event-fill", _("a calendar"), "plan event date maramataka"),
            Glyph("bell", "bell-fill", _("a bell"), "alert ring reception pere"),
        ),
    ),
    (
        _("Ways and travel"),
        (
            Glyph("truck", "truck-front-fill", _("a truck"), "drive driver haul taraka transport"),
            Glyph("car", "car-front-fill", _("a car"), "drive driver motoka mechanic"),
            Glyph("bus", "bus-front-fill", _("a bus"), "drive driver pahi school"),
            Glyph("train", "train-front-fill", _("a train"), "rail tereina transport"),
            Glyph("aeroplane", "airplane-fill", _("an aeroplane"), "fly pilot aviation waka rererangi travel"),
            Glyph("rocket", "rocket-takeoff-fill", _("a rocket"), "launch space startup begin"),
            Glyph("scooter", "scooter", _("a scooter"), "ride deliver"),
            Glyph("charger", "ev-station-fill", _("a charging station"), "electric vehicle energy fuel"),
            Glyph("fuel", "fuel-pump-fill", _("a fuel pump"), "petrol diesel engine"),
            Glyph("speed", "speedometer", _("a speedometer"), "fast drive performance"),
            Glyph("map", "map-fill", _("a map"), "mahere navigate geography survey"),
            Glyph("place", "geo-alt-fill", _("a place on a map"), "location wāhi local visit"),
            Glyph("signpost", "signpost-split-fill", _("a signpost"), "guide direction choose career ara"),
            Glyph("luggage", "luggage-fill", _("a suitcase"), "travel tourism trip haerenga"),
            Glyph("backpack", "backpack-fill", _("a backpack"), "hike tramp school pīkau outdoor"),
            Glyph("stop", "sign-stop-fill", _("a stop sign"), "traffic control safety halt"),
        ),
    ),
)
GLYPHS: dict[str, Glyph] = {glyph.name: glyph for _heading, group in GROUPS for glyph in group}


def plain(text: str) -> str:
    """The text in lower case and without marks: “Kōrero” and “korero” find the same."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


@cache
def _always_found_by(name: str) -> str:
    glyph = GLYPHS[name]
    with override("en"):
        return plain(f"{glyph.name} {glyph.source.replace('-', ' ')} {glyph.found_by} {glyph.phrase}")


def haystack(glyph: Glyph) -> str:
    """Every word that finds it, in the reader's language too."""
    return " ".join(_words(glyph.name, get_language() or ""))


@cache
def _words(name: str, _language: str) -> tuple[str, ...]:
    return tuple(f"{_always_found_by(name)} {plain(str(GLYPHS[name].phrase))}".split())


def found(asked: str) -> list[Glyph]:
    """The glyphs with words that begin with each word asked for; all if nothing is asked."""
    wanted = plain(asked).split()
    return [glyph for glyph in GLYPHS.values() if all(_begins(haystack(glyph), word) for word in wanted)]


def _begins(words: str, beginning: str) -> bool:
    return any(word.startswith(beginning) for word in words.split())


# Words of a title that don't suggest a picture; “part of” should not find puzzle pieces.
_IDLE_WORDS = (
    "a an and as at be by do first for from full get good help in into is it its large make of on one open or own part "
    "set show sign small start take the time to two up use with work you your"
)
_IDLE = frozenset(_IDLE_WORDS.split())
_SHORTEST, _ENDING = 4, 3


def telling(text: str) -> list[str]:
    """The meaningful words of a title, each once, as they were written."""
    parts = (part for part in text.replace("–", "-").replace("-", " ").split())
    words = [part.strip(".,:;!?()[]/&“”‘’\"'").removesuffix("'s").removesuffix("’s") for part in parts]
    return list(dict.fromkeys(word for word in words if word and plain(word) not in _IDLE))


def fitting(*texts: str) -> list[Glyph]:
    """The glyphs that a title or tags suggest, best first: they share a word that finds the glyph."""
    hits: Counter[str] = Counter()
    for word in telling(" ".join(texts)):
        hits.update(_named_by(plain(word)))
    return sorted((glyph for glyph in GLYPHS.values() if hits[glyph.name]), key=lambda glyph: -hits[glyph.name])


def _named_by(said: str) -> set[str]:
    """The names of those found by the same word, or by one with another ending (shear, shearing)."""
    whole, shorter = _found_by(get_language() or "")
    return {
        *(whole.get(said, ())),
        *(shorter.get(said, ())),
        *(name for stem in _stems(said) for name in whole.get(stem, ())),
    }


@cache
def _found_by(language: str) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Names by each word that finds them, and by each such word without its ending."""
    whole: dict[str, set[str]] = {}
    shorter: dict[str, set[str]] = {}
    for name in GLYPHS:
        for word in _words(name, language):
            whole.setdefault(word, set()).add(name)
            for stem in _stems(word):
                shorter.setdefault(stem, set()).add(name)
    return whole, shorter


def _stems(word: str) -> Iterator[str]:
    return (word[:length] for length in range(max(_SHORTEST, len(word) - _ENDING), len(word)))


def drawn_from(sources: dict[str, str]) -> dict[str, str]:
    """The outlines by our names, from the SVGs of bootstrap-icons by theirs."""
    return {name: _inside(sources[GLYPHS[name].source]) for name in sorted(GLYPHS)}


def _inside(svg: str) -> str:
    inside = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return "".join(line.strip() for line in inside.splitlines()).replace('"', "'").replace(" />", "/>")
