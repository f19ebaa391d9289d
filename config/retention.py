"""How long each kind of thing is kept, and what forgets it: name -> (how long, function).

A function takes a moment and a number: it forgets up to so many things that are older, in the caller's transaction, and
says how many there were. What is held by law (`apps.accounts.verbs.hold`) it leaves alone.
"""

from datetime import timedelta

YEAR = timedelta(days=365)

RETENTION: dict[str, tuple[timedelta, str]] = {
    # Files and words of work that was laid aside and never taken up again; where an attempt of it was decided, as below.
    "drafts": (2 * YEAR, "apps.submissions.retention.forget_drafts"),
    # Files and words of work that was decided. The decision, its levels and what was told stay.
    "evidence": (6 * YEAR, "apps.submissions.retention.forget_evidence"),
    # Tables of people from which nothing was awarded.
    "tables": (timedelta(days=30), "apps.credentials.retention.forget_tables"),
    # What stood in the rows of those that were awarded.
    "cells": (YEAR, "apps.credentials.retention.forget_cells"),
    # What was taken out of a collection, and may be put back for as long.
    "taken_out": (timedelta(days=1), "apps.backpacks.retention.forget_taken_out"),
    # The words of letters. That they were sent, to whom and what became of them stays.
    "letters": (YEAR, "apps.notices.retention.forget_letters"),
    # The words of letters that never left, with the keys in them: those who run the house have so long to mend the mail.
    "unsent": (timedelta(days=7), "apps.notices.retention.forget_unsent"),
    # What programs were told that gave a key by which they may ask again.
    "answers": (timedelta(days=1), "apps.accounts.idempotency.forget_answers"),
    # Accounts made with an address that was never proved, and that hold nothing.
    "unproved": (timedelta(days=30), "apps.accounts.retention.end_unproved"),
    # What stands under the bell and was mailed to nobody.
    "notices": (YEAR, "apps.notices.retention.forget_notices"),
}
