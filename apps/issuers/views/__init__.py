"""What issuers have pages for, a module each."""
