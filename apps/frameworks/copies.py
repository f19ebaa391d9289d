"""What an alignment copies from an item: plain text, so that it stays true when the framework changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ItemCopy:
    """One item as an Open Badges alignment names it, with the version that it was taken from.

    `target_type` is one of the alignment target types of Open Badges 3.0; `item` is our public id.
    """

    target_name: str
    target_url: str
    target_code: str
    target_description: str
    target_framework: str
    target_type: str
    framework_version: str
    item: str
