"""What happens when a person leaves: what may prevent it, and what each app forgets about them. Higher apps come
first.

WHY_NOT: functions of a person that raise Refused, with a message for the person, while something must be settled
first. FORGET: functions of a person's id. Each runs in its own transaction and may run three times. THEIRS: model:
lookups from it to the person. Text with the public id of such a row is about them, so their name is removed from it.
What they did themselves needn't be listed: its event names them.
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
