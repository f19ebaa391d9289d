"""The pages of the issuers' room, a module a subject."""
