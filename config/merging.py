"""Merging one account into another: what may prevent it, what it would move, and what each app transfers. Higher apps
come first.

WHY_NOT: functions of both people, taker and giver; each lists in words what must be settled first. MOVES: functions
of the giver; each lists in words what it would transfer. HOLD: functions of both keys; each locks what others lock
before they lock a person. BRING: functions of both people, all in one transaction.
"""

WHY_NOT: tuple[str, ...] = (
    "apps.accounts.merging.refuse",
    "apps.credentials.merging_accounts.refuse",
    "apps.pathways.merging_accounts.refuse",
    "apps.submissions.merging_accounts.refuse",
    "apps.reviews.merging_accounts.refuse",
)

MOVES: tuple[str, ...] = (
    "apps.accounts.merging.moves",
    "apps.backpacks.merging_accounts.moves",
    "apps.submissions.merging_accounts.moves",
    "apps.pathways.merging_accounts.moves",
    "apps.issuers.merging_accounts.moves",
    "apps.notices.merging_accounts.moves",
)

HOLD: tuple[str, ...] = ("apps.pathways.merging_accounts.hold",)

BRING: tuple[str, ...] = (
    "apps.backpacks.merging_accounts.bring",
    "apps.reviews.merging_accounts.bring",
    "apps.submissions.merging_accounts.bring",
    "apps.pathways.merging_accounts.bring",
    "apps.credentials.merging_accounts.bring",
    "apps.issuers.merging_accounts.bring",
    "apps.notices.merging_accounts.bring",
    "apps.accounts.merging.bring",
)
