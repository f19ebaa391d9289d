"""Forms about pathways and the recognition of credit."""
