"""Submissions: evidence from draft to frozen attempt, and what the learner is told."""
