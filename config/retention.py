"""How long each class of data is kept, and what forgets it: name -> (how long, function).

A function takes a moment and a number: it forgets up to that many older things, in the caller's transaction, and
returns how many there were. It leaves alone what is under a legal hold (`apps.accounts.verbs.hold`).
"""

from datetime import timedelta

YEAR = timedelta(days=365)

RETENTION: dict[str, tuple[timedelta, str]] = {
    # Files and text of drafts that lapsed and were never reopened; if an attempt was decided, as below.
    "drafts": (2 * YEAR, "apps.submissions.retention.forget_drafts"),
    # Files and text of work that was decided. The decision, its levels and its feedback stay.
    "evidence": (6 * YEAR, "apps.submissions.retention.forget_evidence"),
    # Tables of people from which nothing was awarded.
    "tables": (timedelta(days=30), "apps.credentials.retention.forget_tables"),
    # The cells of rows that were awarded.
    "cells": (YEAR, "apps.credentials.retention.forget_cells"),
    # Items removed from a collection, which can be put back until then.
    "taken_out": (timedelta(days=1), "apps.backpacks.retention.forget_taken_out"),
    # The text of letters. That they were sent, to whom and what became of them stays.
    "letters": (YEAR, "apps.notices.retention.forget_letters"),
    # The text of unsent letters, with the keys in them: operators have this long to repair the mail.
    "unsent": (timedelta(days=7), "apps.notices.retention.forget_unsent"),
    # Responses to requests with an idempotency key, which may be repeated.
    "answers": (timedelta(days=1), "apps.accounts.idempotency.forget_answers"),
    # Accounts made with an address that was never proved, and that hold nothing.
    "unproved": (timedelta(days=30), "apps.accounts.retention.end_unproved"),
    # Notices that were shown under the bell and not mailed.
    "notices": (YEAR, "apps.notices.retention.forget_notices"),
}
