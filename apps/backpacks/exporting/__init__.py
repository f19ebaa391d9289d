"""Exports of everything a person keeps here: one archive, and bundles that other programs read."""

from apps.backpacks.exporting.archive import FORMAT, MANIFEST, access, archive
from apps.backpacks.exporting.bundles import clr, presentation
from apps.backpacks.exporting.sending import FORMS, sent, sent_as
from apps.backpacks.exporting.tables import badges_csv

__all__ = ["FORMAT", "FORMS", "MANIFEST", "access", "archive", "badges_csv", "clr", "presentation", "sent", "sent_as"]
