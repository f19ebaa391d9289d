"""What the pages of the issuers' room ask, a module a subject."""
