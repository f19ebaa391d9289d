"""A person leaves: what may keep them, and what each room forgets of them. The rooms further up come first.

WHY_NOT: functions of a person that raise Refused, in words for the person, while something has to be settled.
FORGET: functions of a person's id. Each runs in a transaction of its own and may run three times.
THEIRS: model: the ways from it to the person. What names the public id of such a row tells of them, so that their name
is taken out of it. What they did themselves need not stand here: its event knows them.
"""

WHY_NOT: tuple[str, ...] = ("apps.issuers.leaving.refuse",)

FORGET: tuple[str, ...] = (
    "apps.backpacks.leaving.forget",
    "apps.reviews.leaving.forget",
    "apps.submissions.leaving.forget",
    "apps.pathways.leaving.forget",
    "apps.credentials.leaving.forget",
    "apps.issuers.leaving.forget",
    "apps.notices.leaving.forget",
    "apps.accounts.leaving.forget",
)

_WORK = "submission__learner"

THEIRS: dict[str, tuple[str, ...]] = {
    "accounts.User": ("pk", "merged_into"),
    "accounts.GuardianConsent": ("person",),
    "accounts.Merge": ("taker", "giver"),
    "issuers.Seat": ("person",),
    "credentials.Credential": ("earner",),
    "credentials.ClaimLink": ("credential__earner",),
    "credentials.ClaimRequest": ("person",),
    "credentials.Endorsement": ("credential__earner", "asked_by"),
    "credentials.ForeignCredential": ("holder",),
    "pathways.Pathway": ("owner",),
    "pathways.Enrolment": ("learner",),
    "pathways.Stack": ("enrolment__learner",),
    "pathways.Group": ("mentor",),
    "pathways.Membership": ("enrolment__learner", "group__mentor"),
    "pathways.Agreement": ("requests__learner", "proposed_by", "answered_by"),
    "pathways.CreditRequest": ("learner", "answered_by"),
    "pathways.Equivalence": ("proposed_by", "answered_by"),
    "submissions.Submission": ("learner",),
    "submissions.Attempt": (_WORK,),
    "submissions.EvidenceItem": (f"attempt__{_WORK}",),
    "reviews.Assignment": (f"attempt__{_WORK}", "assessor"),
    "reviews.Review": (f"assignment__attempt__{_WORK}", "assignment__assessor"),
    "reviews.Decision": (f"attempt__{_WORK}", "by"),
    "reviews.Appeal": (f"decision__attempt__{_WORK}",),
    "reviews.Moderation": (f"decision__attempt__{_WORK}",),
    "reviews.Consequence": (f"decision__attempt__{_WORK}",),
}
