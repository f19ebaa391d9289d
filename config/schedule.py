"""Periodic jobs: name -> (function, how often)."""

from datetime import timedelta

SCHEDULE: dict[str, tuple[str, timedelta]] = {
    "seal_events": ("apps.core.tasks.seal_events", timedelta(minutes=1)),
    "prune_jobs": ("apps.core.tasks.prune_jobs", timedelta(days=1)),
    "write_digests": ("apps.notices.tasks.write_digests", timedelta(hours=1)),
    "publish_waiting": ("apps.credentials.tasks.publish_waiting", timedelta(minutes=1)),
    "sign_missing": ("apps.credentials.tasks.sign_missing", timedelta(days=1)),
    "warn_of_end": ("apps.credentials.tasks.warn_of_end", timedelta(hours=6)),
    "remind_unclaimed": ("apps.credentials.tasks.remind_unclaimed", timedelta(hours=6)),
    "remind_reviews": ("apps.issuers.tasks.remind_reviews", timedelta(days=1)),
    "drop_stale_imports": ("apps.frameworks.tasks.drop_stale_imports", timedelta(days=1)),
    "lapse_endorsements": ("apps.credentials.tasks.lapse_endorsements", timedelta(days=1)),
    "drop_batches": ("apps.credentials.tasks.drop_batches", timedelta(hours=1)),
    "check_foreign": ("apps.credentials.tasks.check_foreign", timedelta(hours=1)),
    "lapse_drafts": ("apps.submissions.tasks.lapse_drafts", timedelta(days=1)),
    "recheck_links": ("apps.submissions.tasks.recheck_links", timedelta(hours=1)),
    "lapse_uploads": ("apps.submissions.tasks.lapse_uploads", timedelta(hours=6)),
    "want_copies": ("apps.submissions.tasks.want_copies", timedelta(hours=1)),
    "revive_waiting": ("apps.submissions.tasks.revive_waiting", timedelta(hours=1)),
    "look_at_due_pathways": ("apps.pathways.tasks.look_at_due", timedelta(minutes=5)),
    "remind_of_pathways": ("apps.pathways.tasks.remind", timedelta(hours=6)),
    "expire_leases": ("apps.reviews.tasks.expire_leases", timedelta(minutes=1)),
    "add_up_tallies": ("apps.reviews.tasks.add_up_tallies", timedelta(minutes=1)),
    "tell_of_work": ("apps.reviews.tasks.tell_of_work", timedelta(hours=1)),
    "end_links": ("apps.backpacks.tasks.end_links", timedelta(minutes=1)),
    "erase_leavers": ("apps.accounts.tasks.erase_leavers", timedelta(hours=1)),
    "forget_sessions": ("apps.accounts.tasks.forget_sessions", timedelta(days=1)),
    "forget_old": ("apps.core.tasks.forget_old", timedelta(days=1)),
    "drop_imports": ("apps.backpacks.tasks.drop_imports", timedelta(hours=6)),
    "count_views": ("apps.backpacks.tasks.count_views", timedelta(minutes=1)),
}
