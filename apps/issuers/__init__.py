"""Organisations, seats, achievements, their rubrics and badge pictures."""
