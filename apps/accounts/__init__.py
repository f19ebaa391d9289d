"""People, sign-in, their many addresses, their tokens."""
