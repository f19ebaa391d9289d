"""The error for acts that this person may do, but not now. Its message is written for that person."""


class Refused(Exception):
    """An act that the current state doesn't allow. `str()` of it is shown to the person who asked."""
