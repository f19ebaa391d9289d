"""What happens to a submission: started, written, handed in, frozen, answered, begun again."""

from apps.submissions.verbs.answering import Told, answer, try_again
from apps.submissions.verbs.copying import make_copy
from apps.submissions.verbs.evidence import MOST_PIECES, add_evidence, map_evidence, remove_evidence
from apps.submissions.verbs.handing_in import freeze, promised_date, submit, what_is_missing
from apps.submissions.verbs.writing import change_version, save_draft, start

__all__ = [
    "MOST_PIECES",
    "Told",
    "add_evidence",
    "answer",
    "change_version",
    "freeze",
    "make_copy",
    "map_evidence",
    "promised_date",
    "remove_evidence",
    "save_draft",
    "start",
    "submit",
    "try_again",
    "what_is_missing",
]
