"""What earners put together, and whom they show it to."""

from __future__ import annotations

from apps.demo import people
from apps.demo.achievements import CLIP, GEAR, INTERPRETING, MEDICINES, MOVING, SHEARING, STREAM, TABLE, WEB_PAGE
from apps.demo.shapes import Shelf, days_ago

SHELVES = (
    Shelf(
        people.MARAMA,
        "For work in the woolshed",
        "Shearing since three seasons, **on both islands**. I keep my own gear and the next stand's too. Free from February, "
        "with a dog.",
        holds=(SHEARING, GEAR),
        made=days_ago(205, "20:30"),
        shared=days_ago(204, "07:15"),
        shows_work=True,
    ),
    Shelf(
        people.MARAMA,
        "Everything, for me",
        "What I can show when somebody asks what I did all those years. Nobody has to see it.",
        holds=(GEAR, SHEARING, MOVING),
        made=days_ago(160, "21:40"),
    ),
    Shelf(
        people.LAYLA,
        "العمل في الرعاية · Care and interpreting",
        "I was a nurse, I am a support worker, and on Tuesdays I carry words. These are what I can show for it in this country.",
        holds=(MOVING, MEDICINES, INTERPRETING),
        made=days_ago(40, "19:10"),
        shared=days_ago(40, "19:25"),
    ),
    Shelf(
        people.ANA,
        "Para la próxima temporada",
        "For the contractor I asked about next season.",
        holds=(CLIP,),
        made=days_ago(70, "18:00"),
        shared=days_ago(70, "18:05"),
        taken_back=days_ago(50, "20:00"),
    ),
    Shelf(
        people.BRID,
        "Creek",
        "",
        holds=(STREAM,),
        made=days_ago(300, "21:00"),
        shared=days_ago(299, "08:00"),
    ),
    Shelf(
        people.TANE,
        "Gear",
        "Whoever wants to know how I grind.",
        holds=(GEAR,),
        made=days_ago(60, "19:30"),
        shared=days_ago(60, "19:35"),
    ),
    Shelf(
        people.CALLUM,
        "Tables",
        "",
        holds=(TABLE,),
        made=days_ago(59, "20:00"),
        shared=days_ago(59, "20:05"),
    ),
    Shelf(
        people.JIHOON,
        "Pages that everybody can use",
        "The first of what I hope will be many.",
        holds=(WEB_PAGE,),
        made=days_ago(150, "22:00"),
        shared=days_ago(150, "22:02"),
    ),
)
