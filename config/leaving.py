"""A person leaves: what may keep them, and what each room forgets of them. The rooms further up come first.

WHY_NOT: functions of a person that raise Refused, in words for the person, while something has to be settled.
FORGET: functions of a person's id. Each runs in a transaction of its own and may run three times.
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
