"""Reads about issuers that need a name, a module each."""
