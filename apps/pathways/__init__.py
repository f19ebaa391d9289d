"""Stacks of credentials and the rules that complete them. Nothing lives here yet."""
