"""What happens at an issuer: it is founded, people are seated, achievements are drafted and published."""

from apps.issuers.verbs.designs import (
    align,
    begin,
    clone,
    discard,
    draft,
    draft_next,
    unalign,
    word,
    write_design,
    write_rubric,
)
from apps.issuers.verbs.organisations import found
from apps.issuers.verbs.pictures import draw_picture, upload_picture
from apps.issuers.verbs.publishing import (
    approve,
    archive,
    ask_changes,
    comment,
    publish,
    remind_reviews,
    resolve_comment,
    retire,
    send_in,
)
from apps.issuers.verbs.seats import seat

__all__ = [
    "align",
    "approve",
    "archive",
    "ask_changes",
    "begin",
    "clone",
    "comment",
    "discard",
    "draft",
    "draft_next",
    "draw_picture",
    "found",
    "publish",
    "remind_reviews",
    "resolve_comment",
    "retire",
    "seat",
    "send_in",
    "unalign",
    "upload_picture",
    "word",
    "write_design",
    "write_rubric",
]
