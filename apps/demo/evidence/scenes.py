"""Things as a phone would see them: gear, fleeces, rooms, streams."""

from __future__ import annotations

from math import cos, sin, tau
from typing import TYPE_CHECKING

from apps.demo.evidence.canvas import (
    INK,
    circle,
    dice,
    drawing,
    group,
    line,
    oval,
    path,
    rect,
    shadow,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDE, HIGH = 1200, 900
_EDGE = 0.9  # of a fleece: from here outwards it is sweaty
CLEAN = ("#f4ecd8", "#ece0c4", "#e2d3ae", "#faf5e8", "#d9c9a0")
_STAINED = ("#a68b52", "#8c7443", "#b89c62")


def gear(*, combs: int = 3, cutters: int = 5, tag: str = "", seed: str = "gear") -> str:
    """Combs and cutters laid out on sacking."""
    throws = dice(seed)
    sacking = [rect(0, y, WIDE, throws.randint(4, 9), "#8d744d", more='fill-opacity=".35"') for y in range(0, HIGH, 26)]
    sacking += [
        rect(x, 0, throws.randint(4, 9), HIGH, "#6f5a38", more='fill-opacity=".25"') for x in range(0, WIDE, 30)
    ]
    step = (WIDE - 200) / max(combs, 1)
    laid = [
        group(
            comb(),
            move=(100 + step * (place + 0.5), 340 + throws.uniform(-20, 20)),
            turn=throws.uniform(-8, 8),
            scale=min(1.6, step / 240),
        )
        for place in range(combs)
    ]
    step = (WIDE - 160) / max(cutters, 1)
    laid += [
        group(
            _cutter(),
            move=(80 + step * (place + 0.5), 660 + throws.uniform(-25, 25)),
            turn=throws.uniform(-25, 25),
            scale=min(1.5, step / 130),
        )
        for place in range(cutters)
    ]
    return drawing(WIDE, HIGH, *sacking, *laid, _tag(tag, 900, 830) if tag else "", ground="#a78b5e")


def comb() -> str:
    one = "M{0} -20 l2 -130 q4 -16 8 0 l2 130 z"
    teeth = path(" ".join(one.format(x - 6) for x in range(-96, 97, 16)), "#c9d0d4", stroke="#6d777d", width=2)
    body = path("M-108 -26 H108 L92 60 H-92 Z", "#aeb7bc", stroke="#6d777d", width=3)
    shine = path("M-96 -14 H96 L92 0 H-92 Z", "#eef2f4", more='fill-opacity=".7"')
    holes = circle(-45, 30, 12, "#5d666b") + circle(45, 30, 12, "#5d666b")
    return shadow(6, 66, 110, 16) + teeth + body + shine + holes


def _cutter() -> str:
    one = "M{0} 10 l7 -74 h10 l7 74 z"
    prongs = path(" ".join(one.format(x - 12) for x in (-39, -13, 13, 39)), "#d7dde0", stroke="#6d777d", width=2)
    base = path("M-54 6 Q0 -14 54 6 L40 42 Q0 54 -40 42 Z", "#b5bec3", stroke="#6d777d", width=3)
    return shadow(4, 50, 52, 10) + prongs + base + circle(-16, 24, 7, "#5d666b") + circle(16, 24, 7, "#5d666b")


def _tag(text: str, x: float, y: float) -> str:
    wide = 40 + 17 * len(text)
    return group(
        rect(-wide / 2, -34, wide, 56, "#f4ecd4", round=6, more=f'stroke="{INK}" stroke-width="2"'),
        words(0, 6, text, 30, anchor="middle"),
        move=(min(x, WIDE - wide / 2 - 20), y),
        turn=-2,
    )


def grinder(*, sparks: bool = True, guard: bool = True, seed: str = "grinder") -> str:
    """A double-disc grinder on a bench, with or without its guard."""
    throws = dice(seed)
    wall = [rect(x, 0, 118, 560, ("#b9a27d", "#b19a75", "#bda682")[x // 120 % 3]) for x in range(0, WIDE, 120)]
    bench = rect(0, 620, WIDE, 280, "#6e4f30") + rect(0, 600, WIDE, 34, "#85603b")
    motor = rect(470, 360, 260, 150, "#2f5d50", round=40) + rect(540, 500, 120, 110, "#3a3f44", round=8)
    motor += words(600, 448, "2800 rpm", 32, fill="#e9f2ee", anchor="middle")
    discs = ""
    for x in (330, 870):
        discs += circle(x, 430, 175, "#555c61") + circle(x, 430, 160, "#8b8f91") + circle(x, 430, 30, "#34393d")
        discs += "".join(circle(x, 430, r, "none", 'stroke="#777c7f" stroke-width="2"') for r in range(50, 160, 18))
        if guard:
            discs += path(f"M{x - 178} 470 A180 180 0 1 1 {x + 178} 470", stroke="#d8a31c", width=26)
    glow = ""
    if sparks:
        for _ in range(70):
            angle, far = throws.uniform(0.05, 0.21) * tau, throws.uniform(60, 330)
            left, top = 870 + 165 * cos(angle), 430 + 165 * sin(angle)
            end = left + far * cos(angle + 0.3), top + far * sin(angle + 0.3) * 0.8
            glow += line(left, top, *end, "#ffcf5a", throws.uniform(1, 4), 'stroke-opacity=".8"')
    holder = path("M1040 300 L900 420 L1000 430 L1090 340 Z", "#9aa3a8", stroke="#4f575c", width=4)
    glasses = group(
        path(
            "M0 0 Q60 -40 120 0 T240 0 L230 50 Q180 80 140 44 Q120 30 100 44 Q60 80 10 50 Z",
            "#dfeaf0",
            stroke="#39444b",
            width=7,
        ),
        move=(120, 690),
        turn=-6,
    )
    return drawing(WIDE, HIGH, *wall, bench, motor, discs, holder, glow, glasses)


def fleece(*, skirted: bool = True, seed: str = "fleece") -> str:
    """A fleece thrown on the slatted table; if skirted, its edges are in heaps beside it."""
    throws = dice(seed)
    slats = [rect(0, y, WIDE, 34, "#9c7c53") + rect(0, y + 34, WIDE, 14, "#3c3126") for y in range(0, HIGH, 48)]
    locks = []
    for _ in range(260):
        angle, far = throws.uniform(0, tau), throws.random() ** 0.55
        tones = _STAINED if far > _EDGE and not skirted else CLEAN
        locks.append(lock(580 + 400 * far * cos(angle), 430 + 270 * far * sin(angle), throws.choice(tones), seed))
    if skirted:
        for x, y in ((1090, 190), (1100, 640)):
            locks += [
                lock(x + throws.randint(-60, 50), y + throws.randint(-60, 60), throws.choice(_STAINED), seed)
                for _ in range(22)
            ]
    under = shadow(590, 470, 430, 300) + oval(580, 430, 372, 240, "#dccba3")
    return drawing(WIDE, HIGH, *slats, under, *locks, ground="#3c3126")


def lock(x: float, y: float, tone: str, seed: str) -> str:
    """One lock of wool: three waves, side by side."""
    throws = dice(f"{seed}{x}{y}")
    waves = "".join(f"M{x - 34:.0f} {y + 9 * k:.0f} q18 -22 34 0 t34 {throws.randint(-8, 8)} " for k in (-1, 0, 1))
    return path(waves, stroke=tone, width=13)


def bale(*, brand: str = "K·R", line_name: str = "AA XB", number: int = 14, weight: int = 178) -> str:
    """A pressed bale with its stencil."""
    wall = [rect(x, 0, 96, 640, ("#87919a", "#7c868f")[x // 98 % 2]) for x in range(0, WIDE, 98)]
    floor = rect(0, 640, WIDE, 260, "#7a5c3b") + "".join(
        line(0, y, WIDE, y, "#5c442b", 4) for y in range(700, HIGH, 66)
    )
    front = path("M300 170 Q600 140 900 170 L915 760 Q600 790 285 760 Z", "#e7e0cb", stroke="#a49a7d", width=6)
    bands = "".join(path(f"M292 {y} Q600 {y - 22} 908 {y}", stroke="#57534a", width=7) for y in (260, 420, 600, 720))
    stencil = words(600, 370, brand, 110, anchor="middle", fill="#1d1d1d") + words(
        600, 520, line_name, 96, anchor="middle", fill="#1d1d1d"
    )
    stencil += words(420, 680, f"No {number}", 62, anchor="middle", fill="#1d1d1d") + words(
        760, 680, f"{weight} kg", 62, anchor="middle", fill="#1d1d1d"
    )
    return drawing(WIDE, HIGH, *wall, floor, shadow(600, 775, 340, 40, 0.4), front, bands, stencil)


def board(*, shorn: int = 5, seed: str = "board") -> str:
    """The shearing board seen from the table: stands, downtubes, and shorn ewes in the pen beyond."""
    throws = dice(seed)
    wall = [rect(x, 0, 78, 520, ("#a58a63", "#9c825c", "#ab9069")[x // 80 % 3]) for x in range(0, WIDE, 80)]
    pen = rect(90, 150, 1020, 300, "#d9e4e2") + rect(90, 330, 1020, 120, "#7da05c")
    flock = ""
    for place in range(shorn):
        x, y = 190 + place * 830 / max(shorn - 1, 1), 372 + throws.uniform(-14, 22)
        flock += (
            shadow(x, y + 52, 60, 8)
            + oval(x, y, 62, 40, "#f6f2e7")
            + oval(x + 62, y - 28, 24, 18, "#efe9d8")
            + circle(x + 72, y - 32, 3, "#222")
        )
        flock += "".join(line(x + leg, y + 34, x + leg, y + 66, "#d9cfb8", 8) for leg in (-38, -22, 24, 40))
    rails = "".join(rect(90, y, 1020, 16, "#6a5233") for y in (250, 330, 430))
    floor = rect(0, 520, WIDE, 380, "#b08d5c") + "".join(
        line(0, y, WIDE, y, "#8a6b41", 3) for y in range(560, HIGH, 48)
    )
    tubes = ""
    for x in (260, 620, 980):
        tubes += (
            rect(x - 46, 30, 92, 70, "#27566b", round=10)
            + line(x, 100, x + 18, 300, "#3b4248", 16)
            + line(x + 18, 300, x - 24, 520, "#3b4248", 14)
        )
        tubes += group(
            rect(-14, 0, 28, 110, "#a9b2b7", round=12),
            rect(-30, 104, 60, 34, "#c9d0d4", round=4),
            move=(x - 24, 510),
            turn=14,
        )
        tubes += line(x + 44, 60, x + 44, 240, "#a33", 5) + circle(x + 44, 248, 11, "#a33")
    return drawing(WIDE, HIGH, *wall, pen, flock, rails, floor, tubes)


def ewe(*, nicks: int = 0, seed: str = "ewe") -> str:
    """A shorn ewe from the side, with the ridges of the blows; nicks are marked."""
    throws = dice(seed)
    yard = rect(0, 600, WIDE, 300, "#8c7a5f") + "".join(rect(0, y, WIDE, 26, "#75613f") for y in (120, 300, 480))
    body = shadow(590, 800, 330, 34, 0.35) + oval(570, 470, 320, 200, "#f2ecdd", 'stroke="#cbbf9f" stroke-width="4"')
    blows = "".join(
        path(
            f"M{300 + k * 62} {330 + abs(k - 4) * 12} Q{340 + k * 62} 480 {300 + k * 62} {640 - abs(k - 4) * 16}",
            stroke="#ddd1b3",
            width=5,
        )
        for k in range(9)
    )
    head = path("M760 330 Q820 250 880 240 L960 350 Q900 420 860 520 Z", "#f2ecdd", stroke="#cbbf9f", width=4)
    head += oval(930, 300, 92, 66, "#f2ecdd", 'stroke="#cbbf9f" stroke-width="4"')
    head += (
        circle(960, 286, 9, "#222")
        + oval(1008, 320, 22, 16, "#d8b7a4")
        + oval(862, 250, 46, 18, "#e6d6c0", 'transform="rotate(-24 862 250)"')
    )
    legs = "".join(
        rect(x, 620, 46, 180, "#e5dac2", round=12) + rect(x, 770, 46, 30, "#4a4036", round=6)
        for x in (350, 450, 680, 770)
    )
    marks = "".join(
        path(f"M{throws.randint(360, 780)} {throws.randint(400, 560)} l22 8", stroke="#c0392b", width=7)
        for _ in range(nicks)
    )
    return drawing(WIDE, HIGH, yard, legs, body, blows, head, marks, ground="#9db7c4")


def hoist(*, sling: str = "M", brakes: str = "off", seed: str = "hoist") -> str:
    """A bedroom with a mobile hoist over a chair and its sling attached."""
    room = rect(0, 0, WIDE, 640, "#e4ddcf") + rect(0, 640, WIDE, 260, "#b99f7c")
    window = rect(70, 90, 260, 250, "#bfe0ee", more='stroke="#fff" stroke-width="16"') + line(
        200, 90, 200, 340, "#fff", 10
    )
    bed = (
        rect(40, 520, 420, 150, "#7b98b3", round=18)
        + rect(40, 470, 130, 80, "#f7f7f4", round=20)
        + rect(30, 400, 26, 330, "#6b4f33", round=6)
    )
    bed += rect(50, 660, 20, 90, "#6b4f33") + rect(430, 660, 20, 90, "#6b4f33")
    chair = (
        rect(820, 500, 240, 190, "#5d7a5a", round=26)
        + rect(1010, 330, 80, 360, "#4e6a4b", round=26)
        + rect(840, 690, 24, 70, "#333")
        + rect(1040, 690, 24, 70, "#333")
    )
    mast = (
        rect(620, 150, 26, 600, "#e9edf0", more='stroke="#98a3ab" stroke-width="3"')
        + line(633, 170, 880, 240, "#dfe4e8", 24)
        + rect(560, 740, 330, 26, "#c9d1d7", round=8)
    )
    mast += (
        rect(600, 430, 66, 130, "#3f4a52", round=8)
        + circle(633, 470, 9, "#58d68d")
        + circle(575, 776, 18, "#333")
        + circle(872, 776, 18, "#333")
    )
    bar = path("M790 270 Q880 220 970 270", stroke="#4a545b", width=14)
    straps = "".join(
        line(x, 268, x2, 500, c, 7)
        for x, x2, c in ((796, 830, "#d35400"), (964, 1000, "#d35400"), (820, 850, "#27ae60"), (940, 980, "#27ae60"))
    )
    cloth = path(
        "M812 488 Q910 640 1014 488 L990 600 Q910 660 838 600 Z", "#4b7fa8", stroke="#335c7d", width=4
    ) + words(912, 590, sling, 40, fill="#fff", anchor="middle")
    label = group(
        rect(-150, -34, 300, 56, "#fffbe6", round=6, more='stroke="#bfae62" stroke-width="2"'),
        words(0, 6, f"brakes {brakes}", 28, anchor="middle"),
        move=(720, 836),
    )
    return drawing(WIDE, HIGH, room, window, bed, chair, mast, bar, straps, cloth, label)


def slide_sheet() -> str:
    """A bed from above with a slide sheet; brakes and rail are marked for the plan."""
    bed = rect(210, 120, 780, 660, "#86a5be", round=30) + rect(260, 150, 680, 150, "#f6f6f2", round=40)
    sheet = path("M330 330 H870 L900 740 H300 Z", "#f3d36b", more='fill-opacity=".85"') + path(
        "M360 360 H840 L860 700 H340 Z", "#e9bd3b", more='fill-opacity=".6"'
    )
    arrow = path("M460 560 H720 M680 520 L720 560 L680 600", stroke="#1f4e79", width=14)
    people = "".join(
        circle(x, 540, 54, "#3d6b5c") + words(x, 552, n, 38, fill="#fff", anchor="middle")
        for x, n in ((120, "1"), (1080, "2"))
    )
    return drawing(
        WIDE,
        HIGH,
        bed,
        sheet,
        arrow,
        people,
        words(600, 860, "Lead on the far side: one, two, slide", 34, anchor="middle"),
        ground="#d9cbb4",
    )


def medicine_pack(*, week: str = "week 2", empty: int = 9, missed: Sequence[int] = ()) -> str:
    """A blister pack by day and time; given doses are open, missed ones still full."""
    parts = [rect(60, 50, 1080, 800, "#fdfdfb", round=24, more='stroke="#b6bdc4" stroke-width="4"')]
    parts += [
        rect(60, 50, 1080, 90, "#2c6e9c", round=24),
        words(100, 110, f"Tuesday to Monday, {week}", 40, fill="#fff"),
    ]
    days, times = ("Tu", "We", "Th", "Fr", "Sa", "Su", "Mo"), ("breakfast", "lunch", "dinner", "bed")
    parts += [words(250 + 130 * k, 190, day, 32, anchor="middle") for k, day in enumerate(days)]
    for row, when in enumerate(times):
        parts.append(words(76, 275 + row * 158, when, 22))
        for column in range(7):
            place = column * 4 + row
            x, y = 250 + 130 * column, 265 + row * 158
            given = place < empty and place not in missed
            parts.append(
                rect(
                    x - 52,
                    y - 52,
                    104,
                    116,
                    "#e3e8ec" if given else "#eef4f9",
                    round=22,
                    more='stroke="#a9b4bd" stroke-width="3"',
                )
            )
            if given:
                parts.append(
                    path(
                        f"M{x - 30} {y - 24} L{x + 26} {y + 30} M{x + 22} {y - 26} L{x - 26} {y + 34}",
                        stroke="#b9c2c9",
                        width=5,
                    )
                )
            else:
                parts += [
                    oval(x - 16, y, 20, 12, "#d98a3d"),
                    oval(x + 18, y + 16, 14, 14, "#f2f2ee", 'stroke="#9aa" stroke-width="2"'),
                ]
    return drawing(WIDE, HIGH, *parts, ground="#8f6f4d")


def stream(*, flow: str = "low", planted: bool = False, seed: str = "stream") -> str:
    """A reach of the creek with a tape across; later, with young flax on its banks."""
    throws = dice(seed)
    hills = path("M0 300 Q200 160 460 280 T900 250 T1200 300 V420 H0 Z", "#7f9c7a")
    banks = path("M0 400 H1200 V900 H0 Z", "#8aa05a") + path(
        "M470 400 Q520 560 330 900 H900 Q690 560 640 400 Z", "#6f8f98" if flow == "low" else "#8a7a5a"
    )
    glints = "".join(
        path(
            f"M{throws.randint(430, 760)} {throws.randint(480, 870)} q30 -8 60 0",
            stroke="#cfe0e2",
            width=4,
            more='stroke-opacity=".7"',
        )
        for _ in range(16)
    )
    stones = "".join(
        oval(
            throws.randint(420, 780),
            throws.randint(560, 880),
            throws.randint(14, 34),
            throws.randint(8, 18),
            throws.choice(("#5f6a68", "#77807a", "#4e5854")),
        )
        for _ in range(22 if flow == "low" else 5)
    )
    plants = ""
    for _ in range(26 if planted else 7):
        x = throws.choice((throws.randint(20, 300), throws.randint(880, 1170)))
        y = throws.randint(450, 860)
        plants += "".join(
            path(
                f"M{x} {y} Q{x + bend * 0.4} {y - 70} {x + bend} {y - 110}",
                stroke=throws.choice(("#3f6b35", "#557f3e", "#2f5a30")),
                width=9,
            )
            for bend in (-60, -34, -8, 18, 46)
        )
        if planted:
            plants += rect(x - 5, y - 84, 8, 90, "#d7c39a")
    tape = line(360, 640, 810, 622, "#f2c230", 6) + "".join(
        line(360 + k * 45, 632 - k * 1.8, 360 + k * 45, 648 - k * 1.8, "#333", 3) for k in range(11)
    )
    return drawing(WIDE, HIGH, hills, banks, stones, glints, plants, tape, ground="#bcd3df")


def tray(*, mayflies: int = 6, snails: int = 4, worms: int = 3, seed: str = "tray") -> str:
    """A white sorting tray, and what the net brought up."""
    throws = dice(seed)
    parts = [rect(90, 80, 1020, 740, "#e9eef0", round=40), rect(130, 120, 940, 660, "#f8fbfb", round=24)]
    parts += [line(130, y, 1070, y, "#d5e0e3", 2) for y in (285, 450, 615)] + [
        line(x, 120, x, 780, "#d5e0e3", 2) for x in (365, 600, 835)
    ]
    places = [(x, y) for x in range(190, 1050, 105) for y in range(180, 760, 105)]
    throws.shuffle(places)
    for kind, many in ((_mayfly, mayflies), (_snail, snails), (_worm, worms)):
        for _ in range(many):
            x, y = places.pop()
            parts.append(group(kind(), move=(x, y), turn=throws.uniform(0, 360), scale=throws.uniform(0.8, 1.15)))
    parts += [oval(throws.randint(160, 1040), throws.randint(150, 750), 5, 3, "#b7a582") for _ in range(60)]
    parts.append(
        group(rect(0, 0, 220, 24, "#3f7f64", round=10), rect(212, 8, 90, 6, "#cfd6d9"), move=(760, 838), turn=-14)
    )
    return drawing(WIDE, HIGH, *parts, ground="#6d7f57")


def _mayfly() -> str:
    tails = "".join(path(f"M0 22 Q{bend} 50 {bend * 1.6} 74", stroke="#6b5a35", width=3) for bend in (-12, 0, 12))
    legs = "".join(
        path(f"M0 {y} l{side * 22} {-8 if y < 0 else 10}", stroke="#6b5a35", width=3)
        for y in (-14, -2, 8)
        for side in (-1, 1)
    )
    return tails + legs + oval(0, 4, 9, 24, "#8a7442") + circle(0, -24, 9, "#6b5a35")


def _snail() -> str:
    return (
        oval(0, 0, 20, 15, "#4a3f31")
        + path("M-2 0 a6 6 0 1 1 8 5 a11 11 0 1 1 -16 -10", stroke="#8d7a5d", width=3)
        + oval(20, 8, 10, 5, "#7d7464")
    )


def _worm() -> str:
    return path("M-34 0 q16 -18 32 0 t34 2", stroke="#b0413e", width=7)


def clarity_tube(*, reading: int = 64) -> str:
    """The clarity tube against the bank, with the magnet at the reading."""
    grass = "".join(
        path(
            " ".join(
                f"M{x} 900 Q{x + 10} {760 - x % 70} {x + (x % 30) - 15} {700 - x % 90}" for x in range(first, WIDE, 24)
            ),
            stroke=tone,
            width=8,
        )
        for first, tone in ((0, "#5c7f3d"), (12, "#6f9148"))
    )
    tube = rect(80, 380, 1040, 120, "#cfdedf", round=20, more='stroke="#8fa5a8" stroke-width="5"') + rect(
        86, 392, 1028, 96, "#b3b69a", round=16, more='fill-opacity=".55"'
    )
    marks = "".join(
        line(110 + k * 10, 500, 110 + k * 10, 500 + (34 if k % 10 == 0 else 16), INK, 3) for k in range(0, 101, 5)
    )
    marks += "".join(words(110 + k * 10, 570, str(k), 28, anchor="middle", fill="#fff") for k in range(0, 101, 20))
    disc = circle(110 + reading * 10, 440, 34, "#111") + rect(110 + reading * 10 - 12, 350, 24, 26, "#c0392b", round=4)
    return drawing(
        WIDE,
        HIGH,
        grass,
        tube,
        marks,
        disc,
        words(600, 320, f"{reading} cm", 64, anchor="middle", fill="#fff"),
        ground="#7c9a54",
    )


def three_chairs(*, labels: Sequence[str] = ("nurse", "client", "interpreter")) -> str:
    """Who sits where, drawn on a whiteboard."""
    places = ((600, 200), (310, 640), (890, 640))
    board_ = rect(60, 60, 1080, 780, "#fcfdfd", round=10, more='stroke="#b7bec2" stroke-width="18"')
    arrows = path(
        "M545 290 L360 545 M655 290 L840 545 M420 650 H780", stroke="#2a6f97", width=7, more='stroke-dasharray="22 16"'
    )
    seats = "".join(
        circle(x, y, 92, tone) + words(x, y + 11, label, 30, fill="#fff", anchor="middle")
        for (x, y), label, tone in zip(places, labels, ("#8d3b5b", "#2f6f5e", "#b5651d"), strict=True)
    )
    eyes = words(
        300, 400, "eye contact here", 34, fill="#8d3b5b", anchor="middle", more='transform="rotate(-57 300 400)"'
    )
    return drawing(
        WIDE,
        HIGH,
        board_,
        arrows,
        seats,
        eyes,
        words(600, 800, "I speak as “I”, so they look at each other", 36, anchor="middle", fill="#333"),
        ground="#9aa7ad",
    )


def notebook(*, seed: str = "notebook") -> str:
    """A page of an interpreter's notes: signs and arrows, not sentences."""
    throws = dice(seed)
    page = rect(260, 40, 680, 840, "#fffdf3", round=8) + "".join(
        line(280, y, 920, y, "#d9e3ea", 2) for y in range(110, 870, 54)
    )
    page += line(360, 50, 360, 870, "#e6b0aa", 3) + "".join(
        circle(600 + k * 44, 52, 11, "#8a8f94") for k in range(-7, 8)
    )
    signs = ""
    for row in range(12):
        x, y = 390 + (row % 3) * 60, 150 + row * 58
        signs += throws.choice(
            (
                path(f"M{x} {y} h70 m-20 -16 l20 16 l-20 16", stroke="#27408b", width=5),
                path(f"M{x} {y + 14} l26 -36 l26 36 m20 -20 h60", stroke="#27408b", width=5),
                path(f"M{x} {y} m0 -18 v36 m-18 -18 h36 m30 0 q30 -30 60 0 t60 0", stroke="#27408b", width=5),
                circle(x + 20, y, 18, "none", 'stroke="#27408b" stroke-width="5"')
                + path(f"M{x + 50} {y} h120", stroke="#27408b", width=5),
            )
        )
        if not (row + 1) % 3:
            signs += line(380, y + 30, 800, y + 30, "#27408b", 4)
        signs += words(
            x + 190, y + 12, throws.choice(("2x", "8h", "500", "?", "!!", "no", "3/7", "GP")), 32, fill="#27408b"
        )
    return drawing(WIDE, HIGH, shadow(620, 470, 370, 430, 0.2), page, signs, ground="#70573d")
