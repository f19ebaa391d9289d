"""One account is taken into another: what may stand in the way, what moves in words, and what each room brings over.
The rooms further up come first.

WHY_NOT: functions of both, the one that takes and the one that gives; each lists what has to be settled, in words.
MOVES: functions of the one that gives; each lists in words what it would bring.
HOLD: functions of the keys of both; each locks what others hold before they lock a person.
BRING: functions of both, all in one transaction.
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
