"""What was asked on the pages of issuers, a module each."""
