"""A whole college, built by calling verbs: the trial data and a living test."""
