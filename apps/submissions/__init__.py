"""Evidence and its journey, from draft to frozen attempt to what the learner is told."""
