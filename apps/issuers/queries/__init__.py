"""Reads of this room that need a name."""
