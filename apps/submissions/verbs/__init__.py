"""What happens to a submission: started, written, handed in, frozen, answered, begun again."""

from apps.submissions.verbs.answering import Told, answer, try_again
from apps.submissions.verbs.arrived import forget_file
from apps.submissions.verbs.checking import check_file
from apps.submissions.verbs.evidence import MOST_PIECES, add_evidence, map_evidence, remove_evidence
from apps.submissions.verbs.handing_in import freeze, promised_date, submit, what_is_missing
from apps.submissions.verbs.uploads import begin_upload, cancel_upload, complete_upload, lapse_uploads, receive_part
from apps.submissions.verbs.writing import change_version, save_draft, start

__all__ = [
    "MOST_PIECES",
    "Told",
    "add_evidence",
    "answer",
    "begin_upload",
    "cancel_upload",
    "change_version",
    "check_file",
    "complete_upload",
    "forget_file",
    "freeze",
    "lapse_uploads",
    "map_evidence",
    "promised_date",
    "receive_part",
    "remove_evidence",
    "save_draft",
    "start",
    "submit",
    "try_again",
    "what_is_missing",
]
