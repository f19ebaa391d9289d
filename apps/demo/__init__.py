"""A whole college, built by calling verbs: trial data, and a living test."""
