"""What happens to a submission: started, written, handed in, frozen, answered, begun again."""

from apps.submissions.verbs.answering import Told, answer, try_again
from apps.submissions.verbs.capturing import capture_again, capture_link, recheck_links
from apps.submissions.verbs.evidence import (
    MOST_PIECES,
    About,
    add_evidence,
    edit_evidence,
    map_evidence,
    order_evidence,
    remove_evidence,
)
from apps.submissions.verbs.handing_in import freeze, promised_date, submit, what_is_missing
from apps.submissions.verbs.writing import change_version, lend_sample, save_draft, start

__all__ = [
    "MOST_PIECES",
    "About",
    "Told",
    "add_evidence",
    "answer",
    "capture_again",
    "capture_link",
    "change_version",
    "edit_evidence",
    "freeze",
    "lend_sample",
    "map_evidence",
    "order_evidence",
    "promised_date",
    "recheck_links",
    "remove_evidence",
    "save_draft",
    "start",
    "submit",
    "try_again",
    "what_is_missing",
]
