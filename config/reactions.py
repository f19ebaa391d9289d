"""What must follow an event in a room further up: event kind -> jobs, each called with the event's id."""

REACTIONS: dict[str, tuple[str, ...]] = {
    "person.said_minor": ("apps.backpacks.tasks.hide_everything",),
    "guardian.asked": ("apps.notices.tasks.ask_guardian",),
    "guardian.ended": ("apps.backpacks.tasks.hide_everything",),
    "person.leaving": ("apps.notices.tasks.tell_leaving",),
    "merge.asked": ("apps.notices.tasks.ask_other_account",),
    "person.merged": ("apps.notices.tasks.tell_merged",),
    "credential.awarded": ("apps.backpacks.tasks.file_credential",),
    "letter.bounced": ("apps.credentials.tasks.ask_for_address",),
    "foreign_credential.kept": ("apps.backpacks.tasks.file_foreign",),
    "foreign_credential.checked": ("apps.backpacks.tasks.file_foreign",),
    "credential.renewal_undone": ("apps.backpacks.tasks.give_place_back",),
    "attempt.frozen": ("apps.reviews.tasks.open_turns",),
    "submission.withdrawn": ("apps.reviews.tasks.free_withdrawn",),
    "message.written": ("apps.reviews.tasks.tell_assessors",),
}
