from apps.accounts.models import User
from apps.core.ids import new_public_id
from apps.notices import verbs
from apps.notices.models import Notice

FACTS = {
    "badge": "Sharpen a knife",
    "issuer": "Kōwhai Ridge Shearing School",
    "answer_by": "2026-12-09",
    "reference": "S-7K2M",
    "piece": "After",
    "to_change": [{"criterion": "Edge", "comment": "Set both sides evenly."}],
    "note": "Nearly there.",
    "day": "2026-12-24",
    "who": "Hana",
    "approved": True,
    "part": "Assessor",
    "person": "Tevita Finau",
    "what": "ended",
    "subject": "Sharpen a knife",
    "of": "Longwater",
    "outcome": "signed",
    "reason": "",
    "partner": "Longwater Polytechnic",
    "learner": "Aroha Lee",
    "towards": "Diploma in Shearing",
    "asked": "5",
    "granted": "3",
    "awarded": 412,
    "failed": 3,
    "n": 3,
    "due_on": "2026-12-14",
}


def notice_for(person: User, kind: str = "handed_in", *, key: str = "", attachments=(), **facts) -> Notice:
    """Somebody is told something, by the way they chose for it."""
    return verbs.write(
        kind,
        key=key or f"{kind}:{new_public_id()}",
        to=person,
        address="/submissions/",
        facts=FACTS | facts,
        attachments=attachments,
    )
