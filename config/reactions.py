"""What must follow an event in a higher app: event kind -> jobs, each called with the event's id."""

_FOLLOW = "apps.pathways.tasks.follow_credential"
_FOLLOW_FOREIGN = "apps.pathways.tasks.follow_foreign"

REACTIONS: dict[str, tuple[str, ...]] = {
    "person.said_minor": ("apps.backpacks.tasks.hide_everything",),
    "guardian.asked": ("apps.notices.tasks.ask_guardian",),
    "guardian.ended": ("apps.backpacks.tasks.hide_everything",),
    "person.leaving": ("apps.notices.tasks.tell_leaving",),
    "merge.asked": ("apps.notices.tasks.ask_other_account",),
    "person.merged": ("apps.notices.tasks.tell_merged", "apps.pathways.tasks.follow_merge"),
    "credential.awarded": ("apps.backpacks.tasks.file_credential", _FOLLOW),
    "credential.claimed": (_FOLLOW,),
    "credential.declined": (_FOLLOW,),
    "credential.suspended": (_FOLLOW,),
    "credential.reinstated": (_FOLLOW,),
    "credential.revoked": (_FOLLOW,),
    "credential.superseded": (_FOLLOW,),
    "letter.bounced": ("apps.credentials.tasks.ask_for_address",),
    "foreign_credential.kept": ("apps.backpacks.tasks.file_foreign", _FOLLOW_FOREIGN),
    "foreign_credential.checked": ("apps.backpacks.tasks.file_foreign", _FOLLOW_FOREIGN),
    "foreign_credential.superseded": (_FOLLOW_FOREIGN,),
    "foreign_credential.given_up": (_FOLLOW_FOREIGN,),
    "equivalence.accepted": ("apps.pathways.tasks.follow_equivalence",),
    "equivalence.ended": ("apps.pathways.tasks.follow_equivalence",),
    "version.published": ("apps.pathways.tasks.follow_published_badge",),
    "pathway.published": ("apps.pathways.tasks.tell_of_version",),
    "credential.renewal_undone": ("apps.backpacks.tasks.give_place_back",),
    "attempt.frozen": ("apps.reviews.tasks.open_turns",),
    "submission.withdrawn": ("apps.reviews.tasks.free_withdrawn",),
    "message.written": ("apps.reviews.tasks.tell_assessors",),
}
