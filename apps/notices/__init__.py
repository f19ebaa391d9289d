"""Letters: the mail outbox and the ledger of their delivery."""
