"""What is typed about pathways and the recognition of credit."""
