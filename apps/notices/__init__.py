"""Letters: the mail outbox and the record of their delivery."""
